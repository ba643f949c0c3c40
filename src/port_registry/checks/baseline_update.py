"""A project's baseline, which an update makes smaller and never larger."""

import os
from typing import NamedTuple

from port_registry.checks.pipeline import Outcome
from port_registry.model import UsageError
from port_registry.project.baseline import (
    NO_BASELINE,
    Split,
    baseline_of,
    load,
    show,
    without_mended,
)
from port_registry.project.workspace import BaselineFile, Workspace


class BaselineUpdate(NamedTuple):
    """What an update of the baseline came to."""

    outcome: Outcome
    """What there is to report after it."""
    display_path: str
    """The file, as people know it."""
    created: bool
    """Whether it is new."""
    dropped: int
    """How many findings are accepted no more."""
    left: int
    """How many are accepted now."""


def with_baseline(workspace: Workspace) -> Workspace:
    """Return `workspace` with the findings accepted that its baseline names, if it has one.

    Raises `BaselineError` where that cannot be read.
    """
    file = workspace.baseline
    if file is None:
        return workspace
    return workspace._replace(accepted=load(file.path, file.shown))


def with_optional_baseline(workspace: Workspace) -> Workspace:
    """Do as `with_baseline` does, for a baseline that may not be written yet.

    Raises `UsageError` where none is named.
    """
    return workspace if not os.path.lexists(_file(workspace).path) else with_baseline(workspace)


def update_baseline(workspace: Workspace, outcome: Outcome) -> BaselineUpdate:
    """Write the baseline of `workspace` after a check that came to `outcome`.

    One that is there loses what was mended and gains nothing; one that is not is made of all
    that was found. Raises `WriteError` where it cannot be written.
    """
    file = _file(workspace)
    before = workspace.accepted.text
    if before is None:
        from port_registry.project.write import create

        made = baseline_of(outcome.findings, workspace.files)
        create(file.path, file.shown, show(made))
        after = outcome._replace(findings=(), split=Split((), made, NO_BASELINE))
        return BaselineUpdate(after, file.shown, created=True, dropped=0, left=made.size())
    kept = without_mended(outcome.split, outcome.unread)
    if show(kept) != before:
        from port_registry.project.write import Rewrite, write_all

        write_all([Rewrite(file.shown, os.path.realpath(file.path), before, show(kept))])
    dropped = workspace.accepted.size() - kept.size()
    return BaselineUpdate(outcome, file.shown, created=False, dropped=dropped, left=kept.size())


def _file(workspace: Workspace) -> BaselineFile:
    if workspace.baseline is None:
        raise UsageError(
            "`--update-baseline` needs to know the file",
            hint="name it with `--baseline FILE`, or with `baseline` in port-registry.toml",
        )
    return workspace.baseline
