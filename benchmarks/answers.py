"""Record of the program's answers on real repositories, and the comparison of two records.

    python -m benchmarks.answers record [--judged FILE] OUT_DIR REPOSITORY_DIR...
    python -m benchmarks.answers compare OLD_DIR NEW_DIR

Record before a refactor and after it, each with the virtual environment of its checkout:
whatever `compare` prints is a change of behaviour.
"""

import argparse
import difflib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypedDict

HERE = os.path.dirname(os.path.abspath(__file__))
EXAMPLES = os.path.join(os.path.dirname(HERE), "examples")
PROGRAM = (sys.executable, "-m", "port_registry")
"""The command of the virtual environment that this module runs in."""

CHECK = ("check", "--select", "all", "--no-cache", "--no-baseline")
JSON = (*CHECK, "--format", "json")
DIFF = (*CHECK, "--diff", "--unsafe-fixes", "--color", "never")
INIT = ("init", "--yes", "--color", "never")
INIT_MODE = "init --yes + check"
"""The mode of a repository without a registry, in the file that `--judged` names."""

PROCESSES = 2
"""How many repositories are checked at a time."""
ROOT = "ROOT"
"""What is recorded in place of the folder that the program ran in."""
ENDINGS = (".init.txt", ".json", ".diff")
"""The endings of the recorded files."""


class _Judged(TypedDict):
    """What is read of a repository in the file that `--judged` names."""

    repo: str
    mode: str


class _JudgedFile(TypedDict):
    """What is read of the file that `--judged` names."""

    repositories: list[_Judged]


class _Report(TypedDict):
    """What is read of the output of `check --format json`."""

    findings: list[object]


class _Recorded(TypedDict):
    """A recorded `.json` file: the run of `check --format json`."""

    command: str
    status: int
    stdout: list[str]
    """Its lines, so that two records can be compared line by line."""
    stderr: list[str]


class Target(NamedTuple):
    """A repository to check."""

    name: str
    """The name of its files in the record."""
    folder: str
    needs_init: bool
    """Whether a registry is made in a copy before the check."""


class Answer(NamedTuple):
    """A finished run of the program, without the name of its folder."""

    command: Sequence[str]
    """The arguments of the program."""
    status: int
    stdout: str
    stderr: str

    def as_json(self) -> str:
        """Return the answer as JSON, its output line by line."""
        recorded: _Recorded = {
            "command": " ".join(self.command),
            "status": self.status,
            "stdout": self.stdout.split("\n"),
            "stderr": self.stderr.split("\n"),
        }
        return json.dumps(recorded, indent=1, ensure_ascii=False) + "\n"

    def as_text(self) -> str:
        """Return the answer as text: the command, its status and both outputs."""
        head = f"$ port-registry {' '.join(self.command)}\nstatus: {self.status}\n"
        return f"{head}--- stderr ---\n{self.stderr}--- stdout ---\n{self.stdout}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Record or compare, as `arguments` ask; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.answers")
    commands = parser.add_subparsers(dest="command", required=True)
    recording = commands.add_parser("record", help="run the program and write its answers")
    recording.add_argument("--judged", metavar="FILE", help="JSON with the mode of each repository")
    recording.add_argument("--examples", metavar="DIR", default=EXAMPLES, help="their folder")
    recording.add_argument("out", metavar="OUT_DIR")
    recording.add_argument("folders", metavar="REPOSITORY_DIR", nargs="*")
    comparing = commands.add_parser("compare", help="compare two records")
    comparing.add_argument("old", metavar="OLD_DIR")
    comparing.add_argument("new", metavar="NEW_DIR")
    options = parser.parse_args(arguments)
    if options.command == "compare":
        return compare(options.old, options.new)
    needing = _needing_init(options.judged) if options.judged else frozenset[str]()
    return record(options.out, _targets(options.examples, options.folders, needing))


def record(out: str, targets: Sequence[Target]) -> int:
    """Write the answers on every target to the folder `out`, which must be new or empty.

    Return 1 where one of the runs ended in a crash.
    """
    os.makedirs(out, exist_ok=True)
    if os.listdir(out):
        print(f"{out} is not empty", file=sys.stderr)
        return 2
    crashed = False
    with ThreadPoolExecutor(PROCESSES) as pool:
        for target, files in zip(targets, pool.map(_answers, targets), strict=True):
            for ending, answer in files.items():
                text = answer.as_json() if ending == ".json" else answer.as_text()
                _write(os.path.join(out, target.name + ending), text)
                crashed |= answer.status not in (0, 1, 2) or "Traceback" in answer.stderr
            statuses = ", ".join(f"{files[key].status} ({key[1:]})" for key in files)
            print(f"{target.name}: exit status {statuses}", flush=True)
    return 1 if crashed else 0


