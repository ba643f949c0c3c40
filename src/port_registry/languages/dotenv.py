"""Environment files, read as process-compose's library (joho/godotenv 1.5.1) reads them."""

import re
from functools import cache
from typing import NamedTuple

from port_registry.model import Segment, Source, Span, TracedText, join_segments

_MAX_VALUE = 10_000
"""How long a value may be to be used in others."""

_MOST_BROKEN = 50
"""How many lines that are no assignment are looked past."""

_SPACES = " \t\v\f\r\x85\xa0"


class Broken(NamedTuple):
    """Why the library takes nothing at all from the file."""

    message: str
    span: Span


class Assignment(NamedTuple):
    """One `NAME=value`."""

    name: str
    span: Span
    """From its first word to the end of its value, quotes included."""


class EnvDocument(NamedTuple):
    """An environment file, however much of it can be taken."""

    variables: dict[str, TracedText]
    assignments: tuple[Assignment, ...]
    """In order; a name may be given a value twice."""
    comments: tuple[Span, ...]
    """From the `#` to the end of the line."""


def read(source: Source) -> dict[str, TracedText] | Broken:
    """Return the variables of an environment file.

    One line that the library cannot take makes it refuse the whole file.
    """
    return _DotenvReader(source).run()


def read_leniently(source: Source) -> EnvDocument:
    """Return what an environment file says, without the lines that are no assignment."""
    for _ in range(_MOST_BROKEN):
        reader = _DotenvReader(source)
        found = reader.run()
        if not isinstance(found, Broken):
            return EnvDocument(found, tuple(reader.assignments), tuple(reader.comments))
        at = found.span
        start = source.text.rfind("\n", 0, at.start) + 1
        blank = " " * (at.end - start)
        source = Source(source.path, source.text[:start] + blank + source.text[at.end :])
    return EnvDocument({}, (), ())


class _DotenvReader:
    """Reads one file, statement by statement."""

    def __init__(self, source: Source) -> None:
        self.path = source.path
        self.text = source.text
        self.found: dict[str, TracedText] = {}
        self.assignments: list[Assignment] = []
        self.comments: list[Span] = []

    def run(self) -> dict[str, TracedText] | Broken:
        at = self._statement(0)
        while at < len(self.text):
            key = _key().match(self.text, at)
            if key is None:
                end = self._line_end(at)
                message = "a line that is no `NAME=value`: process-compose ignores the whole file"
                return Broken(message, Span(self.path, at, end))
            first, at = at, key.end()
            quote = self.text[at : at + 1]
            if quote and quote in "\"'":
                end = self._closing(at, quote)
                if end < 0:
                    message = "a quote that is not closed: process-compose ignores the whole file"
                    return Broken(message, Span(self.path, at, self._line_end(at)))
                self.found[key[1].rstrip()] = self._quoted(at, end, quote)
                at = end + 1
            else:
                end = self._line_end(at)
                value = self._uncommented(at, end)
                self.found[key[1].rstrip()] = self._bare(at, at + len(value))
                at = end
            last = self.comments[-1].start if self.comments else 0
            end = last if last > first else at
            span = Span(self.path, first, first + len(self.text[first:end].rstrip()))
            self.assignments.append(Assignment(key[1].rstrip(), span))
            at = self._statement(at)
        return self.found

    def _statement(self, at: int) -> int:
        """Return where the next statement begins."""
        while at < len(self.text):
            if self.text[at].isspace():
                at += 1
            elif self.text[at] == "#":
                end = self.text.find("\n", at)
                end = len(self.text) if end < 0 else end
                self.comments.append(Span(self.path, at, end))
                at = end
            else:
                break
        return at

    def _line_end(self, at: int) -> int:
        ends = [end for end in (self.text.find("\n", at), self.text.find("\r", at)) if end >= 0]
        return min(ends, default=len(self.text))

    def _closing(self, at: int, quote: str) -> int:
        """Return where the quote that opens at `at` closes, or -1."""
        end = self.text.find(quote, at + 1)
        while end >= 0 and self.text[end - 1] == "\\":
            end = self.text.find(quote, end + 1)
        return end

    def _uncommented(self, start: int, end: int) -> str:
        """Return the rest of a line without its comment, which is noted."""
        line = self.text[start:end]
        for index in range(len(line) - 1, 0, -1):
            if line[index] == "#" and line[index - 1] in _SPACES:
                self.comments.append(Span(self.path, start + index, end))
                return line[:index]
        return line

    def _bare(self, start: int, end: int) -> TracedText:
        line = self.text[start:end]
        kept = line.strip(_SPACES)
        first = start + len(line) - len(line.lstrip(_SPACES))
        return self._expanded(self._same(first, first + len(kept)))

    def _quoted(self, start: int, end: int, quote: str) -> TracedText:
        first, last = start, end
        while first < last and self.text[first] == quote:
            first += 1
        while last > first and self.text[last - 1] == quote:
            last -= 1
        value = self._same(first, last)
        return self._expanded(self._unescaped(value)) if quote == '"' else value

    def _same(self, start: int, end: int) -> TracedText:
        text = self.text[start:end]
        span = Span(self.path, start, end)
        if "\r\n" in text:
            return join_segments((Segment(text.replace("\r\n", "\n"), span, verbatim=False),))
        return join_segments((Segment(text, span, verbatim=True),))

    def _unescaped(self, value: TracedText) -> TracedText:
        if "\\" not in value.text:
            return value
        pieces: list[Segment] = []
        at = 0
        for escape in re.finditer(r"\\([^$\n])", value.text):
            pieces.extend(value.cut(at, escape.start()).segments)
            char = {"n": "\n", "r": "\r"}.get(escape[1], escape[1])
            place = value.origin(escape.start()) or Span(self.path, 0, 0)
            pieces.append(Segment(char, place, verbatim=False))
            at = escape.end()
        pieces.extend(value.cut(at, len(value.text)).segments)
        return join_segments(pieces)

    def _expanded(self, value: TracedText) -> TracedText:
        """Replace `$NAME` and `${NAME}` by what the file has said before."""
        if "$" not in value.text:
            return value
        pieces: list[Segment] = []
        at = 0
        for found in _variable().finditer(value.text):
            pieces.extend(value.cut(at, found.start()).segments)
            at = found.end()
            if found[1] or found[2]:
                pieces.extend(value.cut(found.start() + 1, at).segments)
            elif found[3]:
                known = self.found.get(found[3])
                if known is not None and len(known.text) <= _MAX_VALUE:
                    pieces.extend(known.segments)
            else:
                pieces.extend(value.cut(found.start(), at).segments)
        pieces.extend(value.cut(at, len(value.text)).segments)
        return join_segments(pieces)


@cache
def _key() -> re.Pattern[str]:
    blank = r"[ \t\v\f\r\x85\xa0]"
    return re.compile(rf"(?:export{blank}+)?((?:[^\W]|[.]|{blank})*?)[=:]{blank}*")


@cache
def _variable() -> re.Pattern[str]:
    return re.compile(r"(\\)?\$(\()?\{?([A-Z0-9_]+)?\}?")
