"""Insertion points: places where a new key can be written into a process."""

from port_registry.languages import provenance, yaml
from port_registry.model import Insertion, Span

_STEP = "  "
"""One level of indentation where the file shows none."""
_BLOCK_STYLES = (yaml.ScalarStyle.LITERAL, yaml.ScalarStyle.FOLDED)


def insertion_for(
    text: str, entry: yaml.MergedKey, source_map: provenance.SourceMap | None
) -> Insertion | None:
    """Return the place for a new key in the process `entry`; None where there is no safe one.

    `text` is the text that was parsed; `source_map` traces it to its sources, if it is not
    the file's own.
    """
    value = entry.value
    insertion: Insertion | None = None
    if isinstance(value, yaml.Mapping) and value.pairs:
        insertion = _flow_insertion(text, value) if value.flow else _block_insertion(text, value)
    elif isinstance(value, yaml.Scalar) and yaml.is_null(value) and not value.value:
        insertion = _empty_insertion(text, entry.key)
    if insertion is None or source_map is None:
        return insertion
    position = source_map.trace_position(insertion.at.start)
    return insertion._replace(at=position) if position.path == insertion.at.path else None


def _newline(text: str) -> str:
    end = text.find("\n")
    return "\r\n" if end > 0 and text[end - 1] == "\r" else "\n"


def _line_end(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    return end - 1 if end > offset and text[end - 1] == "\r" else end


def _indent(text: str, offset: int) -> str | None:
    """Return the white space before `offset`; None where there is other text."""
    line_start = text.rfind("\n", 0, offset) + 1
    before = text[line_start:offset].removeprefix("\ufeff")
    return before if not before.strip(" ") else None


def _block_insertion(text: str, mapping: yaml.Mapping) -> Insertion | None:
    indent = _indent(text, mapping.span.start)
    last = _last_node(mapping)
    if not indent or last is None:
        return None
    end = last.span.end
    if isinstance(last, yaml.Scalar) and last.style in _BLOCK_STYLES:
        if "+" in text[last.span.start : _line_end(text, last.span.start)].partition("#")[0]:
            return None
        end = last.span.start + len(text[last.span.start : end].rstrip())
    line_end = _line_end(text, end)
    rest = text[end:line_end].strip()
    if rest and not rest.startswith("#"):
        return None
    at = Span(mapping.span.path, line_end, line_end)
    step = _inner_step(text, mapping, indent)
    return Insertion(at, indent, flow=False, newline=_newline(text), step=step)


def _inner_step(text: str, mapping: yaml.Mapping, indent: str) -> str:
    """Return one level of indentation, as the process's own values have it."""
    for pair in mapping.pairs:
        if isinstance(pair.value, yaml.Mapping) and not pair.value.flow:
            inner = _indent(text, pair.value.span.start)
            if inner is not None:
                step = inner.removeprefix(indent)
                return step if step and inner.startswith(indent) else _STEP
    return _STEP


def _last_node(node: yaml.Node) -> yaml.Node | None:
    """Return the innermost last node of a block."""
    while True:
        if isinstance(node, yaml.Mapping) and not node.flow and node.pairs:
            node = node.pairs[-1].value
        elif isinstance(node, yaml.Sequence) and not node.flow and node.items:
            node = node.items[-1]
        else:
            return node


def _flow_insertion(text: str, mapping: yaml.Mapping) -> Insertion | None:
    last = mapping.pairs[-1].value
    end = max(last.span.end, mapping.pairs[-1].span.end)
    if isinstance(last, yaml.Alias) or text[end : mapping.span.end - 1].strip():
        return None
    at = Span(mapping.span.path, end, end)
    indent = _indent(text, mapping.pairs[0].span.start) or ""
    return Insertion(at, indent, flow=True, newline=_newline(text), step=_STEP)


def _empty_insertion(text: str, key: yaml.Scalar) -> Insertion | None:
    """Return the place for the first key of the process `key`, which has none."""
    outer = _indent(text, key.span.start)
    if outer is None:
        return None
    line_end = _line_end(text, key.span.end)
    rest = text[key.span.end : line_end].lstrip(" \t\"'").removeprefix(":").strip()
    if rest and not rest.startswith("#"):
        return None
    at = Span(key.span.path, line_end, line_end)
    return Insertion(at, outer + _STEP, flow=False, newline=_newline(text), step=_STEP)
