"""Names of entries: syntax, reserved names and conflicts."""

from collections.abc import Mapping

from port_registry import model
from port_registry.facts.identifiers import split
from port_registry.languages.data_tree import TableNode, attribute_of
from port_registry.registry.attribute_names import LEAF_PORT, is_metadata
from port_registry.registry.edit.editable_registry import EditableRegistry


def parse_entry_name(text: str) -> model.Name:
    """Return `text` as the name of an entry; raises `UsageError` for an invalid name."""
    return _parse(text, "name", "a name is attributes joined by dots, such as `databases.redis`")


def parse_category(text: str) -> model.Name:
    """Return `text` as the name of a category; raises `UsageError` for an invalid name."""
    return _parse(text, "category", "a category is a name such as `databases`, or `a.b`")


def _parse(text: str, what: str, hint: str) -> model.Name:
    name = model.parse_name(text)
    if name is None:
        raise model.UsageError(f"invalid {what} `{text}`", hint=hint)
    return name


def parse_new_name(text: str) -> model.Name:
    """Return `text` as the name of a new entry.

    Raises `UsageError` where it is not valid, or needs quotes that it does not have.
    """
    name = parse_entry_name(text)
    for part in name:
        if not model.is_bare(part) and f'"{part}"' not in text:
            raise model.UsageError(
                f"`{part}` is not a valid attribute name without quotes",
                hint=_alternative(name, part),
            )
        if not part.isprintable() or not part.strip() or "${" in part or "\\" in part:
            raise model.UsageError(f"`{part}` is not a valid attribute name")
    _refuse_reserved(name)
    return name


def _alternative(name: model.Name, part: str) -> str:
    """Return the hint for a part that needs quotes."""
    words = split(part)
    if words and words[0][0].isdigit():
        words = [*words[1:], words[0]]
    slug = "-".join(word for word in words if word.isascii())
    better = tuple(slug if other == part else other for other in name)
    suggestions = [f"`{model.format_name(better)}`"] if slug != part and model.is_bare(slug) else []
    if part.isascii() and part.replace("-", "a").replace("_", "a").isalnum():
        suggestions.append(f"in quotes `'{model.format_name(name)}'`")
    return f"write {' or '.join(suggestions)}" if suggestions else "choose another name"


def _refuse_reserved(name: model.Name) -> None:
    """Raise the error for a name that has another meaning in registries."""
    for part in name:
        if is_metadata(part):
            raise model.UsageError(f"`{part}` is reserved for metadata of the registry")
    if len(name) > 1 and name[-1] == LEAF_PORT:
        entry = model.format_name(name[:-1])
        raise model.UsageError(
            f"`{model.format_name(name)}` would be the port of the entry `{entry}`",
            hint=f"use the name `{entry}`",
        )


def refuse_unavailable(
    editable: EditableRegistry, name: model.Name, renamed: model.Entry | None = None
) -> None:
    """Raise the error for a name that is not available in the registry.

    `renamed` is the existing entry that gets the name, if it is not for a new one.
    """
    entries = (leaf.entry for leaf in editable.bindings)
    others = {entry.name: entry for entry in entries if entry is not renamed}
    if name in others:
        existing = others[name]
        raise _name_error(editable, name, existing, f"already exists: {existing.endpoint.ports}")
    for depth in range(1, len(name)):
        if name[:depth] in others:
            _refuse_below(editable, name, others[name[:depth]])
    innermost: dict[model.Name, model.Entry] = {}
    for other in others.values():
        innermost.setdefault(other.name[:-1], other)
    sets: dict[model.Name, model.Entry] = {}
    for category, other in innermost.items():
        for depth in range(1, len(category) + 1):
            sets.setdefault(category[:depth], other)
    if name in sets:
        fault = f"is a category, with the entry `{model.format_name(sets[name].name)}`"
        hint = f"choose a name in it: `{model.format_name(name)}.NAME`"
        raise _name_error(editable, name, sets[name], fault, hint)
    _refuse_alike(editable, name, others, sets)
    if renamed is None:
        _refuse_present(editable, name)


def _refuse_alike(
    editable: EditableRegistry,
    name: model.Name,
    others: Mapping[model.Name, model.Entry],
    sets: Mapping[model.Name, model.Entry],
) -> None:
    """Raise the error for a name, or a category, that differs from another only in spelling."""
    own_key = _plain(name)
    for other_name, other in sets.items():
        depth = len(other_name)
        is_other = depth < len(name) and other_name != name[:depth] and name[:depth] not in sets
        if is_other and _plain(other_name) == own_key[:depth]:
            better = model.format_name((*other_name, *name[depth:]))
            fault = f"differs from the category `{model.format_name(other_name)}` only in spelling"
            raise _name_error(editable, name, other, fault, f"did you mean `{better}`?")
    for other_name, other in others.items():
        if _plain(other_name) == own_key:
            fault = f"differs from the entry `{model.format_name(other_name)}` only in spelling"
            raise _name_error(editable, name, other, fault)


def _plain(name: model.Name) -> model.Name:
    """Return `name` in lower case without hyphens and underscores, to compare names."""
    return tuple(part.lower().replace("-", "").replace("_", "") for part in name)


def _refuse_below(editable: EditableRegistry, name: model.Name, parent_entry: model.Entry) -> None:
    """Raise the error for a name below an entry that cannot contain others."""
    binding = editable.find(parent_entry.name)
    if binding is not None and binding.is_structured() and editable.dialect.terminator:
        return
    parent = model.format_name(parent_entry.name)
    last = "-".join(name[len(parent_entry.name) - 1 :])
    hint = f"choose a name next to it: `{model.format_name((*parent_entry.name[:-1], last))}`"
    fault = f"is not available: `{parent}` is an entry, not a category"
    raise _name_error(editable, name, parent_entry, fault, hint if model.is_bare(last) else None)


def _refuse_present(editable: EditableRegistry, name: model.Name) -> None:
    """Raise the error where the file has an attribute `name` that is not an entry."""
    table = editable.root
    for depth, part in enumerate(name, 1):
        item = None if table is None else attribute_of(table, part)
        if item is None:
            return
        path = model.format_name(name[:depth])
        if isinstance(item.node, TableNode):
            table = item.node
            if depth == len(name) and table.items:
                raise _error(
                    editable, item.key_span, f"`{path}` already exists and is not a category"
                )
        else:
            raise _error(editable, item.key_span, f"`{path}` already exists and is not an entry")


def _name_error(
    editable: EditableRegistry,
    name: model.Name,
    other: model.Entry,
    fault: str,
    hint: str | None = None,
) -> model.RegistryError:
    return _error(editable, other.name_span, f"`{model.format_name(name)}` {fault}", hint)


def _error(
    editable: EditableRegistry, span: model.Span, message: str, hint: str | None = None
) -> model.RegistryError:
    position = editable.reader.read(span.path).position(span.start)
    return model.RegistryError(message, path=span.path, position=position, hint=hint)


def declaration_of(reader: model.Reader, entry: model.Entry) -> str:
    """Return the file and line that declare `entry`: `lib/ports.nix:3`."""
    span = entry.name_span
    return f"{span.path}:{reader.read(span.path).position(span.start).line}"
