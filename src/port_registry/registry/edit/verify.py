"""The proof that edits did what they should, and nothing else.

The registry is read again with the edits carried out. Of a large file only the surroundings
of the edits are read, before and after: entries far away that are mere numbers are left out.
What is computed stays, wherever it stands, and must come out as it did; so whatever an edit
does to a value elsewhere is seen.
"""

import contextlib
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from port_registry.model import Edit, Name, Reader, RegistryError, Source, Span, format_name
from port_registry.registry.edit.editable_registry import (
    EditableRegistry,
    Meaning,
    RefusedError,
    apply_edits,
    meaning,
    open_editable,
    refuse,
)
from port_registry.registry.edit.refusals import Reason

_LARGE = 5_000
"""How many characters a registry has of which only a part is read again."""
_AROUND = 1_000
"""How many characters on both sides of an edit are read again."""


class PlannedChange(NamedTuple):
    """The part of a registry that edits are about, before and after them."""

    before: EditableRegistry
    after: EditableRegistry

    def others(self, gone: Iterable[Name], come: Iterable[Meaning]) -> list[Name]:
        """Return the names of the entries that changed and should not have.

        Those of `gone` should have gone, and `come` have come. What is no entry has an empty
        name.
        """
        left = frozenset(gone)
        kept = {meaning(leaf.entry) for leaf in self.before.leaves if leaf.entry.name not in left}
        now = {meaning(leaf.entry) for leaf in self.after.leaves}
        wrong = [one.name for one in sorted(now ^ kept.union(come), key=lambda one: one.name)]
        return wrong or ([()] if self._is_worse() else [])

    def _is_worse(self) -> bool:
        """Return whether something that is no entry went bad."""
        then, now = _ills(self.before), _ills(self.after)
        return bool(now - then) or self.after.registry.prefix != self.before.registry.prefix


def _ills(ground: EditableRegistry) -> Counter[tuple[str, Name, str]]:
    registry = ground.registry
    return Counter(
        [
            *(("flawed", one.name, one.text) for one in registry.invalid_leaves),
            *(("twin", one.name, "") for one in registry.duplicates),
            *(("unknown", one.name, one.reason) for one in registry.unknown),
        ]
    )


class Trial:
    """A change of one registry that is tried in several ways, and why none of them did."""

    def __init__(self, ground: EditableRegistry) -> None:
        self._ground = ground
        self._fault = self._hint = ""
        self._at = Span("", 0, 0)

    def carry_out(self, edits: tuple[Edit, ...]) -> PlannedChange | None:
        """Return what `edits` make of the registry; None where it cannot be read any more."""
        if not self._fault:
            self._at = edits[0].span
        around, moved = narrowed(self._ground, edits)
        if around is not self._ground:
            with contextlib.suppress(RegistryError):
                return _change(around, moved)
        try:
            return _change(self._ground, edits)
        except RegistryError as error:
            self._fault_at(edits, error)
            return None

    def gives(self, change: PlannedChange, gone: Iterable[Name], come: Iterable[Meaning]) -> bool:
        """Return whether just the entries `gone` went, and just those of `come` came."""
        own, arrived = set(gone), {one.name for one in come}
        wrong = change.others(gone, come)
        if wrong and not self._fault:
            names = dict.fromkeys(name for name in wrong if name not in own | arrived)
            shown = ", ".join(
                f"`{format_name(name)}`" for name in list(names)[:_MOST_NAMED] if name
            )
            still = next((leaf for name in wrong if (leaf := change.after.leaf(name))), None)
            if names or still is None:
                self.fault(f"{shown or 'what the file gives besides'} would change with it")
            else:
                self.fault(f"there would be `{still.entry}`")
            leaf = next((found for name in names if (found := self._ground.leaf(name))), None)
            self._at = self._at if leaf is None else leaf.entry.value_span
        return not wrong

    def _fault_at(self, edits: tuple[Edit, ...], error: RegistryError) -> None:
        """Take note that the file could not be read any more, and of what stands there now."""
        if self._fault or error.path != self._ground.source.path or error.position is None:
            self.fault(error.message)
            return
        changed = apply_edits(self._ground, edits)
        line, column = error.position
        at = changed.line_starts()[min(line, len(changed.line_starts())) - 1] + column - 1
        for edit in sorted(edits):
            if edit.span.start < at:
                at = max(edit.span.start, at + edit.span.end - edit.span.start - len(edit.text))
        self._at = Span(changed.path, at, at)
        self.fault(f"this would fail then ({error.message.removeprefix('invalid Nix: ')})")

    def fault(self, message: str, hint: str = "") -> None:
        """Take note of what was wrong with a way, and what to do; the first one counts."""
        if not self._fault:
            self._fault, self._hint = message, hint

    def refusal(self, lead: str, reason: Reason | None, hint: str) -> RefusedError:
        """Return the error for a change that no way made."""
        if reason is not None:
            message = f"{lead}{reason.message}"
            return refuse(self._ground, reason.span, message, reason.hint or hint)
        fault = self._fault or "the file has no place for it that can be told"
        return refuse(self._ground, self._at, f"{lead}{fault}", self._hint or hint)


