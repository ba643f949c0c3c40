"""Guards against absent attributes: `or`, `?` and `hasAttr` in the text around a reference."""

import re
from collections.abc import Iterable

from port_registry.model import Source, Span


def has_fallback(source: Source, span: Span) -> bool:
    """Return whether `or …` is after the reference at `span`."""
    return re.compile(r"\s+or\b(?!\s*[=.;])").match(source.text, span.end) is not None


def is_tested_for(source: Source, steps: Iterable[str]) -> bool:
    """Return whether the file tests somewhere if an attribute named as one of `steps` exists."""
    return any(
        re.search(pattern.format(name=re.escape(step)), source.text)
        for step in steps
        for pattern in _EXISTENCE_TESTS
    )


_EXISTENCE_TESTS = (
    r"\?\s*(?:[\w.'\"-]|\$\{{[^}}]{{0,80}}\}})*(?<![\w'-])\"?{name}(?![\w'-])",
    r"\b(?:hasAttr|attrByPath|hasAttrByPath)\b[^;]{{0,200}}\"{name}\"",
    r"\btryEval\b[^;]{{0,200}}[.\"]{name}(?![\w'-])",
)
"""Patterns of tests for an attribute that may be absent."""
