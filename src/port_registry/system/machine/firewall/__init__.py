"""Firewall of Linux, applied to a packet that wants to reach a port of this machine.

The rules are followed for one new connection at a time. A condition that cannot be decided
counts as possible either way, so that a port counts as closed only where no reading of the
rules lets a packet in.
"""

from port_registry.model import NamedTuple
from port_registry.system.machine.firewall import iptables, nft
from port_registry.system.machine.firewall.rules import HookChain, Packet, drops
from port_registry.system.machine.machine import Capability, SystemFacts, has_capability


class Firewall(NamedTuple):
    """The rules for incoming packets."""

    hook_chains: tuple[HookChain, ...]
    """A packet has to pass each; none where everything is accepted."""

    def blocks(self, packet: Packet) -> bool:
        """Return whether `packet` certainly does not get in."""
        return any(drops(chain, packet) for chain in self.hook_chains)


def read(machine: SystemFacts) -> Firewall | None:
    """Return the rules; None where they may not be read, or no program prints them."""
    if not machine.is_linux() or not has_capability(machine, Capability.SEE_FIREWALL):
        return None
    ruleset = machine.run(("nft", "-j", "list", "ruleset"))
    hook_chains = (
        nft.hook_chains(ruleset.stdout) if ruleset is not None and ruleset.status == 0 else None
    )
    legacy = machine.text("proc/net/ip_tables_names") or ""
    # Run without need, iptables would load its modules into the kernel.
    if (
        hook_chains is None
        or "filter" in legacy.split()
        or nft.has_xtables_rules(ruleset.stdout if ruleset else "")
    ):
        for program, family in iptables.PROGRAMS:
            rules = machine.run((program, "-S"))
            if rules is not None and rules.status == 0:
                hook_chains = (*(hook_chains or ()), *iptables.hook_chains(rules.stdout, family))
    return None if hook_chains is None else Firewall(hook_chains)
