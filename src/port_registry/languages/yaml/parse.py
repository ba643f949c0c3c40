"""Parser of YAML, based on libyaml's events.

The events are read one by one and the tree is built with a list of open collections, so that
the time for deep nesting or an alias bomb is linear in the length of the text.
"""

import re
from typing import TYPE_CHECKING, Protocol

from port_registry.languages.yaml import nodes
from port_registry.model import Span, lazy_pattern

if TYPE_CHECKING:
    import yaml

_MAX_TEXTS = 50
"""The number of double-quoted texts in which the escape is replaced."""

_PLACEHOLDERS = (("P", "\u2029"), ("L", "\u2028"), ("_", "\xa0"))
"""Rare escapes, with the characters that they mean."""


class LenientQuotes:
    """A text for libyaml, in which another escape may replace that one."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._remaining = _MAX_TEXTS
        self._placeholder: tuple[str, str] | None = None

    def allow(self, error: "yaml.YAMLError") -> bool:
        """Replace the escape that made libyaml fail; return whether to try again."""
        import yaml

        if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
            return False
        at = error.problem_mark.index + (1 if self.text.startswith("\ufeff") else 0)
        if self._remaining == 0 or self.text[at : at + 2] != "\\'":
            return False
        self._remaining -= 1
        unused = [
            pair for pair in _PLACEHOLDERS if not any(part in self.text for part in _forms(pair))
        ]
        self._placeholder = self._placeholder or (unused[0] if unused else None)
        if self._placeholder is None:
            return False
        text_match = re.compile(r'(?:[^"\\]|\\.)*', re.DOTALL).match(self.text, at)
        text_end = len(self.text) if text_match is None else text_match.end()
        letter = self._placeholder[0]
        body = re.sub(
            r"\\(.)",
            lambda match: f"\\{letter}" if match[1] == "'" else match[0],
            self.text[at:text_end],
            flags=re.DOTALL,
        )
        self.text = self.text[:at] + body + self.text[text_end:]
        return True

    def restored(self, value: str) -> str:
        """Return a double-quoted value as yaml.v3 reads it."""
        return value if self._placeholder is None else value.replace(self._placeholder[1], "'")


_BREAKS = "\n\r\x85\u2028\u2029"


class CommentCollector:
    """A collector of the comments of one text, gap by gap from its start."""

    def __init__(self, path: str, text: str, start: int) -> None:
        self._path = path
        self._text = text
        self._at = start
        self._any = "#" in text
        self.comments: list[nodes.YamlComment] = []

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
        self.comments.append(nodes.YamlComment(content, span, at - start, own_line))
        return end


_line_break = lazy_pattern(f"[{_BREAKS}]")


class _Mark(Protocol):
    """A position in the text, as libyaml returns it."""

    @property
    def index(self) -> int:
        """The offset in code points."""
        ...


MAX_DEPTH = 1000
"""The greatest depth of nesting (the limit of yaml.v3 itself is 10,000)."""

_STYLES = {style.value: style for style in nodes.ScalarStyle}


def parse(path: str, text: str) -> nodes.YamlDocument:
    """Return the first document of `text`, the file at `path`.

    Never raises: errors in the text are the document's problems, and where it is not valid,
    its root is None.
    """
    import yaml

    quotes = LenientQuotes(text)
    try:
        while True:
            builder = _Builder(path, text, quotes)
            try:
                loader = yaml.CLoader(quotes.text)
                while (event := loader.get_event()) is not None and builder.process(event):
                    pass
            except yaml.YAMLError as error:
                if quotes.allow(error):
                    continue
                comments = tuple(builder.comments.comments)
                return nodes.YamlDocument(path, None, comments, (builder.problem_of(error),))
            return builder.document()
    except UnicodeEncodeError as error:
        problem = nodes.YamlProblem(
            "contains half a surrogate pair", Span(path, error.start, error.end), None
        )
        return nodes.YamlDocument(path, None, (), (problem,))


class _OpenCollection:
    """A collection whose end has not been read."""

    __slots__ = ("aliased", "children", "event", "start", "weight")

    def __init__(self, event: "yaml.CollectionStartEvent", start: int) -> None:
        self.event = event
        self.start = start
        self.children: list[nodes.Node] = []
        self.weight = 1
        self.aliased = 0


class _Builder:
    """A builder of the tree of one text from its events."""

    def __init__(self, path: str, text: str, quotes: LenientQuotes) -> None:
        self.path = path
        self.text = text
        self.quotes = quotes
        self.shift = 1 if text.startswith("\ufeff") else 0
        self.comments = CommentCollector(path, text, self.shift)
        self.open: list[_OpenCollection] = []
        self.anchors: dict[str, tuple[nodes.Target, int] | None] = {}
        self.broken_aliases: set[Span] = set()
        self.problems: list[nodes.YamlProblem] = []
        self.root: nodes.Node | None = None
        self.weight = 0
        self.aliased = 0

    def process(self, event: "yaml.Event") -> bool:
        """Process the next event; return whether to continue."""
        import yaml

        start = self._index(event.start_mark)
        end = self._index(event.end_mark)
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, start, end)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.comments.collect_gap(start, end)
            self._close(end)
        elif isinstance(event, yaml.CollectionStartEvent):
            self.comments.collect_gap(end, end)
            return self._begin(event, start, end)
        elif isinstance(event, yaml.AliasEvent):
            self.comments.collect_gap(start, end)
            self._alias(event.anchor or "", Span(self.path, start, end))
        elif isinstance(event, yaml.DocumentEndEvent):
            self.comments.collect_gap(start, end)
            return False
        elif isinstance(event, yaml.DocumentStartEvent):
            self.comments.collect_gap(start, end)
        return True

    def document(self) -> nodes.YamlDocument:
        """Return the document."""
        if self.root is not None and _excessive(self.weight, self.aliased):
            span = Span(self.path, self.shift, self.shift)
            self._report("the document expands aliases excessively", span)
            self.root = None
        return nodes.YamlDocument(
            self.path, self.root, tuple(self.comments.comments), tuple(self.problems)
        )

    def problem_of(self, error: "yaml.YAMLError") -> nodes.YamlProblem:
        """Return an error of libyaml as a problem."""
        import yaml

        if isinstance(error, yaml.MarkedYAMLError):
            at = self._index(error.problem_mark or error.context_mark)
            words = [part for part in (error.context, error.problem) if part]
            return nodes.YamlProblem(", ".join(words), Span(self.path, at, at), None)
        if isinstance(error, yaml.reader.ReaderError):
            bad_character = _bad_character(self.text)
            return nodes.YamlProblem(
                "a character that YAML does not allow", Span(self.path, *bad_character), None
            )
        return nodes.YamlProblem(str(error), Span(self.path, 0, 0), None)

    def _report(self, message: str, span: Span, related: Span | None = None) -> None:
        self.problems.append(nodes.YamlProblem(message, span, related))

    def _index(self, mark: "_Mark | None") -> int:
        """Return a mark's offset; libyaml does not count a byte order mark."""
        return 0 if mark is None else min(mark.index + self.shift, len(self.text))

    def _scalar(self, event: "yaml.ScalarEvent", start: int, end: int) -> None:
        self.comments.collect_gap(start, end)
        if start < end and (event.anchor is not None or event.tag is not None):
            start = _after_properties(self.text, start, end)
        style = _STYLES.get(event.style or "", nodes.ScalarStyle.PLAIN)
        if style in (nodes.ScalarStyle.LITERAL, nodes.ScalarStyle.FOLDED):
            self.comments.collect_header(start, end)
        value = (
            self.quotes.restored(event.value) if style is nodes.ScalarStyle.DOUBLE else event.value
        )
        node = nodes.Scalar(value, style, event.tag, Span(self.path, start, end), self.text)
        self._add(node, event.anchor, 1, 0)

    def _begin(self, event: "yaml.CollectionStartEvent", start: int, end: int) -> bool:
        if len(self.open) >= MAX_DEPTH:
            span = Span(self.path, start, start)
            self._report(f"nested deeper than {MAX_DEPTH} levels", span)
            self.open.clear()
            return False
        if event.flow_style:
            start = end - 1
        elif event.anchor is not None or event.tag is not None:
            start = _after_properties(self.text, start, len(self.text))
        self.open.append(_OpenCollection(event, start))
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        return True

    def _close(self, end: int) -> None:
        import yaml

        closed = self.open.pop()
        children = closed.children
        flow = bool(closed.event.flow_style)
        if not flow and children:
            end = children[-1].span.end
        span = Span(self.path, closed.start, max(closed.start, end))
        node: nodes.Mapping | nodes.Sequence
        if isinstance(closed.event, yaml.MappingStartEvent):
            node = nodes.Mapping(self._pairs(children), flow, span, closed.event.tag)
        else:
            node = nodes.Sequence(tuple(children), flow, span, closed.event.tag)
        self._add(node, closed.event.anchor, closed.weight, closed.aliased)

    def _pairs(self, children: list[nodes.Node]) -> tuple[nodes.KeyValue, ...]:
        """Return the pairs of a mapping's children; duplicate keys are problems."""
        pairs: list[nodes.KeyValue] = []
        seen: dict[str, Span] = {}
        for key, value in zip(children[::2], children[1::2], strict=True):
            span = Span(self.path, key.span.start, max(key.span.end, value.span.end))
            pairs.append(nodes.KeyValue(key, value, span))
            if isinstance(key, nodes.Scalar):
                first = seen.setdefault(key.value, key.span)
                if first is not key.span:
                    message = f"duplicate key `{key.value[:40]}`"
                    self._report(message, key.span, first)
            if nodes.is_merge(key) and not (_mergeable(value) or value.span in self.broken_aliases):
                message = "a merge key needs a mapping, or a list of mappings"
                self._report(message, value.span)
        return tuple(pairs)

    def _alias(self, name: str, span: Span) -> None:
        anchored = self.anchors.get(name)
        if anchored is not None:
            node, weight = anchored
            self._add(nodes.Alias(name, node, span), None, weight, weight)
            return
        is_open = name in self.anchors
        message = f"the anchor `{name}` contains itself" if is_open else f"no anchor `{name}`"
        self._report(message, span)
        self.broken_aliases.add(span)
        self._add(nodes.Scalar("", nodes.ScalarStyle.PLAIN, None, span, self.text), None, 1, 0)

    def _add(self, node: nodes.Node, anchor: str | None, weight: int, aliased: int) -> None:
        """Add a complete node to its parent."""
        if anchor is not None and not isinstance(node, nodes.Alias):
            self.anchors[anchor] = (node, min(weight, _MANY))
        if not self.open:
            self.root, self.weight, self.aliased = node, weight, aliased
            return
        parent = self.open[-1]
        parent.children.append(node)
        parent.weight = min(parent.weight + weight, _MANY)
        parent.aliased = min(parent.aliased + aliased, _MANY)


