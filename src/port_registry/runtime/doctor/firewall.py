"""Check for entries that a firewall closes."""

from collections.abc import Iterator

from port_registry.model import Entry
from port_registry.runtime.doctor.advice import Advice, DoctorContext, Level, format_entries, ok
from port_registry.system.machine import firewall, machine
from port_registry.system.machine.firewall import Firewall
from port_registry.system.machine.firewall.rules import Family, Packet, PacketOrigin

NAME: str = "firewall"

_LOOPBACK = ("127.", "::1", "localhost")
"""Prefixes of addresses that no other machine reaches."""


def check(context: DoctorContext) -> Iterator[Advice]:
    """Yield the entries that cannot be reached, from this machine or from others."""
    if not context.machine.is_linux():
        return
    rules = firewall.read(context.machine)
    if rules is None and machine.has_capability(context.machine, machine.Capability.SEE_FIREWALL):
        message = "the firewall was not checked: neither nft nor iptables is installed"
        yield Advice(Level.UNSEEN, message)
        return
    if rules is None:
        message = "the firewall is not visible without root"
        yield Advice(Level.UNSEEN, message, ("`sudo port-registry doctor` checks it",))
        return
    if not rules.hook_chains:
        yield ok("no firewall filters incoming connections")
        return
    blocked_here = [
        entry for entry in context.entries if _is_closed(entry, rules, PacketOrigin.HERE)
    ]
    if blocked_here:
        yield Advice(
            Level.PROBLEM,
            "the firewall blocks even programs of this machine from "
            f"{format_entries(blocked_here)}",
            ("let the loopback interface pass: `iptables -I INPUT -i lo -j ACCEPT`",),
            tuple(blocked_here),
        )
    blocked_outside = [
        entry
        for entry in context.entries
        if entry not in blocked_here
        and not (entry.internal or (entry.address or "").startswith(_LOOPBACK))
        and _is_closed(entry, rules, PacketOrigin.ELSEWHERE)
    ]
    if blocked_outside:
        yield Advice(
            Level.NOTE,
            f"the firewall blocks other machines from {format_entries(blocked_outside)}",
            (
                f"to let them in, on NixOS: `{_nixos_option(blocked_outside[0])}`",
                "to keep them out, mark the entry in the registry: `# internal`",
            ),
            tuple(blocked_outside),
        )
    if not blocked_here and not blocked_outside:
        yield ok("the firewall closes no port that an entry has for others")


def _is_closed(entry: Entry, rules: Firewall, origin: PacketOrigin) -> bool:
    """Return whether no packet from `origin` reaches the entry, however it listens."""
    address = entry.address or ""
    families = [Family.IPV6] if ":" in address else [Family.IPV4] if "." in address else [*Family]
    return all(
        rules.blocks(Packet(protocol.value, port, family, origin))
        for protocol in entry.protocols
        for port in (entry.ports.first, entry.ports.last)
        for family in families
    )


def _nixos_option(entry: Entry) -> str:
    """Return the NixOS option that opens the entry's ports."""
    ports = entry.ports
    protocol = entry.protocols[0].name
    if ports.is_single():
        return f"networking.firewall.allowed{protocol}Ports = [ {ports} ];"
    interval = f"{{ from = {ports.first}; to = {ports.last}; }}"
    return f"networking.firewall.allowed{protocol}PortRanges = [ {interval} ];"
