"""Why an entry cannot be changed or added where it should be, and what to do instead."""

from typing import NamedTuple

from port_registry.languages.data_tree import TableNode, UnknownNode, attribute_of
from port_registry.model import Name, Span, format_name
from port_registry.registry.edit.editable_registry import (
    EditableRegistry,
    EntryBinding,
    RefusedError,
    refuse,
)
from port_registry.registry.edit.insert_in_set import braces_of, deepest


class Reason(NamedTuple):
    """What is in the way of a change."""

    message: str
    """Follows a colon."""
    span: Span
    hint: str = ""
    """What to do; empty for the usual."""


def taken(ground: EditableRegistry, name: Name) -> RefusedError:
    """Return the error for a name that cannot be given."""
    parts = range(len(name), 0, -1)
    leaves = (ground.leaf(name[:depth]) for depth in parts)
    leaf = next((one for one in leaves if one is not None), None)
    parent = ground.branch(name[:-1])
    item = None if parent is None else attribute_of(parent, name[-1])
    span = Span("", 0, 0) if item is None else item.key_span
    place = leaf.entry.name_span if leaf is not None else span
    return refuse(ground, place, ground.taken(name), "choose another name")


def unwritten(ground: EditableRegistry, leaf: EntryBinding) -> Reason | None:
    """Return why `leaf` has no binding of its own that could be changed; None where it has."""
    span, path = leaf.entry.name_span, ground.source.path
    if span.path != path:
        return Reason(f"it stands in `{span.path}`", span, "change it there")
    if not leaf.is_written():
        extent = leaf.draft.item.extent
        shown = ground.shown(extent)
        if shown.startswith("inherit"):
            hint = "give it a binding of its own, or change it where it comes from"
            return Reason(f"it is inherited (`{shown}`)", span, hint)
        return Reason(f"no binding names it: it is made by `{shown}`", span, "change what makes it")
    if ground.source.slice(span).startswith("${"):
        return Reason(f"its name is computed (`{ground.shown(span)}`)", span)
    return None


def uncounted(ground: EditableRegistry, leaf: EntryBinding) -> Reason | None:
    """Return why the number of `leaf` cannot be changed; None where its digits are written."""
    span, digits = leaf.entry.value_span, leaf.entry.digits
    name = format_name(leaf.entry.name[-1:])
    if not digits:
        shown = ground.shown(span)
        made = f"its number is computed (`{shown}`)"
        hint = f"change what it is computed from, or write a number for `{name}` itself"
        return Reason(made, span if span.path else leaf.entry.name_span, hint)
    if digits[0].path != ground.source.path:
        return Reason(f"its number stands in `{digits[0].path}`", digits[0], "change it there")
    return None


def no_place(ground: EditableRegistry, name: Name) -> Reason | None:
    """Return why nothing can be put at `name` in this file; None where something may."""
    root = ground.root
    if root is None:
        unknown = ground.registry.unknown[0]
        return Reason(f"what this file gives cannot be known: {unknown.reason}", unknown.span)
    branch, depth = deepest(ground, name[:-1])
    if branch is not None and branch.span.path not in ("", ground.source.path):
        where = f"`{format_name(name[:depth])}` stands" if depth else "its entries stand"
        return Reason(f"{where} in `{branch.span.path}`", branch.span, "add it there")
    item = None if branch is None or depth == len(name) - 1 else attribute_of(branch, name[depth])
    if item is not None and not isinstance(item.node, TableNode):
        shown = format_name(name[: depth + 1])
        if isinstance(item.node, UnknownNode):
            return Reason(f"`{shown}` cannot be known: {item.node.reason}", item.node.span)
        return Reason(f"`{shown}` is not a set of attributes", item.key_span, "choose another name")
    return _no_registry(ground, root)


def _no_registry(ground: EditableRegistry, root: TableNode) -> Reason | None:
    """Return why the top of a NixOS module is no place for entries."""
    if ground.registry.prefix or ground.leaves or not ground.dialect.end:
        return None
    halves = [item for item in root.items if item.key in ("options", "config", "imports")]
    if not halves:
        return None
    hint = "name the set that holds the ports with `--attribute`, such as `config.my.ports`"
    return Reason(
        "this is a NixOS module, and no set in it is called `ports`", halves[0].key_span, hint
    )


def composed(ground: EditableRegistry, name: Name) -> Reason | None:
    """Return the expression that makes the set in which `name` belongs; None where braces do."""
    branch, depth = deepest(ground, name[:-1])
    if branch is None or not branch.span.path or not ground.dialect.end:
        return None
    # What dotted names spell, `a.b = 1;`, is a set without braces.
    if braces_of(ground, branch) is not None or ground.shown(branch.span).endswith(";"):
        return None
    what = f"`{format_name(name[:depth])}`" if depth else "the registry"
    return Reason(f"{what} is made by an expression (`{ground.shown(branch.span)}`)", branch.span)
