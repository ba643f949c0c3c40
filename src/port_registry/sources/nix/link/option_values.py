"""What the options of one host are set to, as far as its files tell."""

from collections.abc import Iterator
from typing import NamedTuple

from port_registry.model import Entry, Name, Span
from port_registry.sources.nix.fleet import ResolvedReference
from port_registry.sources.nix.link.definition_index import DefinitionIndex
from port_registry.sources.nix.link.graph import ImportPlan
from port_registry.sources.nix.link.host_conditions import (
    MAX_DEPTH,
    AppliedDefinition,
    HostConditions,
    OptionKey,
    Truth,
    option_of,
)
from port_registry.sources.nix.link.module_bodies import Side
from port_registry.sources.nix.module_facts import (
    AttrPath,
    Chain,
    IntValue,
    Items,
    Link,
    StringValue,
    Value,
)

_MAX_TEXT = 4096
"""How long a text can become."""


class OptionNumber(NamedTuple):
    """A number and where it comes from."""

    number: int
    entry: Name | None
    span: Span
    """The number, or the reference to the entry."""


class OptionText(NamedTuple):
    """A text with the numbers put in that it takes from elsewhere."""

    text: str
    """What is not known is a NUL."""
    numbers: tuple[tuple[int, OptionNumber], ...]
    """What was put in, each with its offset in `text`."""

    def number_at(self, start: int, end: int) -> OptionNumber | None:
        """Return the number that makes all of `text[start:end]`."""
        for offset, worth in self.numbers:
            if offset == start and end - start == len(str(worth.number)):
                return worth
        return None


class HostOptions(HostConditions):
    """The options of one host."""

    def __init__(self, index: DefinitionIndex, plan: ImportPlan) -> None:
        super().__init__(index, plan)
        self._texts: dict[OptionKey, OptionText] = {}

    def referenced_entries(self) -> frozenset[Name]:
        """Return the entries that the host's modules use, where no condition rules it out."""
        reached: list[ResolvedReference] = []
        for held in self.active:
            said = self.index.references_in(held)
            if said and self.holds(self.applied(held)) is not Truth.NO:
                reached += said
        for body in self.plan.members:
            reached += self.index.loose_references(body)
        found = (self.index.entry_of(self.plan.name, one) for one in reached)
        return frozenset([entry.name for entry in found if entry is not None])

    def entry_of_number(self, worth: OptionNumber) -> Entry | None:
        """Return the entry that a number comes from."""
        return None if worth.entry is None else self.index.entry_named(self.plan.name, worth.entry)

    def numbers_of(self, hit: AppliedDefinition) -> Iterator[OptionNumber | None]:
        """Yield the numbers that a definition gives; None for what cannot be known.

        A text gives the number that it is; a list what its items give.
        """
        for shown, span in self.texts_of(hit):
            worth = shown.number_at(0, len(shown.text))
            if worth is None and shown.text.isascii() and shown.text.isdigit():
                worth = OptionNumber(int(shown.text[:9]), None, span)
            yield worth

    def texts_of(self, hit: AppliedDefinition) -> Iterator[tuple[OptionText, Span]]:
        """Yield the texts that a definition gives, each with its place."""
        value = hit.definition.value
        for item in value.items if isinstance(value, Items) else (value,):
            yield self._text_of(item, hit.file, hit.side), item.span
        if isinstance(value, Items) and not value.whole:
            yield _UNKNOWN_TEXT, value.span

    def _text_of(self, value: Value, file: str, side: Side) -> OptionText:
        if isinstance(value, IntValue):
            return _number_text(OptionNumber(value.value, None, value.span))
        if isinstance(value, Link):
            return self._text_of_chain(value.chain, value.span, file, side)
        if not isinstance(value, StringValue):
            return _UNKNOWN_TEXT
        text, worths = "", list[tuple[int, OptionNumber]]()
        for part in value.parts:
            if isinstance(part, str):
                text += part
                continue
            inner = _UNKNOWN_TEXT
            if part is not None:
                inner = self._text_of_chain(part, value.span, file, side)
            worths += [(len(text) + at, worth) for at, worth in inner.numbers]
            text += inner.text
        return OptionText(text, tuple(worths)) if len(text) <= _MAX_TEXT else _UNKNOWN_TEXT

    def _text_of_chain(self, chain: Chain, span: Span, file: str, side: Side) -> OptionText:
        """Return what a chain comes to on this host."""
        entry = self.index.entry_of_chain(self.plan.name, file, chain)
        if entry is not None:
            if not entry.endpoint.ports.is_single():
                return _UNKNOWN_TEXT
            return _number_text(OptionNumber(entry.endpoint.ports.first, entry.name, span))
        key = option_of(chain, side)
        if key is None:
            return _UNKNOWN_TEXT
        known = self._texts.get(key)
        if known is None:
            self._texts[key] = known = _UNKNOWN_TEXT
            if self.depth < MAX_DEPTH and not self.is_set_above(*key):
                self.depth += 1
                known = self._texts[key] = self._text_of_option(*key)
                self.depth -= 1
        return OptionText(
            known.text, tuple((at, one._replace(span=span)) for at, one in known.numbers)
        )

    def _text_of_option(self, path: AttrPath, side: Side) -> OptionText:
        """Return what an option comes to."""
        chosen = self.effective(path, side)
        if not chosen.definitions:
            return self._text_of_default(path, side)
        one = chosen.definitions[0]
        if not chosen.certain or len(chosen.definitions) > 1:
            return _UNKNOWN_TEXT
        return self._text_of(one.definition.value, one.file, one.side)

    def _text_of_default(self, path: AttrPath, side: Side) -> OptionText:
        """Return the default of an option that the host's files declare."""
        for body, option in self.index.declarations(path):
            if body in self.plan.members and option.default is not None:
                return self._text_of(option.default, self.index.files[body], side)
        return _UNKNOWN_TEXT


_UNKNOWN_TEXT = OptionText("\0", ())


def _number_text(worth: OptionNumber) -> OptionText:
    return OptionText(str(worth.number), ((0, worth),))
