"""YAML trees: spans, comments, anchors, merge keys and problems."""

import pytest
import yaml as reference
from hypothesis import given
from hypothesis import strategies as st

from port_registry.languages.yaml import (
    MAX_DEPTH,
    Alias,
    Mapping,
    Merger,
    Node,
    Scalar,
    Sequence,
    YamlDocument,
    as_bool,
    as_integer,
    is_null,
    parse,
)
from tests.bounded import within


def tree(text: str) -> YamlDocument:
    return parse("f.yaml", text)


def scalars(node: Node | None) -> list[Scalar]:
    """Return all scalars of `node`, without those of aliases."""
    nodes: list[Scalar] = []
    pending = [] if node is None else [node]
    while pending:
        node = pending.pop(0)
        if isinstance(node, Scalar):
            nodes.append(node)
        elif isinstance(node, Mapping):
            pending = [part for pair in node.pairs for part in (pair.key, pair.value)] + pending
        elif isinstance(node, Sequence):
            pending = list(node.items) + pending
    return nodes


def texts(document: YamlDocument, text: str) -> list[str]:
    return [text[scalar.span.start : scalar.span.end] for scalar in scalars(document.root)]


@pytest.mark.parametrize(
    "text",
    ["a: b\n", "\ufeffa: b\n", "x: 😀\na: b", "a: b\r\nc: d\r\n", "a: &k b", "a: !!str b", "a:\tb"],
)
def test_the_span_of_a_scalar(text: str) -> None:
    assert "a" in texts(tree(text), text)
    assert "b" in texts(tree(text), text)


def test_a_span_includes_quotes_but_not_anchor_and_tag() -> None:
    text = "a: &k !!str 'b'\n"
    assert texts(tree(text), text) == ["a", "'b'"]


def test_a_block_mapping_ends_with_its_last_value() -> None:
    text = "a:\n  b: c\n\n# later\nd: e\n"
    root = tree(text).root
    assert isinstance(root, Mapping)
    span = root.pairs[0].span
    assert text[span.start : span.end] == "a:\n  b: c"


def test_comments_are_found_outside_texts_only() -> None:
    text = (
        "# one\na: 'x # no' # two\nb: |  # three\n  # no\nc: > \n  y # no\n# four\n"
        'd: [1, # five\n  "# no"]\ne: z#no\n# six'
    )
    comments = tree(text).comments
    assert [comment.text[2:] for comment in comments] == [
        "one", "two", "three", "four", "five", "six",
    ]  # fmt: skip
    assert [comment.own_line for comment in comments] == [True, False, False, True, False, True]
    assert all(text[c.span.start : c.span.end] == c.text for c in comments)


def test_an_alias_shares_its_node_and_has_its_own_span() -> None:
    text = "a: &x {b: 1}\nc: *x\n"
    root = tree(text).root
    assert isinstance(root, Mapping)
    alias = root.pairs[1].value
    assert isinstance(alias, Alias)
    assert alias.target is root.pairs[0].value
    assert text[alias.span.start : alias.span.end] == "*x"


def merged(text: str, key: str) -> dict[str, str]:
    root = tree(text).root
    assert isinstance(root, Mapping)
    merger = Merger()
    value = merger.entries(root)[key].value
    assert isinstance(value, Mapping)
    entries = merger.entries(value).values()
    return {
        entry.key.value: entry.value.value for entry in entries if isinstance(entry.value, Scalar)
    }


def test_merged_values_keep_their_spans() -> None:
    text = "a: &a {p: 1, q: 2}\nb: &b {q: 3, r: 4}\nc: {<<: [*a, *b], p: 0}\n"
    assert merged(text, "c") == {"p": "0", "q": "2", "r": "4"}


def test_a_quoted_merge_key_is_a_key() -> None:
    assert tree('a: {"<<": 1}').problems == ()
    assert len(tree("a: {<<: 1}").problems) == 1


