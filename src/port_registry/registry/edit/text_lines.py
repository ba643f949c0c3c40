"""Lines of a text and their indentation."""

from collections.abc import Iterable
from functools import cached_property

_BLANK = " \t"


class TextLines:
    """The lines of a text; immutable."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def newline(self) -> str:
        """The line ending that the text uses."""
        carriages = self.text.count("\r\n")
        return "\r\n" if carriages * 2 > self.text.count("\n") else "\n"

    @cached_property
    def step(self) -> str:
        """One level of indentation; two spaces where the text has none."""
        for line in self.text.split("\n"):
            bare = line.lstrip(_BLANK)
            if bare.strip() and bare != line and bare[0] not in "*#":
                return line[: len(line) - len(bare)]
        return "  "

    def line_start(self, at: int) -> int:
        """Return the start of the line of `at`."""
        return self.text.rfind("\n", 0, at) + 1

    def line_end(self, at: int) -> int:
        """Return the end of the line of `at`, before its line ending."""
        end = self.text.find("\n", at)
        end = len(self.text) if end < 0 else end
        return end - 1 if end > at and self.text[end - 1] == "\r" else end

    def next_line(self, at: int) -> int:
        """Return the start of the line after that of `at`."""
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end + 1

    def indent(self, at: int) -> str:
        """Return the indentation of the line of `at`."""
        start = end = self.line_start(at)
        while end < len(self.text) and self.text[end] in _BLANK:
            end += 1
        return self.text[start:end]

    def begins_line(self, at: int) -> bool:
        """Return whether only white space is before `at` on its line."""
        return not self.text[self.line_start(at) : at].strip(_BLANK + "\ufeff")

    def rest_of_line(self, at: int) -> str:
        """Return the text after `at` on its line."""
        return self.text[at : self.line_end(at)]

    def ends_line(self, at: int) -> bool:
        """Return whether at most a comment follows `at` on its line."""
        rest = self.rest_of_line(at).lstrip(_BLANK + ",")
        is_block = rest.startswith("/*") and rest.rstrip().find("*/") == len(rest.rstrip()) - 2
        return not rest or rest[0] == "#" or is_block

    def is_blank_line(self, start: int) -> bool:
        """Return whether the line that begins at `start` is empty."""
        return not self.text[start : self.line_end(start)].strip(_BLANK)

    def comment_top(self, at: int) -> int:
        """Return the start of the comment lines right above the line of `at`."""
        start = self.line_start(at)
        while start > 0:
            above = self._comment_above(start)
            if above == start:
                break
            start = above
        return start

    def follows_blank_line(self, at: int) -> bool:
        """Return whether a blank line precedes the line of `at` and its comments."""
        top = self.comment_top(at)
        return top > 0 and self.is_blank_line(self.line_start(top - 1))

    def _comment_above(self, start: int) -> int:
        """Return the start of the comment that fills the line above `start`, else `start`."""
        above = self.line_start(start - 1)
        line = self.text[above : self.line_end(above)].strip(_BLANK)
        if line.startswith("#"):
            return above
        if not line.endswith("*/"):
            return start
        opening = self.text.rfind("/*", 0, start)
        is_closed = "*/" in self.text[opening + 2 : self.line_end(above) - 2].rstrip("*/ \t")
        if opening < 0 or is_closed or not self.begins_line(opening):
            return start
        return self.line_start(opening)


def dedented(text: str, indent: str) -> str:
    """Return `text` with `indent` removed from every line except the first."""
    first, *others = text.replace("\r\n", "\n").split("\n")
    return "\n".join([first, *(line.removeprefix(indent) for line in others)])


def indented(text_lines: TextLines, lines: Iterable[str], indent: str) -> str:
    """Return `lines` joined, each with `indent` before it."""
    return text_lines.newline.join(indent + line if line else "" for line in lines)
