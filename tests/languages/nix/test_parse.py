"""Syntax trees: nodes, spans and errors."""

import pytest

from port_registry.languages.nix import tree
from port_registry.languages.nix.parse import parse
from port_registry.model import Source
from tests.bounded import within


def file(text: str) -> tree.File:
    return parse(Source("ports.nix", text))


def root(text: str) -> tree.Node:
    parsed = file(text)
    assert parsed.errors == ()
    assert parsed.root is not None
    return parsed.root


def text_of(source: str, node: tree.Node) -> str:
    return source[node.span.start : node.span.end]


def the_set(text: str) -> tree.Set:
    node = root(text)
    assert isinstance(node, tree.Set)
    return node


def test_the_spans_of_a_binding() -> None:
    text = "# é 😀\n{\n  databases.redis = 6379; # cache\n}\n"
    outer = the_set(text).definitions["databases"]
    assert isinstance(outer.node, tree.Set)
    inner = outer.node.definitions["redis"]
    assert text[inner.name_span.start : inner.name_span.end] == "redis"
    assert text[outer.name_span.start : outer.name_span.end] == "databases"
    assert text[inner.span.start : inner.span.end] == "databases.redis = 6379;"
    assert text_of(text, inner.node) == "6379"


def test_comments_are_kept_in_order_with_their_spans() -> None:
    text = "/* a */ { # b\n x = 1; # c\n}\n# d"
    comments = file(text).comments
    assert [comment.text for comment in comments] == ["/* a */", "# b", "# c", "# d"]
    assert all(text[c.span.start : c.span.end] == c.text for c in comments)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1", tree.IntLiteral),
        ("1.5", tree.FloatLiteral),
        ("http://a.b/c", tree.Uri),
        ("true", tree.VarNode),
        ('"a"', tree.Str),
        ("''a''", tree.Str),
        ("./a", tree.PathLiteral),
        ("~/a", tree.PathLiteral),
        ("<nixpkgs/lib>", tree.SearchPath),
        ("[ 1 ]", tree.ListLiteral),
        ("rec { }", tree.Set),
        ("let in 1", tree.Let),
        ("with { }; 1", tree.With),
        ("assert true; 1", tree.Assert),
        ("if true then 1 else 2", tree.If),
        ("{ a, b ? 1, ... }@x: 1", tree.LambdaExpression),
        ("x@{ a }: 1", tree.LambdaExpression),
        ("map 1", tree.Apply),
        ("{ }.a or 1", tree.Select),
        ("{ } ? a.b", tree.HasAttr),
        ("-1", tree.Unary),
        ("1 + 1", tree.Binary),
        ("let { body = 1; }", tree.Select),
    ],
)
def test_the_node_of_each_construct_spans_its_text(text: str, kind: type) -> None:
    padded = f" /* x */ {text} # y\n"
    node = root(padded)
    assert isinstance(node, kind)
    assert text_of(padded, node) == text


def test_parentheses_are_not_part_of_the_node() -> None:
    text = "( (1 + 2) )"
    assert text_of(text, root(text)) == "1 + 2"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"a\\nb"', "a\nb"),
        ('"\\${x}$${y}"', "${x}$${y}"),
        ('"a\r\nb"', "a\nb"),
        ("''\n  a\n    b\n  c''", "a\n  b\nc"),
        ("''\n  a ''$ ''' ''\\n b\n''", "a $ '' \nb\n"),
        ("''\n    a\n  ''", "a\n"),
        ("''\n    a\n\n      \n   b\n  c''", "  a\n\n    \n b\nc"),
        ("''  a\n b  \n     ''", " a\nb  \n"),
        ("''\n  it's\n    'b\n''", "it's\n  'b\n"),
        ("''a\n  b''", "a\n  b"),
        ("''\n\n   ''", "\n"),
        ("'''' + ''''", None),
    ],
)
def test_the_text_of_a_string_and_its_verbatim_segments(text: str, expected: str | None) -> None:
    node = root(text)
    if expected is None:
        assert isinstance(node, tree.Binary)
        return
    assert isinstance(node, tree.Str)
    (part,) = node.parts
    assert isinstance(part, tree.TextPart)
    assert part.traced.text == expected
    for piece in part.traced.segments:
        if piece.verbatim:
            assert text[piece.span.start : piece.span.end] == piece.text


