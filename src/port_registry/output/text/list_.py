"""Text of `list`: the table of entries, and the room in their ranges."""

from collections.abc import Iterable, Sequence

from port_registry.changes.range_usage import RangeUsage
from port_registry.facts import services
from port_registry.model import Entry, format_name
from port_registry.output.terminal import Colour, Screen, display_width, escape_controls

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
    padded = [_padded(cells) for cells in columns_shown]
    head, *lines = ("  ".join(cells).rstrip() for cells in zip(*padded, strict=True))
    return "".join(f"{line}\n" for line in (screen.style(head, Colour.STRONG), *lines))


def _row(entry: Entry) -> tuple[str, ...]:
    endpoint = entry.endpoint
    return (
        escape_controls(format_name(entry.name)),
        str(endpoint.ports),
        "+".join(protocol.value for protocol in endpoint.protocols),
        escape_controls(endpoint.host or ""),
        escape_controls(endpoint.address or ""),
        escape_controls(entry.description or _service_description(entry)),
    )


def _service_description(entry: Entry) -> str:
    """Return the description of the service that `entry` is named for; empty elsewhere.

    The entry must be on the service's default port.
    """
    service = services.on_default(entry.name, entry.ports)
    return "" if service is None else service.description


def _padded(cells: Sequence[str]) -> list[str]:
    """Return the cells of a column, each as wide as the widest."""
    width = max(map(display_width, cells))
    return [cell + " " * (width - display_width(cell)) for cell in cells]
