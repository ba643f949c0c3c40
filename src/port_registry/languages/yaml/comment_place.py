"""Where a comment can be put above a place in a YAML file."""

import re
from functools import cache, lru_cache

from port_registry.model import CommentPlace, Source


def comment_place(source: Source, offset: int) -> CommentPlace | None:
    """Return the line of the key or list item in block style that has the text at `offset`.

    A comment above the line itself would be part of the text in a multi-line scalar, so
    lines are followed from the top: whatever is indented deeper than a key with a value on
    its own line belongs to that value. None where the layout is none of the usual.
    """
    found = _nodes(source)[source.position(offset).line - 1]
    if found is None:
        return None
    line, indent = found
    start = source.line_starts()[line - 1]
    newline = "\r\n" if source.text[max(start - 2, 0) : start] == "\r\n" else "\n"
    return CommentPlace(line, start, " " * indent, newline)


@lru_cache(maxsize=4)
def _nodes(source: Source) -> list[tuple[int, int] | None]:
    """Return, for each line of `source`, the line and indentation of the node it is in."""
    nodes: list[tuple[int, int] | None] = []
    found: tuple[int, int] | None = None
    column = -1
    for line in range(1, len(source.line_starts()) + 1):
        text = source.line_text(line)
        bare = text.lstrip(" ")
        indent = len(text) - len(bare)
        if bare and not bare.startswith("#") and not 0 <= column < indent:
            found, column = None, -1
            node = _node().match(text)
            if node is not None and (node["key"] or node["items"]):
                found = (line, indent)
                if node["value"] or node["item"]:
                    column = node.start("key") if node["key"] else indent
        nodes.append(found)
    return nodes


@cache
def _node() -> re.Pattern[str]:
    """Return what a line that begins a node in block style looks like."""
    key = r"""(?P<key>"[^"\\]*"|'[^']*'|[^\s"'#&*!|>%@`{}\[\],?:-][^#:]*?|<<)"""
    named = rf"{key}[ ]*:(?=[ ]|$)"
    value = r"[ ]*(?:[&!][^ ]*[ ]*)*(?P<value>[^# ].*)?"
    return re.compile(rf"[ ]*(?P<items>(?:-[ ]+)*)(?:{named}{value}|(?P<item>[^ ].*))")
