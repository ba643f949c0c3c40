"""Application of fixes, in memory."""

from collections import Counter
from collections.abc import Iterable
from enum import Enum

from port_registry.checks.pipeline import Outcome, check_registry
from port_registry.model import Edits, Finding, NamedTuple, Registry, Safety
from port_registry.project.files import Files
from port_registry.project.governing_registry import load_registry
from port_registry.project.progress import Progress
from port_registry.project.workspace import Evaluation, Workspace
from port_registry.project.write import Rewrite

MAX_ROUNDS = 10
"""The greatest number of rounds of fixes, each followed by another check."""


class FixSelection(Enum):
    """Which fixes to apply."""

    SAFE = (Safety.SAFE,)
    ALL = (Safety.SAFE, Safety.UNSAFE)


class FixResult(NamedTuple):
    """The result of applying fixes."""

    outcome: Outcome
    """The outcome of a check afterwards."""
    files: Files
    """The files with the fixes."""
    rewrites: tuple[Rewrite, ...]
    """The files that change, sorted by path."""
    fixed: tuple[tuple[str, int], ...]
    """How many findings were fixed in each file, sorted by path; none where the fixes undid
    each other."""
    settled: bool
    """Whether no applicable fix is left."""


def fix_findings(
    workspace: Workspace, outcome: Outcome, selection: FixSelection, progress: Progress
) -> FixResult:
    """Apply the fixes of `outcome`, and those of the checks afterwards, until there are none.

    Nothing is written; `port_registry.project.write.write_all` does that.
    """
    files = workspace.files
    fixed: Counter[str] = Counter()
    display_paths: dict[str, str] = {}
    for _ in range(MAX_ROUNDS):
        batch = _choose(outcome.findings, selection, files)
        if not batch.applied:
            break
        fixed.update(finding.span.path for finding in batch.applied)
        display_paths = {**batch.paths, **display_paths}
        texts = {
            real_path: edits.apply(files.read(batch.paths[real_path]).text)
            for real_path, edits in batch.edits.items()
        }
        files = files.with_texts(texts)
        edited_workspace = workspace._replace(files=files)
        outcome = check_registry(
            edited_workspace, _registry_after(edited_workspace, outcome.registry, texts), progress
        )
    rewrites = tuple(_rewrites(workspace.files, files, display_paths))
    settled = not _choose(outcome.findings, selection, files).applied
    counts = tuple(sorted(fixed.items())) if rewrites else ()
    return FixResult(outcome, files, rewrites, counts, settled)


def _registry_after(
    workspace: Workspace, before: Registry, edited_paths: Iterable[str]
) -> Registry:
    """Return the registry with the new texts of the files at the real paths `edited_paths`.

    Nix reads the disk, which has the old texts, so it cannot be asked again.
    """
    is_nix_edited = any(path.endswith(".nix") for path in edited_paths)
    if workspace.evaluation is Evaluation.NIX and not is_nix_edited:
        return before
    return load_registry(workspace._replace(evaluation=Evaluation.NONE))


class _FixBatch(NamedTuple):
    """Fixes that can be applied together."""

    applied: list[Finding]
    edits: dict[str, Edits]
    """By real path."""
    paths: dict[str, str]
    """The first path by which each real path was named."""


def _choose(findings: Iterable[Finding], selection: FixSelection, files: Files) -> _FixBatch:
    """Return the fixes that do not overlap; of two that do, the first."""
    batch = _FixBatch([], {}, {})
    for finding in findings:
        fix = finding.fix
        if fix is None or fix.safety not in selection.value:
            continue
        real_edits = [
            (real_path, edit)
            for edit in fix.edits
            if (real_path := files.real_path(edit.span.path)) is not None
        ]
        if len(real_edits) < len(fix.edits) or not all(
            batch.edits.setdefault(real_path, Edits()).accepts(edit)
            for real_path, edit in real_edits
        ):
            continue
        for real_path, edit in real_edits:
            batch.edits[real_path].add(edit)
            batch.paths.setdefault(real_path, edit.span.path)
        batch.applied.append(finding)
    return batch


def _rewrites(before: Files, after: Files, paths: dict[str, str]) -> Iterable[Rewrite]:
    for real_path, path in sorted(paths.items(), key=lambda item: item[1]):
        old, new = before.read(path).text, after.read(path).text
        if old != new:
            yield Rewrite(path, real_path, old, new)
