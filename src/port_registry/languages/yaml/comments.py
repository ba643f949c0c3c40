"""Comments, which the event stream omits: they are in the gaps between its tokens."""

from port_registry.languages.yaml.nodes import YamlComment
from port_registry.model import Span, lazy_pattern

_BREAKS = "\n\r\x85\u2028\u2029"


class CommentCollector:
    """A collector of the comments of one text, gap by gap from its start."""

    def __init__(self, path: str, text: str, start: int) -> None:
        self._path = path
        self._text = text
        self._at = start
        self._any = "#" in text
        self.comments: list[YamlComment] = []

    def collect_gap(self, end: int, next_start: int) -> None:
        """Add the comments of the gap before `end`; the next gap starts at `next_start`."""
        if self._any:
            at = self._text.find("#", self._at, end)
            while at >= 0:
                at = self._text.find("#", self._take(at), end)
        self._at = max(self._at, next_start)

    def collect_header(self, start: int, end: int) -> None:
        """Add the comment after the header of a block scalar, `| # text`."""
        if self._any:
            line_end = _line_end(self._text, start)
            at = self._text.find("#", start, min(end, line_end))
            if at >= 0:
                self._take(at)

    def _take(self, at: int) -> int:
        """Add the comment whose `#` is at `at`; return the end of its line."""
        text = self._text
        end = _line_end(text, at)
        start = at
        while start > 0 and text[start - 1] not in _BREAKS:
            start -= 1
        content = text[at:end].rstrip()
        own_line = not text[start:at].strip(" \t\ufeff")
        span = Span(self._path, at, at + len(content))
        self.comments.append(YamlComment(content, span, at - start, own_line))
        return end


def _line_end(text: str, start: int) -> int:
    """Return the offset of the first line break from `start` on, or the text's end."""
    match = _line_break().search(text, start)
    return len(text) if match is None else match.start()


_line_break = lazy_pattern(f"[{_BREAKS}]")
