"""Making a literal of a number that was found."""

from typing import NamedTuple

from port_registry.languages.provenance import SourceMap, enclosing_span
from port_registry.model import Protocol, Role, Span
from port_registry.sources.nix.literals.literal_site import LiteralSite
from port_registry.sources.nix.literals.string_content import Content
from port_registry.sources.nix.module_facts import Literal, LiteralContext


class LiteralMeaning(NamedTuple):
    """What is said of a number."""

    stands: LiteralContext
    role: Role
    label: str
    protocol: Protocol | None = None
    host: str | None = None


class Stretch(NamedTuple):
    """A number, or a range of them, in a text."""

    start: int
    end: int
    number: int
    last: int


def from_integer(
    leaf: LiteralSite, number: int, last: int, span: Span, said: LiteralMeaning
) -> Literal:
    """Return the literal that an integer is; `last` is the end of a range."""
    digits = span if number == last else None
    return _literal(leaf, number, last, said, span, digits, quoted=False)


def from_text(
    leaf: LiteralSite, content: Content, origin: SourceMap, found: Stretch, said: LiteralMeaning
) -> Literal | None:
    """Return the literal that a stretch of a string is; None where it stands nowhere."""
    pieces = origin.cut(found.start, found.end)
    if not pieces:
        return None
    span = enclosing_span(pieces, pieces[0].span)
    whole = len(pieces) == 1 and pieces[0].verbatim and found.number == found.last
    quoted = span not in content.numbers
    return _literal(
        leaf, found.number, found.last, said, span, span if whole else None, quoted=quoted
    )


def _literal(
    leaf: LiteralSite,
    number: int,
    last: int,
    said: LiteralMeaning,
    span: Span,
    digits: Span | None,
    *,
    quoted: bool,
) -> Literal:
    return Literal(
        number,
        last,
        said.protocol,
        said.role,
        LiteralContext.DEFAULT if leaf.declared else said.stands,
        (said.host or "").strip("[]") or None,
        said.label,
        leaf.setting,
        leaf.guards,
        quoted,
        span,
        digits,
    )
