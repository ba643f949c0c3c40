"""The entry that someone names."""

from port_registry.model import Entry, Name, Registry, UsageError, parse_name
from port_registry.registry.lookup import EntryIndex


def find_entry(registry: Registry, text: str) -> Entry:
    """Return the entry called `text`; raises `UsageError` where there is none."""
    name = parse_name(text)
    entry = None if name is None else EntryIndex(registry).named(name)
    if entry is None:
        raise unknown_entry_error(registry, text, name)
    return entry


def unknown_entry_error(registry: Registry, text: str, name: Name | None) -> UsageError:
    """Return the error for an entry that `registry` does not have.

    `name` is what `text` is as a name; None where it is none.
    """
    near = () if name is None else EntryIndex(registry).suggest(name)
    hint = f"did you mean `{'`, `'.join(near)}`?" if near else "`port-registry list` shows them"
    return UsageError(f"there is no entry `{text}` in {registry.path}", hint=hint)
