"""Spans of the parts of a scalar's value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from port_registry.languages.yaml import Mapping, Scalar, parse
from port_registry.model import TracedText


def value_of(text: str) -> TracedText:
    root = parse("f", text).root
    assert isinstance(root, Mapping)
    node = root.pairs[0].value
    assert isinstance(node, Scalar)
    value = node.traced()
    assert value.text == node.value
    return value


@pytest.mark.parametrize(
    "text",
    [
        "a: run --port 6379\n",
        "a: 'run --port 6379'\n",
        'a: "run --port 6379"\n',
        "a: 'it''s --port 6379'\n",
        "a: \"it\\'s \\\\ it\\'s --port 6379\"\nb: \"\\'\"\nc: it\\'s",
        'a: "x\\"y\\u00e9 --port 6379 \\n"\n',
        "a: run\n  --port\n  6379\n",
        "a: 'run\n\n  --port 6379'\n",
        'a: "run \\\n  --port 6379"\n',
        "a: |\n  run\n\n    --port 6379\n",
        "a: |2-\n   run --port 6379\n\n",
        "a: |+\n  run --port 6379\n\n",
        "a: >\n  run\n  --port 6379\n\n  x\n",
        "a: >-\n  run\n    deep\n  --port 6379\n",
        "a: >+\n\n  run\n\n\n  --port 6379\n\n",
        "a: |\r\n  run\r\n  --port 6379\r\n",
        "a: >\r\n  run\r\n  --port 6379\r\n",
        "a: 'x\r\n  --port 6379'\r\n",
        "\ufeffa: 😀 --port 6379\n",
        "a: &x !!str 6379\n",
        "a: |  # why\n  --port 6379",
        "a: run\n  --flag  \n  \n  --port 6379 # c\n",
    ],
)
def test_digits_have_their_span(text: str) -> None:
    value = value_of(text)
    at = value.text.index("6379")
    span = value.locate(at, at + 4)
    assert span is not None
    assert text[span.start : span.end] == "6379"
    assert span.start == text.index("6379")


def test_an_escaped_digit_cannot_be_edited() -> None:
    traced = value_of('a: "637\\x39"\n')
    assert traced.text == "6379"
    assert traced.locate(0, 4) is None
    origin = traced.origin(3)
    assert origin is not None
    assert (origin.start, origin.end) == (7, 11)


lines = st.lists(st.sampled_from(["", "a", " b", "  c d", "\te", "6379", "x # y"]), max_size=6)


@given(lines, st.sampled_from(["|", ">", "|-", ">-", "|+", ">+", "|1", ">1"]), st.booleans())
def test_blocks_are_aligned_exactly(body: list[str], header: str, crlf: bool) -> None:
    text = f"a: {header}\n" + "".join(f" {line}\n" if line else "\n" for line in body) + "b: c\n"
    text = text.replace("\n", "\r\n") if crlf else text
    if parse("f", text).root is None:
        return
    traced = value_of(text)
    digits = traced.text.find("6379")
    if digits >= 0:
        span = traced.locate(digits, digits + 4)
        assert span is not None
        assert text[span.start : span.end] == "6379"


def test_blanks_before_a_folded_line_end_are_dropped() -> None:
    for quote in ('"', "'", ""):
        text = f"a: {quote}x  y \t\n   6379  \r\n\r\n  z{quote}\n"
        traced = value_of(text)
        assert traced.text == "x  y 6379\nz"
        span = traced.locate(5, 9)
        assert span is not None
        assert text[span.start : span.end] == "6379"
