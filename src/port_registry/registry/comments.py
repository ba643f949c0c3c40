"""What comments say of entries.

A comment behind an entry on its line, or on the lines right above it, describes it, and may
begin with a *marker*: protocols and the word `internal`, any case, joined with `/`, `+` or
`,`, and closed by `:`, by `,` or by the comment's end.

    tailscale = 41641; # udp: WireGuard tunnel
    dns = 53; # tcp/udp
    metrics = 9100; # internal, tcp: scraped over the VPN

Words that are no marker are description. A comment that heads a group of entries is nobody's
description: one with a blank line below it, one above a category, and one above an entry
that the next entry follows at once without a comment of its own.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from port_registry.model import Protocol, Source, Span

_INTERNAL = "internal"
_MARKS = frozenset((_INTERNAL, *(protocol.value for protocol in Protocol)))
DIRECTIVE = "port-registry:"
"""Begins a comment that speaks to this program."""


class Remark(NamedTuple):
    """What comments say of one entry."""

    protocols: tuple[Protocol, ...]
    """Sorted by value; empty where they do not say."""
    internal: bool
    description: str


NO_REMARK = Remark((), internal=False, description="")


def parse_comment(comment: str) -> Remark:
    """Return what the comment with this text, without its signs, says."""
    text = " ".join(comment.split())
    found: list[str] = []
    at = 0
    while True:
        end = at
        while end < len(text) and text[end].isalpha():
            end += 1
        word = text[at:end].lower()
        if word not in _MARKS:
            if not found or text[: _skip_back(text, at)][-1:] != ",":
                return Remark((), internal=False, description=text)
            return _remark(found, text[at:])
        found.append(word)
        at = _skip(text, end)
        if at == len(text) or text[at] == ":":
            return _remark(found, text[at + 1 :])
        if text[at] not in "/+,":
            return Remark((), internal=False, description=text)
        at = _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    return at + 1 if text[at : at + 1] == " " else at


def _skip_back(text: str, at: int) -> int:
    return at - 1 if text[at - 1 : at] == " " else at


def _remark(words: list[str], description: str) -> Remark:
    protocols = {Protocol(word) for word in words if word != _INTERNAL}
    return Remark(
        tuple(sorted(protocols, key=lambda one: one.value)),
        _INTERNAL in words,
        description.strip(),
    )


class RegistryComment(NamedTuple):
    """One comment of a file."""

    start: int
    end: int
    """Offsets in the file's text, signs included."""
    text: str
    """Without the signs that make it a comment."""


class EntryExtent(NamedTuple):
    """Where an entry stands, for its comments."""

    name: Span
    """The attribute that names it."""
    end: int
    """Behind its whole value; in the same file as `name`."""


class Comments:
    """The comments of one file, by line."""

    __slots__ = ("_above", "_behind", "_heads", "_names", "_places", "_source", "_starts")

    def __init__(
        self,
        source: Source,
        comments: Iterable[RegistryComment],
        places: Iterable[EntryExtent],
    ) -> None:
        """Sort `comments` by line; `places` are those of all entries, of other files too."""
        self._source = source
        self._starts = source.line_starts()
        self._behind: dict[int, list[RegistryComment]] = {}
        """The comments behind something else on a line, in their order."""
        self._above: dict[int, RegistryComment] = {}
        """Comments that have their lines to themselves, by their last line."""
        self._heads: dict[int, int] = {}
        """The first lines of those, by their last lines."""
        self._places = places
        self._names: set[int] | None = None
        """The lines that name an entry, once they are asked for."""
        text = source.text
        for comment in comments:
            line = self._line(comment.start)
            before = text[self._starts[line - 1] : comment.start]
            if before.strip(" \t\ufeff"):
                self._behind.setdefault(line, []).append(comment)
                continue
            last = self._line(comment.end)
            after = text[comment.end : self._starts[last] if last < len(self._starts) else None]
            if not after.strip():
                self._above[last] = comment
                self._heads[last] = line

    def remark_on(self, entry: EntryExtent) -> Remark:
        """Return what the comments of the entry at `entry` say."""
        line = self._line(entry.name.start)
        starts, end = self._starts, entry.end
        last = line if line == len(starts) or end < starts[line] else self._line(end)
        behind = self._parse_behind(entry, last)
        if line - 1 not in self._above:
            return behind
        above = self._parse_above(entry, line)
        return Remark(
            behind.protocols or above.protocols,
            behind.internal or above.internal,
            behind.description or above.description,
        )

    def _line(self, offset: int) -> int:
        return bisect_right(self._starts, offset)

    def _parse_behind(self, place: EntryExtent, line: int) -> Remark:
        """Return what the next comment on `line`, the place's last, says."""
        listed = self._behind.get(line, ())
        at = bisect_left(listed, place.end, key=lambda comment: comment.start)
        if at == len(listed):
            return NO_REMARK
        comment = listed[at]
        between = self._source.text[place.end : comment.start]
        if between.strip(" \t;,)\"'") or _is_directive(comment):
            return NO_REMARK
        return parse_comment(comment.text)

    def _parse_above(self, place: EntryExtent, line: int) -> Remark:
        if not self._begins_line(place.name.start, line):
            return NO_REMARK
        block: list[str] = []
        while (comment := self._above.get(line - 1)) is not None:
            if not _is_directive(comment):
                block.append(comment.text)
            line = self._heads[line - 1]
        texts = [text for text in reversed(block) if text.strip()]
        for at, text in enumerate(texts):
            remark = parse_comment(text)
            if remark.protocols or remark.internal:
                rest = " ".join([remark.description, *texts[at + 1 :]]).strip()
                if rest or not self._heads_group(place):
                    return remark._replace(description=rest)
        if self._heads_group(place) or any(_is_ornament(text) for text in texts):
            return NO_REMARK
        return Remark((), internal=False, description=" ".join(" ".join(texts).split()))

    def _begins_line(self, offset: int, line: int) -> bool:
        """Return whether nothing but the front of a dotted name is before `offset`."""
        before = self._source.text[self._starts[line - 1] : offset]
        return not any(char in before for char in ";{},=")

    def _heads_group(self, place: EntryExtent) -> bool:
        """Return whether another entry follows at once, without a comment of its own."""
        if self._names is None:
            spans = (place.name for place in self._places)
            path = self._source.path
            self._names = {self._line(span.start) for span in spans if span.path == path}
        following = self._line(place.end) + 1
        return following in self._names and following not in self._behind


def _is_directive(comment: RegistryComment) -> bool:
    return comment.text.lstrip().startswith(DIRECTIVE)


def _is_ornament(text: str) -> bool:
    """Return whether `text` is a rule or a title set in one, such as `--- Databases ---`."""
    return any(sign * 3 in text for sign in "-=#*~_─═")
