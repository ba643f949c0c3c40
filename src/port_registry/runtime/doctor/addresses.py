"""Entries on addresses that this machine does not have."""

from collections.abc import Iterator

from port_registry.model import Entry
from port_registry.runtime.doctor.advice import Advice, DoctorContext, Level, format_entries, ok
from port_registry.system.machine import addresses

NAME: str = "addresses"


def check(case: DoctorContext) -> Iterator[Advice]:
    """Yield the entries whose address is another machine's, or nobody's."""
    bound = [
        (one.endpoint.address, one)
        for one in case.entries
        if one.endpoint.address is not None and addresses.is_numeric(one.endpoint.address)
    ]
    missing: dict[str, list[Entry]] = {}
    for address, one in bound:
        if not addresses.has_address(address):
            missing.setdefault(address, []).append(one)
    for address, entries in missing.items():
        named_here = [one for one in entries if one.endpoint.host is not None]
        level = Level.PROBLEM if named_here else Level.NOTE
        only = "" if named_here else "; that is in order if it is another machine's"
        yield Advice(
            level,
            f"this machine has no address {address}, so that nothing can listen on"
            f" {format_entries(entries)}{only}",
            ("`ip address` shows those it has; give the entry one of them, or its `host`",),
            tuple(entries),
        )
    if bound and not missing:
        yield ok("this machine has every address that an entry names")
