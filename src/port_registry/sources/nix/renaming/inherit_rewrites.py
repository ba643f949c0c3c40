"""Rewrite of `inherit (ports.databases) redis;` as a binding of the same name."""

from port_registry.languages.nix import tree
from port_registry.model import Edit, Name, NamedTuple, Span
from port_registry.registry.edit.languages import NIX
from port_registry.registry.edit.text_lines import TextLines
from port_registry.sources.nix.document import NixDocument, SelectionForm

Edits = tuple[Edit, ...]


class Inheritance(NamedTuple):
    """An inherited name for an entry."""

    text: NixDocument
    way: SelectionForm
    definition: tree.AttrDefinition
    spans: tuple[Span, ...]
    """The spans of the steps of the entry's name; the last one is the inherited name."""
    new: Name | None
    """The new steps; None where `full` has to be written."""
    full: str | None
    """The full reference to the entry; None where there is none, or none is needed."""
    is_opened: bool
    """Whether the first of `spans` is a name from a `with`."""


def rewrite_inherit(one: Inheritance) -> Edits:
    """Return the edits that replace the inherited name by a binding, if that is possible."""
    value = one.full if one.new is None else _value(one, NIX.path(one.new))
    if value is None:
        return ()
    page, statement = TextLines(one.text.source.text), one.definition.span
    binding = f"{NIX.key(one.definition.name)} = {value};"
    if one.text.inherited_count(one.definition) == 1:
        return (Edit(statement, binding),)
    at = statement.end
    lead = " "
    if page.begins_line(statement.start):
        lead = page.newline + page.indent(statement.start)
        at = page.line_end(at) if page.ends_line(at) else at
    name = one.definition.name_span
    before = len(page.text[: name.start].rstrip())
    return (
        Edit(Span(statement.path, before, name.end), ""),
        Edit(Span(statement.path, at, at), f"{lead}{binding}"),
    )


def _value(one: Inheritance, new: str) -> str | None:
    """Return the value of the binding, whose last steps are `new`."""
    if one.is_opened:
        return new
    source, statement = one.text.source, one.definition.span
    start = source.text.find("(", statement.start, one.definition.name_span.start) + 1
    if not start:
        return None
    if one.spans[0].start < one.text.first_inherited_span(one.definition):
        return source.text[start : one.spans[0].start].strip() + new
    head = source.text[start : one.text.first_inherited_span(one.definition)].rstrip()
    if not head.endswith(")"):
        return None
    subject = one.definition.node.subject if isinstance(one.definition.node, tree.Select) else None
    is_plain = isinstance(subject, tree.VarNode) or (
        isinstance(subject, tree.Select) and subject.default is None
    )
    inner = head[:-1].strip()
    return f"{inner}.{new}" if is_plain else f"({inner}).{new}"
