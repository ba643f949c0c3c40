"""Texts of `list`, the entries and the room in their ranges, and of `show`, all facts of one."""

from collections.abc import Iterable, Sequence

from port_registry.changes.entry_details import EntryDetails
from port_registry.changes.range_usage import RangeUsage
from port_registry.facts import services
from port_registry.model import Entry, Reader, Span, format_name
from port_registry.output.locations import DisplayPaths, location_of
from port_registry.output.terminal import Colour, Screen, counted, display_width, escape_controls

_ENTRY_HEADS = ("NAME", "PORT", "PROTOCOLS", "HOST", "ADDRESS", "DESCRIPTION")
_RANGE_HEADS = ("RANGE", "CATEGORIES", "ENTRIES", "FREE")

_ALWAYS_SHOWN = 2
"""How many columns are shown even where they are empty."""


def entry_table(entries: Iterable[Entry], screen: Screen) -> str:
    """Return a row for each of `entries`, category by category, without empty columns.

    Categories are in the order of their first entries, and the entries of each in theirs.
    """
    categories: dict[tuple[str, ...], list[Entry]] = {}
    for entry in entries:
        categories.setdefault(entry.name[:-1], []).append(entry)
    rows = [_row(entry) for members in categories.values() for entry in members]
    return columns(_ENTRY_HEADS, rows, screen)


def range_table(ranges: Iterable[RangeUsage], screen: Screen) -> str:
    """Return a row for each range: its categories, and how much of it is free."""
    rows = [
        (
            str(usage.ports),
            escape_controls(", ".join(usage.categories)),
            str(usage.entries),
            str(usage.free),
        )
        for usage in ranges
    ]
    return columns(_RANGE_HEADS, rows, screen)


def columns(heads: Sequence[str], rows: Sequence[Sequence[str]], screen: Screen) -> str:
    """Return `rows` under `heads`, aligned in columns, without empty columns."""
    columns_shown = [
        cells
        for index, cells in enumerate(zip(heads, *rows, strict=True))
        if index < _ALWAYS_SHOWN or any(cells[1:])
    ]
    widths = [max(map(display_width, cells)) for cells in columns_shown]
    padded = [
        [cell + " " * (width - display_width(cell)) for cell in cells]
        for cells, width in zip(columns_shown, widths, strict=True)
    ]
    head, *lines = ("  ".join(cells).rstrip() for cells in zip(*padded, strict=True))
    return "".join(f"{line}\n" for line in (screen.style(head, Colour.STRONG), *lines))


def _row(entry: Entry) -> tuple[str, ...]:
    endpoint = entry.endpoint
    # The service that it is named for, if it is on its default port.
    service = None if entry.description else services.on_default(entry.name, entry.ports)
    return (
        escape_controls(format_name(entry.name)),
        str(endpoint.ports),
        "+".join(protocol.value for protocol in endpoint.protocols),
        escape_controls(endpoint.host or ""),
        escape_controls(endpoint.address or ""),
        escape_controls(entry.description or (service.description if service else "")),
    )


def details_text(details: EntryDetails, reader: Reader, paths: DisplayPaths, screen: Screen) -> str:
    """Return the entries, what the port is known for, the uses, and whether it is bound."""

    def location(span: Span) -> str:
        place = location_of(span, reader)
        return f"{paths.show(place.path)}:{place.start.line}"

    lines = [screen.style(escape_controls(details.title), Colour.STRONG)]
    entries = [f"{_facts(entry)}, {location(entry.name_span)}" for entry in details.entries]
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


def _facts(entry: Entry) -> str:
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
