"""What people see, with width and colour fixed."""

from port_registry.checks.pipeline import Outcome
from port_registry.model import (
    Edit,
    Finding,
    Fix,
    Flaw,
    InvalidLeaf,
    Note,
    Registry,
    Related,
    Safety,
    Severity,
    Span,
    Unknown,
)
from port_registry.output.findings.text import TextReport
from port_registry.output.locations import DisplayPaths
from port_registry.output.terminal import Screen
from port_registry.project.baseline import NO_BASELINE, Baseline, BaselineComparison, BaselineKey
from port_registry.project.files import Files
from port_registry.sources.interface import Count
from tests.project.made import write

_PORTS = "{\n  databases.redis = 6380;\n}\n"
_STACK = (
    "processes:\n  redis:\n    # databases.redis = 6379\n    command: redis-server --port 6379\n"
)


def _span(path: str, text: str, piece: str, number: int = 1) -> Span:
    at = -1
    for _ in range(number):
        at = text.index(piece, at + 1)
    return Span(path, at, at + len(piece))


_DIGITS = _span("stack.yaml", _STACK, "6379", 2)
_DRIFT = Finding(
    rule="stale-annotation",
    severity=Severity.ERROR,
    message="redis listens on 6379 here, and databases.redis is 6380; write 6380",
    span=_DIGITS,
    entries=("databases.redis",),
    related=(Related("declared here", _span("lib/ports.nix", _PORTS, "6380")),),
    fix=Fix("write 6380", Safety.SAFE, (Edit(_DIGITS, "6380"),)),
)
_REGISTRY = Registry(path="lib/ports.nix", entries=())


def _outcome(*findings: Finding, unknown: tuple[Unknown, ...] = (), allowed: int = 0) -> Outcome:
    split = BaselineComparison(findings, NO_BASELINE, NO_BASELINE)
    return Outcome(
        registry=_REGISTRY,
        counts=(Count("stacks", 1, "stack", "stacks"),),
        findings=findings,
        allowed=allowed,
        split=split,
        unread=(),
        unknown=unknown,
        notes=(),
        mentions=(),
        faults=(),
    )


def _report(folder: object, width: int = 100, coloured: bool = False) -> TextReport:
    root = write(folder, {"lib/ports.nix": _PORTS, "stack.yaml": _STACK})
    return TextReport(Files(root), DisplayPaths(root, root), Screen(width, coloured))


def test_a_finding(tmp_path: object) -> None:
    assert (
        _report(tmp_path).findings(_outcome(_DRIFT))
        == """\
error[stale-annotation]: redis listens on 6379 here, and databases.redis is 6380; write 6380
 --> stack.yaml:4:34
  |
4 |     command: redis-server --port 6379
  |                                  ^^^^
 ::: lib/ports.nix:2:21
  |
2 |   databases.redis = 6380;
  |                     ---- declared here
  = fix: write 6380 (`--fix` does it)

"""
    )


def test_a_narrow_screen(tmp_path: object) -> None:
    assert (
        _report(tmp_path, 40).findings(_outcome(_DRIFT))
        == """\
error[stale-annotation]: redis listens
  on 6379 here, and databases.redis is
  6380; write 6380
 --> stack.yaml:4:34
  |
4 | ...command: redis-server --port 6379
  |                                 ^^^^
 ::: lib/ports.nix:2:21
  |
2 |   databases.redis = 6380;
  |                     ----
  | declared here
  = fix: write 6380 (`--fix` does it)

"""
    )


def test_colours(tmp_path: object) -> None:
    shown = _report(tmp_path, coloured=True).findings(_outcome(_DRIFT)).splitlines()
    assert shown[0].startswith("\x1b[1;31merror[stale-annotation]\x1b[0m: \x1b[1mredis listens")
    assert shown[4].endswith("\x1b[1;31m^^^^\x1b[0m")
    plain = "\n".join(shown)
    for style in ("1;31", "1;34", "1", "0"):
        plain = plain.replace(f"\x1b[{style}m", "")
    assert plain == "\n".join(_report(tmp_path).findings(_outcome(_DRIFT)).splitlines())


