"""Update of a project's baseline, which may drop findings and never adds any."""

import os

from port_registry.checks.pipeline import Outcome
from port_registry.model import NamedTuple, UsageError
from port_registry.project import baseline as baselines
from port_registry.project.workspace import BaselineFile, Workspace


class BaselineUpdate(NamedTuple):
    """The result of an update of the baseline."""

    outcome: Outcome
    """The outcome to report after the update."""
    display_path: str
    """The path of the file, for people."""
    created: bool
    """True where the file did not exist before."""
    dropped: int
    """The number of findings that are no longer accepted."""
    left: int
    """The number of findings that are accepted now."""


def with_baseline(workspace: Workspace) -> Workspace:
    """Return `workspace` with the findings that its baseline accepts, if it has one.

    Raises `BaselineError` where it cannot be read.
    """
    file = workspace.baseline
    if file is None:
        return workspace
    return workspace._replace(accepted=baselines.load_baseline(file.path, file.display_path))


def with_optional_baseline(workspace: Workspace) -> Workspace:
    """Return the same as `with_baseline`, for a baseline that may not exist yet.

    Raises `UsageError` where none is named.
    """
    return workspace if not os.path.lexists(_file(workspace).path) else with_baseline(workspace)


def update_baseline(workspace: Workspace, outcome: Outcome) -> BaselineUpdate:
    """Write the baseline of `workspace` after a check with `outcome`.

    An existing one loses the findings that are fixed, and gains none; a new one accepts every
    finding. Raises `WriteError` where it cannot be written.
    """
    file = _file(workspace)
    before = workspace.accepted.text
    if before is None:
        from port_registry.project.write import create

        baseline = baselines.baseline_of(outcome.findings, workspace.files)
        create(file.path, file.display_path, baselines.format_baseline(baseline))
        after = outcome._replace(
            findings=(), split=baselines.BaselineComparison((), baseline, baselines.NO_BASELINE)
        )
        size = baseline.size()
        return BaselineUpdate(after, file.display_path, created=True, dropped=0, left=size)
    kept = baselines.without_fixed(outcome.split, outcome.unread)
    if baselines.format_baseline(kept) != before:
        from port_registry.project.write import Rewrite, write_all

        path, after_text = os.path.realpath(file.path), baselines.format_baseline(kept)
        write_all([Rewrite(file.display_path, path, before, after_text)])
    left, dropped = kept.size(), workspace.accepted.size() - kept.size()
    return BaselineUpdate(outcome, file.display_path, created=False, dropped=dropped, left=left)


def _file(workspace: Workspace) -> BaselineFile:
    if workspace.baseline is None:
        raise UsageError(
            "no baseline to update",
            hint="`port-registry check --update-baseline --baseline ports-baseline.jsonl` "
            "writes one; `baseline` in port-registry.toml names it",
        )
    return workspace.baseline
