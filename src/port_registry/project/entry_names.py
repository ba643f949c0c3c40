"""Names that people give entries: what they can be, and whether they are free."""

from collections.abc import Mapping

from port_registry.facts.identifiers import split
from port_registry.languages.data_tree import TableNode, attribute_of
from port_registry.model import (
    Entry,
    Name,
    Reader,
    RegistryError,
    Span,
    UsageError,
    format_name,
    is_bare,
    parse_name,
)
from port_registry.registry.attribute_names import LEAF_PORT, is_metadata
from port_registry.registry.edit.editable_registry import EditableRegistry


def parse_entry_name(text: str) -> Name:
    """Return the name of an entry that there should be; raises `UsageError` for what is none."""
    name = parse_name(text)
    if name is None:
        raise UsageError(
            f"`{text}` is no name of an entry",
            hint="a name is attributes joined by dots, such as `databases.redis`",
        )
    return name


def parse_new_name(text: str) -> Name:
    """Return the name that `text` gives a new entry.

    Raises `UsageError` where it cannot be one, or needs quotes that it does not have.
    """
    name = parse_entry_name(text)
    for part in name:
        if not is_bare(part) and f'"{part}"' not in text:
            raise UsageError(
                f"`{part}` is no attribute that Nix takes as it is", hint=_instead(name, part)
            )
        if not part.isprintable() or not part.strip() or "${" in part or "\\" in part:
            raise UsageError(f"`{part}` is no attribute that can be read everywhere")
    _refuse_reserved(name)
    return name


def parse_category(text: str) -> Name:
    """Return the category that `text` names; raises `UsageError` where it names none."""
    name = parse_name(text)
    if name is None:
        raise UsageError(f"`{text}` is no category", hint="a category is `databases`, or `a.b`")
    return name


def _instead(name: Name, part: str) -> str:
    """Return what to write in place of a part that Nix does not take."""
    words = split(part)
    if words and words[0][0].isdigit():
        words = [*words[1:], words[0]]
    slug = "-".join(word for word in words if word.isascii())
    better = tuple(slug if one == part else one for one in name)
    ways = [f"`{format_name(better)}`"] if slug != part and is_bare(slug) else []
    if part.isascii() and part.replace("-", "a").replace("_", "a").isalnum():
        ways.append(f"in quotes `'{format_name(name)}'`")
    return f"write {' or '.join(ways)}" if ways else "choose another name"


def _refuse_reserved(name: Name) -> None:
    """Raise the error for a name that a registry's reader takes for something else."""
    for part in name:
        if is_metadata(part):
            raise UsageError(
                f"`{part}` is kept for what is said of the registry itself, and holds no entries"
            )
    if len(name) > 1 and name[-1] == LEAF_PORT:
        raise UsageError(
            f"`{format_name(name)}` would be the port of the entry `{format_name(name[:-1])}`",
            hint=f"add `{format_name(name[:-1])}`",
        )


def refuse_unavailable(
    editable: EditableRegistry, name: Name, renamed: Entry | None = None
) -> None:
    """Raise the error for a name that the registry has no room for.

    `renamed` is the entry that gets the name, where it is there already.
    """
    entries = (leaf.entry for leaf in editable.bindings)
    others = {entry.name: entry for entry in entries if entry is not renamed}
    if name in others:
        there = others[name]
        raise _taken(editable, name, there, f"is there already: {there.endpoint.ports}")
    for depth in range(1, len(name)):
        if name[:depth] in others:
            _refuse_below(editable, name, others[name[:depth]])
    innermost: dict[Name, Entry] = {}
    for other in others.values():
        innermost.setdefault(other.name[:-1], other)
    sets: dict[Name, Entry] = {}
    for category, other in innermost.items():
        for depth in range(1, len(category) + 1):
            sets.setdefault(category[:depth], other)
    if name in sets:
        what = f"is a category already, with `{format_name(sets[name].name)}`"
        hint = f"name an entry in it: `{format_name(name)}.…`"
        raise _taken(editable, name, sets[name], what, hint)
    _refuse_alike(editable, name, others, sets)
    if renamed is None:
        _refuse_present(editable, name)


def _refuse_alike(
    ground: EditableRegistry, name: Name, others: Mapping[Name, Entry], sets: Mapping[Name, Entry]
) -> None:
    """Raise the error where a name, or a category's, would differ from another in case alone."""
    mine = _plain(name)
    for theirs, other in sets.items():
        depth = len(theirs)
        is_other = depth < len(name) and theirs != name[:depth] and name[:depth] not in sets
        if is_other and _plain(theirs) == mine[:depth]:
            better = format_name((*theirs, *name[depth:]))
            what = f"is in no category that there is: it is called `{format_name(theirs)}`"
            raise _taken(ground, name, other, what, f"did you mean `{better}`?")
    last = mine[-1]
    for theirs, other in others.items():
        if theirs[-1].lower().replace("-", "").replace("_", "") == last and _plain(theirs) == mine:
            what = f"is too like `{format_name(theirs)}`, which is there already"
            raise _taken(ground, name, other, what)


def _plain(name: Name) -> Name:
    """Return `name` without case and joints, in which two names should not differ alone."""
    return tuple(part.lower().replace("-", "").replace("_", "") for part in name)


def _refuse_below(ground: EditableRegistry, name: Name, above: Entry) -> None:
    """Raise the error for a name below an entry that can hold no others."""
    leaf = ground.find(above.name)
    if leaf is not None and leaf.is_structured() and ground.dialect.terminator:
        return
    shown = format_name(above.name)
    last = "-".join(name[len(above.name) - 1 :])
    hint = f"`{format_name((*above.name[:-1], last))}` is a name beside it"
    what = f"cannot be: `{shown}` is an entry, and no category"
    raise _taken(ground, name, above, what, hint if is_bare(last) else None)


def _refuse_present(ground: EditableRegistry, name: Name) -> None:
    """Raise the error where the file has something else than an entry at `name`."""
    branch = ground.root
    for depth, part in enumerate(name, 1):
        item = None if branch is None else attribute_of(branch, part)
        if item is None:
            return
        shown = format_name(name[:depth])
        if isinstance(item.node, TableNode):
            branch = item.node
            if depth == len(name) and branch.items:
                raise _error(ground, item.key_span, f"`{shown}` is a set of something else already")
        else:
            raise _error(ground, item.key_span, f"`{shown}` is something else already")


def _taken(
    ground: EditableRegistry, name: Name, other: Entry, what: str, hint: str | None = None
) -> RegistryError:
    return _error(ground, other.name_span, f"`{format_name(name)}` {what}", hint)


def _error(
    ground: EditableRegistry, span: Span, message: str, hint: str | None = None
) -> RegistryError:
    position = ground.reader.read(span.path).position(span.start)
    return RegistryError(message, path=span.path, position=position, hint=hint)


def declaration_of(reader: Reader, entry: Entry) -> str:
    """Return where `entry` is declared, `lib/ports.nix:3`."""
    span = entry.name_span
    return f"{span.path}:{reader.read(span.path).position(span.start).line}"
