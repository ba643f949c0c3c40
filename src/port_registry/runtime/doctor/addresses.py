"""Check for entries on addresses that this machine does not have."""

from collections.abc import Iterator

from port_registry.model import Entry
from port_registry.runtime.doctor.advice import Advice, DoctorContext, Level, format_entries, ok
from port_registry.system.host import has_address, is_numeric

NAME: str = "addresses"


def check(context: DoctorContext) -> Iterator[Advice]:
    """Yield the entries whose address this machine does not have."""
    by_address: dict[str, list[Entry]] = {}
    for entry in context.entries:
        if entry.address is not None and is_numeric(entry.address):
            by_address.setdefault(entry.address, []).append(entry)
    missing = {
        address: entries for address, entries in by_address.items() if not has_address(address)
    }
    for address, entries in missing.items():
        has_host = any(entry.host is not None for entry in entries)
        remark = "" if has_host else "; that is fine if it is another machine's"
        yield Advice(
            Level.PROBLEM if has_host else Level.NOTE,
            f"this machine has no address {address}, so that nothing can listen on"
            f" {format_entries(entries)}{remark}",
            ("`ip address` shows those it has; give the entry one of them, or its `host`",),
            tuple(entries),
        )
    if by_address and not missing:
        yield ok("this machine has every address that an entry names")
