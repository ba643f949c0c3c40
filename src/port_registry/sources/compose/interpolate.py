"""`${VAR:-default}` in the values of a Compose file, replaced as Compose does it."""

import re
from collections.abc import Mapping

from port_registry.languages.provenance import UnknownTracker
from port_registry.model import Segment, Span, TracedText, join_segments, lazy_pattern

_MAX_DEPTH = 10
"""How deep defaults may stand in one another."""


def interpolated(
    text: TracedText, variables: Mapping[str, TracedText], doubts: UnknownTracker
) -> TracedText:
    """Return `text` with its variables replaced.

    One that is not in `variables` has its default, or is unknown where it has none: the
    environment may set it.
    """
    if "$" not in text.text:
        return text
    return join_segments(_pieces(text, variables, doubts, 0))


_variable = lazy_pattern(r"\$(?:(\$)|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-?+])|(?=\})))")


def _pieces(
    text: TracedText, variables: Mapping[str, TracedText], doubts: UnknownTracker, depth: int
) -> list[Segment]:
    pieces: list[Segment] = []
    at = 0
    while (found := _variable().search(text.text, at)) is not None:
        pieces.extend(text.cut(at, found.start()).segments)
        at = found.end()
        if found[1]:
            pieces.extend(text.cut(found.start(), found.start() + 1).segments)
            continue
        rest = at
        if found[3]:
            rest = _closing(text.text, at)
            if rest < 0 or depth > _MAX_DEPTH:
                place = text.origin(found.start()) or Span("", 0, 0)
                pieces.append(doubts.unknown_segment("a variable is not closed", place))
                return pieces
        otherwise = text.cut(at, rest)
        place = text.origin(found.start()) or Span("", 0, 0)
        value = _value(found[2] or found[3], found[4] or "", otherwise, variables)
        if value is None:
            reason = f"`{found[2] or found[3]}` is what the environment sets"
            pieces.append(doubts.unknown_segment(reason, place))
        elif value is otherwise:
            pieces.extend(_pieces(value, variables, doubts, depth + 1))
        else:
            pieces.extend(value.segments)
        at = rest + 1 if found[3] else rest
    pieces.extend(text.cut(at, len(text.text)).segments)
    return pieces


def _value(
    name: str, operator: str, otherwise: TracedText, variables: Mapping[str, TracedText]
) -> TracedText | None:
    """Return what stands for a variable; None where only the environment could tell."""
    known = variables.get(name)
    if operator.endswith("+"):
        return otherwise if known is not None and known.text else join_segments(())
    is_set = known is not None and (bool(known.text) or not operator.startswith(":"))
    if is_set:
        return known
    return otherwise if operator.endswith("-") else None


def _closing(text: str, at: int) -> int:
    """Return where the brace closes that was opened before `at`, or -1."""
    depth = 1
    for brace in re.finditer(r"\$\{|\}", text[at:]):
        depth += 1 if brace[0] == "${" else -1
        if not depth:
            return at + brace.start()
    return -1
