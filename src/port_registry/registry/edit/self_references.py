"""References to an entry in the registry's own file."""

import re
from collections.abc import Iterator

from port_registry.languages.nix import tree
from port_registry.languages.nix.children import child_nodes
from port_registry.languages.nix.parse import parse
from port_registry.model import Edit, Name, Span
from port_registry.registry.edit.attribute_spelling import spelled_like
from port_registry.registry.edit.editable_registry import (
    EditableRegistry,
    EntryBinding,
    apply_edits,
)


def self_reference_edits(
    editable: EditableRegistry, binding: EntryBinding, edits: tuple[Edit, ...], name: Name
) -> list[Edit]:
    """Return the edits of references to `binding` in the file, for its new `name`.

    `edits` are those that rename or move its binding. References are the names that are
    undefined afterwards, and selections that end in the whole old name.
    """
    if not editable.dialect.terminator or not re.search(r"\b(?:let|rec)\b", editable.source.text):
        return []
    is_moved = name[:-1] != binding.category
    spelled = len(binding.entry.name) if is_moved else 1
    spans = dict.fromkeys(
        (*_undefined(editable, binding, edits), *_selected(editable, binding, spelled))
    )
    uses: list[Edit] = []
    for span in sorted(spans):
        old = editable.source.slice(span)
        dialect = editable.dialect
        text = dialect.path(name) if is_moved else spelled_like(dialect, old, name[-1])
        if not any(are_touching(span, edit.span) for edit in edits):
            uses.append(Edit(span, text))
    return uses


def are_touching(first: Span, second: Span) -> bool:
    """Return whether the spans, of one file, overlap or meet."""
    return first.start <= second.end and second.start <= first.end


def _undefined(
    editable: EditableRegistry, binding: EntryBinding, edits: tuple[Edit, ...]
) -> Iterator[Span]:
    """Yield the spans of the entry's name that are undefined once `edits` are applied."""
    changed = apply_edits(editable, edits)
    for problem in parse(changed).errors:
        path, start, end = problem.span
        if changed.slice(problem.span) == binding.entry.service:
            shift = 0
            for edit in sorted(edits):
                if edit.span.start + shift < start:
                    shift += len(edit.text) - (edit.span.end - edit.span.start)
            yield Span(path, start - shift, end - shift)


def _selected(editable: EditableRegistry, binding: EntryBinding, parts: int) -> Iterator[Span]:
    """Yield the spans of the name's last parts in selections such as `ports.databases.redis`."""
    full_path = editable.full_path(binding.entry.name)
    root = parse(editable.source).root
    bound: set[str] = set()
    selections: list[tree.Select] = []
    pending: list[tree.Node] = [] if root is None else [root]
    while pending:
        node = pending.pop()
        if isinstance(node, tree.Let):
            bound.update(node.bindings.definitions)
        elif isinstance(node, tree.Select):
            selections.append(node)
        pending.extend(child_nodes(node))
    for node in selections:
        if isinstance(node.subject, tree.VarNode) and node.subject.name in bound:
            path = tuple(key.name for key in node.path)
            for length in dict.fromkeys((len(binding.entry.name), len(full_path))):
                if path[:length] == full_path[-length:]:
                    first, last = node.path[length - parts].span, node.path[length - 1].span
                    yield first._replace(end=last.end)
