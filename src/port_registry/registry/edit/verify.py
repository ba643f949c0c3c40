"""Verification that edits have the intended effect and no other.

The registry is read again with the edits applied. Of a large file only the surroundings of
the edits are read, before and after: distant entries that are plain numbers are omitted.
Computed values are kept wherever they are, and must stay the same; so any effect of an edit
on a value elsewhere is detected.
"""

import contextlib
import re
from collections import Counter
from collections.abc import Sequence

from port_registry import model
from port_registry.registry.edit.editable_registry import EditableRegistry, RefusedError
from port_registry.registry.edit.entry_spec import EntrySpec, spec_of
from port_registry.registry.edit.refusals import Reason

_LARGE = 5_000
"""The number of characters from which on only a part of a registry is read again."""
_AROUND = 1_000
"""The number of characters on both sides of an edit that are read again."""

_ATOM = r'(?:[0-9]+|"[^"$\\\n]*+"|true|false)'
_LEAF = rf"\{{(?:\s*[A-Za-z]++\s*=\s*{_ATOM}\s*;)*+\s*\}}"
_LITERAL = rf"(\s*=\s*(?:{_ATOM}|{_LEAF})\s*;)[ \t]*(?:#[^\n]*)?"
"""After a name, a value that depends on nothing else (group 1), and its comment."""
_COMPUTED = rf"=\s*(?!{_ATOM}\s*[;}}\n]|\{{)[^\s=]|\$\{{|[(]"
"""An assigned value that may depend on something else."""


class PlannedChange(model.NamedTuple):
    """The part of a registry that edits concern, before and after them."""

    before: EditableRegistry
    after: EditableRegistry

    def unexpected_changes(
        self, removed: Sequence[model.Name], added: Sequence[EntrySpec]
    ) -> list[model.Name]:
        """Return the names of the entries that changed and should not have.

        Those in `removed` should be gone, and those in `added` be new. Anything but an entry
        has an empty name.
        """
        entries = (binding.entry for binding in self.before.bindings)
        expected = {spec_of(entry) for entry in entries if entry.name not in removed}
        actual = {spec_of(binding.entry) for binding in self.after.bindings}
        wrong = sorted(entry.name for entry in actual ^ expected.union(added))
        is_moved = self.after.registry.prefix != self.before.registry.prefix
        is_worse = is_moved or bool(_faults(self.after) - _faults(self.before))
        return wrong or ([()] if is_worse else [])


def _faults(editable: EditableRegistry) -> Counter[tuple[str, model.Name, str]]:
    """Return how often each fault occurs in the registry."""
    registry = editable.registry
    return Counter(
        [
            *(("invalid", fault.name, fault.text) for fault in registry.invalid_leaves),
            *(("duplicate", fault.name, "") for fault in registry.duplicates),
            *(("unknown", fault.name, fault.reason) for fault in registry.unknown),
        ]
    )


class ChangeTrial:
    """A series of attempts at one change of a registry, and the first fault of them."""

    def __init__(self, editable: EditableRegistry) -> None:
        self._editable = editable
        self._fault = self._hint = ""
        self._at = model.Span("", 0, 0)

    def attempt(self, edits: tuple[model.Edit, ...]) -> PlannedChange | None:
        """Return the registry with `edits` applied; None where it is not valid any more."""
        if not self._fault:
            self._at = edits[0].span
        reduced, moved_edits = narrow(self._editable, edits)
        if reduced is not self._editable:
            with contextlib.suppress(model.RegistryError):
                return PlannedChange(reduced, _reread(reduced, reduced.changed(moved_edits)))
        try:
            changed = _reread(self._editable, self._editable.changed(edits))
            return PlannedChange(self._editable, changed)
        except model.RegistryError as error:
            self._fault_at(edits, error)
            return None

    def is_as_intended(
        self, change: PlannedChange, removed: Sequence[model.Name], added: Sequence[EntrySpec]
    ) -> bool:
        """Return whether exactly the entries `removed` are gone, and exactly `added` are new."""
        wrong = change.unexpected_changes(removed, added)
        if wrong and not self._fault:
            self._note_unexpected(change, wrong, {*removed, *(entry.name for entry in added)})
        return not wrong

    def _note_unexpected(
        self, change: PlannedChange, wrong: list[model.Name], intended: set[model.Name]
    ) -> None:
        """Note that the entries `wrong` are not as intended, or change with those intended."""
        others = [name for name in dict.fromkeys(wrong) if name not in intended]
        result = next((after for name in wrong if (after := change.after.find(name))), None)
        if others or result is None:
            quoted = ", ".join(
                f"`{model.format_name(name)}`" for name in others[:_MOST_NAMED] if name
            )
            self.note_fault(f"{quoted or 'other values of the file'} would change with it")
        else:
            self.note_fault(f"the result would be `{result.entry}`")
        affected = next((before for name in others if (before := self._editable.find(name))), None)
        if affected is not None:
            self._at = affected.entry.value_span

    def _fault_at(self, edits: tuple[model.Edit, ...], error: model.RegistryError) -> None:
        """Note that the changed file is not valid, with the location in the present file."""
        if self._fault or error.path != self._editable.source.path or error.position is None:
            self.note_fault(error.message)
            return
        changed = self._editable.changed(edits)
        line, column = error.position
        at = changed.line_starts()[min(line, len(changed.line_starts())) - 1] + column - 1
        for edit in sorted(edits):
            if edit.span.start < at:
                at = max(edit.span.start, at + edit.span.end - edit.span.start - len(edit.text))
        self._at = model.Span(changed.path, at, at)
        reason = error.message.removeprefix("invalid Nix: ")
        self.note_fault(f"the file would be invalid ({reason})")

    def note_fault(self, message: str, hint: str = "") -> None:
        """Note the fault of an attempt, and a hint; the first one counts."""
        if not self._fault:
            self._fault, self._hint = message, hint

    def refusal(self, lead: str, reason: Reason | None, hint: str) -> RefusedError:
        """Return the error for a change that failed in every attempt."""
        if reason is not None:
            message = f"{lead}{reason.message}"
            return self._editable.refusal(reason.span, message, reason.hint or hint)
        fault = self._fault or "the file has no suitable place for it"
        return self._editable.refusal(self._at, f"{lead}{fault}", self._hint or hint)


