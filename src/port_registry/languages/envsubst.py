r"""Substitution of `${VAR}` in a file's text before it is parsed, as drone/envsubst 1.0.3 does.

It differs from a shell: `$VAR` without braces is left alone, `${VAR-x}` is an error, every
operator of the family `:-` `:=` `:?` `:+` `=` gives the default where the variable is empty,
and in plain text `\\` becomes a backslash and `\/` a slash. `$$` is a dollar sign.
"""

import re
from collections.abc import Mapping

from port_registry.languages.provenance import UNKNOWN, ExpansionError, UnknownTracker
from port_registry.model import Segment, Source, Span, TracedText, join_segments, lazy_pattern

_MAX_DEPTH = 50
_MAX_TEXT = 100_000_000
"""The maximum number of code points of a file after substitution."""


def is_needed(text: str) -> bool:
    """Return whether substitution changes `text`."""
    return "$" in text or "\\\\" in text or "\\/" in text


def substitute(
    source: Source, variables: Mapping[str, TracedText], unknowns: UnknownTracker
) -> TracedText:
    """Return the text as it is parsed, traced to the file and to the variables' own files.

    A variable that is not in `variables` has its default, or is unknown where it has none.
    Raises `ExpansionError`.
    """
    return _Substitution(source, variables, unknowns).run()


_special = lazy_pattern(r"\$\$|\$\{|\\[\\/]")
_word = lazy_pattern(r"\w+")


class _Substitution:
    """Substitutes the variables of one text."""

    def __init__(
        self, source: Source, variables: Mapping[str, TracedText], unknowns: UnknownTracker
    ) -> None:
        self.path = source.path
        self.text = source.text
        self.variables = variables
        self.unknowns = unknowns

    def run(self) -> TracedText:
        """Return the text with all its variables substituted."""
        segments: list[Segment] = []
        position = counted = length = 0
        while (match := _special().search(self.text, position)) is not None:
            self._copy(segments, position, match.start())
            position = match.end()
            if match[0] == "${":
                position = self._expand(segments, match.start(), 0)
            else:
                segments.append(self._replacement(match[0][1], match.start(), position))
            length += sum(len(segment.text) for segment in segments[counted:])
            counted = len(segments)
            if length > _MAX_TEXT:
                message = "the file grows too long when its `${…}` are replaced"
                raise self._error(message, position - 2)
        self._copy(segments, position, len(self.text))
        return join_segments(segments)

    def _copy(self, segments: list[Segment], start: int, end: int) -> None:
        if start < end:
            span = Span(self.path, start, end)
            segments.append(Segment(self.text[start:end], span, verbatim=True))

    def _replacement(self, text: str, start: int, end: int) -> Segment:
        return Segment(text, Span(self.path, start, end), verbatim=False)

    def _expand(self, segments: list[Segment], start: int, depth: int) -> int:
        """Add the expansion of the `${…}` at `start`; return its end."""
        if depth > _MAX_DEPTH:
            raise self._error("`${…}` is nested too deeply", start)
        position = start + 2
        if self.text[position : position + 1] == "#":
            return self._expand_length(segments, start)
        name = _word().match(self.text, position)
        if name is None:
            raise self._error("`${` is not followed by a variable's name", start)
        position = name.end()
        rest = self.text[position : position + 2]
        if rest[:1] == "}":
            segments.extend(self._value(name[0], start, position + 1))
            return position + 1
        if rest[:1] == "=" or rest in (":=", ":-", ":?", ":+"):
            position += 1 if rest[:1] == "=" else 2
            return self._expand_default(segments, name[0], start, position, depth)
        return self._expand_function(segments, name[0], start, position)

    def _value(self, name: str, start: int, end: int) -> tuple[Segment, ...]:
        known = self.variables.get(name)
        if known is not None:
            return known.segments
        reason = f"`{name}` has no value in `.env` and no default; the environment may give one"
        return (self.unknowns.unknown_segment(reason, Span(self.path, start, end)),)

    def _expand_default(
        self, segments: list[Segment], name: str, start: int, position: int, depth: int
    ) -> int:
        """Add a variable, or where it is empty or unset its default, which begins at `position`."""
        default: list[Segment] = []
        first = position
        while True:
            end = self.text.find("}", position)
            if end < 0:
                raise self._error("`${` is not closed", start)
            special = _special().search(self.text, position, end)
            while special is not None and special[0][0] == "\\":
                special = _special().search(self.text, special.end(), end)
            if special is None:
                self._copy(default, position, end)
                break
            self._copy(default, position, special.start())
            if special[0] == "${":
                position = self._expand(default, special.start(), depth + 1)
            else:
                default.append(self._replacement("$", special.start(), special.end()))
                position = special.end()
        known = self.variables.get(name)
        if known is not None and known.text:
            segments.extend(known.segments)
        elif known is None and end == first:
            segments.extend(self._value(name, start, end + 1))
        else:
            segments.extend(default)
        return end + 1

    def _expand_length(self, segments: list[Segment], start: int) -> int:
        match = re.compile(r"\$\{#(\w+)\}").match(self.text, start)
        if match is None:
            raise self._error("`${#` is not followed by a variable's name", start)
        known = self.variables.get(match[1])
        if known is None:
            segments.extend(self._value(match[1], start, match.end()))
        else:
            length = str(len(known.text.encode()))
            segments.append(self._replacement(length, start, match.end()))
        return match.end()

    def _expand_function(
        self, segments: list[Segment], name: str, start: int, position: int
    ) -> int:
        """Add a variable changed by a function such as `${VAR%:8000}` or `${VAR^^}`."""
        end = self.text.find("}", position)
        if end < 0 or self.text[position] not in ":,^/#%":
            raise self._error("a `${…}` that process-compose cannot read", start)
        known = self.variables.get(name)
        result = None if known is None else _apply_function(known.text, self.text[position:end])
        span = Span(self.path, start, end + 1)
        if known is not None and result == known.text:
            segments.extend(known.segments)
        elif result is not None:
            segments.append(Segment(result, span, verbatim=False))
        else:
            reason = f"`{self.text[start : end + 1][:60]}` depends on the environment"
            segments.append(self.unknowns.unknown_segment(reason, span))
        return end + 1

    def _error(self, message: str, start: int) -> ExpansionError:
        return ExpansionError(message, Span(self.path, start, start + 2))


