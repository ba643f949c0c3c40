"""Findings removed by their fixes, in memory first and on disk at the end."""

from collections import Counter
from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from port_registry.checks.pipeline import Outcome, check_registry
from port_registry.model import Edits, Finding, Registry, Safety
from port_registry.project.files import Files
from port_registry.project.governing_registry import load_registry
from port_registry.project.progress import Progress
from port_registry.project.workspace import Evaluation, Workspace
from port_registry.project.write import Rewrite

MOST_ROUNDS = 10
"""How often fixes are applied and the project is checked again."""


class FixSelection(Enum):
    """Which fixes to apply."""

    SAFE = (Safety.SAFE,)
    ALL = (Safety.SAFE, Safety.UNSAFE)


class FixResult(NamedTuple):
    """What fixing came to."""

    outcome: Outcome
    """What a check finds after it."""
    files: Files
    """The files as they are after it."""
    rewrites: tuple[Rewrite, ...]
    """The files that change, sorted by path."""
    fixed: tuple[tuple[str, int], ...]
    """How many findings in each file had their fixes applied; sorted by path, and empty
    where the fixes undid each other."""
    settled: bool
    """Whether no fix is left that could be applied."""


def fix_findings(
    workspace: Workspace, outcome: Outcome, wanted: FixSelection, progress: Progress
) -> FixResult:
    """Apply the fixes of `outcome`, check again, and go on while there are some.

    Nothing is written; `port_registry.project.write.write_all` does that.
    """
    files = workspace.files
    fixed: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for _ in range(MOST_ROUNDS):
        chosen = _choose(outcome.findings, wanted, files)
        if not chosen.applied:
            break
        fixed.update(finding.span.path for finding in chosen.applied)
        shown = {**chosen.paths, **shown}
        texts = {
            real: edits.apply(files.read(chosen.paths[real]).text)
            for real, edits in chosen.edits.items()
        }
        files = files.with_texts(texts)
        again = workspace._replace(files=files)
        outcome = check_registry(again, _registry_after(again, outcome.registry, texts), progress)
    rewrites = tuple(_rewrites(workspace.files, files, shown))
    settled = not _choose(outcome.findings, wanted, files).applied
    counts = tuple(sorted(fixed.items())) if rewrites else ()
    return FixResult(outcome, files, rewrites, counts, settled)


def _registry_after(workspace: Workspace, before: Registry, edited: Iterable[str]) -> Registry:
    """Return the registry once the files at the real paths `edited` have new texts.

    Nix sees the disk, where the old texts still are, so it cannot be asked again.
    """
    if workspace.evaluation is Evaluation.NIX and not any(path.endswith(".nix") for path in edited):
        return before
    return load_registry(workspace._replace(evaluation=Evaluation.NOBODY))


class _Chosen(NamedTuple):
    applied: list[Finding]
    edits: dict[str, Edits]
    """By real path."""
    paths: dict[str, str]
    """The path by which each real path was named first."""


def _choose(findings: Iterable[Finding], wanted: FixSelection, files: Files) -> _Chosen:
    """Choose the fixes that do not get in each other's way; first come, first served."""
    chosen = _Chosen([], {}, {})
    for finding in findings:
        fix = finding.fix
        if fix is None or fix.safety not in wanted.value:
            continue
        placed = [
            (real, edit)
            for edit in fix.edits
            if (real := files.real_path(edit.span.path)) is not None
        ]
        if len(placed) < len(fix.edits) or not all(
            chosen.edits.setdefault(real, Edits()).accepts(edit) for real, edit in placed
        ):
            continue
        for real, edit in placed:
            chosen.edits[real].add(edit)
            chosen.paths.setdefault(real, edit.span.path)
        chosen.applied.append(finding)
    return chosen


def _rewrites(before: Files, after: Files, paths: dict[str, str]) -> Iterable[Rewrite]:
    for real, path in sorted(paths.items(), key=lambda item: item[1]):
        old, new = before.read(path).text, after.read(path).text
        if old != new:
            yield Rewrite(path, real, old, new)