@pytest.mark.parametrize(
    ("text", "message", "code"),
    [
        ("{\n  a = 1\n  b = 2;\n}", "expected `;` after this value", "1"),
        ("{ a = 1; b = f 2 }", "expected `;` after this value", "f 2"),
        ("{ a = f x\n  b.c = 2; }", "expected `;` after this value", "f x"),
        ("{ a = ; }", "expected a value here, not `;`", ";"),
        ("{ a 1; }", "expected `=` after this name, not `1`", "a"),
        ("{ a = 1; ", "this `{` is never closed", "{"),
        ("{ a = [ 1; }", "expected `]` to close `[`, not `;`", ";"),
        ('{ a = "x; }', "this string is never closed", '"'),
        ("{ a = ''x; }", "this string is never closed", "''"),
        ("{ a = 1; /* x }", "this comment is never closed", "/*"),
        ("let a = 1; a", "expected `in` or another binding here", "a"),
        ("if true then 1", "this `if` has no `else`", "if"),
        ("{ a = 1; } }", "unexpected `}` after the end of the expression", "}"),
        ("{ a = §; }", "`§` has no meaning in Nix here", "§"),
        ("{ let = 1; }", "expected a name here, not `let`", "let"),
        ("\ufeff{ }", "Nix does not accept a byte order mark", "\ufeff"),
        ("", "the file is empty: expected an expression", ""),
        ("# only a comment\n", "the file is empty: expected an expression", ""),
        ("{ a = nope; }", "`nope` is not defined", "nope"),
        ("{ a, a }: 1", "the argument `a` is named twice", "a"),
        ("{ a = ./x/; }", "a path must not end in `/`", "./x/"),
        (
            "{ a = " + "9" * 400 + "; }",
            "this integer is too large for Nix, whose largest is 9223372036854775807",
            "9" * 400,
        ),
    ],
)
def test_the_message_and_the_span_of_an_error(text: str, message: str, code: str) -> None:
    (problem, *_) = file(text).errors
    assert problem.message == message
    assert text[problem.span.start : problem.span.end] == code


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("{ a = 1; a = 2; }", ("a",)),
        ("{ a.b = 1; a = 2; }", ("a",)),
        ("{ x = { a.b = 1; a.b = 2; }; }", ("x", "a", "b")),
        ("{ a = { b = 1; }; a.b = 2; }", ("a", "b")),
        ("{ lib }: { a.b = { c = 1; c = 2; }; }", ("a", "b", "c")),
        ("let a = 1; in { inherit a; a = 2; }", ("a",)),
    ],
)
def test_a_second_definition_is_reported_with_both_places(text: str, name: tuple[str, ...]) -> None:
    (duplicate,) = file(text).duplicates
    assert duplicate.name == name
    assert duplicate.first.start < duplicate.span.start
    assert text[duplicate.span.start : duplicate.span.end].endswith(name[-1])


@pytest.mark.parametrize(
    "text",
    [
        "{ a.b = 1; a.c = 2; }",
        "{ a = { b = 1; }; a.c = 2; }",
        "{ a = { b = 1; }; a = { c = 2; }; }",
    ],
)
def test_sets_in_parts_are_one_set(text: str) -> None:
    parsed = file(text)
    assert parsed.duplicates == ()
    inner = the_set(text).definitions["a"].node
    assert isinstance(inner, tree.Set)
    assert list(inner.definitions) == ["b", "c"]


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000 + "1" + ")" * 10_000,
        "[" * 100_000 + "]" * 100_000,
        "{a=" * 10_000 + "1" + ";}" * 10_000,
        "(" * 100_000,
        "1" + "+1" * 200_000,
        "1" + " + 1" * 50_000,
        '"${' * 50_000,
        "x: " * 50_000 + "1",
        "a." * 200_000 + "b",
    ],
    ids=["parentheses", "lists", "sets", "open", "tight", "sum", "holes", "functions", "path"],
)
def test_too_deep_nesting_is_an_error(text: str) -> None:
    with within(10):
        (problem, *_) = file(text).errors
    assert 0 <= problem.span.start <= len(text)


@pytest.mark.slow
def test_ten_thousand_entries_on_one_line_are_read_quickly() -> None:
    text = "{ " + " ".join(f"é.x{n} = {n}; /* é */" for n in range(1)) + "}"
    assert file(text).errors != ()
    text = "{ " + " ".join(f"a.x{n} = {n}; /* é */" for n in range(10_000)) + "}"
    with within(5):
        parsed = file(text)
    assert parsed.errors == ()
    assert len(parsed.comments) == 10_000
