"""`port-registry check`."""

import os
import sys
from typing import TYPE_CHECKING

from port_registry.cli.answer import CLEAN, FINDINGS, Answer
from port_registry.cli.parser import CheckOptions, Format, Mode
from port_registry.cli.project import request_of, taken
from port_registry.engine.check import Outcome, check
from port_registry.engine.ratchet import (
    update,
    with_baseline,
    with_baseline_to_be,
)
from port_registry.engine.workspace import Caching, Workspace, open_workspace
from port_registry.report.places import Paths
from port_registry.report.progress import Bar
from port_registry.report.screen import Screen, is_terminal, screen_of
from port_registry.report.text import TextReport

if TYPE_CHECKING:
    from port_registry.engine.write import Rewrite


def run(options: CheckOptions) -> Answer:
    """Check the project, and fix it where that is asked for."""
    bar = Bar(sys.stderr)
    try:
        workspace = _workspace(options)
        outcome = check(workspace, bar)
        if options.mode is Mode.REPORT:
            return _settle(options, workspace, outcome)
        return _repair(options, workspace, outcome, bar)
    finally:
        bar.clear()


def _workspace(options: CheckOptions) -> Workspace:
    request = request_of(options.target)._replace(
        paths=options.paths,
        select=options.select,
        ignore=options.ignore,
        baseline=options.baseline,
        caching=Caching.ON_DISK if options.caches else Caching.ONE_RUN,
    )
    workspace = open_workspace(request)
    if not options.heeds_baseline:
        return workspace
    if options.updates_baseline:
        return with_baseline_to_be(workspace)
    return with_baseline(workspace)


def _settle(options: CheckOptions, workspace: Workspace, outcome: Outcome) -> Answer:
    """Report, after the baseline was brought up to date if that is asked for."""
    if not options.updates_baseline:
        return _report(options, workspace, outcome)
    from port_registry.report.accepted import baseline_said

    updated = update(workspace, outcome)
    answer = _report(options, workspace, updated.outcome)
    said = baseline_said(updated, screen_of(sys.stderr, options.colour))
    return answer._replace(err=said + answer.err)


def _report(options: CheckOptions, workspace: Workspace, outcome: Outcome) -> Answer:
    status = FINDINGS if outcome.findings else CLEAN
    paths = _paths(workspace)
    err = taken(outcome.registry, paths, screen_of(sys.stderr, options.colour))
    if options.form is Format.JSON:
        from port_registry.report.json import outcome_json

        return Answer(status, outcome_json(outcome, workspace.files), err)
    report = TextReport(workspace.files, paths, _screen(options))
    out = report.findings(outcome)
    if options.verbose:
        out += report.every_unknown(outcome.unknown) + report.notes(outcome.notes)
        out += report.allowed(outcome) + report.mended(outcome)
    else:
        out += report.unknown(outcome.unknown)
    return Answer(status, out + report.summary(outcome), err)


def _repair(options: CheckOptions, workspace: Workspace, outcome: Outcome, bar: Bar) -> Answer:
    from port_registry.engine.fix import Wanted, repair

    wanted = Wanted.ALL if options.unsafe else Wanted.SAFE
    made = repair(workspace, outcome, wanted, bar)
    screen = screen_of(sys.stderr, options.colour)
    report = TextReport(workspace.files, _paths(workspace), screen)
    err = report.fixed(made.fixed, "Would fix" if options.mode is Mode.DIFF else "Fixed")
    if not made.settled:
        err += report.unsettled()
    if options.mode is Mode.DIFF:
        status = FINDINGS if outcome.findings else CLEAN
        return Answer(status, _diff(options, made.rewrites), err)
    from port_registry.engine.write import write_all

    write_all(made.rewrites)
    after = _settle(options, workspace._replace(files=made.files), made.outcome)
    return after._replace(err=err + after.err)


def _diff(options: CheckOptions, rewrites: tuple["Rewrite", ...]) -> str:
    """Return the diff: for a person, or else, as it is, for `git apply`."""
    from port_registry.engine.diff import unified

    diff, screen = unified(rewrites), _screen(options)
    if not screen.coloured and not is_terminal(sys.stdout):
        return diff
    from port_registry.report.patch import shown

    return shown(diff, screen)


def _paths(workspace: Workspace) -> Paths:
    return Paths(workspace.files.root, os.path.realpath(os.getcwd()))


def _screen(options: CheckOptions) -> Screen:
    return screen_of(sys.stdout, options.colour)
