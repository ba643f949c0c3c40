"""Builders of literals from numbers and their meaning."""

from port_registry.languages.provenance import SourceMap, enclosing_span
from port_registry.model import NamedTuple, Protocol, Role, Span
from port_registry.sources.nix.literals.literal_site import LiteralSite
from port_registry.sources.nix.literals.string_content import StringContent
from port_registry.sources.nix.module_facts import Literal, LiteralContext


class LiteralMeaning(NamedTuple):
    """The meaning of a number: what the file says about it."""

    context: LiteralContext
    role: Role
    label: str
    protocol: Protocol | None = None
    host: str | None = None


class NumberSpan(NamedTuple):
    """The offsets of a number, or of a range of numbers, in a text."""

    start: int
    end: int
    number: int
    last: int


def from_integer(
    site: LiteralSite, number: int, last: int, span: Span, meaning: LiteralMeaning
) -> Literal:
    """Return the literal for an integer; `last` is the end of a range."""
    digits = span if number == last else None
    return _literal(site, number, last, meaning, span, digits, quoted=False)


def from_text(
    site: LiteralSite,
    content: StringContent,
    source_map: SourceMap,
    number: NumberSpan,
    meaning: LiteralMeaning,
) -> Literal | None:
    """Return the literal for a number in a string; None where it is not in the file."""
    segments = source_map.cut(number.start, number.end)
    if not segments:
        return None
    span = enclosing_span(segments, segments[0].span)
    is_verbatim = len(segments) == 1 and segments[0].verbatim
    return _literal(
        site,
        number.number,
        number.last,
        meaning,
        span,
        span if is_verbatim and number.number == number.last else None,
        quoted=span not in content.numbers,
    )


def _literal(
    site: LiteralSite,
    number: int,
    last: int,
    meaning: LiteralMeaning,
    span: Span,
    digits: Span | None,
    *,
    quoted: bool,
) -> Literal:
    return Literal(
        number=number,
        last=last,
        protocol=meaning.protocol,
        role=meaning.role,
        context=LiteralContext.DEFAULT if site.declared else meaning.context,
        host=(meaning.host or "").strip("[]") or None,
        label=meaning.label,
        setting=site.setting,
        guards=site.guards,
        quoted=quoted,
        span=span,
        digits=digits,
    )
