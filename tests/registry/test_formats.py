"""The same registry in Nix, TOML and JSON, and files that are not valid registries."""

import json
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.bounded import within
from tests.registry.helpers import Texts, cut, read, shown
from tests.sizes import size

from port_registry.model import Entry, Registry, RegistryError
from port_registry.registry.read import read_registry

Tree = dict[str, "Value"]
Value = int | str | bool | list["Value"] | Tree

_keys = st.one_of(
    st.sampled_from(["redis", "port", "from", "to", "start", "end", "count", "x-start", "x-end"]),
    st.sampled_from(["description", "protocol", "openFirewall", "host", "layer", "meta", "ports"]),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=5),
).filter(lambda key: key != "_type")
_texts = st.one_of(
    st.sampled_from(["udp", "tcp/udp", "80", "1-5", "5-1", "-1", "0", "127.0.0.1", "http"]),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8),
)
_leaves = st.one_of(st.integers(-2, 70_000), _texts, st.booleans())
_trees: st.SearchStrategy[Tree] = st.dictionaries(
    _keys,
    st.recursive(
        _leaves | st.lists(_leaves, max_size=3),
        lambda inner: st.dictionaries(_keys, inner, max_size=4),
        max_leaves=8,
    ),
    max_size=5,
)


def _nix_text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("${", "\\${")
    return '"' + escaped.replace("\r", "\\r") + '"'


def _nix(value: Value) -> str:
    if isinstance(value, dict):
        inner = " ".join(f"{_nix_text(key)} = {_nix(item)};" for key, item in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list):
        return "[ " + " ".join(f"({_nix(item)})" for item in value) + " ]"
    return _nix_text(value) if isinstance(value, str) else json.dumps(value)


def _toml_text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _toml(value: Value) -> str:
    if isinstance(value, dict):
        inner = ", ".join(f"{_toml_text(key)} = {_toml(item)}" for key, item in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list):
        return "[ " + ", ".join(map(_toml, value)) + " ]"
    return _toml_text(value) if isinstance(value, str) else json.dumps(value)


def _toml_file(tree: Tree) -> str:
    """Return `tree` as TOML, with headers for its tables after all other values."""
    lines = [
        f"{_toml_text(key)} = {_toml(value)}"
        for key, value in tree.items()
        if not isinstance(value, dict)
    ]
    for key, value in tree.items():
        if isinstance(value, dict):
            lines.append(f"[ {_toml_text(key)} ]")
            lines += [f"{_toml_text(inner)} = {_toml(item)}" for inner, item in value.items()]
    return "\n".join(lines) + "\n"


def _comparable(registry: Registry) -> tuple[object, ...]:
    """Return the parts of a registry that are the same in every language."""

    def plain(entry: Entry) -> tuple[object, ...]:
        return (entry.name, entry.endpoint, entry.protocol_source, entry.description,
                entry.internal, len(entry.digits))  # fmt: skip

    return (
        sorted(map(plain, registry.entries), key=repr),
        sorted((leaf.name, leaf.flaw.value) for leaf in registry.invalid_leaves),
        sorted(note.message for note in registry.notes),
        registry.unknown,
        registry.duplicates,
    )


@settings(max_examples=size(30, 150), deadline=None)
@given(_trees)
def test_a_tree_is_the_same_registry_in_every_language(tree: Tree) -> None:
    if not tree:
        return
    registries = [
        _comparable(read(_nix(tree), "ports.nix")),
        _comparable(read(_toml_file(tree), "ports.toml")),
        _comparable(read(json.dumps(tree, ensure_ascii=False), "ports.json")),
    ]
    assert registries[0] == registries[2]
    assert registries[1] == registries[2]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("ports.toml", '\ufeff[a]\r\n"ключ😀" = 8080 # udp: 😀\r\nb = "81"\r\n'),
        ("ports.json", '\ufeff{"a": {\r\n"ключ😀": 8080,\r\n "b": "81"}}\r\n'),
        ("ports.nix", '{ a = {\r\n"ключ😀" = 8080; # udp: 😀\r\nb = "81"; }; }\r\n'),
    ],
)
def test_spans_count_code_points(path: str, text: str) -> None:
    registry = read(text, path)
    first, second = registry.entries
    assert cut(text, first.name_span) == '"ключ😀"'
    assert [cut(text, span) for span in first.digits] == ["8080"]
    assert [cut(text, span) for span in second.digits] == ["81"]
    assert first.description == ("" if path.endswith("json") else "😀")


def test_every_kind_of_toml_value() -> None:
    text = """
a.b = 1
'c d'.e = 0x10
f = { g = 1_000, h = "80" }
t = 1979-05-27 07:32:00Z
s = '''
x'''
[i.j]
k = +5
[i]
l = "\\u0038\\u0030"
[[m]]
n = 1
[m.o]
p = 1
"""
    registry = read(text, "ports.toml")
    assert shown(registry) == {
        "a.b": "1",
        '"c d".e': "16",
        "f.g": "1000",
        "f.h": "80",
        "i.j.k": "5",
        "i.l": "80",
    }
    digits = {
        entry.service: [cut(text, span) for span in entry.digits] for entry in registry.entries
    }
    assert digits == {"b": ["1"], "e": ["0x10"], "g": ["1_000"], "h": ["80"], "k": [], "l": []}
    assert registry.invalid_leaves == ()


