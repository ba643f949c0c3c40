"""Values of the options of one host, as far as its files determine them."""

from collections.abc import Iterator

from port_registry import model
from port_registry.sources.nix import fleet, module_facts
from port_registry.sources.nix.link import definition_index, graph, host_conditions
from port_registry.sources.nix.link.module_bodies import Side

_MAX_TEXT = 4096
"""Longer texts are not known."""


class OptionNumber(model.NamedTuple):
    """A number, and the entry that it is taken from."""

    value: int
    entry: model.Name | None
    span: model.Span
    """The number, or the reference to the entry."""


class OptionText(model.NamedTuple):
    """A text, its interpolations replaced by their values."""

    text: str
    """With NUL for each part that is not known."""
    numbers: tuple[tuple[int, OptionNumber], ...]
    """The numbers that were filled in, each with its offset in `text`."""

    def number_at(self, start: int, end: int) -> OptionNumber | None:
        """Return the number that is all of `text[start:end]`."""
        for offset, number in self.numbers:
            if offset == start and end - start == len(str(number.value)):
                return number
        return None


def written_listener(
    service: str,
    endpoint: model.Endpoint,
    number: OptionNumber,
    option: module_facts.AttrPath,
    certainty: model.Certainty,
) -> fleet.HostListener:
    """Return the listener of `service` on the port `number`, which `option` sets."""
    return fleet.HostListener(
        service=service,
        endpoint=endpoint,
        origin=model.PortOrigin.REFERENCED if number.entry else model.PortOrigin.WRITTEN,
        entry=number.entry,
        option=option,
        span=number.span,
        certainty=certainty,
    )


class HostOptions(host_conditions.HostConditions):
    """The options of one host."""

    def __init__(self, index: definition_index.DefinitionIndex, plan: graph.ImportPlan) -> None:
        super().__init__(index, plan)
        self._texts: dict[host_conditions.OptionKey, OptionText] = {}

    def referenced_entries(self) -> frozenset[model.Name]:
        """Return the entries that the host's modules use, where no condition rules it out."""
        references: list[fleet.ResolvedReference] = []
        for indexed in self.active:
            in_definition = self.index.references_in(indexed)
            if in_definition and self.holds(self.applied(indexed)) is not host_conditions.Truth.NO:
                references += in_definition
        for body in self.plan.members:
            references += self.index.loose_references(body)
        entries = (self.index.entry_of(self.plan.name, reference) for reference in references)
        return frozenset([entry.name for entry in entries if entry is not None])

    def entry_of_number(self, number: OptionNumber) -> model.Entry | None:
        """Return the entry that a number is taken from."""
        if number.entry is None:
            return None
        return self.index.entry_named(self.plan.name, number.entry)

    def numbers_of(
        self, applied: host_conditions.AppliedDefinition
    ) -> Iterator[OptionNumber | None]:
        """Yield the numbers in the value of a definition; None for each that is not known.

        A text of digits is a number; of a list, each item is one.
        """
        for option_text, span in self.texts_of(applied):
            number = option_text.number_at(0, len(option_text.text))
            if number is None and option_text.text.isascii() and option_text.text.isdigit():
                number = OptionNumber(int(option_text.text[:9]), None, span)
            yield number

    def ports_of(
        self, applied: host_conditions.AppliedDefinition
    ) -> Iterator[tuple[OptionNumber, model.PortRange]]:
        """Yield the numbers in the value of a definition that are valid ports."""
        for number in self.numbers_of(applied):
            port = None if number is None else model.port_from_int(number.value)
            if number is not None and port is not None:
                yield number, model.single(port)

    def certainty(self, applied: host_conditions.AppliedDefinition) -> model.Certainty:
        """Return the certainty of what a definition sets."""
        holds = self.holds(applied) is host_conditions.Truth.YES
        return model.Certainty.CERTAIN if holds else model.Certainty.LIKELY

    def texts_of(
        self, applied: host_conditions.AppliedDefinition
    ) -> Iterator[tuple[OptionText, model.Span]]:
        """Yield the texts in the value of a definition, each with its span."""
        value = applied.definition.value
        for item in value.items if isinstance(value, module_facts.Items) else (value,):
            yield self._text_of(item, applied.file, applied.side), item.span
        if isinstance(value, module_facts.Items) and not value.complete:
            yield _UNKNOWN_TEXT, value.span

    def _text_of(self, value: module_facts.Value, file: str, side: Side) -> OptionText:
        if isinstance(value, module_facts.IntValue):
            return _number_text(OptionNumber(value.value, None, value.span))
        if isinstance(value, module_facts.Link):
            return self._text_of_chain(value.chain, value.span, file, side)
        if not isinstance(value, module_facts.StringValue):
            return _UNKNOWN_TEXT
        text, numbers = "", list[tuple[int, OptionNumber]]()
        for part in value.parts:
            if isinstance(part, str):
                text += part
                continue
            inner = _UNKNOWN_TEXT
            if part is not None:
                inner = self._text_of_chain(part, value.span, file, side)
            numbers += [(len(text) + offset, number) for offset, number in inner.numbers]
            text += inner.text
        return OptionText(text, tuple(numbers)) if len(text) <= _MAX_TEXT else _UNKNOWN_TEXT

    def _text_of_chain(
        self, chain: module_facts.Chain, span: model.Span, file: str, side: Side
    ) -> OptionText:
        """Return the value of a chain on this host."""
        entry = self.index.entry_of_chain(self.plan.name, file, chain)
        if entry is not None:
            if not entry.endpoint.ports.is_single():
                return _UNKNOWN_TEXT
            return _number_text(OptionNumber(entry.endpoint.ports.first, entry.name, span))
        key = host_conditions.option_of(chain, side)
        if key is None:
            return _UNKNOWN_TEXT
        known = self._texts.get(key)
        if known is None:
            self._texts[key] = known = _UNKNOWN_TEXT
            if self.depth < host_conditions.MAX_DEPTH and not self.is_set_above(*key):
                self.depth += 1
                known = self._texts[key] = self._text_of_option(*key)
                self.depth -= 1
        return OptionText(
            known.text,
            tuple((offset, number._replace(span=span)) for offset, number in known.numbers),
        )

    def _text_of_option(self, path: module_facts.AttrPath, side: Side) -> OptionText:
        """Return the value of an option."""
        effective = self.effective(path, side)
        if not effective.definitions:
            return self._text_of_default(path, side)
        applied = effective.definitions[0]
        if not effective.certain or len(effective.definitions) > 1:
            return _UNKNOWN_TEXT
        return self._text_of(applied.definition.value, applied.file, applied.side)

    def _text_of_default(self, path: module_facts.AttrPath, side: Side) -> OptionText:
        """Return the default of an option that the host's files declare."""
        for body, option in self.index.declarations(path):
            if body in self.plan.members and option.default is not None:
                return self._text_of(option.default, self.index.files[body], side)
        return _UNKNOWN_TEXT


_UNKNOWN_TEXT = OptionText("\0", ())


def _number_text(number: OptionNumber) -> OptionText:
    return OptionText(str(number.value), ((0, number),))
