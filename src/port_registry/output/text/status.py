"""What is declared beside what is bound, for people."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from port_registry.model import format_name
from port_registry.output.plural import counted
from port_registry.output.terminal import Colour, Screen, display_width, escape_controls, wrap
from port_registry.output.text.port_owners import (
    addresses_text,
    owner_summary,
    port_spans,
    status_word,
)
from port_registry.runtime.address_match import Reach
from port_registry.runtime.port_status import PortOwner, PortState, PortStatus
from port_registry.runtime.status import Status

_HEADS = ("NAME", "PORT", "NOW", "ADDRESS", "WHO")
_UNDECLARED = ("NOT DECLARED", "PROTOCOL", "ADDRESS", "WHO")
_LEAST_LAST = 30
"""The columns that the last cell has, however narrow the screen is."""

_WORDS = {
    PortState.EXPECTED: "bound as expected",
    PortState.FREE: "free",
    PortState.OTHER: "bound by somebody else",
    PortState.UNNAMED: "bound by somebody who cannot be named",
    PortState.UNSEEN: "not to be seen",
    PortState.AWAY: "on another host",
}


class _Row(NamedTuple):
    """A line of a table, whose last cell may take several."""

    cells: tuple[str, ...]
    colour: Colour | None
    """That of the cell which says what it comes to."""


def status_text(found: Status, screen: Screen) -> str:
    """Return the table of entries, that of undeclared listeners, and the sum."""
    rows = [row for standing in found.statuses for row in _rows(standing, found.host)]
    text = _table(_HEADS, rows, screen) if rows else ""
    if found.undeclared:
        rest = [_undeclared(holder) for holder in found.undeclared]
        text += ("\n" if text else "") + _table(_UNDECLARED, rest, screen)
    return f"{text}\n{_sum(found, screen)}"


def _rows(standing: PortStatus, host: str) -> list[_Row]:
    """Return a row for each holder of an entry's ports; the first has the entry's name."""
    entry = standing.entry
    ports = entry.endpoint.ports
    word, colour = status_word(standing)
    head = (escape_controls(format_name(entry.name)), str(ports), word)
    if not standing.owners:
        said = standing.reason
        if standing.state is PortState.AWAY:
            said = f"on {entry.endpoint.host}, and this is {host}"
        return [_Row((*head, "", escape_controls(said)), colour)]
    rows: list[_Row] = []
    for at, holder in enumerate(standing.owners):
        said = owner_summary(holder)
        if holder.state is PortState.EXPECTED and standing.reach is not Reach.DECLARED:
            said = f"declared on {escape_controls(entry.endpoint.address or '*')}; {said}"
        first = ("", "", "") if at else head
        cells = (*first, addresses_text(holder.listeners, ports), said)
        rows.append(_Row(cells, None if at else colour))
    return rows


def _undeclared(holder: PortOwner) -> _Row:
    protocols = "+".join(sorted({one.protocol.value for one in holder.listeners}))
    addresses = ", ".join(dict.fromkeys(one.address for one in holder.listeners))
    ports = port_spans(one.port for one in holder.listeners)
    return _Row((ports, protocols, addresses, owner_summary(holder)), None)


def _table(heads: Sequence[str], rows: Iterable[_Row], screen: Screen) -> str:
    """Return `rows` under `heads`; the last column takes what is left of the screen."""
    rows = list(rows)
    lines = [row.cells[:-1] for row in rows]
    widths = [
        max(display_width(line[at]) for line in (tuple(heads), *lines))
        for at in range(len(heads) - 1)
    ]
    before = sum(widths) + 2 * len(widths)
    text = screen.style(_line(heads, widths), Colour.STRONG) + "\n"
    for row in rows:
        room = max(screen.width - before, _LEAST_LAST)
        last, *more = wrap(row.cells[-1], room, 0, 0)
        cells = list(map(_padded, row.cells, widths))
        if row.colour is not None:
            cells[2] = screen.style(cells[2], row.colour)
        text += "  ".join((*cells, last)).rstrip() + "\n"
        text += "".join(f"{' ' * before}{line}\n" for line in more)
    return text


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join((*map(_padded, cells, widths), cells[-1]))


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - display_width(cell))


def _sum(found: Status, screen: Screen) -> str:
    states = [one.state for one in found.statuses if one.reach is Reach.DECLARED]
    astray = len(found.statuses) - len(states)
    parts = [f"{states.count(state)} {words}" for state, words in _WORDS.items() if state in states]
    if astray:
        parts.insert(1, f"{astray} bound on another address than declared")
    total = counted(len(found.statuses), "entry", "entries")
    note = screen.style("note", Colour.NOTE)
    sentence = f"{total}: {', '.join(parts)}." if parts else f"{total}."
    said = "".join(f"{line}\n" for line in wrap(sentence, screen.width, 0, 0))
    if PortState.AWAY in states:
        host = escape_controls(found.host)
        said += f"{note}: entries of other hosts are not looked at; this is {host}\n"
    if not found.complete:
        said += f"{note}: the system shows the sockets of others to root alone\n"
    return said
