"""Errors for uses that cannot be changed, and the positions in them."""

from collections.abc import Sequence

from port_registry.model import BlockedUse, PortRegistryError, Position, Reader, SourceError, Span

_MOST_SHOWN = 4
"""The number of positions that a message lists."""


class BlockedUseError(PortRegistryError):
    """Something cannot be changed everywhere, so it is changed nowhere."""


def blocked_error(reader: Reader, blocked: Sequence[BlockedUse]) -> BlockedUseError:
    """Return the error for `blocked`, the uses that cannot be changed, of which there is one."""
    first, *others = blocked
    message = f"{first.message}; nothing was changed"
    if others:
        positions = format_positions(reader, [use.span for use in others])
        message += f" (and so it is at {positions})"
    return BlockedUseError(
        message, path=first.span.path, position=position_of(reader, first.span), hint=first.hint
    )


def format_positions(reader: Reader, spans: Sequence[Span]) -> str:
    """Return the positions of `spans`, `modules/web.nix:3:9`; of many only the first ones."""
    positions: list[str] = []
    for span in spans[:_MOST_SHOWN]:
        line, column = position_of(reader, span)
        positions.append(f"{span.path}:{line}:{column}")
    more = len(spans) - _MOST_SHOWN
    return ", ".join(positions) + (f" and {more} more" if more > 0 else "")


def position_of(reader: Reader, span: Span) -> Position:
    """Return the start of `span`; in a file that cannot be read, that of the error."""
    try:
        return reader.read(span.path).position(span.start)
    except SourceError as error:
        return error.position or Position(1, 1)
