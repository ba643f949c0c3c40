"""How often findings are right and welcome, on public repositories whose findings were judged.

    python -m benchmarks.precision [--unjudged FILE] [--write] CHECKOUTS

A round is a file of `labels/`: the repositories that the rules were made with, or repositories
that were judged once, at first sight, before any rule was changed for them. The rounds are never
added up. A label is *true* where the owner would thank for the finding, *noise* where it is right
and unwelcome, *false* where it is wrong.

A repository without a registry is checked with the one that `init` proposes today.
"""

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple, TypedDict

from benchmarks.checkouts import Commit, copied, missing, run

HERE = os.path.dirname(os.path.abspath(__file__))
PAGE = os.path.join(os.path.dirname(HERE), "docs", "precision.md")
BEGIN, END = "<!-- measured -->\n", "<!-- /measured -->\n"
"""The markers in `PAGE` between which the tables are written."""

TRUE, NOISE, FALSE = "true", "noise", "false"
UNJUDGED, MISSED = "unjudged", "missed"
"""What is counted besides the verdicts: findings without a label, and *true* labels not found."""
SEVERITIES = ("error", "warning", "note")


class Label(TypedDict):
    """A judged finding."""

    rule: str
    path: str
    line: int
    verdict: str
    entries: list[str]
    """The entries that the finding named. A *false* one is the same finding only with these."""


class Repository(TypedDict):
    """A repository of a round, and what was judged of it."""

    repository: str
    commit: str
    has_registry: bool
    """Whether it has a registry of its own; `init` proposes one for the others."""
    labels: list[Label]


class Round(TypedDict):
    """The labels of repositories that were judged together."""

    round: str
    """Its title: "made with", or "first sight" with a number."""
    program: str
    """The commit of this project whose findings were judged."""
    repositories: list[Repository]


class Finding(TypedDict):
    """What is read of a finding in the output of `check --format json`."""

    rule: str
    severity: str
    message: str
    path: str
    line: int
    entries: list[str]


class Report(TypedDict):
    """What is read of the output of `check --format json`."""

    findings: list[Finding]


class Judged(NamedTuple):
    """A finding and what is known of it, or a label that no finding has."""

    rule: str
    severity: str
    """Of the finding; of a missed label an empty text."""
    verdict: str
    place: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables of all rounds; return 1 where a checkout is missing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.precision")
    parser.add_argument("--labels", metavar="DIR", default=os.path.join(HERE, "labels"))
    parser.add_argument("--unjudged", metavar="FILE", help="write the findings without a label")
    parser.add_argument(
        "--write", action="store_true", help="write the tables to docs/precision.md"
    )
    parser.add_argument("checkouts", metavar="CHECKOUTS", help="a folder of OWNER__NAME folders")
    options = parser.parse_args(arguments)
    tables: list[str] = []
    unjudged: list[tuple[str, Finding]] = []
    is_whole = True
    for labelled in rounds(options.labels):
        absent = missing(options.checkouts, [_commit(one) for one in labelled["repositories"]])
        is_whole &= not absent
        present = [one for one in labelled["repositories"] if _commit(one) not in absent]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            reports = pool.map(partial(findings, options.checkouts), present)
        judged: list[Judged] = []
        for repository, found in zip(present, reports, strict=True):
            mine, unknown = judge(found, repository)
            judged += mine
            unjudged += [(repository["repository"], one) for one in unknown]
        tables.append(table(labelled, judged, len(present)))
        print(tables[-1])
        for one in judged:
            if one.verdict in (FALSE, MISSED):
                print(f"{one.verdict}: {one.place} {one.rule}")
        print()
    if options.unjudged:
        with open(options.unjudged, "w", encoding="utf-8") as file:
            json.dump(unjudged, file, indent=1)
    if options.write and is_whole:
        write(PAGE, tables)
    return 0 if is_whole else 1


def rounds(folder: str) -> list[Round]:
    """Return the rounds of `folder`, the last one first."""
    found: list[Round] = []
    for name in sorted(os.listdir(folder), reverse=True):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            found.append(json.load(file))
    return found


