"""Text of `status`: what is declared next to what is bound."""

from collections.abc import Iterable, Sequence

from port_registry.model import NamedTuple, format_name
from port_registry.output import terminal
from port_registry.output.text import port_owners
from port_registry.runtime.address_match import Reach
from port_registry.runtime.port_status import PortState, PortStatus
from port_registry.runtime.status import Status

_ENTRY_HEADS = ("NAME", "PORT", "NOW", "ADDRESS", "WHO")
_UNDECLARED_HEADS = ("NOT DECLARED", "PROTOCOL", "ADDRESS", "WHO")
_MIN_LAST_COLUMN = 30
"""The width of the last column, however narrow the screen is."""

_STATES = {
    PortState.EXPECTED: "bound as expected",
    PortState.FREE: "free",
    PortState.OTHER: "bound by another process",
    PortState.UNNAMED: "bound by an unknown process",
    PortState.UNSEEN: "not visible",
    PortState.AWAY: "on another host",
}


class _Row(NamedTuple):
    """A row of a table; its last cell may take several lines."""

    cells: tuple[str, ...]
    colour: terminal.Colour | None
    """The colour of the third cell."""


def status_text(status: Status, screen: terminal.Screen) -> str:
    """Return the table of entries, that of undeclared listeners, and a summary."""
    rows = [row for entry in status.statuses for row in _entry_rows(entry, status.host)]
    text = _table(_ENTRY_HEADS, rows, screen) if rows else ""
    if status.undeclared:
        undeclared = [
            _Row(
                (
                    port_owners.port_spans(listener.port for listener in owner.listeners),
                    "+".join(sorted({listener.protocol.value for listener in owner.listeners})),
                    ", ".join(dict.fromkeys(listener.address for listener in owner.listeners)),
                    port_owners.owner_summary(owner),
                ),
                None,
            )
            for owner in status.undeclared
        ]
        text += ("\n" if text else "") + _table(_UNDECLARED_HEADS, undeclared, screen)
    return f"{text}\n{_summary(status, screen)}"


def _entry_rows(status: PortStatus, host: str) -> list[_Row]:
    """Return a row for each owner of an entry's ports; the first has the entry's name."""
    entry = status.entry
    ports = entry.ports
    word, colour = port_owners.status_word(status)
    head = (terminal.escape_controls(format_name(entry.name)), str(ports), word)
    if not status.owners:
        reason = status.reason
        if status.state is PortState.AWAY:
            reason = f"on {entry.host}; this host is {host}"
        return [_Row((*head, "", terminal.escape_controls(reason)), colour)]
    rows: list[_Row] = []
    for index, owner in enumerate(status.owners):
        summary = port_owners.owner_summary(owner)
        if owner.state is PortState.EXPECTED and status.reach is not Reach.DECLARED:
            declared = terminal.escape_controls(entry.address or "*")
            summary = f"declared on {declared}; {summary}"
        first = ("", "", "") if index else head
        cells = (*first, port_owners.addresses_text(owner.listeners, ports), summary)
        rows.append(_Row(cells, None if index else colour))
    return rows


def _table(heads: Sequence[str], rows: Sequence[_Row], screen: terminal.Screen) -> str:
    """Return `rows` under `heads`; the last column takes the rest of the screen."""
    lines = [tuple(heads), *(row.cells for row in rows)]
    widths = [
        max(terminal.display_width(line[index]) for line in lines)
        for index in range(len(heads) - 1)
    ]
    indent = sum(widths) + 2 * len(widths)
    text = (
        screen.style("  ".join((*_padded(heads, widths), heads[-1])), terminal.Colour.STRONG) + "\n"
    )
    for row in rows:
        room = max(screen.width - indent, _MIN_LAST_COLUMN)
        last, *more = terminal.wrap(row.cells[-1], room, 0, 0)
        cells = list(_padded(row.cells, widths))
        if row.colour is not None:
            cells[2] = screen.style(cells[2], row.colour)
        text += "  ".join((*cells, last)).rstrip() + "\n"
        text += "".join(f"{' ' * indent}{line}\n" for line in more)
    return text


def _padded(cells: Sequence[str], widths: Sequence[int]) -> Iterable[str]:
    """Yield all `cells` but the last, each as wide as its column."""
    for cell, width in zip(cells, widths, strict=False):
        yield cell + " " * (width - terminal.display_width(cell))


def _summary(status: Status, screen: terminal.Screen) -> str:
    states = [entry.state for entry in status.statuses if entry.reach is Reach.DECLARED]
    elsewhere = len(status.statuses) - len(states)
    parts = [f"{states.count(state)} {text}" for state, text in _STATES.items() if state in states]
    if elsewhere:
        parts.insert(1, f"{elsewhere} bound on another address than declared")
    total = terminal.counted(len(status.statuses), "entry", "entries")
    sentence = f"{total}: {', '.join(parts)}." if parts else f"{total}."
    text = "".join(f"{line}\n" for line in terminal.wrap(sentence, screen.width, 0, 0))
    if PortState.AWAY in states:
        host = terminal.escape_controls(status.host)
        text += screen.note(f"entries of other hosts are not checked; this host is {host}")
    if not status.complete:
        text += screen.note("only root sees the sockets of other users")
    return text
