"""Insertion point of a comment above an offset in a YAML file."""

import re
from functools import cache, lru_cache

from port_registry.model import CommentPlace, Source


def comment_place(source: Source, offset: int) -> CommentPlace | None:
    """Return the line of the key or list item in block style that has the text at `offset`.

    A comment right above a line of a multi-line scalar would be part of its text, so lines
    are read from the top: a line that is indented deeper than a key with a value on its own
    line belongs to that value. None for an unusual layout.
    """
    node_line = _nodes(source)[source.position(offset).line - 1]
    if node_line is None:
        return None
    line, indent = node_line
    start = source.line_starts()[line - 1]
    newline = "\r\n" if source.text[max(start - 2, 0) : start] == "\r\n" else "\n"
    return CommentPlace(line, start, " " * indent, newline)


@lru_cache(maxsize=4)
def _nodes(source: Source) -> list[tuple[int, int] | None]:
    """Return, for each line of `source`, the line and indentation of the node it is in."""
    nodes: list[tuple[int, int] | None] = []
    current: tuple[int, int] | None = None
    column = -1
    for line in range(1, len(source.line_starts()) + 1):
        text = source.line_text(line)
        bare = text.lstrip(" ")
        indent = len(text) - len(bare)
        if bare and not bare.startswith("#") and not 0 <= column < indent:
            current, column = None, -1
            match = _node().match(text)
            if match is not None and (match["key"] or match["items"]):
                current = (line, indent)
                if match["value"] or match["item"]:
                    column = match.start("key") if match["key"] else indent
        nodes.append(current)
    return nodes


@cache
def _node() -> re.Pattern[str]:
    """Return the pattern of a line that starts a node in block style."""
    key = r"""(?P<key>"[^"\\]*"|'[^']*'|[^\s"'#&*!|>%@`{}\[\],?:-][^#:]*?|<<)"""
    named = rf"{key}[ ]*:(?=[ ]|$)"
    value = r"[ ]*(?:[&!][^ ]*[ ]*)*(?P<value>[^# ].*)?"
    return re.compile(rf"[ ]*(?P<items>(?:-[ ]+)*)(?:{named}{value}|(?P<item>[^ ].*))")