def findings(checkouts: str, repository: Repository) -> list[Finding]:
    """Return what `check` finds in a copy of the repository.

    Raises `SystemExit` where it ends in anything but findings or none.
    """
    commit = _commit(repository)
    with copied(checkouts, commit) as folder:
        if not repository["has_registry"]:
            run(folder, "init", "--yes")
        done = run(folder, "check", "--no-cache", "--format", "json")
    if done.returncode not in (0, 1):
        sys.exit(f"{commit.repository}: exit status {done.returncode}: {done.stderr}")
    report: Report = json.loads(done.stdout)
    return report["findings"]


def judge(found: Iterable[Finding], repository: Repository) -> tuple[list[Judged], list[Finding]]:
    """Hold findings against the labels of their repository; return them, and those without one."""
    left = list(repository["labels"])
    judged: list[Judged] = []
    unknown: list[Finding] = []
    for one in found:
        place = f"{repository['repository']}:{one['path']}:{one['line']}"
        label = next((label for label in left if _is_of(label, one)), None)
        if label is None:
            unknown.append(one)
        else:
            left.remove(label)
        verdict = UNJUDGED if label is None else label["verdict"]
        judged.append(Judged(one["rule"], one["severity"], verdict, place))
    for label in left:
        if label["verdict"] == TRUE:
            place = f"{repository['repository']}:{label['path']}:{label['line']}"
            judged.append(Judged(label["rule"], "", MISSED, place))
    return judged, unknown


def table(labelled: Round, judged: Sequence[Judged], repositories: int) -> str:
    """Return the table of a round, in Markdown: a row a rule, a row a severity, and all."""
    columns = (TRUE, NOISE, FALSE, UNJUDGED, MISSED)
    lines = [
        f"### {labelled['round'].capitalize()}: {repositories} repositories",
        "",
        f"Judged of the program at {labelled['program']}: {_judged(labelled)} Of that of today:",
        "",
        f"| | {' | '.join(columns)} | right | welcome |",
        "| --- |" + " --- |" * (len(columns) + 2),
    ]
    groups = [(f"`{rule}`", {rule}) for rule in sorted({one.rule for one in judged})]
    groups += [(f"severity {severity}", {severity}) for severity in SEVERITIES]
    for name, members in groups:
        lines.append(_row(name, [one for one in judged if {one.rule, one.severity} & members]))
    lines.append(_row("all", judged))
    return "\n".join(lines) + "\n"


def _judged(labelled: Round) -> str:
    """Return a sentence that counts the labels of a round."""
    count = Counter(one["verdict"] for each in labelled["repositories"] for one in each["labels"])
    right = _share(count[TRUE], count[TRUE] + count[FALSE])
    welcome = _share(count[TRUE], count.total())
    counts = ", ".join(f"{count[verdict]} {verdict}" for verdict in (TRUE, NOISE, FALSE))
    return f"{counts}; {right} right, {welcome} welcome."


def write(path: str, tables: Sequence[str]) -> None:
    """Put the tables between the markers of the page at `path`."""
    with open(path, encoding="utf-8") as file:
        before, rest = file.read().split(BEGIN)
    after = rest.split(END)[1]
    write_text(path, f"{before}{BEGIN}\n" + "\n".join(tables) + f"\n{END}{after}")


def write_text(path: str, text: str) -> None:
    """Write a text file as it is."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)


def _commit(repository: Repository) -> Commit:
    return Commit(repository["repository"], repository["commit"])


def _is_of(label: Label, finding: Finding) -> bool:
    """Return whether the label is of the finding."""
    keys = (label["rule"], label["path"], label["line"])
    return keys == (finding["rule"], finding["path"], finding["line"]) and (
        label["verdict"] != FALSE or label["entries"] == finding["entries"]
    )


def _row(name: str, judged: Sequence[Judged]) -> str:
    count = Counter(one.verdict for one in judged)
    columns = (str(count[kind]) for kind in (TRUE, NOISE, FALSE, UNJUDGED, MISSED))
    right = _share(count[TRUE], count[TRUE] + count[FALSE])
    welcome = _share(count[TRUE], count[TRUE] + count[FALSE] + count[NOISE])
    return f"| {name} | {' | '.join(columns)} | {right} | {welcome} |"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}".replace("%", " %") if whole else "–"


if __name__ == "__main__":
    sys.exit(main())