@pytest.mark.parametrize("text", ["a: 1\nb: 2\na: 3\n", '{"a": 1, a: 3}', "x: {a: 1, 'a': 2}"])
def test_a_duplicate_key_is_a_problem_with_both_spans(text: str) -> None:
    (problem,) = tree(text).problems
    assert problem.related is not None
    assert problem.related.start < problem.span.start
    assert tree(text).root is not None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [1, 2", "flow sequence"),
        ("a: *x", "no anchor `x`"),
        ("a: &x [*x]", "contains itself"),
        ("a: \x01", "does not allow"),
        ("a: \ud800", "surrogate"),
        ("\ta: b", "cannot start any token"),
        ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "nested deeper"),
    ],
)
def test_errors_are_problems(text: str, message: str) -> None:
    (problem,) = tree(text).problems
    assert message in problem.message
    assert 0 <= problem.span.start <= problem.span.end <= len(text)


def test_only_the_first_document_is_read() -> None:
    document = tree("a: 1\n---\nb: [\n# no\n")
    assert document.problems == ()
    assert document.comments == ()


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n...\n", "\ufeff"])
def test_an_empty_text_has_no_problem(text: str) -> None:
    assert tree(text).problems == ()


def test_an_alias_bomb_is_refused_quickly() -> None:
    lines = ["a0: &a0 [x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 60)]
    lines += ["m0: &m0 {k: 1}"]
    lines += [f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * 9)}]}}" for n in range(1, 60)]
    with within(2):
        document = tree("\n".join(lines))
    assert [problem.message for problem in document.problems] == [
        "the document expands aliases excessively"
    ]


def test_a_chain_of_merges_is_read_quickly() -> None:
    lines = ["m0: &m0 {k: 1}"]
    lines += [f"m{n}: &m{n} {{<<: [*m{n - 1}, *m{n - 1}]}}" for n in range(1, 6)]
    assert merged("\n".join(lines), "m5") == {"k": "1"}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("8080", 8080), ("0x1F90", 8080), ("0o17620", 8080), ("017620", 8080), ("-1", -1),
        ("8_080", 8080), ("80.0", 80), ("'8080'", None), ("http", None), ("", None),
        ("9" * 5000, None),
    ],
)  # fmt: skip
def test_integers_are_those_of_go(text: str, number: int | None) -> None:
    (_, value) = scalars(tree(f"a: {text}").root)
    assert as_integer(value) == number


@pytest.mark.parametrize(
    ("text", "truth"),
    [("true", True), ("yes", True), ("'on'", True), ("off", False), ("'true'", None), ("1", None)],
)
def test_truth_values_are_those_of_go(text: str, truth: bool | None) -> None:
    (_, value) = scalars(tree(f"a: {text}").root)
    assert as_bool(value) is truth


def test_null() -> None:
    values = scalars(tree("[~, null, '', 'null', x]").root)
    assert [is_null(value) for value in values] == [True, True, False, False, False]


words = st.sampled_from(
    ["a", "b", "8080", ": ", "- ", "\n", "  ", "'", '"', "#", " # c", "&x ", "*x", "|\n", ">-\n",
     "{", "}", "[", "]", ", ", "<<", "\t", "\r\n", "😀", "\\", "\ufeff", "---", "!!str ", "? "]
)  # fmt: skip
yaml_like = st.lists(words, max_size=40).map("".join)


@given(st.one_of(st.text(), yaml_like, st.binary().map(lambda raw: raw.decode("utf-8", "replace"))))
def test_any_text_gives_a_document(text: str) -> None:
    document = tree(text)
    for scalar in scalars(document.root):
        assert 0 <= scalar.span.start <= scalar.span.end <= len(text)
        assert scalar.traced().text == scalar.value
        for segment in scalar.traced().segments:
            covered = text[segment.span.start : segment.span.end]
            assert not segment.verbatim or covered == segment.text
    for comment in document.comments:
        assert text[comment.span.start : comment.span.end] == comment.text


@given(yaml_like)
def test_values_are_those_of_pyyaml(text: str) -> None:
    document = tree(text)
    # libyaml and yaml.v3 skip a byte order mark at the start of any line, PyYAML does not.
    if document.root is None or "\ufeff" in text:
        return
    values: list[str] = []
    try:
        for event in reference.parse(text, Loader=reference.SafeLoader):
            if isinstance(event, reference.DocumentEndEvent):
                break
            if isinstance(event, reference.ScalarEvent):
                values.append(event.value)
    except reference.YAMLError:
        return
    aliases = text.count("*x")
    assert aliases or [value.value for value in scalars(document.root)] == values
