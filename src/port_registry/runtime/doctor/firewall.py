"""Entries that a firewall keeps others from."""

from collections.abc import Iterator

from port_registry.model import Entry
from port_registry.runtime.doctor.advice import Advice, DoctorContext, Level, format_entries, ok
from port_registry.system.machine import firewall
from port_registry.system.machine.capabilities import Capability, has_capability
from port_registry.system.machine.firewall import Firewall
from port_registry.system.machine.firewall.rules import Family, Packet, PacketOrigin
from port_registry.system.machine.machine import SystemFacts

NAME: str = "firewall"

_LOOPBACK = ("127.", "::1", "localhost")
"""How addresses begin that nobody reaches from elsewhere."""


def check(case: DoctorContext) -> Iterator[Advice]:
    """Yield the entries that nobody reaches, from here or from elsewhere."""
    if not case.machine.is_linux():
        return
    rules = firewall.read(case.machine)
    if rules is None:
        yield _unseen(case.machine)
        return
    if not rules.hook_chains:
        yield ok("no firewall looks at what comes in")
        return
    shut = [one for one in case.entries if _is_shut(one, rules, PacketOrigin.HERE)]
    if shut:
        yield Advice(
            Level.PROBLEM,
            f"the firewall keeps even programs of this machine from {format_entries(shut)}",
            ("let the loopback interface pass: `iptables -I INPUT -i lo -j ACCEPT`",),
            tuple(shut),
        )
    outward = [one for one in case.entries if one not in shut and not _stays_inside(one)]
    closed = [one for one in outward if _is_shut(one, rules, PacketOrigin.ELSEWHERE)]
    if closed:
        yield Advice(
            Level.NOTE,
            f"the firewall keeps other machines from {format_entries(closed)}",
            (
                f"if they should get in, on NixOS: `networking.firewall.{_opening(closed[0])};`",
                "if they should not, say so in the registry: the comment word `internal`",
            ),
            tuple(closed),
        )
    if not shut and not closed:
        yield ok("the firewall closes no port that an entry has for others")


def _unseen(machine: SystemFacts) -> Advice:
    if has_capability(machine, Capability.SEE_FIREWALL):
        return Advice(
            Level.UNSEEN, "no firewall was looked at: there is neither nft nor iptables here"
        )
    return Advice(
        Level.UNSEEN,
        "a firewall cannot be seen without root",
        ("`sudo port-registry doctor` looks at it",),
    )


def _is_shut(entry: Entry, rules: Firewall, origin: PacketOrigin) -> bool:
    """Return whether nobody from `origin` gets to the entry, in whichever way it listens."""
    ports, protocols = entry.endpoint.ports, entry.endpoint.protocols
    return all(
        rules.blocks(Packet(protocol.value, port, family, origin))
        for protocol in protocols
        for port in (ports.first, ports.last)
        for family in _families(entry.endpoint.address)
    )


def _families(address: str | None) -> tuple[Family, ...]:
    if address is None or not ("." in address or ":" in address):
        return (Family.IPV4, Family.IPV6)
    return (Family.IPV6,) if ":" in address else (Family.IPV4,)


def _stays_inside(entry: Entry) -> bool:
    return entry.internal or (entry.endpoint.address or "").startswith(_LOOPBACK)


def _opening(entry: Entry) -> str:
    """Return what opens the entry's ports in NixOS's firewall."""
    ports = entry.endpoint.ports
    protocol = entry.endpoint.protocols[0].name
    if ports.is_single():
        return f"allowed{protocol}Ports = [ {ports} ]"
    interval = f"{{ from = {ports.first}; to = {ports.last}; }}"
    return f"allowed{protocol}PortRanges = [ {interval} ]"
