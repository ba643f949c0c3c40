"""Options of a NixOS module whose defaults are entries.

Where options are declared, a plain number is not an option; a new entry is declared like its
neighbours, or in the usual form.
"""

from port_registry.languages.data_tree import StringNode, TableNode, attribute_of
from port_registry.model import Name, Source, Span
from port_registry.registry.edit.editable_registry import EditableRegistry, EntryBinding
from port_registry.registry.edit.entry_spec import EntrySpec, RenderedValue, commented_values
from port_registry.registry.edit.refusals import Reason
from port_registry.registry.edit.text_lines import dedented

_DEFAULT, _DESCRIPTION = "default", "description"
_OWN = ("example", "defaultText")
"""Attributes of an option that repeat its own port, which are not copied to others."""


def declares_options(editable: EditableRegistry, category: Name) -> bool:
    """Return whether the attributes of `category` are declarations of options."""
    if editable.registry.prefix[:1] != ("options",) or not editable.dialect.terminator:
        return False
    for depth in range(len(category) + 1):
        braces = editable.braces_of(editable.table(category[:depth]))
        if braces is not None:
            before = editable.source.text[: braces[0]].rstrip(" \t\r\n(")
            if before.endswith("=") and before[:-1].rstrip().endswith(_DEFAULT):
                return False
    return True


def reason_not_declarable(editable: EditableRegistry, spec: EntrySpec) -> Reason | None:
    """Return why an option that must be declared for `spec` cannot be, or None."""
    if not spec.ports.is_single():
        content = "a single port, not a range"
    elif spec.host or spec.address:
        content = "a port, without a host or address"
    else:
        return None
    if editable.root is None or not declares_options(editable, spec.name[:-1]):
        return None
    hint = "omit that, or keep such entries in a file that is not a module"
    return Reason(f"an option of this module holds {content}", editable.root.span, hint)


def option_declaration(
    editable: EditableRegistry, spec: EntrySpec, model: EntryBinding | None
) -> RenderedValue | None:
    """Return the declaration of an option like `model`; None where it cannot express `spec`."""
    if spec.host or spec.address or not spec.ports.is_single():
        return None
    *_, marked = commented_values(spec._replace(description=""), "", editable.dialect)
    like = model or next((binding for binding in editable.bindings if binding.is_written()), None)
    value = None if like is None else _value_like(editable, spec, like)
    return RenderedValue(value or _usual_declaration(editable, spec), marked.comment)


def _usual_declaration(editable: EditableRegistry, spec: EntrySpec) -> str:
    step, text = editable.text_lines.step, editable.dialect.string(_description(spec))
    lines = ("type = lib.types.port;", f"default = {spec.ports.first};", f"description = {text};")
    return "\n".join(["lib.mkOption {", *(step + line for line in lines), "}"])


def _description(spec: EntrySpec) -> str:
    """Return the description of an option, which needs one: the name where `spec` has none."""
    return spec.description or spec.name[-1]


_Change = tuple[int, int, str]
"""The start and end of a part of a text, and its replacement."""


def _value_like(editable: EditableRegistry, spec: EntrySpec, model: EntryBinding) -> str | None:
    """Return the value of `model` with another port and description."""
    span = editable.value_span(model)
    text = editable.source.slice(span)
    changes = _in_set(editable, spec, text) or _in_place(editable, spec, model, span)
    if not changes:
        return None
    for start, end, replacement in sorted(changes, reverse=True):
        text = f"{text[:start]}{replacement}{text[end:]}"
    return dedented(text, editable.text_lines.indent(model.start))


def _in_set(editable: EditableRegistry, spec: EntrySpec, text: str) -> list[_Change] | None:
    """Return the changes of `mkOption { … }`; None where `string` is something else."""
    from port_registry.languages.nix import tree
    from port_registry.languages.nix.parse import parse

    root = parse(Source("", text)).root
    if not isinstance(root, tree.Apply) or not isinstance(root.argument, tree.Set):
        return None
    definitions = root.argument.definitions
    default, old_description = definitions.get(_DEFAULT), definitions.get(_DESCRIPTION)
    if default is None:
        return None
    port = str(spec.ports.first)
    value = editable.dialect.string(port) if isinstance(default.node, tree.Str) else port
    changes = [(default.node.span.start, default.node.span.end, value)]
    description = editable.dialect.string(_description(spec))
    if old_description is not None:
        _, start, end = old_description.node.span
        changes.append((start, end, description))
    elif spec.description:
        end, lead = default.span.end, _lead(text, default.span.start)
        changes.append((end, end, f"{lead}description = {description};"))
    for name in _OWN:
        attribute = definitions.get(name)
        if attribute is not None:
            start = attribute.span.start - len(_lead(text, attribute.span.start))
            changes.append((max(start, 0), attribute.span.end, ""))
    return changes


def _lead(text: str, at: int) -> str:
    """Return the white space before `at`, from the end of the previous line."""
    bare = text[:at].rstrip(" \t\r\n")
    return text[len(bare) : at]


def _in_place(
    editable: EditableRegistry, spec: EntrySpec, model: EntryBinding, span: Span
) -> list[_Change] | None:
    """Return the changes of a call such as `mkPort 6379 "Redis"`."""
    if not editable.source.slice(span)[:1].isalpha() or not model.is_structured():
        return None
    digits = model.entry.digits
    description = _description_span(model)
    parts = [(part, str(spec.ports.first)) for part in digits]
    if description is not None:
        parts.append((description, editable.dialect.string(_description(spec))[1:-1]))
    inside = all(span.path == p and span.start <= s < e <= span.end for (p, s, e), _ in parts)
    if len(digits) != 1 or not inside:
        return None
    return [(part.start - span.start, part.end - span.start, text) for part, text in parts]


def _description_span(model: EntryBinding) -> Span | None:
    """Return the span of the description of an option, without its quotes."""
    node = model.raw_entry.item.node
    item = attribute_of(node, _DESCRIPTION) if isinstance(node, TableNode) else None
    return item.node.body if item is not None and isinstance(item.node, StringNode) else None
