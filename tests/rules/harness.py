"""Projects from texts, checked and fixed by the real pipeline."""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from port_registry.checks.fix import FixSelection, fix_findings
from port_registry.checks.pipeline import check
from port_registry.model import Finding, Safety, Source
from port_registry.project.progress import NoProgress
from port_registry.project.workspace import Request, Workspace, open_workspace
from tests import real
from tests.rules import nix_values

Files = Mapping[str, str]
"""The texts of a project's files, by path."""


_KEEPING = frozenset(("hardcoded-port",))
"""Rules whose fixes change no value."""


class Checked(NamedTuple):
    """What a check of some files found."""

    files: Files
    findings: tuple[Finding, ...]

    def shown(self) -> list[str]:
        """Return each finding as `rule path:line text`, in the report's order."""
        return [show(self.files, finding) for finding in self.findings]


def show(files: Files, finding: Finding) -> str:
    source = Source(finding.span.path, files[finding.span.path])
    line = source.position(finding.span.start).line
    return f"{finding.rule} {finding.span.path}:{line} {source.slice(finding.span)}".rstrip()


@contextmanager
def project(files: Files) -> Iterator[str]:
    """Write `files` into a folder of their own, and give its path."""
    with tempfile.TemporaryDirectory() as folder:
        root = os.path.realpath(folder)
        write(root, files)
        yield root


def write(root: str, files: Files) -> None:
    for path, text in files.items():
        whole = os.path.join(root, path)
        os.makedirs(os.path.dirname(whole), exist_ok=True)
        with open(whole, "w", encoding="utf-8", newline="") as file:
            file.write(text)


def opened(root: str, select: tuple[str, ...] = ()) -> Workspace:
    return open_workspace(Request(start=root, select=select))


def run(files: Files, select: tuple[str, ...] = ()) -> Checked:
    """Check `files`."""
    with project(files) as root:
        return Checked(files, check(opened(root, select), NoProgress()).findings)


def settle(files: Files, wanted: FixSelection, select: tuple[str, ...] = ()) -> Checked:
    """Fix `files`, with nothing known of them, and check them again.

    The fixes settle, a check of what was written says what the last check said, nothing
    that could be fixed is left, a second run changes nothing, what process-compose
    accepted before it accepts after. What Nix could read it still can, and where a fix is
    not meant to change values, they are what they were.
    """
    with project(files) as root:
        workspace = opened(root, select)
        outcome = check(workspace, NoProgress())
        done = fix_findings(workspace, outcome, wanted, NoProgress())
    assert done.settled
    fixed = {**files, **{rewrite.path: rewrite.after for rewrite in done.rewrites}}
    left = [f for f in done.outcome.findings if f.fix and f.fix.safety in wanted.value]
    assert left == []
    program = real.found("process-compose")
    if program is not None and fixed != dict(files) and _refusals(program, files) == []:
        assert_accepted(program, fixed)
    nix_values.assert_readable(files, fixed)
    if {f.rule for f in outcome.findings if f.fix} <= _KEEPING:
        nix_values.assert_same(files, fixed, outcome.registry.path)
    again = run(fixed, select)
    assert again.shown() == Checked(fixed, done.outcome.findings).shown()
    return again


def fix(files: Files, wanted: FixSelection, select: tuple[str, ...] = ()) -> Checked:
    """Fix `files` and check them again.

    Beside what `settle` asserts, nothing is found that was not found before, and only the
    edits' own text changes.
    """
    before = run(files, select)
    after = settle(files, wanted, select)
    known = {_identity(finding) for finding in before.findings}
    new = [finding for finding in after.findings if _identity(finding) not in known]
    assert new == [], [f"{show(after.files, one)}: {one.message}" for one in new]
    _assert_only_edits(files, after.files, before.findings, wanted)
    return after


def _identity(finding: Finding) -> tuple[object, ...]:
    """Return what makes a finding the same one after a fix has moved or changed its text."""
    return (finding.rule, finding.span.path, finding.entries or finding.message)


def _assert_only_edits(
    files: Files, fixed: Files, findings: tuple[Finding, ...], wanted: FixSelection
) -> None:
    """Assert that every text that no fix speaks of stands, in order, in the result."""
    for path, text in files.items():
        edits = {
            edit
            for finding in findings
            if finding.fix is not None and finding.fix.safety in wanted.value
            for edit in finding.fix.edits
            if edit.span.path == path
        }
        at = done = 0
        for edit in sorted(edits, key=lambda edit: edit.span):
            kept = text[done : edit.span.start]
            found = fixed[path].find(kept, at)
            assert found >= 0, f"lost: {kept!r}"
            at, done = found + len(kept), max(done, edit.span.end)
        assert fixed[path].endswith(text[done:])


def assert_accepted(program: str, files: Files) -> None:
    """Assert that process-compose, at `program`, takes each of its files among `files`."""
    assert _refusals(program, files) == []


def _refusals(program: str, files: Files) -> list[str]:
    """Return what process-compose, at `program`, says of those `files` that it refuses."""
    said: list[str] = []
    with project(files) as root:
        for path in files:
            name = os.path.basename(path)
            if name.startswith("process-compose") and ".override." not in name:
                command = [program, "--dry-run", "--no-server", "-f", path]
                done = subprocess.run(command, cwd=root, capture_output=True, text=True)
                if done.returncode != 0:
                    said.append(done.stdout + done.stderr)
    return said


def is_safe(finding: Finding) -> bool:
    return finding.fix is not None and finding.fix.safety is Safety.SAFE
