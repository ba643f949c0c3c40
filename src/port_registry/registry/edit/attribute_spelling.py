"""Names as they are spelled in the file."""

from port_registry.registry.edit.editable_registry import EditableRegistry, EntryBinding
from port_registry.registry.edit.languages import Dialect


def parts_of(ground: EditableRegistry, leaf: EntryBinding) -> list[str]:
    """Return the parts of the dotted name that the binding of `leaf` begins with, as written."""
    spelled = ground.source.text[leaf.head : leaf.entry.name_span.end]
    parts, at, quote = [""], 0, ""
    while at < len(spelled):
        sign = spelled[at]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'" and (sign == '"' or not parts[-1].strip()):
            quote = sign
        if sign == "." and not quote:
            parts.append("")
        else:
            parts[-1] += sign
        at += 1
    return [part.strip() for part in parts]


def key_like(ground: EditableRegistry, siblings: list[EntryBinding], part: str) -> str:
    """Return `part` as a key, in quotes where all `siblings` have theirs in quotes."""
    spelled = [ground.source.slice(leaf.entry.name_span) for leaf in siblings]
    quotes = all(one.startswith('"') for one in spelled)
    return ground.dialect.text(part) if quotes else ground.dialect.key(part)


def respelled(dialect: Dialect, old: str, part: str) -> str:
    """Return `part` as a key, in quotes where the key `old` has some that it does not need."""
    needless = old.startswith('"') and dialect.key(old[1:-1]) != old
    return dialect.text(part) if needless else dialect.key(part)