_MANY = 1 << 40
_FEW, _LOTS = 400_000, 4_000_000


def _excessive(weight: int, aliased: int) -> bool:
    """Return whether yaml.v3 refuses a document for its aliases (its `allowedAliasRatio`).

    `weight` counts the nodes with every alias expanded, `aliased` those under an alias.
    """
    if aliased <= 100 or weight <= 1000:
        return False
    share = min(max(weight - _FEW, 0) / (_LOTS - _FEW), 1)
    return aliased / weight > 0.99 - 0.89 * share


def _mergeable(value: nodes.Node) -> bool:
    """Return whether a merge key may have this value."""
    if isinstance(value, nodes.Sequence):
        return all(isinstance(nodes.resolve_alias(item), nodes.Mapping) for item in value.items)
    return isinstance(nodes.resolve_alias(value), nodes.Mapping)


def _after_properties(text: str, start: int, end: int) -> int:
    """Return the start of a node after its anchor and tag."""
    match = _properties().match(text, start, end)
    return start if match is None else match.end()


_properties = lazy_pattern(r"(?:[&!][^\s]*(?:\s+(?:#[^\n\r]*\s+)*|$))+")
"""Anchors and tags, with the space and comments between them."""


def _bad_character(text: str) -> tuple[int, int]:
    """Return the interval of the first character that YAML does not allow."""
    match = re.search("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    return (0, 0) if match is None else (match.start(), match.end())


def _line_end(text: str, start: int) -> int:
    """Return the offset of the first line break from `start` on, or the text's end."""
    match = _line_break().search(text, start)
    return len(text) if match is None else match.start()


def _forms(pair: tuple[str, str]) -> tuple[str, str]:
    """Return the ways to write a placeholder's character."""
    return f"\\{pair[0]}", pair[1]
