"""Reasons to refuse a change, with hints."""

from port_registry.languages.data_tree import TableNode, UnknownNode, attribute_of
from port_registry.model import Name, NamedTuple, Span, format_name
from port_registry.registry.edit.editable_registry import EditableRegistry, EntryBinding


class Reason(NamedTuple):
    """The reason why a change is refused."""

    message: str
    """Follows a colon."""
    span: Span
    hint: str = ""
    """The way out; empty for the default hint."""


def reason_not_written(editable: EditableRegistry, binding: EntryBinding) -> Reason | None:
    """Return why `binding` is not written in the file and cannot be changed, or None."""
    span, path = binding.entry.name_span, editable.source.path
    if span.path != path:
        return Reason(f"it is defined in `{span.path}`", span, "change it there")
    if not binding.is_written():
        excerpt = editable.excerpt(binding.raw_entry.item.extent)
        if excerpt.startswith("inherit"):
            hint = "give it a binding of its own, or change its source"
            return Reason(f"it is inherited (`{excerpt}`)", span, hint)
        message = f"it has no binding: it is the result of `{excerpt}`"
        return Reason(message, span, "change that expression")
    if editable.source.slice(span).startswith("${"):
        return Reason(f"its name is computed (`{editable.excerpt(span)}`)", span)
    return None


def reason_not_literal(editable: EditableRegistry, binding: EntryBinding) -> Reason | None:
    """Return why the number of `binding` is not a literal in the file, or None."""
    span, digits = binding.entry.value_span, binding.entry.digits
    if not digits:
        name = format_name(binding.entry.name[-1:])
        message = f"its number is computed (`{editable.excerpt(span)}`)"
        hint = f"change the values of that expression, or write a number for `{name}`"
        return Reason(message, span if span.path else binding.entry.name_span, hint)
    if digits[0].path != editable.source.path:
        return Reason(f"its number is in `{digits[0].path}`", digits[0], "change it there")
    return None


def reason_no_place(editable: EditableRegistry, name: Name) -> Reason | None:
    """Return why nothing can be added at `name` in this file, or None."""
    root = editable.root
    if root is None:
        unknown = editable.registry.unknown[0]
        return Reason(f"the value of this file cannot be known: {unknown.reason}", unknown.span)
    table, depth = editable.innermost_table(name[:-1])
    if table is not None and table.span.path not in ("", editable.source.path):
        subject = f"`{format_name(name[:depth])}` is" if depth else "its entries are"
        return Reason(f"{subject} defined in `{table.span.path}`", table.span, "add it there")
    item = None if table is None or depth == len(name) - 1 else attribute_of(table, name[depth])
    if item is not None and not isinstance(item.node, TableNode):
        path = format_name(name[: depth + 1])
        if isinstance(item.node, UnknownNode):
            return Reason(f"`{path}` cannot be known: {item.node.reason}", item.node.span)
        return Reason(f"`{path}` is not a set of attributes", item.key_span, "choose another name")
    return _reason_no_entries(editable, root)


def _reason_no_entries(editable: EditableRegistry, root: TableNode) -> Reason | None:
    """Return why the top level of a NixOS module cannot hold entries, or None."""
    halves = [item for item in root.items if item.key in ("options", "config", "imports")]
    is_nix = bool(editable.dialect.terminator)
    if not halves or not is_nix or editable.registry.prefix or editable.bindings:
        return None
    hint = "choose the set of the ports, for example with `--attribute config.my.ports`"
    message = "this is a NixOS module without a set called `ports`"
    return Reason(message, halves[0].key_span, hint)


def reason_computed_set(editable: EditableRegistry, name: Name) -> Reason | None:
    """Return that the set for `name` is computed; None where it has braces."""
    table, depth = editable.innermost_table(name[:-1])
    if table is None or not table.span.path or not editable.dialect.terminator:
        return None
    # Dotted names, `a.b = 1;`, define a set without braces.
    if editable.braces_of(table) is not None or editable.excerpt(table.span).endswith(";"):
        return None
    category = f"`{format_name(name[:depth])}`" if depth else "the registry"
    return Reason(
        f"{category} is the result of an expression (`{editable.excerpt(table.span)}`)", table.span
    )
