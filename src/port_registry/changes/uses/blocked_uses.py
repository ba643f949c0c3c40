"""Uses that cannot be changed, which stop everything."""

from collections.abc import Sequence

from port_registry.model import BlockedUse, PortRegistryError, Position, Reader, SourceError, Span

_MOST_SHOWN = 4


class BlockedUseError(PortRegistryError):
    """Something cannot be changed everywhere, so it is changed nowhere."""


def refuse(reader: Reader, stuck: Sequence[BlockedUse]) -> BlockedUseError:
    """Return the error for uses that cannot be changed, of which there is at least one."""
    first, *others = stuck
    message = f"{first.message}; nothing was changed"
    if others:
        message += f" (and so it is at {places(reader, [one.span for one in others])})"
    return BlockedUseError(
        message,
        path=first.span.path,
        position=position(reader, first.span),
        hint=first.hint,
    )


def places(reader: Reader, spans: Sequence[Span]) -> str:
    """Return the places that `spans` begin at, `modules/web.nix:3:9`; of many the first."""
    shown = ", ".join(place(reader, span) for span in spans[:_MOST_SHOWN])
    more = len(spans) - _MOST_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def place(reader: Reader, span: Span) -> str:
    """Return the place that `span` begins at."""
    line, column = position(reader, span)
    return f"{span.path}:{line}:{column}"


def position(reader: Reader, span: Span) -> Position:
    """Return where `span` begins; in a file that cannot be read, where the reason is."""
    try:
        return reader.read(span.path).position(span.start)
    except SourceError as error:
        return error.position or Position(1, 1)
