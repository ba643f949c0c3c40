"""Entries on addresses of IPv6 where that is disabled."""

from collections.abc import Iterator

from port_registry.model import Entry
from port_registry.runtime.doctor.advice import Advice, DoctorContext, Level, format_entries, ok
from port_registry.system.machine import ipv6
from port_registry.system.machine.ipv6 import Ipv6Support

NAME: str = "ipv6"

_WILDCARD = "::"
_MOST_NAMED = 4
_LOOPBACK = "lo"
_ALONE = "IPv6 works on the loopback alone"


def check(case: DoctorContext) -> Iterator[Advice]:
    """Yield the entries that cannot be listened on, or not be reached."""
    found = ipv6.read(case.machine)
    if found is None:
        return
    entries = [one for one in case.entries if ":" in (one.endpoint.address or "")]
    if not found.in_kernel:
        yield from _without(entries)
        return
    if found.enabled and _LOOPBACK not in found.disabled:
        yield ok("IPv6 works on the loopback, and on others" if len(found.enabled) > 1 else _ALONE)
        return
    lost = [one for one in entries if _is_lost(one, found)]
    where = ", ".join(found.disabled[:_MOST_NAMED]) + (
        " …" if len(found.disabled) > _MOST_NAMED else ""
    )
    remedy = ("`sysctl -w net.ipv6.conf.all.disable_ipv6=0`",)
    if lost:
        yield Advice(
            Level.PROBLEM,
            f"IPv6 is disabled on {where}: {format_entries(lost)}",
            (*remedy, "give the entry an address of IPv4"),
            tuple(lost),
        )
    else:
        yield Advice(Level.NOTE, f"IPv6 is disabled on {where}: nobody listens on ::1", remedy)


def _without(entries: list[Entry]) -> Iterator[Advice]:
    if not entries:
        yield Advice(Level.NOTE, "the kernel has no IPv6: nothing can listen on ::1 or ::")
        return
    yield Advice(
        Level.PROBLEM,
        f"the kernel has no IPv6, so that nothing can listen on {format_entries(entries)}",
        (
            "start Linux without `ipv6.disable=1` (NixOS: `networking.enableIPv6 = true;`)",
            "give the entry an address of IPv4",
        ),
        tuple(entries),
    )


def _is_lost(entry: Entry, found: Ipv6Support) -> bool:
    """Return whether nobody can listen on the entry's address, or reach it."""
    if entry.endpoint.address == "::1":
        return _LOOPBACK in found.disabled
    return not found.enabled if entry.endpoint.address == _WILDCARD else False
