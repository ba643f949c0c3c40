"""TOML and JSON documents: the values that the standard library reads, with their places."""

import json
import tomllib
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from port_registry.languages.data_tree import (
    BoolNode,
    DataSyntaxError,
    IntNode,
    ListNode,
    Node,
    OtherNode,
    StringNode,
    TableNode,
)
from port_registry.languages.json import JsonDocument, parse_json
from port_registry.languages.toml import TomlDocument, parse_toml
from port_registry.model import Source
from tests.bounded import within

_Parse = Callable[[Source], TomlDocument] | Callable[[Source], JsonDocument]
Value = dict[str, "Value"] | list["Value"] | str | bool | int | float | None

_texts = st.text(st.characters(codec="utf-8", exclude_characters="\0\x7f"), max_size=6)
_leaves = st.one_of(_texts, st.booleans(), st.integers(-(2**63), 2**63), st.floats(0.5, 9.5))


def _trees(leaves: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    inner: st.SearchStrategy[Value] = st.recursive(
        leaves,
        lambda below: st.lists(below, max_size=3) | st.dictionaries(_texts, below, max_size=3),
        max_leaves=8,
    )
    return st.dictionaries(_texts, inner, max_size=4)


def _plain(node: Node) -> Value:
    """Return the value of `node`; of what is none of ports, dates and floats, its kind."""
    if isinstance(node, TableNode):
        return {item.key: _plain(item.node) for item in node.items}
    if isinstance(node, ListNode):
        return [_plain(item) for item in node.items]
    if isinstance(node, StringNode):
        return node.text
    if isinstance(node, (IntNode, BoolNode)):
        return node.value
    assert isinstance(node, OtherNode)
    return node.kind


def _kinds(value: Value) -> Value:
    """Return `value` as `_plain` does."""
    if isinstance(value, dict):
        return {key: _kinds(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_kinds(one) for one in value]
    if value is None:
        return "null"
    if isinstance(value, (str, int)):
        return value
    return "a float" if isinstance(value, float) else "a date"


def _toml(value: Value) -> str:
    if isinstance(value, dict):
        inner = ", ".join(f"{_toml(key)} = {_toml(one)}" for key, one in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _toml_file(tree: Value) -> str:
    assert isinstance(tree, dict)
    return "".join(f"{_toml(key)} = {_toml(value)}\n" for key, value in tree.items())


def _read(parse: _Parse, text: str) -> Node:
    document = parse(Source("a", text))
    assert document.duplicates == ()
    return document.root


@given(_trees(_leaves))
def test_toml_is_what_the_standard_library_reads(tree: Value) -> None:
    assert _plain(_read(parse_toml, _toml_file(tree))) == _kinds(tree)


@given(_trees(_leaves | st.none()))
def test_json_is_what_the_standard_library_reads(tree: Value) -> None:
    for indent in (None, 2):
        assert _plain(_read(parse_json, json.dumps(tree, indent=indent))) == _kinds(tree)


_ALL_WAYS = '''\
title = "x" # first
a.b."c.d" = 0x1F
'quoted key' = 1_000
inline = { x = 1, y.z = [ 1, 2 ] }
long = """
one \\
  two"""
literal = \'\'\'
x\'\'\'
when = 1979-05-27 07:32:00Z
[table] # second
key = -5
[table.below]
key = inf
[[list]]
key = 1
[list.inner]
key = 2
[[list]]
key = 3
'''


def test_toml_in_all_its_ways() -> None:
    document = parse_toml(Source("a", _ALL_WAYS))
    assert _plain(document.root) == _kinds(tomllib.loads(_ALL_WAYS))
    assert [comment.text for comment in document.comments] == [" first", " second"]


def _places(text: str, node: Node) -> dict[str, str]:
    """Return the texts at the places of all keys, and of the values that are not tables."""
    if isinstance(node, ListNode):
        return {key: value for item in node.items for key, value in _places(text, item).items()}
    if not isinstance(node, TableNode):
        return {}
    found: dict[str, str] = {}
    for item in node.items:
        key = text[item.key_span.start : item.key_span.end]
        if not isinstance(item.node, TableNode):
            found[key] = text[item.node.span.start : item.node.span.end]
        found |= _places(text, item.node)
    return found


def test_places_are_those_of_keys_and_values() -> None:
    places = _places(_ALL_WAYS, parse_toml(Source("a", _ALL_WAYS)).root)
    assert places == {
        "title": '"x"',
        '"c.d"': "0x1F",
        "'quoted key'": "1_000",
        "x": "1",
        "z": "[ 1, 2 ]",
        "long": '"""\none \\\n  two"""',
        "literal": "'''\nx'''",
        "when": "1979-05-27 07:32:00Z",
        "list": "[[list]]",
        "key": "3",
    }
    text = '{"a": [1, {"b\\n": "c"}], "d": null}'
    assert _places(text, parse_json(Source("a", text)).root) == {
        '"a"': '[1, {"b\\n": "c"}]',
        '"b\\n"': '"c"',
        '"d"': "null",
    }


@pytest.mark.parametrize(
    "text", ["a = 1\na = 2\n", "a = { b = 1, b = 2 }\n", "[a]\n[a]\n", "a = 1\n[a]\n", "a=1\na.b=2"]
)
def test_a_key_that_is_defined_twice(text: str) -> None:
    (duplicate,) = parse_toml(Source("a", text)).duplicates
    assert duplicate.first.start < duplicate.span.start


def test_a_key_of_json_that_is_defined_twice() -> None:
    (duplicate,) = parse_json(Source("a", '{"a": {"b": 1, "b": 2}}')).duplicates
    assert duplicate.name == ("a", "b")


@pytest.mark.parametrize("parse", [parse_toml, parse_json])
@given(text=st.text(st.sampled_from("ab\"'=.[]{},:# \n\r\\0179-_+\ufeff😀tru"), max_size=40))
def test_any_text_is_read_or_refused(parse: _Parse, text: str) -> None:
    with suppress(DataSyntaxError):
        parse(Source("a", text))


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (parse_toml, ".".join(["a"] * 20_000) + " = 1"),
        (parse_toml, f"[{'.'.join(['a'] * 20_000)}]\nb = 1"),
        (parse_toml, f"a = {{ {'.'.join(['a'] * 20_000)} = 1 }}"),
        (parse_toml, "a = " + "[" * 100_000),
        (parse_toml, "a = " + "{a=" * 100_000),
        (parse_json, "[" * 100_000),
        (parse_json, '{"a":' * 100 + "1" + "}" * 100),
    ],
)
def test_what_is_nested_too_deeply_is_refused_at_once(parse: _Parse, text: str) -> None:
    with within(2), pytest.raises(DataSyntaxError, match="nested too deeply"):
        parse(Source("a", text))


@pytest.mark.slow
def test_many_keys_that_are_defined_twice() -> None:
    with within(10):
        assert len(parse_toml(Source("a", "a = 1\n" * 50_000)).duplicates) == 49_999