def test_hostile_texts_are_made_harmless(tmp_path: object) -> None:
    finding = _DRIFT.replace(
        message="a\x1b[2Jb\nc", span=Span("no\x1bne", 0, 0), related=(), fix=None
    )
    assert _report(tmp_path).findings(_outcome(finding)) == (
        "error[stale-annotation]: a\\x1b[2Jb\\x0ac\n --> no\\x1bne:1:1\n\n"
    )


def test_many_related_places(tmp_path: object) -> None:
    shown = _report(tmp_path).findings(_outcome(_DRIFT.replace(related=_DRIFT.related * 7)))
    assert shown.count(":::") == 4
    assert "  = and 3 more places\n" in shown


def test_a_related_place_that_cannot_be_read(tmp_path: object) -> None:
    related = (Related("there", Span("none", 3, 4)),)
    shown = _report(tmp_path).findings(_outcome(_DRIFT.replace(related=related)))
    assert " ::: none:1:1\n  = there\n" in shown


def test_the_summary(tmp_path: object) -> None:
    report = _report(tmp_path)
    unsafe = _DRIFT.replace(
        severity=Severity.NOTE, fix=Fix("x", Safety.UNSAFE, (Edit(_DIGITS, "x"),))
    )
    plain = _DRIFT.replace(fix=None)
    unknown = (Unknown((), "x", _DIGITS),)
    looked = "(0 entries in lib/ports.nix, 1 stack)"
    assert report.summary(_outcome()) == f"No findings {looked}.\n"
    assert report.summary(_outcome(unknown=unknown)) == (
        "No findings (0 entries in lib/ports.nix, 1 stack, 1 unknown).\n"
    )
    assert report.summary(_outcome(plain)) == f"Found 1 error {looked}.\n"
    assert report.summary(_outcome(_DRIFT, plain, unsafe)) == (
        f"Found 2 errors, 1 note {looked}. `--fix` removes 1, `--fix --unsafe-fixes` 1 more.\n"
    )
    assert report.summary(_outcome(unsafe)).endswith(". `--unsafe-fixes` removes 1.\n")


def test_the_summary_of_nix_files(tmp_path: object) -> None:
    report = _report(tmp_path)
    mark = BaselineKey("a.nix", "port = 1;", "hardcoded-port", ())
    outcome = _outcome()._replace(
        counts=(
            Count("stacks", 1, "stack", "stacks"),
            Count("nix_files", 1, "Nix file", "Nix files"),
            Count("hosts", 2, "host", "hosts"),
        ),
        split=BaselineComparison((), Baseline({mark: 3}), NO_BASELINE),
    )
    assert report.summary(outcome) == (
        "No findings (0 entries in lib/ports.nix, 1 stack, 1 Nix file, 2 hosts, "
        "3 accepted by the baseline).\n"
    )
    assert report.notes(outcome) == ""
    gone = outcome._replace(split=BaselineComparison((), NO_BASELINE, Baseline({mark: 1})))
    assert report.notes(gone).startswith("note: 1 finding of the baseline not found ")


def test_what_is_left_alone(tmp_path: object) -> None:
    report = _report(tmp_path)
    assert (
        report.notes(_outcome()._replace(notes=(Note("no port", _DIGITS),)))
        == "note: stack.yaml:4:34: no port\n"
    )
    unknown = Unknown(("a", "b c"), "it is chosen", _DIGITS)
    assert report.unknowns((unknown, unknown._replace(name=()))) == (
        'unknown: stack.yaml:4:34: `a."b c"` cannot be known: it is chosen\n'
        "unknown: stack.yaml:4:34: cannot be known: it is chosen\n"
    )
    assert report.notes(_outcome()) == ""
    assert report.notes(_outcome(allowed=2)) == "note: comments allow 2 findings\n"
    flawed = InvalidLeaf(("a",), Flaw.ZERO, "0", _DIGITS)
    assert report.invalid_leaves_note(_REGISTRY) == ""
    assert "left out 2 values" in report.invalid_leaves_note(
        _REGISTRY.replace(invalid_leaves=(flawed, flawed))
    )


def test_what_was_fixed(tmp_path: object) -> None:
    report = _report(tmp_path)
    assert report.fix_summary((), "Fixed") == ""
    counts = (("a", 1), ("b/c", 2))
    assert report.fix_summary(counts, "Would fix") == "Would fix 3 findings: a (1), b/c (2).\n"
