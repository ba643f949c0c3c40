"""The registry as the quick reference of a README."""

from collections.abc import Iterable

from port_registry.model import Entry, format_name
from port_registry.output.terminal import escape_controls

_HEADS = ("Service", "Port", "Protocol", "Description")


def quick_reference(entries: Iterable[Entry]) -> str:
    """Return a table with a row for each of `entries`, in their order."""
    rows = [_row(entry) for entry in entries]
    size = len(_HEADS) if any(row[-1] for row in rows) else len(_HEADS) - 1
    rule = ("---", "---:", "---", "---")
    return "".join(f"| {' | '.join(row[:size])} |\n" for row in (_HEADS, rule, *rows))


def _row(entry: Entry) -> tuple[str, ...]:
    return (
        _plain(format_name(entry.name)),
        str(entry.endpoint.ports),
        ", ".join(protocol.name for protocol in entry.endpoint.protocols),
        _plain(entry.description),
    )


def _plain(text: str) -> str:
    """Return `text` with nothing in it that Markdown would take for more than text."""
    return "".join(
        f"\\{char}" if char in "\\|`*_<>[]#~" else char for char in escape_controls(text)
    )
