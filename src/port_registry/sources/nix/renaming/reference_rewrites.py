"""Rewrites of references in Nix files for an entry's new name."""

from collections.abc import Sequence

from port_registry import model
from port_registry.languages.nix import tree, undefined_names
from port_registry.registry.edit.languages import NIX
from port_registry.registry.edit.text_lines import TextLines
from port_registry.sources.nix.document import NixDocument, NixDocuments
from port_registry.sources.nix.fleet import Fleet, ResolvedReference
from port_registry.sources.nix.module_facts import AliasOrigin, Chain
from port_registry.sources.nix.reference_writer import ReferenceWriter, TargetEntry

_PROBE = "\0"
"""An attribute that no file has."""


Edits = tuple[model.Edit, ...]


class ReferenceRewriter:
    """Rewrites references. Immutable, apart from its caches."""

    def __init__(
        self,
        reader: model.Reader,
        fleet: Fleet,
        texts: NixDocuments,
        renamed: model.Entry,
        renaming: model.Renaming,
    ) -> None:
        """Rewrite references to `renamed`, which already has its new name."""
        self._texts = texts
        self._renamed = renamed
        self._renaming = renaming
        self._ways = fleet.chain_resolver
        self._writer = ReferenceWriter(reader, fleet)
        self._modules = {module.path: module for module in fleet.modules}
        self._parts = {part.registry.path: at for at, part in enumerate(fleet.registries)}

    def rewrite(self, reached: ResolvedReference) -> Edits | model.BlockedUse:
        """Return the edits that give `reached` the new name of the entry.

        There are none where no part of the name is in its text, as with a local name for
        the entry.
        """
        old, size = self._renaming.old, self._written_size(reached)
        above = len(reached.name) - size
        if not size or above >= len(old):
            return ()
        reference = reached.reference
        text = self._texts.of(reference.span.path)
        way = text.selection_ending_at(reference.last)
        if way is None:
            return self._unreachable(reached)
        is_opened = size > len(way.units)
        spans = (way.base.span, *way.units) if is_opened else way.units[len(way.units) - size :]
        own = spans[: len(old) - above]
        new = self._new_steps(above, len(own))
        was = old[above : above + len(own)]
        if new == was:
            return ()
        if new is not None and is_opened and not self._can_open(text, reached, new, above):
            new = None
        if way.inherited is not None and len(own) == size:
            value = None if new is None else NIX.path(new)
            if value is None:
                value = self._full_reference(reached, way.inherited.span)
            elif not is_opened:
                value = _inherited_value(text, way.inherited, own[0].start, value)
            if value is None:
                return self._unreachable(reached)
            return _bind_inherited(text, way.inherited, value)
        if new is not None:
            return _replace_steps(text.source, own, was, new) or self._unreachable(reached)
        if not isinstance(way.base, tree.VarNode) or len(own) + above < len(old):
            return self._unreachable(reached)
        whole = model.Span(reference.span.path, way.base.span.start, own[-1].end)
        full = self._full_reference(reached, whole)
        return self._unreachable(reached) if full is None else (model.Edit(whole, full),)

    def _written_size(self, reached: ResolvedReference) -> int:
        """Return the number of the last steps of the name that are in a reference's text.

        In `config.my.db.redis`, where a module sets `my.db = ports.databases;`, it is the last
        one; the others are names that the project gave.
        """
        reference = reached.reference
        chain = reference.chain
        whole = chain.path if chain.origin is AliasOrigin.FILE else (chain.root, *chain.path)
        size = 0
        for step, own in zip(reversed(whole), reversed(reached.name), strict=False):
            if step != own:
                break
            size += 1
        size = min(size, reference.written_steps)
        if self._ways.follow(reference.span.path, chain).registry_paths:
            while size and not self._is_registry_step(reference.span.path, chain, size):
                size -= 1
        return size

    def _is_registry_step(self, file: str, chain: Chain, back: int) -> bool:
        """Return whether the step `back` steps before the end is an attribute of a registry."""
        if back > len(chain.path):
            return False
        at = len(chain.path) - back
        path = (*chain.path[:at], _PROBE, *chain.path[at + 1 :])
        spots = self._ways.follow(file, chain._replace(path=path)).registry_paths
        return any(len(context.name) >= back and context.name[-back] == _PROBE for context in spots)

    def redirect(self, reached: ResolvedReference) -> Edits | model.BlockedUse:
        """Return the edits that turn `reached`, to a removed category, to the new one."""
        reference = reached.reference
        if not reference.only_renames:
            category = model.format_name(self._renaming.old[: len(reached.name)])
            message = f"this takes all of {category}, which is gone with its last entry"
            return model.BlockedUse(
                reference.span, message, "change it first, or change all of it by hand"
            )
        if self._texts.of(reference.span.path).is_nested_with(reference.span):
            return self._unreachable(reached)
        return self.rewrite(reached)

    def rewrite_question(self, asked: ResolvedReference) -> Edits | model.BlockedUse:
        """Return the same for a place that asks whether the entry exists."""
        old, size = self._renaming.old, self._written_size(asked)
        above = len(asked.name) - size
        if not size or above >= len(old):
            return ()
        text = self._texts.of(asked.reference.span.path)
        question = text.question_ending_at(asked.reference.last)
        new = self._new_steps(above, len(old) - above)
        if question is None or new is None:
            return self._unreachable(asked)
        if new == old[above:]:
            return ()
        own = question.units[len(question.units) - size :][: len(old) - above]
        return _replace_steps(text.source, own, old[above:], new) or self._unreachable(asked)

    def _new_steps(self, above: int, size: int) -> model.Name | None:
        """Return the new steps for the `size` steps of the old name after the first `above`.

        None where the name for those does not lead to the entry any more.
        """
        old, new = self._renaming.old, self._renaming.new
        start = self._renaming.above(above)
        end = len(new) if above + size >= len(old) else self._renaming.above(above + size)
        return None if start is None or end is None or end <= start else new[start:end]

    def _can_open(
        self, text: NixDocument, reached: ResolvedReference, new: model.Name, above: int
    ) -> bool:
        """Return whether the new name comes from a `with`, and nothing else binds it."""
        if new[0] == self._renaming.old[above]:
            return True
        is_taken = new[0] in text.bound or new[0] in undefined_names.GLOBALS
        return reached.reference.sure and model.is_bare(new[0]) and not is_taken

    def _full_reference(self, reached: ResolvedReference, at: model.Span) -> str | None:
        """Return the full reference to the entry, from a name that is known at `at`."""
        module = self._modules.get(at.path)
        part = self._parts[reached.registry]
        if module is None:
            return None
        return self._writer.known_reference(module, at, TargetEntry(part, self._renamed))

    def _unreachable(self, reached: ResolvedReference) -> model.BlockedUse:
        old, new = model.format_name(self._renaming.old), model.format_name(self._renaming.new)
        return model.BlockedUse(
            reached.reference.span,
            f"this reference to {old} cannot be written as one to {new}",
            f"write the whole way to {old} there, from the name of the registry on,"
            " and run the command again",
        )


