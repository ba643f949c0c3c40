"""The parser of plain Nix, held against the grammar and against what Nix makes of the text."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from port_registry.languages.nix import tree
from port_registry.languages.nix.grammar import read_grammar
from port_registry.languages.nix.parse import parse
from port_registry.languages.nix.plain_parse import parse_plain
from port_registry.model import Source
from tests.languages.nix.registries import generate
from tests.languages.nix.test_fuzz import FRAGMENTS

ROOT = Path(__file__).parents[3]
FILES = sorted(
    os.path.join(folder, name)
    for start in ("examples", "nix", "templates", "tests")
    for folder, _, names in os.walk(ROOT / start)
    for name in names
    if name.endswith(".nix")
)

SNIPPETS = [
    "x: y: x y",
    "{ a, b ? 1, ... }@all: all",
    "all@{ a, b, }: a",
    "{ }: 1",
    "a.b.c or d.e or f",
    'a."b".${c}.d',
    "(a.b).c",
    "rec { a = 1; }\n  .a",
    "with a; assert b; if c then d else e",
    'let a = 1; inherit b; inherit (c) d "e"; in a',
    "f (-1) -2 [ a (b c) { } ]",
    "!a.b && c ? d.e -> f || g != h ++ [ ] // { }",
    "a + b * c - d / e < f",
    "-a ++ b",
    "./a + ../b/c.nix + /d + ~/e + f/g + <nixpkgs/lib>",
    "./a/${b}/c.nix + ../${d} + /${e}",
    '"a ${b} \\${c} $${d} $" + "x\\n"',
    "''\n  a ${b}\n    ''${c} ''' ''\\n $$ $\n''",
    "[ 1.5 0.5 1.0e-2 10 ]",
    '{ a.b.c = 1; a.b.d = { }; a.e = f: f; "g h" = 1; ${i} = 2; }',
    "/* a */ { # b\n /* c */ a = /* d */ 1; # e\n } # f",
    "{ /* a */ b, # c\n d }: b",
    "a//b",
    "import ./a.nix { inherit b; }",
]


def _is_read_alike(text: str) -> bool:
    """Return whether both parsers come to the same, or one of them cannot read `text`."""
    source = Source("a.nix", text)
    plain, file = parse_plain(source), read_grammar(source)
    if plain is None or file.root is None:
        return True
    if plain.is_closed and file.errors:
        return False
    return (plain.root, plain.comments) == (file.root, file.comments) and not file.duplicates


@pytest.mark.parametrize("text", SNIPPETS)
def test_what_nix_is_made_of_is_plain(text: str) -> None:
    source = Source("a.nix", text)
    plain, file = parse_plain(source), read_grammar(source)
    assert plain is not None
    assert (plain.root, plain.comments) == (file.root, file.comments)


@pytest.mark.parametrize("path", FILES, ids=[os.path.relpath(path, ROOT) for path in FILES])
def test_the_files_of_this_project_are_plain_or_broken(path: str) -> None:
    source = Source("a.nix", Path(path).read_text(encoding="utf-8"))
    file = read_grammar(source)
    plain = parse_plain(source)
    if plain is None:
        assert file.root is None or file.duplicates
    else:
        assert (plain.root, plain.comments) == (file.root, file.comments)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "{ a = 1 }",
        "{ a = 1; a = 2; }",
        "{ a, a }: 1",
        "{ a }@a: 1",
        "let ${a} = 1; in 2",
        "a < b < c",
        "a == b == c",
        "a ? b ? c",
        "a + !b",
        "{ let = 1; }",
        "a or b",
        "./a/",
        "./a/${b}/",
        "http://a",
        "x:y",
        "let { body = 1; }",
        "'' a",
        '"a',
        '"a\\',
        "''a ''\\",
        "/* a",
        "a\0",
        "a # \r\n",
        "99999999999999999999",
        "a@b: c",
        "{ a }:",
        "{ a }@b:c",
        "a |> b",
    ],
)
def test_all_else_is_left_to_the_grammar(text: str) -> None:
    assert parse_plain(Source("a.nix", text)) is None


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=12), st.sampled_from(["", " "]))
@settings(max_examples=500, deadline=None)
def test_any_heap_of_fragments_is_read_alike(fragments: list[str], between: str) -> None:
    text = between.join(fragments)
    # The grammar takes a comment for a part of the path before it.
    assert "/*" in text or _is_read_alike(text)


@given(st.integers(0, 2**32), st.data())
@settings(max_examples=200, deadline=None)
def test_any_mutation_of_a_registry_is_read_alike(seed: int, data: st.DataObject) -> None:
    text = generate(seed, "r").text
    for _ in range(data.draw(st.integers(0, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 5)))
        text = text[:start] + data.draw(st.sampled_from(FRAGMENTS)) + text[end:]
    assert "/*" in text or _is_read_alike(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("''${b}''$'${b}'c''", ["$'", "'c"]),
        ("''a''''${b}''", ["a'''"]),
    ],
)
def test_quotes_next_to_an_interpolation_are_read_as_nix_reads_them(
    text: str, meant: list[str]
) -> None:
    file = parse(Source("a.nix", f"b: {text}"))
    assert file.errors == ()
    assert isinstance(file.root, tree.LambdaExpression)
    assert isinstance(file.root.body, tree.Str)
    parts = file.root.body.parts
    assert [part.traced.text for part in parts if isinstance(part, tree.TextPart)] == meant


def test_a_comment_after_a_path_is_no_part_of_it() -> None:
    file = parse(Source("a.nix", "[\n  ./a\n/* ./b */c ]".replace("c", "true")))
    assert file.errors == ()
    assert isinstance(file.root, tree.ListLiteral)
    assert [type(item) for item in file.root.items] == [tree.PathLiteral, tree.VarNode]


@pytest.mark.parametrize(
    ("text", "is_closed"),
    [
        ("a: { b = a; c = map; d = __e; }", True),
        ("{ b = a; }", False),
        ("let a = 1; b = a; in b", True),
        ("let inherit (a) b; in b", False),
        ("a: let inherit a; b = a; in a + b", True),
        ("let inherit a; in a", False),
        ("rec { a = b; b = { inherit a; }; }", True),
        ("rec { a = { inherit b; }; }", False),
        ("rec { inherit a; }", False),
        ("{ a ? b, b }@c: c", True),
        ("{ a ? c }: a", False),
        ("(a: a) a", False),
        ("a: with a; b.c", True),
        ("with a; b", False),
        ("a: (with a; b) c", False),
        ('a: "${b}"', False),
        ("a: { ${b} = 1; }", False),
    ],
)
def test_a_closed_file_uses_no_undefined_name(text: str, is_closed: bool) -> None:
    source = Source("a.nix", text)
    plain = parse_plain(source)
    assert plain is not None
    assert plain.is_closed == is_closed
    assert bool(parse(source).errors) != is_closed


def test_names_of_merged_sets_are_looked_up_where_nix_does() -> None:
    merged = "{ a = { b = 1; }; a = rec { c = d; d = 1; }; }"
    plain = parse_plain(Source("a.nix", merged))
    assert plain is not None
    assert not plain.is_closed
    assert [error.message for error in parse(Source("a.nix", merged)).errors] == [
        "`d` is not defined"
    ]
