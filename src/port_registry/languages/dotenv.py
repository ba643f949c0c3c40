"""Environment files, read as process-compose's library (joho/godotenv 1.5.1) reads them."""

import re
from functools import cache
from typing import NamedTuple

from port_registry.model import Segment, Source, Span, TracedText, join_segments

_MAX_VALUE = 10_000
"""How long a value may be to be used in others."""

_SPACES = " \t\v\f\r\x85\xa0"


class Broken(NamedTuple):
    """Why the library takes nothing at all from the file."""

    message: str
    span: Span


def read(source: Source) -> dict[str, TracedText] | Broken:
    """Return the variables of an environment file.

    One line that the library cannot take makes it refuse the whole file.
    """
    return _DotenvReader(source).run()


class _DotenvReader:
    """Reads one file, statement by statement."""

    def __init__(self, source: Source) -> None:
        self.path = source.path
        self.text = source.text
        self.found: dict[str, TracedText] = {}

    def run(self) -> dict[str, TracedText] | Broken:
        at = self._statement(0)
        while at < len(self.text):
            key = _key().match(self.text, at)
            if key is None:
                end = self._line_end(at)
                message = "a line that is no `NAME=value`: process-compose ignores the whole file"
                return Broken(message, Span(self.path, at, end))
            at = key.end()
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
                self.found[key[1].rstrip()] = self._bare(at, end)
                at = end
            at = self._statement(at)
        return self.found

    def _statement(self, at: int) -> int:
        """Return where the next statement begins."""
        while at < len(self.text):
            if self.text[at].isspace():
                at += 1
            elif self.text[at] == "#":
                end = self.text.find("\n", at)
                at = len(self.text) if end < 0 else end
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

    def _bare(self, start: int, end: int) -> TracedText:
        line = self.text[start:end]
        for index in range(len(line) - 1, 0, -1):
            if line[index] == "#" and line[index - 1] in _SPACES:
                line = line[:index]
                break
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