def _replace_steps(
    source: model.Source, spans: Sequence[model.Span], old: model.Name, new: model.Name
) -> Edits:
    """Return the edits that replace the steps `old`, at `spans`, by `new`.

    There are none where anything else is between them.
    """
    if len(old) == len(new):
        steps = zip(spans, old, new, strict=True)
        return tuple(
            model.Edit(span, NIX.key(after)) for span, before, after in steps if before != after
        )
    at = 0
    while at < min(len(old), len(new)) - 1 and old[at] == new[at]:
        at += 1
    whole = model.Span(source.path, spans[at].start, spans[-1].end)
    gaps = zip(spans[at:], spans[at + 1 :], strict=False)
    if any(source.text[one.end : other.start].strip() != "." for one, other in gaps):
        return ()
    return (model.Edit(whole, NIX.path(new[at:])),)


def _bind_inherited(text: NixDocument, inherited: tree.AttrDefinition, value: str) -> Edits:
    """Return the edits that replace a name in an `inherit` by a binding to `value`."""
    page, statement = TextLines(text.source.text), inherited.span
    binding = f"{NIX.key(inherited.name)} = {value};"
    if text.inherited_count(inherited) == 1:
        return (model.Edit(statement, binding),)
    at = statement.end
    lead = " "
    if page.begins_line(statement.start):
        lead = page.newline + page.indent(statement.start)
        at = page.line_end(at) if page.ends_line(at) else at
    name = inherited.name_span
    before = len(page.text[: name.start].rstrip())
    return (
        model.Edit(model.Span(statement.path, before, name.end), ""),
        model.Edit(model.Span(statement.path, at, at), f"{lead}{binding}"),
    )


def _inherited_value(
    text: NixDocument, inherited: tree.AttrDefinition, first: int, new: str
) -> str | None:
    """Return `inherit (ports.databases) redis;` as a selection, whose last steps are `new`.

    The first of the steps that `new` replaces begins at `first`.
    """
    source = text.source.text
    start = source.find("(", inherited.span.start, inherited.name_span.start) + 1
    if not start:
        return None
    end = text.first_inherited_start(inherited)
    if first < end:
        return source[start:first].strip() + new
    head = source[start:end].rstrip()
    if not head.endswith(")"):
        return None
    subject = inherited.node.subject if isinstance(inherited.node, tree.Select) else None
    is_plain = isinstance(subject, tree.VarNode) or (
        isinstance(subject, tree.Select) and subject.default is None
    )
    inner = head[:-1].strip()
    return f"{inner}.{new}" if is_plain else f"({inner}).{new}"