@pytest.mark.parametrize(
    ("path", "text", "name"),
    [
        ("ports.json", '{"a": {"b": 1, "b": 2}}', ("a", "b")),
        ("ports.toml", "[a]\nb = 1\nb = 2\n", ("a", "b")),
        ("ports.toml", "a = { b = 1, b = 2 }\n", ("a", "b")),
        ("ports.toml", "[a]\nb = 1\n[a]\nc = 1\n", ("a",)),
        ("ports.toml", "a = 1\n[a]\nc = 1\n", ("a",)),
        ("ports.toml", "a = 1\na.b = 1\n", ("a",)),
        ("ports.nix", "{ a = { b = 1; b = 2; }; }", ("a", "b")),
    ],
)
def test_a_key_defined_twice_is_a_duplicate_and_the_first_one_counts(
    path: str, text: str, name: tuple[str, ...]
) -> None:
    registry = read(text, path)
    (duplicate,) = registry.duplicates
    assert duplicate.name == name
    assert cut(text, duplicate.span) == cut(text, duplicate.first)
    assert duplicate.first.start < duplicate.span.start
    assert "2" not in shown(registry).values()


@pytest.mark.parametrize(
    ("path", "text", "message", "position"),
    [
        ("ports.nix", "", "the registry is empty", (1, 1)),
        ("ports.nix", "\ufeff \r\n", "the registry is empty", (1, 1)),
        ("ports.toml", "\n", "the registry is empty", (1, 1)),
        ("ports.nix", "{\n  a = 1\n}", "invalid Nix", None),
        ("ports.nix", "[ 1 ]", "the registry is not a set of attributes", (1, 1)),
        ("ports.nix", "80", "the registry is not a set of attributes", (1, 1)),
        ("ports.nix", "let x = x; in x", "the registry cannot be evaluated", None),
        ("ports.nix", 'throw "no"', "the registry cannot be evaluated", None),
        ("ports.nix", "import ./ports.nix", "the registry cannot be evaluated", None),
        ("ports.toml", "a = 1\nb = = 2\n", "invalid TOML", (2, 5)),
        ("ports.toml", "a = " + "[" * 5000, "nested too deeply", None),
        ("ports.toml", "a = " + "{b=" * 100 + "1" + "}" * 100, "nested too deeply", None),
        ("ports.toml", "a = " + "9" * 5000, "a number is too long", None),
        ("ports.json", '{\n "a": 1,\n}', "invalid JSON", None),
        ("ports.json", "[1]", "the registry is not a set of attributes", (1, 1)),
        ("ports.json", "[" * 100_000, "nested too deeply", None),
        ("ports.json", '{"a":' * 100 + "1" + "}" * 100, "nested too deeply", None),
        ("ports.yaml", "a: 1", "unknown registry format", None),
        ("absent.nix", "{ }", "there is no such file", None),
    ],
)
def test_unreadable_registries(
    path: str, text: str, message: str, position: tuple[int, int] | None
) -> None:
    reader = Texts({"ports.nix" if path == "absent.nix" else path: text})
    with pytest.raises(RegistryError) as caught:
        read_registry(reader, path, None)
    assert message in caught.value.message
    assert caught.value.path == path
    if position is not None:
        assert caught.value.position == position


def test_long_numbers() -> None:
    digits = "9" * 400
    for path, text in (("p.json", f'{{"a": {digits}}}'), ("p.toml", f"a = {digits}"),
                       ("p.nix", f'{{ a = "{digits}"; }}')):  # fmt: skip
        (leaf,) = read(text, path).invalid_leaves
        assert len(leaf.text) <= 40


@pytest.mark.parametrize("path", ["p.nix", "p.json", "p.toml"])
def test_an_attribute_path_leads_to_the_set(path: str) -> None:
    tree: Tree = {"my": {"net": {"a": 1}, "x": 5}, "b": 2}
    text = {"p.nix": _nix, "p.toml": _toml_file, "p.json": json.dumps}[path](tree)
    assert shown(read(text, path, ("my", "net"))) == {"a": "1"}
    for wrong, message in ((("my", "ne"), "no attribute `my.ne`"), (("b",), "not a set")):
        with pytest.raises(RegistryError, match=message):
            read(text, path, wrong)


def _entries(text: str, path: str) -> tuple[Entry, ...]:
    """Return the entries of a registry; none where it cannot be read."""
    try:
        return read(text, path).entries
    except RegistryError:
        return ()


@settings(max_examples=size(60, 300), deadline=None)
@given(st.text(st.sampled_from("ab\"'=.[]{},:# \n\r\\0179-_+\ufeff😀tru"), max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for path in ("p.toml", "p.json", "p.nix"):
        for entry in _entries(text, path):
            for span in entry.digits:
                assert cut(text, span)


@settings(max_examples=size(20, 100), deadline=None)
@given(_trees, st.integers(0, 200), st.integers(0, 5), st.text(max_size=3))
def test_damaged_text_is_read_or_refused(tree: Tree, at: int, removed: int, inserted: str) -> None:
    written = {"p.nix": _nix(tree), "p.toml": _toml_file(tree), "p.json": json.dumps(tree)}
    for path, text in written.items():
        damaged = text[:at] + inserted + text[at + removed :]
        for entry in _entries(damaged, path):
            assert cut(damaged, entry.name_span)


@pytest.mark.slow
@pytest.mark.parametrize("path", ["p.nix", "p.toml", "p.json"])
def test_ten_thousand_entries(path: str) -> None:
    tree: Tree = {
        f"category{major}": {f"service{minor}": 1 + major * 100 + minor for minor in range(100)}
        for major in range(100)
    }
    text = {"p.nix": _nix, "p.toml": _toml_file, "p.json": json.dumps}[path](tree)
    read(text, path)
    with within(3):
        registry = read(text, path)
    assert len(registry.entries) == 10_000
    tracemalloc.start()
    read(text, path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000_000
