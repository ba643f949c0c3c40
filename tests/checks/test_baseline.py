import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from port_registry.model import Finding, Severity, Span
from port_registry.project.baseline import (
    NO_BASELINE,
    Baseline,
    BaselineError,
    BaselineKey,
    baseline_of,
    compare_with_baseline,
    format_baseline,
    load_baseline,
    parse_baseline,
    without_fixed,
)
from port_registry.project.files import Files
from tests.project.made import write

_LINES = ("port = 3000;", "listen = 3000;", "port = 3000;", "other = 4000;")


def _finding(line: int, path: str = "a.nix", rule: str = "hardcoded-port") -> Finding:
    start = sum(len(text) + 1 for text in _LINES[:line])
    return Finding(
        rule=rule,
        severity=Severity.ERROR,
        message="x",
        span=Span(path, start, start + 4),
        entries=("web.api",),
    )


def _files(folder: object, path: str = "a.nix", lines: tuple[str, ...] = _LINES) -> Files:
    return Files(write(folder, {path: "".join(f"{line}\n" for line in lines)}))


def test_what_is_accepted_is_not_new(tmp_path: object) -> None:
    files = _files(tmp_path)
    findings = [_finding(0), _finding(1), _finding(2), _finding(3)]
    baseline = baseline_of(findings[:3], files)
    assert baseline.size() == 3
    comparison = compare_with_baseline(
        findings, parse_baseline(format_baseline(baseline), "b"), files
    )
    assert comparison.new == (findings[3],)
    assert (comparison.matched.counts, comparison.unmatched.size()) == (baseline.counts, 0)
    assert compare_with_baseline(findings, NO_BASELINE, files).new == tuple(findings)


def test_of_findings_that_are_alike_as_many_are_accepted_as_there_were(tmp_path: object) -> None:
    files = _files(tmp_path)
    baseline = baseline_of([_finding(0)], files)
    assert compare_with_baseline([_finding(0), _finding(2)], baseline, files).new == (_finding(2),)


@pytest.mark.parametrize(
    "change",
    [
        {"path": "b.nix"},
        {"line": "port = 3001;"},
        {"rule": "unregistered-port"},
        {"entries": ()},
        {"entries": ("web.api", "x")},
    ],
)
def test_what_differs_is_new(tmp_path: object, change: dict[str, object]) -> None:
    files = _files(tmp_path)
    write(tmp_path, {"b.nix": "x\n"})
    mark = BaselineKey("a.nix", "port = 3000;", "hardcoded-port", ("web.api",))
    assert compare_with_baseline([_finding(0)], Baseline({mark: 1}), files).new == ()
    other = BaselineKey(**{**mark._asdict(), **change})
    assert compare_with_baseline([_finding(0)], Baseline({other: 1}), files).new == (_finding(0),)


def test_lines_may_be_moved_and_indented(tmp_path: object) -> None:
    baseline = baseline_of([_finding(0)], _files(tmp_path))
    files = _files(tmp_path, lines=("# a", "", "\t  port =   3000;  "))
    start = len("# a\n\n\t  ")
    moved = _finding(0).replace(span=Span("a.nix", start, start + 4))
    assert compare_with_baseline([moved], baseline, files).new == ()


def test_a_file_may_be_moved(tmp_path: object) -> None:
    files = _files(f"{tmp_path}/before")
    baseline = baseline_of([_finding(0), _finding(1)], files)
    moved = _files(f"{tmp_path}/after", "b/c.nix")
    comparison = compare_with_baseline(
        [_finding(0, "b/c.nix"), _finding(3, "b/c.nix")], baseline, moved
    )
    assert comparison.new == (_finding(3, "b/c.nix"),)
    assert [mark.path for mark in comparison.matched.counts] == ["b/c.nix"]
    assert [mark.line for mark in comparison.unmatched.counts] == ["listen = 3000;"]


def test_what_was_mended_is_dropped_unless_its_file_cannot_be_read(tmp_path: object) -> None:
    files = _files(tmp_path)
    baseline = baseline_of([_finding(0), _finding(1)], files)
    comparison = compare_with_baseline([_finding(1)], baseline, files)
    (left,) = without_fixed(comparison, ()).counts
    assert left.line == "listen = 3000;"
    assert without_fixed(comparison, ("a.nix",)).counts == baseline.counts


def test_the_text_is_sorted_and_a_line_an_entry() -> None:
    marks = {BaselineKey("b", "é\u2028", "r", ()): 1, BaselineKey("a", "x", "r", ("n",)): 2}
    assert format_baseline(Baseline(marks)) == (
        '{"port-registry-baseline": 1}\n'
        '{"path": "a", "line": "x", "rule": "r", "entries": ["n"], "count": 2}\n'
        '{"path": "b", "line": "é\u2028", "rule": "r", "entries": [], "count": 1}\n'
    )


_TEXTS = st.text(max_size=5)
_MARKS = st.builds(BaselineKey, _TEXTS, _TEXTS, _TEXTS, st.lists(_TEXTS, max_size=2).map(tuple))


@given(st.dictionaries(_MARKS, st.integers(1, 3), max_size=4))
def test_what_is_written_is_read_again(marks: dict[BaselineKey, int]) -> None:
    assert parse_baseline(format_baseline(Baseline(marks)), "b").counts == marks


def test_a_path_that_is_no_utf8_is_written_all_the_same() -> None:
    marks = {BaselineKey("a\udcff", "x", "r", ()): 1}
    text = format_baseline(Baseline(marks))
    text.encode("utf-8")
    assert parse_baseline(text, "b").counts == marks


def test_after_a_merge_the_larger_count_is_meant() -> None:
    text = format_baseline(Baseline({BaselineKey("a", "x", "r", ()): 2}))
    merged = text + text.splitlines()[1].replace("2}", "3}") + "\n\n"
    assert list(parse_baseline(merged, "b").counts.values()) == [3]


_HEAD = '{"port-registry-baseline": 1}\n'
_GOOD = {"path": "a", "line": "x", "rule": "r", "entries": ["n"], "count": 1}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("[]", 1),
        ('{"port-registry-baseline": 2}', 1),
        (_HEAD + "<<<<<<< HEAD", 2),
        (_HEAD + "\n[]", 3),
        (_HEAD + "[" * 100_000, 2),
        (_HEAD + '{"a": ' + "1" * 5000 + "}", 2),
        *(
            (_HEAD + json.dumps({**_GOOD, **change}), 2)
            for change in (
                {"path": 1},
                {"entries": "n"},
                {"entries": [1]},
                {"count": 0},
                {"count": True},
                {"count": "1"},
                {"more": 1},
            )
        ),
    ],
)
def test_what_is_no_baseline_is_refused_with_its_place(text: str, line: int) -> None:
    with pytest.raises(BaselineError) as caught:
        parse_baseline(text, "base.jsonl")
    assert str(caught.value).startswith(f"base.jsonl:{line}:1: ")
    assert "--update-baseline" in str(caught.value.hint)


def test_a_baseline_that_cannot_be_read(tmp_path: object) -> None:
    with pytest.raises(BaselineError) as caught:
        load_baseline(f"{tmp_path}/none", "none")
    assert str(caught.value) == "none: the baseline cannot be read: there is no such file"
    assert "--update-baseline" in str(caught.value.hint)
    with open(f"{tmp_path}/bad", "wb") as file:
        file.write(b'{"a\xff')
    with pytest.raises(BaselineError, match="bad:1:4: the baseline cannot be read: byte 0xff"):
        load_baseline(f"{tmp_path}/bad", "bad")
