"""How many faults are found that were planted, one at a time, in copies of public repositories.

    python -m benchmarks.recall [--kind KIND] [--planted FILE] CHECKOUTS

`planted.json` has the faults, each as edits by line and column. It has no text of the repositories:
an edit says what is written, and never what was there. A fault is found where a finding of an
expected rule is at an expected place and was not among those of the repository before.
"""

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, NamedTuple, TypedDict

from benchmarks.checkouts import Commit, copied, missing, run

HERE = os.path.dirname(os.path.abspath(__file__))


class Edit(TypedDict):
    """A change of one line of a file, or a new file."""

    path: str
    action: Literal["replace", "delete", "insert", "create"]
    """`insert` puts lines before `line`; `create` writes a file that is not there."""
    line: int
    columns: list[int]
    """Of the characters that `replace` replaces: the first, from 0, and that after the last."""
    text: str


class Place(TypedDict):
    """A finding that says what the fault is."""

    rule: str
    path: str
    line: int
    """On the changed files. A finding is there by its own place or by a related one."""


class Fault(TypedDict):
    """A fault, how it is planted, and the findings of which one must be reported."""

    repository: str
    commit: str
    has_registry: bool
    """Whether it has a registry of its own; `init` proposes one for the others, before."""
    kind: str
    edits: list[Edit]
    expected: list[Place]


class _Span(TypedDict):
    """What is read of a related place in the output of `check --format json`."""

    path: str
    line: int


class _Finding(TypedDict):
    """What is read of a finding in the output of `check --format json`."""

    rule: str
    message: str
    path: str
    line: int
    related: list[_Span]


class _Report(TypedDict):
    """What is read of the output of `check --format json`."""

    findings: list[_Finding]


