"""Environment files, read as process-compose's library (joho/godotenv 1.5.1) reads them."""

import re
from functools import cache

from port_registry import model

_MAX_VALUE = 10_000
"""The maximum length of a value that is expanded in others."""

_MOST_INVALID_LINES = 50
"""The number of invalid lines that lenient parsing skips."""

_BYTE_ORDER_MARK = "\ufeff"

_SPACES = " \t\v\f\r\x85\xa0"


class InvalidEnvFile(model.NamedTuple):
    """The reason why the library reads nothing from the file."""

    message: str
    span: model.Span


class Assignment(model.NamedTuple):
    """One `NAME=value`."""

    name: str
    span: model.Span
    """From its first word to the end of its value, quotes included."""


class EnvDocument(model.NamedTuple):
    """The valid lines of an environment file."""

    variables: dict[str, model.TracedText]
    assignments: tuple[Assignment, ...]
    """In order; a name may have several."""
    comments: tuple[model.Span, ...]
    """From the `#` to the end of the line."""


def parse(source: model.Source) -> dict[str, model.TracedText] | InvalidEnvFile:
    """Return the variables of an environment file.

    One invalid line makes the library reject the whole file.
    """
    return _DotenvParser(source).run()


def without_byte_order_mark(source: model.Source) -> model.Source:
    """Return `source` with a space for the byte order mark in front, as Compose reads it."""
    if not source.text.startswith(_BYTE_ORDER_MARK):
        return source
    return model.Source(source.path, source.text.replace(_BYTE_ORDER_MARK, " ", 1))


def parse_leniently(source: model.Source) -> EnvDocument:
    """Return the document of an environment file, without its invalid lines.

    A byte order mark in front is skipped.
    """
    source = without_byte_order_mark(source)
    for _ in range(_MOST_INVALID_LINES):
        parser = _DotenvParser(source)
        result = parser.run()
        if not isinstance(result, InvalidEnvFile):
            return EnvDocument(result, tuple(parser.assignments), tuple(parser.comments))
        invalid = result.span
        start = source.text.rfind("\n", 0, invalid.start) + 1
        blank = " " * (invalid.end - start)
        source = model.Source(source.path, source.text[:start] + blank + source.text[invalid.end :])
    return EnvDocument({}, (), ())


