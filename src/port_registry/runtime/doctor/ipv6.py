"""Check for entries on IPv6 addresses where IPv6 is disabled."""

from collections.abc import Iterator

from port_registry.model import Entry
from port_registry.runtime.doctor.advice import Advice, DoctorContext, Level, format_entries, ok
from port_registry.system.machine import ipv6
from port_registry.system.machine.ipv6 import Ipv6Support

NAME: str = "ipv6"

_WILDCARD = "::"
_MAX_NAMED = 4
_LOOPBACK = "lo"
_EVERYWHERE = "IPv6 works on the loopback and on other interfaces"
_LOOPBACK_ONLY = "IPv6 works on the loopback only"


def check(context: DoctorContext) -> Iterator[Advice]:
    """Yield the entries that cannot be listened on, or cannot be reached."""
    support = ipv6.read(context.machine)
    if support is None:
        return
    entries = [entry for entry in context.entries if ":" in (entry.endpoint.address or "")]
    if not support.in_kernel:
        yield from _without_ipv6(entries)
        return
    if support.enabled and _LOOPBACK not in support.disabled:
        has_others = len(support.enabled) > 1
        yield ok(_EVERYWHERE if has_others else _LOOPBACK_ONLY)
        return
    unusable = [entry for entry in entries if _is_unusable(entry, support)]
    interfaces = ", ".join(support.disabled[:_MAX_NAMED])
    if len(support.disabled) > _MAX_NAMED:
        interfaces += " …"
    remedy = ("`sysctl -w net.ipv6.conf.all.disable_ipv6=0`",)
    if unusable:
        yield Advice(
            Level.PROBLEM,
            f"IPv6 is disabled on {interfaces}: {format_entries(unusable)}",
            (*remedy, "give the entry an IPv4 address"),
            tuple(unusable),
        )
    else:
        yield Advice(
            Level.NOTE, f"IPv6 is disabled on {interfaces}: nothing can listen on ::1", remedy
        )


def _without_ipv6(entries: list[Entry]) -> Iterator[Advice]:
    if not entries:
        yield Advice(Level.NOTE, "the kernel has no IPv6: nothing can listen on ::1 or ::")
        return
    yield Advice(
        Level.PROBLEM,
        f"the kernel has no IPv6, so that nothing can listen on {format_entries(entries)}",
        (
            "start Linux without `ipv6.disable=1` (NixOS: `networking.enableIPv6 = true;`)",
            "give the entry an IPv4 address",
        ),
        tuple(entries),
    )


def _is_unusable(entry: Entry, support: Ipv6Support) -> bool:
    """Return whether the entry's address cannot be listened on, or cannot be reached."""
    if entry.endpoint.address == "::1":
        return _LOOPBACK in support.disabled
    return not support.enabled if entry.endpoint.address == _WILDCARD else False
