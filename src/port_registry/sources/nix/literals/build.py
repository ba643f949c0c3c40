"""Builders of literals from numbers and their meaning."""

from port_registry.model import NamedTuple, Protocol, Role, Span
from port_registry.sources.nix.literals.literal_site import LiteralSite
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


def literal_of(
    site: LiteralSite,
    meaning: LiteralMeaning,
    ports: tuple[int, int],
    span: Span,
    digits: Span | None,
    *,
    quoted: bool = False,
) -> Literal:
    """Return the literal for the first and the last one of `ports`, at `span`."""
    return Literal(
        number=ports[0],
        last=ports[1],
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
