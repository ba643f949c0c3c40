"""Whether the text around a reference provides for what it names being absent."""

import re
from collections.abc import Iterable

from port_registry.model import Source, Span


def has_fallback(source: Source, span: Span) -> bool:
    """Return whether `or …` stands behind the reference at `span`."""
    return re.compile(r"\s+or\b(?!\s*[=.;])").match(source.text, span.end) is not None


def is_asked_for(source: Source, steps: Iterable[str]) -> bool:
    """Return whether the file asks somewhere if there is an attribute called as one of `steps`."""
    return any(
        re.search(way.format(name=re.escape(step)), source.text)
        for step in steps
        for way in _QUESTIONS
    )


_QUESTIONS = (
    r"\?\s*(?:[\w.'\"-]|\$\{{[^}}]{{0,80}}\}})*(?<![\w'-])\"?{name}(?![\w'-])",
    r"\b(?:hasAttr|attrByPath|hasAttrByPath)\b[^;]{{0,200}}\"{name}\"",
    r"\btryEval\b[^;]{{0,200}}[.\"]{name}(?![\w'-])",
)
"""How Nix code asks for an attribute that may be absent."""