def _change(ground: EditableRegistry, edits: tuple[Edit, ...]) -> PlannedChange:
    """Return what `edits` make of `ground`; raises what reading that does."""
    reader = _Changed(ground.reader, apply_edits(ground, edits))
    return PlannedChange(ground, open_editable(reader, ground.source.path, ground.attribute))


_MOST_NAMED = 3


class _Changed:
    """A reader that sees one file with another text."""

    def __init__(self, reader: Reader, source: Source) -> None:
        self._reader = reader
        self._source = source

    def read(self, path: str) -> Source:
        """Return the file at `path`."""
        return self._source if path == self._source.path else self._reader.read(path)

    def exists(self, path: str) -> bool:
        """Return whether `path` is a file of the project."""
        return self._reader.exists(path)


def narrowed(
    ground: EditableRegistry, edits: tuple[Edit, ...]
) -> tuple[EditableRegistry, tuple[Edit, ...]]:
    """Return the surroundings of `edits` as a registry, and the edits in it."""
    if len(ground.source.text) < _LARGE or not ground.dialect.end or not _are_plain(edits):
        return ground, edits
    far = _far(ground, edits)
    if not far.entries:
        return ground, edits
    text = ground.source.text
    pieces: list[str] = []
    done = 0
    for start, end in far.stretches:
        pieces.append(text[done:start])
        done = end
    reduced = Source(ground.source.path, "".join((*pieces, text[done:])))
    try:
        around = open_editable(_Changed(ground.reader, reduced), reduced.path, ground.attribute)
    except RegistryError:
        return ground, edits
    if not _is_part(around, ground, far.entries):
        return ground, edits
    return around, tuple(_shifted(edit, far.stretches) for edit in edits)


def _are_plain(edits: tuple[Edit, ...]) -> bool:
    """Return whether edits bring in nothing that is computed.

    What is computed could take its value from an entry that is left out.
    """
    return not any(_patterns().computed.search(edit.text) for edit in edits)


class _Cut(NamedTuple):
    """What is left out of a registry."""

    stretches: list[tuple[int, int]]
    """In order; no two overlap."""
    entries: int
    """How many entries they make; one stretch may make several."""


def _far(ground: EditableRegistry, edits: tuple[Edit, ...]) -> _Cut:
    """Return the entries that are mere numbers, far from all `edits`.

    Comments behind them are left out too, and the whole lines that they fill.
    """
    text, mere = ground.source.text, _patterns().mere
    zones = [(edit.span.start - _AROUND, edit.span.end + _AROUND) for edit in edits]
    found: list[tuple[int, int]] = []
    for leaf in ground.leaves:
        start, end = leaf.start, leaf.end
        match = mere.match(text, leaf.entry.name_span.end) if start < end else None
        if match is None or match.end(1) != end:
            continue
        stop = match.end()
        while text[start - 1 : start] in (" ", "\t"):
            start -= 1
        if text[start - 1 : start] == text[stop : stop + 1] == "\n":
            stop += 1
        if not any(low < stop and start < high for low, high in zones):
            found.append((start, stop))
    return _Cut(sorted(set(found)), len(found))


class _VerifyPatterns(NamedTuple):
    """What texts are looked at with; compiled when they are first used."""

    mere: re.Pattern[str]
    """Behind a name, a value that is made of nothing else (group 1), and its comment."""
    computed: re.Pattern[str]
    """An assigned value that may be made of something else."""


@cache
def _patterns() -> _VerifyPatterns:
    atom = r'(?:[0-9]+|"[^"$\\\n]*+"|true|false)'
    leaf = rf"\{{(?:\s*[A-Za-z]++\s*=\s*{atom}\s*;)*+\s*\}}"
    return _VerifyPatterns(
        mere=re.compile(rf"(\s*=\s*(?:{atom}|{leaf})\s*;)[ \t]*(?:#[^\n]*)?"),
        computed=re.compile(rf"=\s*(?!{atom}\s*[;}}\n]|\{{)[^\s=]|\$\{{|[(]"),
    )


def _is_part(around: EditableRegistry, ground: EditableRegistry, left_out: int) -> bool:
    """Return whether `around` has the entries of `ground`, but for those that were left out.

    Comments far away may then stand above other entries: what they say does not count.
    """
    for leaf in around.leaves:
        whole = ground.leaf(leaf.entry.name)
        if whole is None or whole.entry.endpoint.ports != leaf.entry.endpoint.ports:
            return False
    return (
        len(around.leaves) == len(ground.leaves) - left_out
        and around.registry.prefix == ground.registry.prefix
        and _ills(around) == _ills(ground)
    )


def _shifted(edit: Edit, gone: list[tuple[int, int]]) -> Edit:
    """Return `edit` where it is once the stretches `gone` before it are cut out."""
    by = sum(end - start for start, end in gone if end <= edit.span.start)
    path, start, end = edit.span
    return edit._replace(span=Span(path, start - by, end - by))
