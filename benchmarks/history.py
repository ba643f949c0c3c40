"""How many port mistakes are found that the history of public repositories corrects.

    python -m benchmarks.history [--mistakes FILE] HISTORIES

`history.json` has the mistakes, each as a commit that corrects one and the place on its parent.
`HISTORIES` is a folder of clones, each `OWNER__NAME` or `OWNER__NAME.git`. Parent and commit are
written to temporary folders; where no registry is found, `init` proposes one. A mistake is *found*
where the parent has a finding at its place, and *silent after* where the commit has none of the
same rule and message in that file. Findings of `hardcoded-port` and `unregistered-port` are of
numbers that are no mistakes, too, so they count only for a mistake that is a copy of a number. What
`init` says of two services that want one port counts for clashes only.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple, TypedDict

from benchmarks.checkouts import Commit, run

HERE = os.path.dirname(os.path.abspath(__file__))
GENERAL = frozenset({"hardcoded-port", "unregistered-port"})
"""Rules that speak of any number, whether or not it is a mistake."""
COPY = "copy of a number"
"""The kind of mistakes that the rules in `GENERAL` are for."""
CLASHES = frozenset({"clash", "implied clash"})
"""The kinds of mistakes that a contest is about."""
READ = frozenset({"Nix", "Compose"})
"""The formats of mistakes that the program reads: the first of what a mistake needs."""
CONTEST = "init"
"""The rule of what `init` says of two services that want one port."""
NO_REGISTRY = 2
"""The exit status of a check that finds no registry."""
PLACE = re.compile(r"\(([^()]+):(\d+)\)")
"""A place in the output of `init`."""
NEAR = 2
"""How many lines a finding may be from the place of its mistake."""


class Mistake(TypedDict):
    """A port mistake, and the commit that corrects it."""

    repository: str
    commit: str
    path: str
    line: int
    """On the parent of the commit."""
    kind: str
    needs: list[str]
    """The formats, and the knowledge besides them, that finding it takes."""


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
    """What the program says of a mistake."""

    mistake: Mistake
    found: list[_Finding]
    """At its place on the parent."""
    left: list[_Finding]
    """Of those, the ones that are said on the commit too."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what is found, by kind and by place; return 1 where a history is missing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.history")
    parser.add_argument("--mistakes", metavar="FILE", default=os.path.join(HERE, "history.json"))
    parser.add_argument("histories", metavar="HISTORIES", help="a folder of OWNER__NAME clones")
    options = parser.parse_args(arguments)
    mistakes = load(options.mistakes)
    repositories = {one["repository"] for one in mistakes}
    absent = {one for one in repositories if history(options.histories, one) is None}
    for one in sorted(absent):
        folder = Commit(one, "").folder
        print(
            f"missing in {options.histories}: git clone https://github.com/{one} {folder}",
            file=sys.stderr,
        )
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        present = [one for one in mistakes if one["repository"] not in absent]
        results: list[Result] = []
        for result in pool.map(partial(examine, options.histories), present):
            results.append(result)
            print(_line(result), flush=True)
    print()
    print(table(results), end="")
    return 1 if absent else 0


def load(path: str) -> list[Mistake]:
    """Return the mistakes of a file."""
    with open(path, encoding="utf-8") as file:
        mistakes: list[Mistake] = json.load(file)
    return mistakes


def history(folder: str, repository: str) -> str | None:
    """Return the Git directory of a repository's clone in `folder`; None if there is none."""
    name = os.path.join(folder, Commit(repository, "").folder)
    candidates = (os.path.join(name, ".git"), name + ".git")
    return next((one for one in candidates if os.path.isdir(one)), None)


def examine(histories: str, mistake: Mistake) -> Result:
    """Check the parent and the commit of a mistake."""
    git_folder = history(histories, mistake["repository"])
    assert git_folder is not None
    with written(git_folder, mistake["commit"] + "^") as folder:
        before = check(folder)
    with written(git_folder, mistake["commit"]) as folder:
        after = check(folder)
    found = [one for one in before if _is_of(mistake, one)]
    said = {_said(one) for one in after}
    return Result(mistake, found, [one for one in found if _said(one) in said])


