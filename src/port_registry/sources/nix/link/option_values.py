"""What the options of one host are set to, as far as its files tell."""

from collections.abc import Iterator
from typing import NamedTuple

from port_registry.model import Entry, Name, Span
from port_registry.sources.nix.fleet import ResolvedReference
from port_registry.sources.nix.link.definition_index import DefinitionIndex
from port_registry.sources.nix.link.graph import ImportPlan
from port_registry.sources.nix.link.host_conditions import (
    MOST_DEPTH,
    AppliedDefinition,
    Asked,
    Conditions,
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

_MOST_TEXT = 4096
"""How long a text can become."""


class OptionNumber(NamedTuple):
    """A number and where it comes from."""

    number: int
    entry: Name | None
    span: Span
    """The number, or the reference to the entry."""


class ShownValue(NamedTuple):
    """A text with the numbers put in that it takes from elsewhere."""

    text: str
    """What is not known is a NUL."""
    worths: tuple[tuple[int, OptionNumber], ...]
    """What was put in, each with its offset in `text`."""

    def at(self, start: int, end: int) -> OptionNumber | None:
        """Return the number that makes all of `text[start:end]`."""
        for offset, worth in self.worths:
            if offset == start and end - start == len(str(worth.number)):
                return worth
        return None


class Settings(Conditions):
    """The options of one host."""

    def __init__(self, index: DefinitionIndex, plan: ImportPlan) -> None:
        super().__init__(index, plan)
        self._shown: dict[Asked, ShownValue] = {}

    def uses(self) -> frozenset[Name]:
        """Return the entries that the host's modules use, where no condition rules it out."""
        reached: list[ResolvedReference] = []
        for held in self.live:
            said = self.index.said(held)
            if said and self.holds(self.hit(held)) is not Truth.NO:
                reached += said
        for body in self.plan.members:
            reached += self.index.loose(body)
        found = (self.index.meant(self.plan.name, one) for one in reached)
        return frozenset([entry.name for entry in found if entry is not None])

    def entry(self, worth: OptionNumber) -> Entry | None:
        """Return the entry that a number comes from."""
        return None if worth.entry is None else self.index.named(self.plan.name, worth.entry)

    def worths(self, hit: AppliedDefinition) -> Iterator[OptionNumber | None]:
        """Yield the numbers that a definition gives; None for what cannot be known.

        A text gives the number that it is; a list what its items give.
        """
        for shown, span in self.shown(hit):
            worth = shown.at(0, len(shown.text))
            if worth is None and shown.text.isascii() and shown.text.isdigit():
                worth = OptionNumber(int(shown.text[:9]), None, span)
            yield worth

    def shown(self, hit: AppliedDefinition) -> Iterator[tuple[ShownValue, Span]]:
        """Yield the texts that a definition gives, each with its place."""
        value = hit.definition.value
        for item in value.items if isinstance(value, Items) else (value,):
            yield self._show(item, hit.file, hit.side), item.span
        if isinstance(value, Items) and not value.whole:
            yield _UNSHOWN, value.span

    def _show(self, value: Value, file: str, side: Side) -> ShownValue:
        if isinstance(value, IntValue):
            return _of_number(OptionNumber(value.value, None, value.span))
        if isinstance(value, Link):
            return self._follow(value.chain, value.span, file, side)
        if not isinstance(value, StringValue):
            return _UNSHOWN
        text, worths = "", list[tuple[int, OptionNumber]]()
        for part in value.parts:
            if isinstance(part, str):
                text += part
                continue
            inner = _UNSHOWN
            if part is not None:
                inner = self._follow(part, value.span, file, side)
            worths += [(len(text) + at, worth) for at, worth in inner.worths]
            text += inner.text
        return ShownValue(text, tuple(worths)) if len(text) <= _MOST_TEXT else _UNSHOWN

    def _follow(self, chain: Chain, span: Span, file: str, side: Side) -> ShownValue:
        """Return what a chain comes to on this host."""
        entry = self.index.entry(self.plan.name, file, chain)
        if entry is not None:
            if not entry.endpoint.ports.is_single():
                return _UNSHOWN
            return _of_number(OptionNumber(entry.endpoint.ports.first, entry.name, span))
        key = option_of(chain, side)
        if key is None:
            return _UNSHOWN
        known = self._shown.get(key)
        if known is None:
            self._shown[key] = known = _UNSHOWN
            if self.depth < MOST_DEPTH and not self.clouded(*key):
                self.depth += 1
                known = self._shown[key] = self._option(*key)
                self.depth -= 1
        return ShownValue(
            known.text, tuple((at, one._replace(span=span)) for at, one in known.worths)
        )

    def _option(self, path: AttrPath, side: Side) -> ShownValue:
        """Return what an option comes to."""
        chosen = self.chosen(path, side)
        if not chosen.hits:
            return self._declared(path, side)
        one = chosen.hits[0]
        if not chosen.sure or len(chosen.hits) > 1:
            return _UNSHOWN
        return self._show(one.definition.value, one.file, one.side)

    def _declared(self, path: AttrPath, side: Side) -> ShownValue:
        """Return the default of an option that the host's files declare."""
        for body, option in self.index.options(path):
            if body in self.plan.members and option.default is not None:
                return self._show(option.default, self.index.files[body], side)
        return _UNSHOWN


_UNSHOWN = ShownValue("\0", ())


def _of_number(worth: OptionNumber) -> ShownValue:
    return ShownValue(str(worth.number), ((0, worth),))