def _reread(editable: EditableRegistry, source: model.Source) -> EditableRegistry:
    """Return `editable` with another text; raises what reading it does."""
    reader = _ChangedReader(editable.reader, source)
    return EditableRegistry(reader, source.path, editable.attribute)


_MOST_NAMED = 3


class _ChangedReader:
    """A reader that returns another text for one file."""

    def __init__(self, reader: model.Reader, source: model.Source) -> None:
        self._reader = reader
        self._source = source

    def read(self, path: str) -> model.Source:
        """Return the file at `path`."""
        return self._source if path == self._source.path else self._reader.read(path)

    def exists(self, path: str) -> bool:
        """Return whether `path` is a file of the project."""
        return self._reader.exists(path)


def narrow(
    editable: EditableRegistry, edits: tuple[model.Edit, ...]
) -> tuple[EditableRegistry, tuple[model.Edit, ...]]:
    """Return the surroundings of `edits` as a registry, and the edits in it."""
    is_small = len(editable.source.text) < _LARGE or not editable.dialect.terminator
    # A computed value could depend on an entry that is omitted.
    if is_small or any(re.search(_COMPUTED, edit.text) for edit in edits):
        return editable, edits
    stretches = _far(editable, edits)
    gone = sorted(set(stretches))  # one stretch may define several entries
    omissions = (model.Edit(model.Span(editable.source.path, *stretch), "") for stretch in gone)
    if gone:
        with contextlib.suppress(model.RegistryError):
            reduced = _reread(editable, editable.changed(omissions))
            if _is_part(reduced, editable, len(stretches)):
                return reduced, tuple(_shifted(edit, gone) for edit in edits)
    return editable, edits


def _far(editable: EditableRegistry, edits: tuple[model.Edit, ...]) -> list[tuple[int, int]]:
    """Return the extents of the entries that are plain numbers, far from all `edits`.

    Comments after them are omitted too, and the whole lines that they fill.
    """
    text, literal = editable.source.text, re.compile(_LITERAL)
    zones = [(edit.span.start - _AROUND, edit.span.end + _AROUND) for edit in edits]
    stretches: list[tuple[int, int]] = []
    for binding in editable.bindings:
        start, end = binding.start, binding.end
        match = literal.match(text, binding.entry.name_span.end) if start < end else None
        if match is None or match.end(1) != end:
            continue
        stop = match.end()
        while text[start - 1 : start] in (" ", "\t"):
            start -= 1
        if text[start - 1 : start] == text[stop : stop + 1] == "\n":
            stop += 1
        if not any(low < stop and start < high for low, high in zones):
            stretches.append((start, stop))
    return stretches


def _is_part(reduced: EditableRegistry, editable: EditableRegistry, omitted: int) -> bool:
    """Return whether `reduced` has the entries of `editable` except `omitted` of them.

    Distant comments may then be above other entries, so their remarks do not count.
    """
    for binding in reduced.bindings:
        original = editable.find(binding.entry.name)
        if original is None or original.entry.ports != binding.entry.ports:
            return False
    return (
        len(reduced.bindings) == len(editable.bindings) - omitted
        and reduced.registry.prefix == editable.registry.prefix
        and _faults(reduced) == _faults(editable)
    )


def _shifted(edit: model.Edit, gone: list[tuple[int, int]]) -> model.Edit:
    """Return `edit` moved by the stretches `gone` before it, which are omitted."""
    offset = sum(end - start for start, end in gone if end <= edit.span.start)
    path, start, end = edit.span
    return edit._replace(span=model.Span(path, start - offset, end - offset))
