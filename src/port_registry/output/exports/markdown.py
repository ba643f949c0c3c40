"""The registry as a Markdown table, the quick reference of a README."""

from port_registry.model import Entry, Reader, Registry, format_name
from port_registry.output.terminal import escape_controls

NAME: str = "markdown"

_HEADS = ("Service", "Port", "Protocol", "Description")
_ALIGNMENT = ("---", "---:", "---", "---")


def export(registry: Registry, _reader: Reader) -> str:
    """Return a table with a row for each entry, in the registry's order."""
    rows = [_row(entry) for entry in registry.entries]
    has_descriptions = any(row[-1] for row in rows)
    columns = len(_HEADS) if has_descriptions else len(_HEADS) - 1
    return "".join(f"| {' | '.join(row[:columns])} |\n" for row in (_HEADS, _ALIGNMENT, *rows))


def _row(entry: Entry) -> tuple[str, ...]:
    return (
        _escaped(format_name(entry.name)),
        str(entry.ports),
        ", ".join(protocol.name for protocol in entry.protocols),
        _escaped(entry.description),
    )


def _escaped(text: str) -> str:
    """Return `text` with every character escaped that Markdown would interpret."""
    return "".join(
        f"\\{char}" if char in "\\|`*_<>[]#~" else char for char in escape_controls(text)
    )
