"""Text of `show`: everything that is known of an entry or a port."""

from collections.abc import Iterable

from port_registry.changes.entry_details import EntryDetails
from port_registry.model import Entry, Reader, Span, format_name
from port_registry.output.locations import DisplayPaths, location_of
from port_registry.output.terminal import Colour, Screen, counted, escape_controls


def details_text(details: EntryDetails, reader: Reader, paths: DisplayPaths, screen: Screen) -> str:
    """Return the entries, what the port is known for, the uses, and whether it is bound."""

    def location(span: Span) -> str:
        place = location_of(span, reader)
        return f"{paths.show(place.path)}:{place.start.line}"

    lines = [screen.style(escape_controls(details.title), Colour.STRONG)]
    entries = [f"{_entry(entry)}, {location(entry.name_span)}" for entry in details.entries]
    lines += _section("declared", entries or ["by no entry"], screen)
    lines += _section("known for", details.known_for, screen)
    uses = [f"{location(use.span)}: {use.form}" for use in details.uses]
    lines += _section(f"used in {counted(len(uses), 'place')}", uses, screen)
    bound = " and ".join(protocol.name for protocol in details.bound)
    now = "nothing listens there"
    if bound:
        now = f"something on this machine listens there ({bound})"
    lines += _section("now", [now], screen)
    return "\n".join(lines) + "\n"


def _entry(entry: Entry) -> str:
    """Return the facts of `entry` on one line."""
    endpoint = entry.endpoint
    protocols = "+".join(protocol.value for protocol in endpoint.protocols)
    parts = [f"{format_name(entry.name)} = {endpoint.ports} ({protocols})"]
    if endpoint.host is not None:
        parts.append(f"on {endpoint.host}")
    if endpoint.address is not None:
        parts.append(f"at {endpoint.address}")
    if entry.internal:
        parts.append("internal")
    return ", ".join(parts) + (f": {entry.description}" if entry.description else "")


def _section(head: str, lines: Iterable[str], screen: Screen) -> list[str]:
    styled = screen.style(head, Colour.NOTE)
    return [f"  {styled}", *(f"    {escape_controls(line)}" for line in lines)]
