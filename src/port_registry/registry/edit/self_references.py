"""Where the registry's own file computes something from an entry."""

import re
from collections.abc import Iterator

from port_registry.languages.nix import tree
from port_registry.languages.nix.parse import parse
from port_registry.languages.nix.undefined_names import children
from port_registry.model import Edit, Name, Span
from port_registry.registry.edit.attribute_spelling import respelled
from port_registry.registry.edit.editable_registry import (
    EditableRegistry,
    EntryBinding,
    apply_edits,
)


def renamed_uses(
    ground: EditableRegistry, leaf: EntryBinding, edits: tuple[Edit, ...], name: Name
) -> list[Edit]:
    """Return the edits of what the file computes from `leaf`, which gets the name `name`.

    `edits` are those that rename or move its binding. Uses are the names that nothing
    defines any more afterwards, and selections that end in the whole old name.
    """
    if not ground.dialect.end or not re.search(r"\b(?:let|rec)\b", ground.source.text):
        return []
    is_moved = name[:-1] != leaf.category
    spelled = len(leaf.entry.name) if is_moved else 1
    found = dict.fromkeys((*_undefined(ground, leaf, edits), *_selected(ground, leaf, spelled)))
    uses: list[Edit] = []
    for span in sorted(found):
        old = ground.source.slice(span)
        text = ground.dialect.path(name) if is_moved else respelled(ground.dialect, old, name[-1])
        use = Edit(span, text)
        if not any(_touch(use.span, edit.span) for edit in edits):
            uses.append(use)
    return uses


def _touch(one: Span, other: Span) -> bool:
    return one.start <= other.end and other.start <= one.end


def _undefined(
    ground: EditableRegistry, leaf: EntryBinding, edits: tuple[Edit, ...]
) -> Iterator[Span]:
    """Yield where the file names what nothing defines once `edits` are carried out."""
    changed = apply_edits(ground, edits)
    for problem in parse(changed).errors:
        path, start, end = problem.span
        if changed.slice(problem.span) == leaf.entry.service:
            by = 0
            for edit in sorted(edits):
                if edit.span.start + by < start:
                    by += len(edit.text) - (edit.span.end - edit.span.start)
            yield Span(path, start - by, end - by)


def _selected(ground: EditableRegistry, leaf: EntryBinding, parts: int) -> Iterator[Span]:
    """Yield where selections such as `ports.databases.redis` say the last parts of the name."""
    whole, own = ground.whole(leaf.entry.name), len(leaf.entry.name)
    root = parse(ground.source).root
    bound: set[str] = set()
    selections: list[tree.Select] = []
    pending: list[tree.Node] = [] if root is None else [root]
    while pending:
        node = pending.pop()
        if isinstance(node, tree.Let):
            bound.update(node.bindings.definitions)
        elif isinstance(node, tree.Select):
            selections.append(node)
        pending.extend(_inside(node))
    for node in selections:
        if isinstance(node.subject, tree.VarNode) and node.subject.name in bound:
            way = tuple(key.name for key in node.path)
            for length in dict.fromkeys((own, len(whole))):
                if way[:length] == whole[-length:]:
                    first, last = node.path[length - parts].span, node.path[length - 1].span
                    yield first._replace(end=last.end)


def _inside(node: tree.Node) -> Iterator[tree.Node]:
    """Yield the nodes right below one."""
    if isinstance(node, tree.Set):
        yield from (definition.node for definition in node.definitions.values())
        yield from (dynamic.node for dynamic in node.dynamic)
    elif isinstance(node, tree.Let):
        yield from (node.bindings, node.body)
    elif isinstance(node, tree.With):
        yield from (node.scope, node.body)
    elif isinstance(node, tree.LambdaExpression):
        yield node.body
        formals = () if node.formals is None else node.formals.formals
        yield from (formal.default for formal in formals if formal.default is not None)
    elif isinstance(node, (tree.Select, tree.HasAttr)):
        yield node.subject
        if isinstance(node, tree.Select) and node.default is not None:
            yield node.default
    else:
        yield from children(node)
