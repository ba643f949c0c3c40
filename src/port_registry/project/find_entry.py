"""Lookup of an entry by the name that the user gives."""

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

    `name` is `text` as a name; None where it is not valid.
    """
    similar = () if name is None else EntryIndex(registry).suggest(name)
    hint = (
        f"did you mean `{'`, `'.join(similar)}`?" if similar else "`port-registry list` shows all"
    )
    return UsageError(f"there is no entry `{text}` in {registry.path}", hint=hint)
