r"""`${VAR}` in a file's text, replaced before it is parsed, as drone/envsubst 1.0.3 does it.

Its ways differ from a shell's: `$VAR` without braces is left alone, `${VAR-x}` is an error,
every operator of the family `:-` `:=` `:?` `:+` `=` gives the default where the variable is
empty, and in plain text `\\` becomes a backslash and `\/` a slash. `$$` is a dollar sign.
"""

import re
from collections.abc import Mapping
from functools import cache

from port_registry.languages.provenance import UNKNOWN, UnknownTracker
from port_registry.model import Segment, Source, Span, TracedText, join_segments

_MAX_DEPTH = 50
_MAX_TEXT = 100_000_000
"""How many code points a file may have when everything is replaced."""


class SubstitutionError(Exception):
    """The text holds a `${…}` that the library refuses; process-compose does not start."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.message = message
        self.span = span


def needed(text: str) -> bool:
    """Return whether substitution changes `text`."""
    return "$" in text or "\\\\" in text or "\\/" in text


def substitute(
    source: Source, variables: Mapping[str, TracedText], doubts: UnknownTracker
) -> TracedText:
    """Return the text as it is parsed, traced to the file and to the variables' own files.

    A variable that is not in `variables` has its default, or is unknown where it has none.
    Raises `SubstitutionError`.
    """
    return _Substitution(source, variables, doubts).run()


@cache
def _special() -> re.Pattern[str]:
    return re.compile(r"\$\$|\$\{|\\[\\/]")


@cache
def _word() -> re.Pattern[str]:
    return re.compile(r"\w+")


class _Substitution:
    """Goes through one text."""

    def __init__(
        self, source: Source, variables: Mapping[str, TracedText], doubts: UnknownTracker
    ) -> None:
        self.path = source.path
        self.text = source.text
        self.variables = variables
        self.doubts = doubts

    def run(self) -> TracedText:
        pieces: list[Segment] = []
        at = before = grown = 0
        while (found := _special().search(self.text, at)) is not None:
            self._same(pieces, at, found.start())
            at = found.end()
            if found[0] == "${":
                at = self._call(pieces, found.start(), 0)
            else:
                pieces.append(self._other(found[0][1], found.start(), at))
            grown += sum(len(piece.text) for piece in pieces[before:])
            before = len(pieces)
            if grown > _MAX_TEXT:
                raise self._error("the file grows too long when its `${…}` are replaced", at - 2)
        self._same(pieces, at, len(self.text))
        return join_segments(pieces)

    def _same(self, pieces: list[Segment], start: int, end: int) -> None:
        if start < end:
            span = Span(self.path, start, end)
            pieces.append(Segment(self.text[start:end], span, verbatim=True))

    def _other(self, text: str, start: int, end: int) -> Segment:
        return Segment(text, Span(self.path, start, end), verbatim=False)

    def _call(self, pieces: list[Segment], start: int, depth: int) -> int:
        """Add what the `${…}` at `start` gives; return where it ends."""
        if depth > _MAX_DEPTH:
            raise self._error("`${…}` is nested too deeply", start)
        at = start + 2
        if self.text[at : at + 1] == "#":
            return self._length(pieces, start)
        name = _word().match(self.text, at)
        if name is None:
            raise self._error("`${` is followed by no variable's name", start)
        at = name.end()
        rest = self.text[at : at + 2]
        if rest[:1] == "}":
            pieces.extend(self._value(name[0], start, at + 1))
            return at + 1
        if rest[:1] == "=" or rest in (":=", ":-", ":?", ":+"):
            at += 1 if rest[:1] == "=" else 2
            return self._default(pieces, name[0], start, at, depth)
        return self._function(pieces, name[0], start, at)

    def _value(self, name: str, start: int, end: int) -> tuple[Segment, ...]:
        known = self.variables.get(name)
        if known is not None:
            return known.segments
        reason = f"`{name}` has no value in `.env` and no default; the environment may give one"
        return (self.doubts.piece(reason, Span(self.path, start, end)),)

    def _default(self, pieces: list[Segment], name: str, start: int, at: int, depth: int) -> int:
        """Add a variable, or where it is empty or unset its default, which begins at `at`."""
        given: list[Segment] = []
        first = at
        while True:
            end = self.text.find("}", at)
            if end < 0:
                raise self._error("`${` is not closed", start)
            special = _special().search(self.text, at, end)
            while special is not None and special[0][0] == "\\":
                special = _special().search(self.text, special.end(), end)
            if special is None:
                self._same(given, at, end)
                break
            self._same(given, at, special.start())
            if special[0] == "${":
                at = self._call(given, special.start(), depth + 1)
            else:
                given.append(self._other("$", special.start(), special.end()))
                at = special.end()
        known = self.variables.get(name)
        if known is not None and known.text:
            pieces.extend(known.segments)
        elif known is None and end == first:
            pieces.extend(self._value(name, start, end + 1))
        else:
            pieces.extend(given)
        return end + 1

    def _length(self, pieces: list[Segment], start: int) -> int:
        found = re.compile(r"\$\{#(\w+)\}").match(self.text, start)
        if found is None:
            raise self._error("`${#` is followed by no variable's name", start)
        known = self.variables.get(found[1])
        if known is None:
            pieces.extend(self._value(found[1], start, found.end()))
        else:
            length = str(len(known.text.encode()))
            pieces.append(self._other(length, start, found.end()))
        return found.end()

    def _function(self, pieces: list[Segment], name: str, start: int, at: int) -> int:
        """Add a variable changed by a function such as `${VAR%:8000}` or `${VAR^^}`."""
        end = self.text.find("}", at)
        if end < 0 or self.text[at] not in ":,^/#%":
            raise self._error("a `${…}` that process-compose cannot read", start)
        known = self.variables.get(name)
        result = None if known is None else _apply(known.text, self.text[at:end])
        span = Span(self.path, start, end + 1)
        if known is not None and result == known.text:
            pieces.extend(known.segments)
        elif result is not None:
            pieces.append(Segment(result, span, verbatim=False) if result else self._empty(span))
        else:
            reason = f"`{self.text[start : end + 1][:60]}` depends on the environment"
            pieces.append(self.doubts.piece(reason, span))
        return end + 1

    def _empty(self, span: Span) -> Segment:
        return Segment("", span, verbatim=False)

    def _error(self, message: str, start: int) -> SubstitutionError:
        return SubstitutionError(message, Span(self.path, start, start + 2))


def _apply(value: str, call: str) -> str | None:
    """Return `value` after the function `call` (`%:8000`); None where that is not known."""
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
    old, found, new = body.partition("/")
    if not old or not found or "\\" in body:
        return None
    if call[1:2] == "/":
        return value.replace(old, new)
    if call[1:2] == "#":
        return new + value.removeprefix(old) if value.startswith(old) else value
    if call[1:2] == "%":
        return value.removesuffix(old) + new if value.endswith(old) else value
    return value.replace(old, new, 1)


def _substring(value: str, call: str) -> str | None:
    parts = call.split(":")
    if len(parts) > 2 or not value.isascii() or not all(_is_integer(part) for part in parts):
        return None
    first = int(parts[0])
    if first < 0:
        first = max(len(value) + first, 0)
    if len(parts) == 1:
        return value[first:]
    length = int(parts[1])
    return value[first : first + length] if length >= 0 else None


def _is_integer(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) < 10
