"""Comments that describe entries.

A comment after an entry on its line, or on the lines right above it, describes it, and may
begin with a *marker*: protocols and the word `internal`, in any case, joined with `/`, `+`
or `,`, and closed by `:`, by `,` or by the comment's end.

    tailscale = 41641; # udp: WireGuard tunnel
    dns = 53; # tcp/udp
    metrics = 9100; # internal, tcp: scraped over the VPN

Other words are the description. A comment that heads a group of entries describes none of
them: one with a blank line below it, one above a category, and one above an entry that
the next entry follows at once without a comment of its own.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from port_registry.languages.data_tree import DataComment
from port_registry.model import NamedTuple, Protocol, Source, Span

_INTERNAL = "internal"
_MARKS = frozenset((_INTERNAL, *(protocol.value for protocol in Protocol)))
DIRECTIVE = "port-registry:"
"""The first word of a comment that is an instruction to this program."""


class Remark(NamedTuple):
    """The attributes of an entry that its comments give."""

    protocols: tuple[Protocol, ...]
    """Sorted by value; empty where the comments give none."""
    internal: bool
    description: str


NO_REMARK = Remark((), internal=False, description="")


def parse_comment(comment: str) -> Remark:
    """Return the remark in `comment`, the text of a comment without its delimiters."""
    text = " ".join(comment.split())
    marks: list[str] = []
    offset = 0
    while True:
        end = offset
        while end < len(text) and text[end].isalpha():
            end += 1
        word = text[offset:end].lower()
        if word not in _MARKS:
            if not marks or not text[:offset].rstrip().endswith(","):
                return Remark((), internal=False, description=text)
            return _remark(marks, text[offset:])
        marks.append(word)
        offset = _skip(text, end)
        if offset == len(text) or text[offset] == ":":
            return _remark(marks, text[offset + 1 :])
        if text[offset] not in "/+,":
            return Remark((), internal=False, description=text)
        offset = _skip(text, offset + 1)


def _skip(text: str, offset: int) -> int:
    return offset + 1 if text[offset : offset + 1] == " " else offset


def _remark(words: list[str], description: str) -> Remark:
    protocols = {Protocol(word) for word in words if word != _INTERNAL}
    return Remark(
        protocols=tuple(sorted(protocols, key=lambda protocol: protocol.value)),
        internal=_INTERNAL in words,
        description=description.strip(),
    )


class EntryExtent(NamedTuple):
    """The position of an entry, from its name to the end of its value."""

    name: Span
    """The attribute that names it."""
    end: int
    """The offset after its value, in the same file as `name`."""


class Comments:
    """The comments of one file, by line."""

    def __init__(
        self, source: Source, comments: Iterable[DataComment], entries: Iterable[EntryExtent]
    ) -> None:
        """Group `comments` by line; `entries` are all entries, of other files too."""
        self._source = source
        self._starts = source.line_starts()
        self._trailing: dict[int, list[DataComment]] = {}
        """The comments after other text on a line, in their order."""
        self._own_line: dict[int, DataComment] = {}
        """The comments on lines of their own, by their last line."""
        self._first_lines: dict[int, int] = {}
        """The first lines of those, by their last lines."""
        self._entries = entries
        self._name_lines: set[int] | None = None
        """The lines that name an entry; computed when first needed."""
        text = source.text
        for comment in comments:
            line = self._line(comment.start)
            before = text[self._starts[line - 1] : comment.start]
            if before.strip(" \t\ufeff"):
                self._trailing.setdefault(line, []).append(comment)
                continue
            last = self._line(comment.end)
            after = text[comment.end : self._starts[last] if last < len(self._starts) else None]
            if not after.strip():
                self._own_line[last] = comment
                self._first_lines[last] = line

    def remark_on(self, entry: EntryExtent) -> Remark:
        """Return the remark in the comments of `entry`."""
        line = self._line(entry.name.start)
        starts, end = self._starts, entry.end
        last = line if line == len(starts) or end < starts[line] else self._line(end)
        after = self._remark_after(entry, last)
        if line - 1 not in self._own_line:
            return after
        above = self._remark_above(entry, line)
        return Remark(
            protocols=after.protocols or above.protocols,
            internal=after.internal or above.internal,
            description=after.description or above.description,
        )

    def _line(self, offset: int) -> int:
        return bisect_right(self._starts, offset)

    def _remark_after(self, entry: EntryExtent, line: int) -> Remark:
        """Return the remark in the next comment on `line`, the last line of `entry`."""
        comments = self._trailing.get(line, ())
        index = bisect_left(comments, entry.end, key=lambda comment: comment.start)
        if index == len(comments):
            return NO_REMARK
        comment = comments[index]
        between = self._source.text[entry.end : comment.start]
        if between.strip(" \t;,)\"'") or _is_directive(comment):
            return NO_REMARK
        return parse_comment(comment.text)

    def _remark_above(self, entry: EntryExtent, line: int) -> Remark:
        """Return the remark in the comments right above `line`, the first line of `entry`."""
        before = self._source.text[self._starts[line - 1] : entry.name.start]
        # Only the first parts of a dotted name may be before it on its line.
        if any(char in before for char in ";{},="):
            return NO_REMARK
        block: list[str] = []
        while (comment := self._own_line.get(line - 1)) is not None:
            if not _is_directive(comment):
                block.append(comment.text)
            line = self._first_lines[line - 1]
        texts = [text for text in reversed(block) if text.strip()]
        for number, text in enumerate(texts, 1):
            remark = parse_comment(text)
            if remark.protocols or remark.internal:
                description = " ".join([remark.description, *texts[number:]]).strip()
                if description or not self._heads_group(entry):
                    return remark._replace(description=description)
        if self._heads_group(entry) or any(_is_ornament(text) for text in texts):
            return NO_REMARK
        return Remark((), internal=False, description=" ".join(" ".join(texts).split()))

    def _heads_group(self, entry: EntryExtent) -> bool:
        """Return whether another entry follows at once, without a comment of its own."""
        if self._name_lines is None:
            spans = (other.name for other in self._entries)
            path = self._source.path
            self._name_lines = {self._line(span.start) for span in spans if span.path == path}
        next_line = self._line(entry.end) + 1
        return next_line in self._name_lines and next_line not in self._trailing


def _is_directive(comment: DataComment) -> bool:
    return comment.text.lstrip().startswith(DIRECTIVE)


def _is_ornament(text: str) -> bool:
    """Return whether `text` is a line or a title within one, such as `--- Databases ---`."""
    return any(sign * 3 in text for sign in "-=#*~_─═")