def _apply_function(value: str, call: str) -> str | None:
    """Return the result of the function `call` (`%:8000`) on `value`; None where not known."""
    if UNKNOWN in value or "$" in call:
        return None
    if call in (",", ",,", "^", "^^"):
        change = str.lower if call[0] == "," else str.upper
        return change(value) if len(call) == 2 else change(value[:1]) + value[1:]
    if call[0] in "#%":
        return _trim(value, call)
    if call[0] == "/":
        return _replace(value, call)
    return _substring(value, call[1:])


def _trim(value: str, call: str) -> str | None:
    pattern = call.lstrip(call[0])
    if not pattern or any(char in pattern for char in "*?[\\"):
        return None
    return value.removeprefix(pattern) if call[0] == "#" else value.removesuffix(pattern)


def _replace(value: str, call: str) -> str | None:
    body = call[2:] if call[1:2] in ("/", "#", "%") else call[1:]
    old, separator, new = body.partition("/")
    if not old or not separator or "\\" in body:
        return None
    if call[1:2] == "/":
        return value.replace(old, new)
    if call[1:2] == "#":
        return new + value.removeprefix(old) if value.startswith(old) else value
    if call[1:2] == "%":
        return value.removesuffix(old) + new if value.endswith(old) else value
    return value.replace(old, new, 1)


def _substring(value: str, call: str) -> str | None:
    found = re.fullmatch(r"(-?[0-9]{1,9})(?::(-?[0-9]{1,9}))?", call)
    if found is None or not value.isascii():
        return None
    first = int(found[1])
    if first < 0:
        first = max(len(value) + first, 0)
    if found[2] is None:
        return value[first:]
    length = int(found[2])
    return value[first : first + length] if length >= 0 else None
