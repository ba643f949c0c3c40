"""Check for entries on addresses that this machine does not have."""

from collections.abc import Iterator

from port_registry.model import Entry
from port_registry.runtime.doctor.advice import Advice, DoctorContext, Level, format_entries, ok
from port_registry.system.machine import addresses

NAME: str = "addresses"


def check(context: DoctorContext) -> Iterator[Advice]:
    """Yield the entries whose address this machine does not have."""
    numeric = [
        (entry.endpoint.address, entry)
        for entry in context.entries
        if entry.endpoint.address is not None and addresses.is_numeric(entry.endpoint.address)
    ]
    missing: dict[str, list[Entry]] = {}
    for address, entry in numeric:
        if not addresses.has_address(address):
            missing.setdefault(address, []).append(entry)
    for address, entries in missing.items():
        with_host = [entry for entry in entries if entry.endpoint.host is not None]
        level = Level.PROBLEM if with_host else Level.NOTE
        remark = "" if with_host else "; that is fine if it is another machine's"
        yield Advice(
            level,
            f"this machine has no address {address}, so that nothing can listen on"
            f" {format_entries(entries)}{remark}",
            ("`ip address` shows those it has; give the entry one of them, or its `host`",),
            tuple(entries),
        )
    if numeric and not missing:
        yield ok("this machine has every address that an entry names")
