"""The registry as a table, and the room that its ranges have."""

from collections.abc import Iterable, Sequence

from port_registry.changes.range_usage import Room
from port_registry.facts import services
from port_registry.model import Entry, format_name
from port_registry.output.terminal import Colour, Screen, display_width, escape_controls

_HEADS = ("NAME", "PORT", "PROTOCOLS", "HOST", "ADDRESS", "DESCRIPTION")
_ALWAYS = 2
"""How many columns are there though they may be empty."""

_ROOM_HEADS = ("RANGE", "CATEGORIES", "ENTRIES", "FREE")


def entry_table(entries: Iterable[Entry], screen: Screen) -> str:
    """Return a row for each of `entries`, category by category; empty columns are left out.

    Categories stand in the order of their first entries, and so do the entries of each.
    """
    groups: dict[tuple[str, ...], list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.name[:-1], []).append(entry)
    return columns(_HEADS, [_row(entry) for group in groups.values() for entry in group], screen)


def range_table(rooms: Iterable[Room], screen: Screen) -> str:
    """Return a row for each range of ports: whose it is, and how much of it is free."""
    rows = [
        (
            str(room.ports),
            escape_controls(", ".join(room.categories)),
            str(room.entries),
            str(room.free),
        )
        for room in rooms
    ]
    return columns(_ROOM_HEADS, rows, screen)


def columns(heads: Sequence[str], rows: Sequence[Sequence[str]], screen: Screen) -> str:
    """Return `rows` under `heads`, in columns; those in which nothing stands are left out."""
    filled = [
        index for index in range(len(heads)) if index < _ALWAYS or any(row[index] for row in rows)
    ]
    widths = [max(display_width(row[index]) for row in (heads, *rows)) for index in filled]
    lines = [_line([row[index] for index in filled], widths) for row in (heads, *rows)]
    return "".join(
        f"{screen.style(line, Colour.STRONG) if index == 0 else line}\n"
        for index, line in enumerate(lines)
    )


def _row(entry: Entry) -> tuple[str, ...]:
    endpoint = entry.endpoint
    return (
        escape_controls(format_name(entry.name)),
        str(endpoint.ports),
        "+".join(protocol.value for protocol in endpoint.protocols),
        escape_controls(endpoint.host or ""),
        escape_controls(endpoint.address or ""),
        escape_controls(entry.description or _known(entry)),
    )


def _known(entry: Entry) -> str:
    """Return what the service is that `entry` is named for, on a port of its own."""
    service = services.on_default(entry.name, entry.endpoint.ports)
    return "" if service is None else service.description


def _line(cells: list[str], widths: list[int]) -> str:
    padded = (
        cell + " " * (width - display_width(cell))
        for cell, width in zip(cells, widths, strict=True)
    )
    return "  ".join(padded).rstrip()