@contextmanager
def written(git_folder: str, revision: str) -> Generator[str]:
    """Give a folder with the files of a revision, without links and files that the clone lacks.

    Raises `SystemExit` if the history does not have the revision.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = os.path.join(os.path.realpath(scratch), "repository")
        os.mkdir(folder)
        rows = _git(git_folder, b"", "ls-tree", "-r", "-z", revision).split(b"\0")
        files = [(row.split(b"\t", 1)[1], row.split()[2]) for row in rows if row.startswith(b"100")]
        asked = b"".join(identity + b"\n" for _, identity in files)
        answer = _git(git_folder, asked, "cat-file", "--batch")
        at = 0
        for path, _ in files:
            end = answer.index(b"\n", at)
            head, at = answer[at:end].split(), end + 1
            if head[1] == b"missing":
                continue
            full = os.path.join(os.fsencode(folder), path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "wb") as file:
                file.write(answer[at : at + int(head[2])])
            at += int(head[2]) + 1
        yield folder


def _git(git_folder: str, asked: bytes, *arguments: str) -> bytes:
    command = ("git", "--git-dir", git_folder, *arguments)
    done = subprocess.run(command, input=asked, capture_output=True, check=False)
    if done.returncode:
        sys.exit(f"{git_folder}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def check(folder: str) -> list[_Finding]:
    """Return what `check` finds in `folder`, and `init` where it has to propose a registry.

    Raises `SystemExit` where the check ends in anything but findings or none.
    """
    found: list[_Finding] = []
    done = run(folder, "check", "--no-cache", "--format", "json")
    if done.returncode == NO_REGISTRY:
        proposed = run(folder, "init", "--yes")
        found += contests(proposed.stdout + proposed.stderr)
        done = run(folder, "check", "--no-cache", "--format", "json")
    if done.returncode not in (0, 1):
        sys.exit(f"{folder}: exit status {done.returncode}: {done.stderr}")
    report: _Report = json.loads(done.stdout)
    return found + report["findings"]


def contests(output: str) -> Iterator[_Finding]:
    """Yield, as findings, what the output of `init` says of ports that two services want."""
    for line in output.splitlines():
        if " is wanted by " in line:
            places = [_Span(path=path, line=int(at)) for path, at in PLACE.findall(line)]
            for place in places:
                yield _Finding(rule=CONTEST, message=line, related=places, **place)


def table(results: Sequence[Result]) -> str:
    """Return a table in Markdown: a row a kind, those in files that are read, and all."""
    lines = ["| kind | mistakes | found | of those, silent after |", "| --- | --- | --- | --- |"]
    kinds = sorted({result.mistake["kind"] for result in results})
    rows = [(kind, [one for one in results if one.mistake["kind"] == kind]) for kind in kinds]
    read = [one for one in results if one.mistake["needs"][0] in READ]
    for name, members in [*rows, ("in files that are read", read), ("all", list(results))]:
        found = [one for one in members if one.found]
        silent = sum(not one.left for one in found)
        lines.append(f"| {name} | {len(members)} | {len(found)} | {silent} |")
    return "\n".join(lines) + "\n"


def _is_of(mistake: Mistake, finding: _Finding) -> bool:
    """Return whether the finding is at the place of the mistake, and may be of it."""
    if finding["rule"] in GENERAL and mistake["kind"] != COPY:
        return False
    if finding["rule"] == CONTEST and mistake["kind"] not in CLASHES:
        return False
    places = [(finding["path"], finding["line"])]
    places += [(one["path"], one["line"]) for one in finding["related"]]
    return any(
        path == mistake["path"] and abs(line - mistake["line"]) <= NEAR for path, line in places
    )


def _said(finding: _Finding) -> tuple[str, str, str]:
    return finding["rule"], finding["path"], finding["message"]


def _line(result: Result) -> str:
    mistake = result.mistake
    place = f"{mistake['repository']}@{mistake['commit'][:8]} {mistake['path']}:{mistake['line']}"
    rules = ", ".join(sorted({one["rule"] for one in result.found}))
    after = ", still said after" if result.left else ""
    return f"{'found' if result.found else 'silent'}: {place} {mistake['kind']}: {rules}{after}"


if __name__ == "__main__":
    sys.exit(main())