class Result(NamedTuple):
    """A fault, and the new findings where it is not found."""

    fault: Fault
    is_found: bool
    instead: list[str]
    """The new findings that are not expected, each as a rule and a place."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print how many faults of each kind are found, and the others; return 1 without a checkout."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recall")
    parser.add_argument("--planted", metavar="FILE", default=os.path.join(HERE, "planted.json"))
    parser.add_argument("--kind", help="plant the faults of this kind only")
    parser.add_argument("checkouts", metavar="CHECKOUTS", help="a folder of OWNER__NAME folders")
    options = parser.parse_args(arguments)
    faults = [one for one in load(options.planted) if options.kind in (None, one["kind"])]
    groups: dict[Commit, list[Fault]] = {}
    for one in faults:
        groups.setdefault(Commit(one["repository"], one["commit"]), []).append(one)
    absent = missing(options.checkouts, list(groups))
    present = [commit for commit in groups if commit not in absent]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        planted = pool.map(lambda commit: plant(options.checkouts, commit, groups[commit]), present)
        results = [result for group in planted for result in group]
    print(table(results), end="")
    for result in results:
        if not result.is_found:
            fault, first = result.fault, result.fault["expected"][0]
            instead = ", ".join(result.instead) or "nothing"
            print(
                f"missed: {fault['kind']} in {fault['repository']}: {first['rule']} at "
                f"{first['path']}:{first['line']}; new instead: {instead}"
            )
    return 1 if absent else 0


def load(path: str) -> list[Fault]:
    """Return the faults of a file."""
    with open(path, encoding="utf-8") as file:
        faults: list[Fault] = json.load(file)
    return faults


def plant(checkouts: str, commit: Commit, faults: Sequence[Fault]) -> list[Result]:
    """Plant each fault in the same copy of its repository, one after the other, and check."""
    with copied(checkouts, commit) as folder:
        if not faults[0]["has_registry"]:
            run(folder, "init", "--yes")
        before = check(folder)
        return [_plant_one(folder, before, fault) for fault in faults]


def _plant_one(folder: str, before: list[_Finding], fault: Fault) -> Result:
    texts: dict[str, str | None] = {}
    for edit in fault["edits"]:
        texts.setdefault(edit["path"], read(folder, edit["path"]))
    try:
        # From the last line to the first, so that no edit moves the place of another.
        for edit in sorted(fault["edits"], key=lambda edit: (-edit["line"], -edit["columns"][0])):
            apply(folder, edit)
        found = list(new(before, check(folder)))
    finally:
        for path, text in texts.items():
            write(folder, path, text)
    expected = {(one["rule"], one["path"], one["line"]) for one in fault["expected"]}
    is_found = any(place in expected for one in found for place in places(one))
    instead = [f"{one['rule']} at {one['path']}:{one['line']}" for one in found]
    return Result(fault, is_found, [] if is_found else instead)


def apply(folder: str, edit: Edit) -> None:
    """Make an edit in the files of `folder`.

    Raises `SystemExit` if the file or the line is not there: the checkout is another.
    """
    text = read(folder, edit["path"])
    if edit["action"] == "create":
        if text is not None:
            sys.exit(f"{folder}: {edit['path']} exists")
        write(folder, edit["path"], edit["text"])
        return
    lines = (text or "").splitlines(keepends=True)
    at = edit["line"] - 1
    start, end = edit["columns"]
    if not (0 <= at < len(lines) and start <= end < len(lines[at])):
        sys.exit(f"{folder}: {edit['path']} has no such place in line {edit['line']}")
    match edit["action"]:
        case "delete":
            del lines[at]
        case "insert":
            lines.insert(at, edit["text"] + "\n")
        case "replace":
            lines[at] = lines[at][:start] + edit["text"] + lines[at][end:]
    write(folder, edit["path"], "".join(lines))


def read(folder: str, path: str) -> str | None:
    """Return the text of a file as it is; None if there is no such file."""
    try:
        with open(os.path.join(folder, path), encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return None


def write(folder: str, path: str, text: str | None) -> None:
    """Write the text of a file as it is; remove the file for None."""
    full = os.path.join(folder, path)
    if text is None:
        os.remove(full)
        return
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "w", encoding="utf-8", newline="") as file:
        file.write(text)


def check(folder: str) -> list[_Finding]:
    """Return what `check` finds in `folder`.

    Raises `SystemExit` where it ends in anything but findings or none.
    """
    done = run(folder, "check", "--no-cache", "--format", "json")
    if done.returncode not in (0, 1):
        sys.exit(f"{folder}: exit status {done.returncode}: {done.stderr}")
    report: _Report = json.loads(done.stdout)
    return report["findings"]


def new(before: Iterable[_Finding], after: Iterable[_Finding]) -> Iterator[_Finding]:
    """Yield the findings that were not there before, wherever an edit moved the others."""
    after = list(after)
    added = Counter(map(_said, after)) - Counter(map(_said, before))
    return (one for one in after if added[_said(one)])


def places(finding: _Finding) -> Iterator[tuple[str, str, int]]:
    """Yield the rule with each place of the finding, its own first."""
    yield finding["rule"], finding["path"], finding["line"]
    for one in finding["related"]:
        yield finding["rule"], one["path"], one["line"]


def table(results: Sequence[Result]) -> str:
    """Return a table in Markdown: a row a kind, and all."""
    lines = ["| kind | planted | found | |", "| --- | --- | --- | --- |"]
    kinds = sorted({result.fault["kind"] for result in results})
    rows = [(kind, [one for one in results if one.fault["kind"] == kind]) for kind in kinds]
    for name, members in [*rows, ("all", list(results))]:
        found = sum(one.is_found for one in members)
        share = f"{found / len(members):.0%}".replace("%", " %") if members else "–"
        lines.append(f"| {name} | {len(members)} | {found} | {share} |")
    return "\n".join(lines) + "\n"


def _said(finding: _Finding) -> tuple[str, str, str]:
    return finding["rule"], finding["path"], finding["message"]


if __name__ == "__main__":
    sys.exit(main())
