"""Shell text as simple commands: words, expansions, and what no command is."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from port_registry.languages.provenance import UNKNOWN, UnknownTracker
from port_registry.languages.shell import Simple, commands
from port_registry.languages.shell_variables import ShellVariables
from port_registry.model import Segment, Span, TracedText, join_segments
from tests import real
from tests.bounded import within
from tests.sizes import size

MEBI = 1 << 20


def read(script: str, **known: str) -> list[Simple]:
    """Return the commands of a script that is a file of its own."""
    variables = {name: written(value, "variables") for name, value in known.items()}
    return commands(written(script, "script"), ShellVariables(variables, UnknownTracker()))


def written(text: str, path: str) -> TracedText:
    return join_segments((Segment(text, Span(path, 0, len(text)), verbatim=True),))


def words(script: str, **known: str) -> list[list[str]]:
    """Return the words of the commands, `?` for what cannot be known."""
    return [
        [word.text.replace(UNKNOWN, "?") for word in simple.words]
        for simple in read(script, **known)
        if simple.words
    ]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("a b  c", [["a", "b", "c"]]),
        ("a; b && c || d | e & f", [["a"], ["b"], ["c"], ["d"], ["e"], ["f"]]),
        ("a\n\nb\r\n", [["a"], ["b"]]),
        ("a \\\n  b c\\\nd", [["a", "b", "cd"]]),
        ("(a; (b)) ; { c; }", [["a"], ["b"], ["c"]]),
        ("! time a; if b; then c; else d; fi", [["a"], ["b"], ["c"], ["d"]]),
        ("while a; do b; done; until c; do d; done", [["a"], ["b"], ["c"], ["d"]]),
        ("for x in a b; do c; done", [["c"]]),
        ("a #b\n#c\nd#e", [["a"], ["d#e"]]),
    ],
)
def test_commands_are_told_apart(script: str, expected: list[list[str]]) -> None:
    assert words(script) == expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("'a b'\"c d\"e", ["a bc de"]),
        ("'' \"\" x", ["", "", "x"]),
        ("a\\ b \\$c \\\\", ["a b", "$c", "\\"]),
        (r'"\$a \"b\" \\ \c"', ['$a "b" \\ \\c']),
        ("'$a `b` \\'", ["$a `b` \\"]),
        (r"$'a\tb\'c\\d' $'80'", ["a\tb'c\\d", "80"]),
        ('$"a b"', ["a b"]),
        ("a'#'b \"#c\"", ["a#b", "#c"]),
        ("it's\na", ["its\na"]),
        ('say "a', ["say", "a"]),
        ('$ a$ "$"', ["$", "a$", "$"]),
    ],
)
def test_quotes_are_resolved(script: str, expected: list[str]) -> None:
    assert words(script) == [expected]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("$A ${A} \"$A\" '$A' x$A.y", ["80", "80", "80", "$A", "x80.y"]),
        ("$S \"$S\"", ["a", "b", "a b"]),
        ("$NONE ${NONE} $1 $@", ["?", "?", "?", "?"]),
        ("${A:-1} ${NONE:-1} ${EMPTY:-1} ${NONE-$A}", ["80", "1", "1", "80"]),
        ("${NONE:-a b} ${NONE:-\"a b\"} \"${NONE:-'a b'}\"", ["a", "b", "a b", "'a b'"]),
        ("\"${NONE:-a $S}\" ${NONE:-$S} ${NONE:-a;b<(c)}", ["a a b", "a", "b", "a;b<(c)"]),
        ("${A:+1} ${NONE:+1} ${A:?no}", ["1", "?", "80"]),
        ("${A%0} ${#A} ${A[1]} ${!A}", ["?", "?", "?", "?"]),
        ("$((A + 1)) $(($A*2-1)) $((${A} - 3 * 10))", ["81", "159", "50"]),
        ("$((010 + 1)) $((A / 2)) $((NONE + 1)) $(( (1) ))", ["?", "?", "?", "?"]),
    ],
)  # fmt: skip
def test_variables_are_expanded(script: str, expected: list[str]) -> None:
    assert words(f"x {script}", A="80", S="a b", EMPTY="") == [["x", *expected]]


def test_an_assignment_holds_for_what_follows() -> None:
    assert words("P=1\nexport Q=$P; a $P $Q") == [["export", "Q=1"], ["a", "1", "1"]]
    assert words("P=1 a $P") == [["a", "?"]]
    assert words("P=1; P=2; a $P") == [["a", "?"]]
    (simple,) = read("P=1 Q+='2 3' a R=4")
    assert [(name, value.text) for name, value in simple.assignments] == [("P", "1"), ("Q", "2 3")]
    assert [word.text for word in simple.words] == ["a", "R=4"]


@pytest.mark.parametrize(
    ("script", "inner", "outer"),
    [
        ("a $(b c) d", [["b", "c"]], [["a", "?", "d"]]),
        ("a `b c` d", [["b", "c"]], [["a", "?", "d"]]),
        (r"a `b \`c\`` d", [["b", "`c`"]], [["a", "?", "d"]]),
        ('a "x$(b "$(c d)")"', [["c", "d"], ["b", "?"]], [["a", "x?"]]),
        ("a $(b # it's )\n) d", [["b"]], [["a", "?", "d"]]),
        ("a $((b; c) | d) e", [["b"], ["c"], ["d"]], [["a", "?", "e"]]),
        ("a <(b -p 1) >(c) -p 2", [["b", "-p", "1"], ["c"]], [["a", "?", "?", "-p", "2"]]),
        ("while a; do b; done < <(c)", [["c"]], [["a"], ["b"]]),
        ("a ${NONE:-$(b)}", [["b"]], [["a", "?"]]),
        ("a $(b", [["b"]], [["a", "?"]]),
    ],
)
def test_commands_inside_words_are_read(
    script: str, inner: list[list[str]], outer: list[list[str]]
) -> None:
    assert sorted(words(script)) == sorted([*inner, *outer])
    nested = [simple.words[0].text for simple in read(script) if simple.nested]
    assert nested == [found[0] for found in inner]


def test_redirections_are_no_arguments() -> None:
    (simple,) = read("a <in 2>err --port 1 >> 'o t' 2>&1 &>all >/dev/tcp/h/80 b")
    assert [word.text for word in simple.words] == ["a", "--port", "1", "b"]
    targets = [target.text for target in simple.targets]
    assert targets == ["in", "err", "o t", "1", "all", "/dev/tcp/h/80"]


@pytest.mark.parametrize(
    "script",
    [
        "a <<E b\nx --port 1\nE\nc",
        "a <<'E' b\n$(x)\nE\nc",
        "a <<-E b\n\tx\n\tE\nc",
        "a <<E b <<F\nx\nE\ny\nF\nc",
        "a b <<< x\nc",
    ],
)
def test_here_documents_are_skipped(script: str) -> None:
    assert words(script) == [["a", "b"], ["c"]]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("f() { a; }\ng () { b; }\nfunction h {\nc\n}", [["a"], ["b"], ["c"]]),
        ("case $x in\n a|b) c 1;;\n (d) e;&\n *)\n f\nesac\ng", [["c", "1"], ["e"], ["f"], ["g"]]),
        ("case $x in a) b;; c|d) e; esac; f", [["b"], ["e"], ["f"]]),
        ("a ;;\nb 1\nc", [["a"], ["b", "1"], ["c"]]),
        ("p=(a 1 # it's\n b) c", [["?", "a", "1", "b"], ["c"]]),
        ("p+=($(a)); b", [["a"], ["?", "?"], ["b"]]),
        ("p=(); a $p", [["?"], ["a", "?"]]),
    ],
)  # fmt: skip
def test_names_patterns_and_items_are_no_commands(script: str, expected: list[list[str]]) -> None:
    assert words(script) == expected


def test_words_know_where_they_come_from() -> None:
    script = "a --p'or't \"80\" $'\\t81' $P"
    (simple,) = read(script, P="82")
    spans = [word.locate(len(word.text) - 2, len(word.text)) for word in simple.words[2:]]
    assert spans[0] == Span("script", script.index("80"), script.index("80") + 2)
    assert spans[1] == Span("script", script.index("81"), script.index("81") + 2)
    assert spans[2] == Span("variables", 0, 2)


plain = st.text("aZ08:=.,/@%+_-", min_size=1, max_size=5)
raw = st.text('a8 \t"\\$`#;|&()<>\n', max_size=5)
fragments = st.one_of(
    plain,
    raw.map(lambda text: f"'{text}'"),
    st.text("a8 '#;|&()<>", max_size=5).map(lambda text: f'"{text}"'),
    st.text(" \"'$\\`#;|&()<>a", min_size=1, max_size=3).map(
        lambda text: "".join(f"\\{char}" for char in text)
    ),
    st.text('$"\\`', max_size=3).map(lambda text: '"' + "".join(f"\\{c}" for c in text) + '"'),
    st.sampled_from(
        ["$A.", "${A}", '"$A"', "$S:", '"${S}"', "${A:+b}", "${NONE:-1}", '"${NONE:-$A}"',
         '${NONE:-"a b"}', "${NONE:-$S c}", "$((A+1))", "$((2 * $A - 3))", r"$'\t'", r"$'a\'\\b'",
         "\\\n", '"\\\n"']
    ),
)  # fmt: skip
lines = st.lists(st.lists(fragments, min_size=1, max_size=4).map("".join), max_size=5)


@settings(max_examples=size(30, 150), deadline=None)
@given(lines.map(" ".join))
def test_words_are_those_of_bash(line: str) -> None:
    script = f"A=80 S='x  y'\nshow - {line}\n"
    show = "show() { printf '%s\\0' \"$@\"; }\n"
    shown = subprocess.run(
        [real.bash(), "--norc", "--noprofile", "-c", show + script],
        env={}, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    simple = read(script)[-1]
    assert [word.text for word in simple.words[1:]] == shown.stdout.split("\0")[:-1]


hostile = st.sampled_from(
    ["a", " ", "\n", "'", '"', "\\", "$", "$(", "`", "${", "}", "$((", ")", "(", "<(", "<<E", ">",
     "|", ";;", "case a in ", "esac", "f()", "a=", "a=(", "$'", "#", "&", "\0", UNKNOWN,
     "\N{GRINNING FACE}"]
)  # fmt: skip


@given(st.lists(hostile, max_size=40).map("".join))
def test_any_text_is_read(script: str) -> None:
    for simple in read(script, a="x y"):
        for word in (*simple.words, *simple.targets):
            assert word.text == "".join(piece.text for piece in word.segments)
            assert all(0 <= piece.span.start <= piece.span.end for piece in word.segments)


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    ["a --port 80 ", "(", "$(", "${a:-", "`", "'", '"', "\\", "\0", "a=(", "a|", "<(", "<<E ",
     "case a in ", ";;", "f() ", "$((", "$'", "\"$("],
)  # fmt: skip
def test_a_long_command_takes_no_longer_than_its_length(unit: str) -> None:
    with within(30):
        read(unit * (MEBI // len(unit)))


def test_what_cannot_be_closed_hides_nothing_before_it() -> None:
    for end in ("'", '"', "$(", "`", "${", "(" * 10_000, "a=(", "<<E"):
        assert ["a", "--port", "80"] in [found[:3] for found in words(f"a --port 80 {end}")]
