"""The registry as a table."""

from collections.abc import Iterable

from port_registry.model.entry import Entry, show_name
from port_registry.report.screen import Colour, Screen, harmless, width_of

_HEADS = ("NAME", "PORT", "PROTOCOLS", "HOST", "ADDRESS", "DESCRIPTION")


def table(entries: Iterable[Entry], screen: Screen) -> str:
    """Return a row for each of `entries`, in their order; columns with nothing are left out."""
    rows = [_row(entry) for entry in entries]
    filled = [index for index in range(len(_HEADS)) if index < 2 or any(row[index] for row in rows)]
    widths = [max(width_of(row[index]) for row in (_HEADS, *rows)) for index in filled]
    lines = [_line([row[index] for index in filled], widths) for row in (_HEADS, *rows)]
    return "".join(
        f"{screen.paint(line, Colour.STRONG) if index == 0 else line}\n"
        for index, line in enumerate(lines)
    )


def _row(entry: Entry) -> tuple[str, ...]:
    endpoint = entry.endpoint
    return (
        harmless(show_name(entry.name)),
        str(endpoint.ports),
        "+".join(protocol.value for protocol in endpoint.protocols),
        harmless(endpoint.host or ""),
        harmless(endpoint.address or ""),
        harmless(entry.description),
    )


def _line(cells: list[str], widths: list[int]) -> str:
    padded = (
        cell + " " * (width - width_of(cell)) for cell, width in zip(cells, widths, strict=True)
    )
    return "  ".join(padded).rstrip()
