"""Spelling of attribute names: quotes and dotted names."""

from port_registry.registry.edit.editable_registry import EditableRegistry, EntryBinding
from port_registry.registry.edit.languages import Dialect


def spelled_parts(editable: EditableRegistry, binding: EntryBinding) -> list[str]:
    """Return the parts of the dotted name at the start of `binding`, as they are spelled."""
    spelled = editable.source.text[binding.name_start : binding.entry.name_span.end]
    parts, at, quote = [""], 0, ""
    while at < len(spelled):
        char = spelled[at]
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'" and (char == '"' or not parts[-1].strip()):
            quote = char
        if char == "." and not quote:
            parts.append("")
        else:
            parts[-1] += char
        at += 1
    return [part.strip() for part in parts]


def key_like(editable: EditableRegistry, siblings: list[EntryBinding], part: str) -> str:
    """Return `part` as a key, in quotes where all keys of `siblings` are in quotes."""
    spelled = [editable.source.slice(binding.entry.name_span) for binding in siblings]
    quotes = all(key.startswith('"') for key in spelled)
    return editable.dialect.string(part) if quotes else editable.dialect.key(part)


def spelled_like(dialect: Dialect, old: str, part: str) -> str:
    """Return `part` as a key, in quotes where the key `old` has unnecessary quotes."""
    needless = old.startswith('"') and dialect.key(old[1:-1]) != old
    return dialect.string(part) if needless else dialect.key(part)