class _DotenvParser:
    """Parses one file, statement by statement."""

    def __init__(self, source: model.Source) -> None:
        self.path = source.path
        self.text = source.text
        self.variables: dict[str, model.TracedText] = {}
        self.assignments: list[Assignment] = []
        self.comments: list[model.Span] = []

    def run(self) -> dict[str, model.TracedText] | InvalidEnvFile:
        """Return the variables of the file; its assignments and comments are in the fields."""
        position = self._next_statement(0)
        while position < len(self.text):
            key = _key().match(self.text, position)
            if key is None:
                message = "a line that is not `NAME=value`: process-compose ignores the whole file"
                return self._invalid(message, position)
            start, position = position, key.end()
            quote = self.text[position : position + 1]
            if quote and quote in "\"'":
                end = self._closing_quote(position, quote)
                if end < 0:
                    message = "a quote that is not closed: process-compose ignores the whole file"
                    return self._invalid(message, position)
                value = self._quoted_value(position, end, quote)
                position = end + 1
            else:
                end = self._line_end(position)
                text = self._without_comment(position, end)
                value = self._unquoted_value(position, position + len(text))
                position = end
            self.variables[key[1].rstrip()] = value
            self._add_assignment(key[1].rstrip(), start, position)
            position = self._next_statement(position)
        return self.variables

    def _invalid(self, message: str, position: int) -> InvalidEnvFile:
        return InvalidEnvFile(message, model.Span(self.path, position, self._line_end(position)))

    def _add_assignment(self, name: str, start: int, end: int) -> None:
        """Add the assignment from `start` to `end`, without the comment that ends it."""
        last_comment = self.comments[-1].start if self.comments else 0
        text = self.text[start : last_comment if last_comment > start else end]
        self.assignments.append(
            Assignment(name, model.Span(self.path, start, start + len(text.rstrip())))
        )

    def _next_statement(self, position: int) -> int:
        """Return the start of the next statement; the comments before it are added."""
        while (gap := _gap().match(self.text, position)) is not None:
            if gap[1] is not None:
                self.comments.append(model.Span(self.path, *gap.span()))
            position = gap.end()
        return position

    def _line_end(self, position: int) -> int:
        ends = [self.text.find(newline, position) for newline in "\n\r"]
        return min((end for end in ends if end >= 0), default=len(self.text))

    def _closing_quote(self, start: int, quote: str) -> int:
        """Return the offset of the quote that closes the one at `start`, or -1."""
        end = self.text.find(quote, start + 1)
        while end >= 0 and self.text[end - 1] == "\\":
            end = self.text.find(quote, end + 1)
        return end

    def _without_comment(self, start: int, end: int) -> str:
        """Return the rest of a line without its comment, which is added."""
        line = self.text[start:end]
        for index in range(len(line) - 1, 0, -1):
            if line[index] == "#" and line[index - 1] in _SPACES:
                self.comments.append(model.Span(self.path, start + index, end))
                return line[:index]
        return line

    def _unquoted_value(self, start: int, end: int) -> model.TracedText:
        line = self.text[start:end]
        first = start + len(line) - len(line.lstrip(_SPACES))
        return self._expand(self._verbatim(first, first + len(line.strip(_SPACES))))

    def _quoted_value(self, start: int, end: int, quote: str) -> model.TracedText:
        inner = self.text[start:end].lstrip(quote)
        first = end - len(inner)
        value = self._verbatim(first, first + len(inner.rstrip(quote)))
        return self._expand(self._unescape(value)) if quote == '"' else value

    def _verbatim(self, start: int, end: int) -> model.TracedText:
        text = self.text[start:end]
        span = model.Span(self.path, start, end)
        if "\r\n" in text:
            return model.join_segments(
                (model.Segment(text.replace("\r\n", "\n"), span, verbatim=False),)
            )
        return model.join_segments((model.Segment(text, span, verbatim=True),))

    def _unescape(self, value: model.TracedText) -> model.TracedText:
        if "\\" not in value.text:
            return value
        segments: list[model.Segment] = []
        position = 0
        for escape in re.finditer(r"\\([^$\n])", value.text):
            segments.extend(value.cut(position, escape.start()).segments)
            char = {"n": "\n", "r": "\r"}.get(escape[1], escape[1])
            span = value.origin(escape.start()) or model.Span(self.path, 0, 0)
            segments.append(model.Segment(char, span, verbatim=False))
            position = escape.end()
        segments.extend(value.cut(position, len(value.text)).segments)
        return model.join_segments(segments)

    def _expand(self, value: model.TracedText) -> model.TracedText:
        """Return `value` with `$NAME` and `${NAME}` replaced by earlier variables of the file."""
        if "$" not in value.text:
            return value
        segments: list[model.Segment] = []
        position = 0
        for match in _variable().finditer(value.text):
            segments.extend(value.cut(position, match.start()).segments)
            position = match.end()
            if match[1] or match[2]:
                segments.extend(value.cut(match.start() + 1, position).segments)
            elif match[3]:
                variable = self.variables.get(match[3])
                if variable is not None and len(variable.text) <= _MAX_VALUE:
                    segments.extend(variable.segments)
            else:
                segments.extend(value.cut(match.start(), position).segments)
        segments.extend(value.cut(position, len(value.text)).segments)
        return model.join_segments(segments)


@cache
def _key() -> re.Pattern[str]:
    blank = r"[ \t\v\f\r\x85\xa0]"
    return re.compile(rf"(?:export{blank}+)?((?:[^\W]|[.]|{blank})*?)[=:]{blank}*")


_gap = model.lazy_pattern(r"\s+|(#[^\n]*)")
_variable = model.lazy_pattern(r"(\\)?\$(\()?\{?([A-Z0-9_]+)?\}?")
