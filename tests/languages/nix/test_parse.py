"""Syntax trees: nodes, spans and errors."""

import threading

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
        ("./a//b", "cannot be read without spaces around its `//`", "./a//b"),
        ("1 + x: x", "`x` needs parentheses around it here", "x"),
        ("1 // { a, b }: a", "`{` needs parentheses around it here", "{"),
        ("1 + if 2 then 3 else 4", "`if` needs parentheses around it here", "if"),
        ("{ a = (f x) # y\n  b = 2; }", "expected `;` after this value", "(f x)"),
        ('{ a = 1 + f x\n  "b c" = 2; }', "expected `;` after this value", "1 + f x"),
        ("{ a = [ 1 ]\n  b = 2; }", "expected `;` after this value", "[ 1 ]"),
        ("{ a == 1; }", "expected `=` after this name, not `==`", "a"),
        ("{ a.let = 1; }", "expected a name here, not `let`", "let"),
        ("{ inherit a b = 1; }", "expected `;` after these names", "inherit a b"),
        ("{ inherit (a }", "expected `)` to close `(`, not `}`", "}"),
        ("{ a, 1 }: a", "expected the name of an argument, not `1`", "1"),
        ("{ a }@b, a", "expected `:` after the arguments of a function, not `,`", ","),
        ("a@b: a", "expected the arguments of a function, not `b`", "b"),
        ("{ a }@a: a", "the argument `a` is named twice", "a"),
        ("rec 1", "expected `{` after this `rec`, not `1`", "rec"),
        ("with 1 2", "expected `;` after this `with`", "with"),
        ("if true 1", "this `if` has no `then`", "if"),
        ("let a = 1; }", "this `let` has no `in`", "let"),
        ("1 < 2 < 3", "`<` cannot follow such an operator without parentheses", "<"),
        ("a: a |> a <| a", "`<|` cannot follow such an operator without parentheses", "<|"),
        ("let ${null} = 1; in 2", "`let` does not accept computed names", "${null}"),
        ("{ inherit ${null}; }", "`inherit` does not accept computed names", "${null}"),
        ("map or [ ]", "`or` is not defined", "or"),
        ("or", "expected a value here, not `or`", "or"),
        ("()", "expected a value here, not `)`", ")"),
        ('"a\0"', "the character U+0000 has no meaning in Nix here", "\0"),
        ("# a\0", "the character U+0000 has no meaning in Nix here", "\0"),
        ("# a\rb", "`b` is not defined", "b"),
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
        "{ }.a or " * 10_000,
        "1 -> " * 10_000,
        "- " * 10_000,
        "map " * 10_000,
    ],
    ids=range(12),
)
def test_too_deep_nesting_is_an_error(text: str) -> None:
    with within(1):
        (problem,) = file(text).errors
    assert problem.message == "nested too deeply here"
    assert 0 <= problem.span.start < len(text)


@pytest.mark.parametrize(
    ("before", "after"),
    [("(", ")"), ("{ a = ", "; }"), ('"${', '}"'), ("x: ", ""), ("1 -> ", ""), ("- ", ""),
     ("if true then 1 else ", ""), ("let a = ", "; in a"), ("{ }.a or ", ""), ("1 + ", "")],
)  # fmt: skip
def test_nesting_without_reason_needs_little_stack(before: str, after: str) -> None:
    files: list[tree.File] = []
    size = threading.stack_size(128 * 1024)
    try:
        text = before * 1_900 + "1" + after * 1_900
        reader = threading.Thread(target=lambda: files.append(file(text)))
        reader.start()
        reader.join()
    finally:
        threading.stack_size(size)
    assert files[0].errors == ()


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "/*" * 500_000,
        "[" * 1_000_000,
        "''" * 500_000,
        "${" * 500_000,
        "{a=/*" * 200_000,
        "a-b.c+" * 160_000,
        "[" + ".5" * 500_000 + "]",
        "[" + "x.y'" * 250_000 + "]",
        "[" + "{ }./*" * 160_000,
        "{" + "a={b=1;b=1;};" * 70_000 + "}",
        "{" + "a," * 500_000,
        "a." * 500_000 + "b",
    ],
    ids=range(12),
)
def test_the_time_is_proportional_to_the_length(text: str) -> None:
    with within(8):
        file(text)


@pytest.mark.slow
def test_ten_thousand_entries_on_one_line_are_read_quickly() -> None:
    text = "{ " + " ".join(f"é.x{n} = {n}; /* é */" for n in range(1)) + "}"
    assert file(text).errors != ()
    text = "{ " + " ".join(f"a.x{n} = {n}; /* é */" for n in range(10_000)) + "}"
    with within(5):
        parsed = file(text)
    assert parsed.errors == ()
    assert len(parsed.comments) == 10_000


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
    function = root(f"b: {text}")
    assert isinstance(function, tree.LambdaExpression)
    assert isinstance(function.body, tree.Str)
    parts = function.body.parts
    assert [part.traced.text for part in parts if isinstance(part, tree.TextPart)] == meant


def test_a_comment_after_a_path_is_no_part_of_it() -> None:
    items = root("[\n  ./a\n/* ./b */true ]")
    assert isinstance(items, tree.ListLiteral)
    assert [type(item) for item in items.items] == [tree.PathLiteral, tree.VarNode]


@pytest.mark.parametrize("text", ["a |> b c |> d", "d <| b c <| a"])
def test_a_pipe_is_a_call(text: str) -> None:
    node = root(f"{{ a, b, c, d }}: {text}")
    assert isinstance(node, tree.LambdaExpression)
    assert isinstance(node.body, tree.Apply)
    inner = node.body.argument
    assert isinstance(node.body.function, tree.VarNode)
    assert isinstance(inner, tree.Apply)
    assert isinstance(inner.function, tree.Apply)
    assert isinstance(inner.argument, tree.VarNode)
    assert (node.body.function.name, inner.argument.name) == ("d", "a")


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
        ("let { a = b; b = body; body = a; }", True),
        ("let { a = b; }", False),
        ("{ a ? b, b }@c: c", True),
        ("{ a ? c }: a", False),
        ("(a: a) a", False),
        ("a: with a; b.c", True),
        ("with a; b", False),
        ("a: (with a; b) c", False),
        ('a: "${b}"', False),
        ("a: ./${b}", False),
        ("a: { ${b} = 1; }", False),
        ("rec { or = a: a; b = map or [ ]; }", True),
        ("a: map or [ ]", False),
        ("{ a = { b = 1; }; a = rec { c = d; d = 1; }; }", False),
    ],
)
def test_names_are_looked_up_where_nix_looks_them_up(text: str, is_closed: bool) -> None:
    assert (file(text).errors == ()) == is_closed
