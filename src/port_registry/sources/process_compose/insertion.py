"""Where a new key can be written into a process."""

from port_registry.languages.provenance import SourceMap
from port_registry.languages.yaml import (
    Alias,
    Mapping,
    MergedKey,
    Node,
    Scalar,
    ScalarStyle,
    Sequence,
    is_null,
)
from port_registry.model import Insertion, Span


def insertion_for(text: str, entry: MergedKey, origin: SourceMap | None) -> Insertion | None:
    """Return where a key can be added to the process that `entry` is; None where unsafe.

    `text` is the text that was parsed, `origin` where it comes from if that is elsewhere.
    """
    value = entry.value
    if isinstance(value, Mapping):
        if not value.pairs:
            return None
        found = _in_flow(text, value) if value.flow else _in_block(text, value)
    elif isinstance(value, Scalar) and is_null(value) and not value.value:
        found = _under_key(text, entry.key)
    else:
        found = None
    if found is None or origin is None:
        return found
    at = origin.trace_position(found.at.start)
    return found._replace(at=at) if at.path == found.at.path else None


def _newline(text: str) -> str:
    end = text.find("\n")
    return "\r\n" if end > 0 and text[end - 1] == "\r" else "\n"


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    return end - 1 if end > at and text[end - 1] == "\r" else end


def _step(outer: str, inner: str) -> str:
    """Return one level of indentation, as between a line's and the next level's."""
    step = inner.removeprefix(outer)
    return step if step and inner.startswith(outer) else "  "


def _indent(text: str, at: int) -> str | None:
    """Return the white space before `at`; None where something else stands there."""
    before = text[_line_start(text, at) : at].removeprefix("\ufeff")
    return before if not before.strip(" ") else None


def _in_block(text: str, mapping: Mapping) -> Insertion | None:
    indent = _indent(text, mapping.span.start)
    last = _last(mapping)
    if not indent or last is None:
        return None
    end = last.span.end
    if isinstance(last, Scalar) and last.style in (ScalarStyle.LITERAL, ScalarStyle.FOLDED):
        if "+" in text[last.span.start : _line_end(text, last.span.start)].partition("#")[0]:
            return None
        end = last.span.start + len(text[last.span.start : end].rstrip())
    at = _line_end(text, end)
    rest = text[end:at].strip()
    if rest and not rest.startswith("#"):
        return None
    place = Span(mapping.span.path, at, at)
    return Insertion(
        place, indent, flow=False, newline=_newline(text), step=_inner_step(text, mapping, indent)
    )


def _inner_step(text: str, mapping: Mapping, indent: str) -> str:
    """Return the indentation that the process's own values have."""
    for pair in mapping.pairs:
        if isinstance(pair.value, Mapping) and not pair.value.flow:
            inner = _indent(text, pair.value.span.start)
            if inner is not None:
                return _step(indent, inner)
    return "  "


def _last(node: Node) -> Node | None:
    """Return the node that ends a block last."""
    while True:
        if isinstance(node, Mapping) and not node.flow and node.pairs:
            node = node.pairs[-1].value
        elif isinstance(node, Sequence) and not node.flow and node.items:
            node = node.items[-1]
        else:
            return node


def _in_flow(text: str, mapping: Mapping) -> Insertion | None:
    last = mapping.pairs[-1].value
    end = max(last.span.end, mapping.pairs[-1].span.end)
    if isinstance(last, Alias) or text[end : mapping.span.end - 1].strip():
        return None
    first = mapping.pairs[0].span.start
    indent = _indent(text, first) or ""
    return Insertion(
        Span(mapping.span.path, end, end), indent, flow=True, newline=_newline(text), step="  "
    )


def _under_key(text: str, key: Scalar) -> Insertion | None:
    """Return where the first key goes below `name:`."""
    outer = _indent(text, key.span.start)
    if outer is None:
        return None
    at = _line_end(text, key.span.end)
    rest = text[key.span.end : at].lstrip(" \t\"'").removeprefix(":").strip()
    if rest and not rest.startswith("#"):
        return None
    place = Span(key.span.path, at, at)
    return Insertion(place, outer + "  ", flow=False, newline=_newline(text), step="  ")