def compare(old: str, new: str) -> int:
    """Print how two records differ, file by file, and a summary; return 1 where they do."""
    names = sorted(_files_of(old) | _files_of(new))
    differing = 0
    for name in names:
        before, after = _lines(os.path.join(old, name)), _lines(os.path.join(new, name))
        print(f"{name}: {'same' if before == after else 'different'}")
        if before != after:
            differing += 1
            old_name, new_name = f"old/{name}", f"new/{name}"
            sys.stdout.writelines(difflib.unified_diff(before, after, old_name, new_name))
    repositories = {_repository(name) for name in names}
    counts = [sum(map(_count, _reports(folder))) for folder in (old, new)]
    findings = " -> ".join(str(count) for count in dict.fromkeys(counts))
    print(
        f"{len(names)} answers of {len(repositories)} repositories compared, "
        f"{findings} findings: {differing} differ"
    )
    if not names:
        print("nothing was compared: neither folder has answers", file=sys.stderr)
    return 1 if differing or not names else 0


def _targets(examples: str, folders: Sequence[str], needing: frozenset[str]) -> list[Target]:
    """Return the examples and the repositories, sorted by name.

    Raises `SystemExit` if two have the same name: one record would replace the other.
    """
    found = [
        Target(f"example-{item.name}", item.path, needs_init=False)
        for item in os.scandir(examples)
        if item.is_dir()
    ]
    for folder in folders:
        name = os.path.basename(os.path.abspath(folder))
        found.append(Target(name, os.path.abspath(folder), name in needing))
    names = [target.name for target in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        sys.exit(f"repositories of the same name: {', '.join(twice)}")
    return sorted(found)


def _needing_init(path: str) -> frozenset[str]:
    """Return the names of folders whose repositories get a registry first."""
    with open(path, encoding="utf-8") as file:
        judged: _JudgedFile = json.load(file)
    return frozenset(
        one["repo"].replace("/", "+") for one in judged["repositories"] if one["mode"] == INIT_MODE
    )


def _answers(target: Target) -> dict[str, Answer]:
    """Return the answers on `target`, by the ending of the file that records each."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = os.path.realpath(target.folder)
        found: dict[str, Answer] = {}
        if target.needs_init:
            original, folder = folder, os.path.join(os.path.realpath(scratch), target.name)
            shutil.copytree(original, folder, symlinks=True)
            found[".init.txt"] = _run(INIT, folder, scratch)
        found[".json"] = _run(JSON, folder, scratch)
        found[".diff"] = _run(DIFF, folder, scratch)
        return found


def _run(command: Sequence[str], folder: str, scratch: str) -> Answer:
    """Run the program in `folder`, away from the caches and settings of the user."""
    done = subprocess.run(
        (*PROGRAM, *command),
        cwd=folder,
        env=_environment(scratch),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    stdout, stderr = (
        output.decode("utf-8", "backslashreplace").replace(folder, ROOT)
        for output in (done.stdout, done.stderr)
    )
    return Answer(command, done.returncode, stdout, stderr)


def _environment(scratch: str) -> dict[str, str]:
    """Return the environment of a run.

    `PYTHONSAFEPATH` keeps a repository's own modules from being imported by the program.
    """
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": scratch,
        "XDG_CACHE_HOME": os.path.join(scratch, "cache"),
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
        "COLUMNS": "100",
        "PYTHONSAFEPATH": "1",
    }


def _files_of(folder: str) -> set[str]:
    return {name for name in os.listdir(folder) if name.endswith(ENDINGS)}


def _repository(name: str) -> str:
    """Return the repository whose answer the file `name` has."""
    return name.removesuffix(next(ending for ending in ENDINGS if name.endswith(ending)))


def _reports(folder: str) -> Iterator[_Recorded]:
    """Yield the runs of `check --format json` that are recorded in `folder`."""
    for name in sorted(_files_of(folder)):
        if name.endswith(".json"):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                yield json.load(file)


def _count(recorded: _Recorded) -> int:
    """Return how many findings the run reported; 0 for one that had no report."""
    try:
        report: _Report = json.loads("\n".join(recorded["stdout"]))
    except json.JSONDecodeError:
        return 0
    return len(report["findings"])


def _lines(path: str) -> list[str]:
    """Return the lines of a recorded file with their ends; none if there is no such file."""
    try:
        with open(path, encoding="utf-8", newline="") as file:
            lines = file.read().split("\n")
    except FileNotFoundError:
        return []
    return [f"{line}\n" for line in lines]


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)


if __name__ == "__main__":
    sys.exit(main())
