"""What a firewall of Linux does with those who want to reach a port of this machine.

Its rules are followed for one new connection at a time. What cannot be told of a rule is
taken as possible either way, so that a port counts as closed only where no reading of the
rules lets anyone in.
"""

from typing import NamedTuple

from port_registry.system.machine.capabilities import Capability, has_capability
from port_registry.system.machine.firewall import iptables, nft
from port_registry.system.machine.firewall.rules import HookChain, Packet, drops
from port_registry.system.machine.machine import SystemFacts


class Firewall(NamedTuple):
    """The rules for what comes in."""

    hook_chains: tuple[HookChain, ...]
    """Each has to be passed; none where everything is let in."""

    def blocks(self, newcomer: Packet) -> bool:
        """Return whether `newcomer` surely does not get in."""
        return any(drops(gate, newcomer) for gate in self.hook_chains)


def read(machine: SystemFacts) -> Firewall | None:
    """Return the rules; None where they may not be seen, or no program shows them."""
    if not machine.is_linux() or not has_capability(machine, Capability.SEE_FIREWALL):
        return None
    said = machine.run(("nft", "-j", "list", "ruleset"))
    gates = nft.hook_chains(said.stdout) if said is not None and said.status == 0 else None
    legacy = machine.text("proc/net/ip_tables_names") or ""
    # Asked without need, iptables would load its modules into the kernel.
    if (
        gates is None
        or "filter" in legacy.split()
        or nft.has_xtables_rules(said.stdout if said else "")
    ):
        for program, family in iptables.PROGRAMS:
            listed = machine.run((program, "-S"))
            if listed is not None and listed.status == 0:
                gates = (*(gates or ()), *iptables.hook_chains(listed.stdout, family))
    return None if gates is None else Firewall(gates)
