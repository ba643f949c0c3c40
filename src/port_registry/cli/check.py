"""`port-registry check`."""

import os
import sys
from argparse import ArgumentParser, Namespace
from enum import Enum
from typing import NamedTuple

from port_registry.checks.baseline_update import update, with_baseline, with_baseline_to_be
from port_registry.checks.pipeline import Outcome, check
from port_registry.cli.arguments import (
    TargetArgument,
    colour,
    declare_colour,
    declare_target,
    target,
)
from port_registry.cli.project import request_of, taken
from port_registry.cli.result import CLEAN, FINDINGS, CommandResult
from port_registry.model.errors import UsageError
from port_registry.output.findings.text import TextReport
from port_registry.output.locations import Paths
from port_registry.output.progress_bar import Bar
from port_registry.output.terminal import ColourChoice, Screen, screen_of
from port_registry.project.workspace import Caching, Workspace, open_workspace

_TEXT, _JSON = "text", "json"
"""The forms in which the outcome is printed."""


class _Mode(Enum):
    """What is done about findings."""

    REPORT = "report"
    FIX = "fix"
    DIFF = "diff"


class _CheckOptions(NamedTuple):
    """What was asked for."""

    target: TargetArgument
    paths: tuple[str, ...]
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    mode: _Mode
    unsafe: bool
    """Whether fixes that need a person's look are applied too."""
    baseline: str | None
    heeds_baseline: bool
    """Whether a baseline counts that the configuration names."""
    updates_baseline: bool
    caches: bool
    """Whether what Nix files say is kept in the user's cache directory."""
    form: str
    verbose: bool
    colour: ColourChoice


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="report on these files and folders alone"
    )
    declare_target(parser)
    for option, about in (
        ("--select", "report these rules alone (`all`, `default` and names, with commas)"),
        ("--ignore", "do not report these rules"),
    ):
        parser.add_argument(option, metavar="RULES", action="append", default=[], help=about)
    parser.add_argument("--fix", action="store_true", help="apply the fixes that are safe")
    parser.add_argument(
        "--unsafe-fixes", action="store_true", help="apply those too that need a person's look"
    )
    parser.add_argument(
        "--diff", action="store_true", help="show what would be fixed, and write nothing"
    )
    _declare_baseline(parser)
    parser.add_argument(
        "--no-cache", action="store_true", help="neither use nor write what is kept between runs"
    )
    parser.add_argument("--format", choices=(_TEXT, _JSON), default=_TEXT)
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="show what was left alone, too"
    )
    declare_colour(parser)


def _declare_baseline(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--baseline", metavar="FILE", help="accept the findings that this file names"
    )
    parser.add_argument(
        "--no-baseline", action="store_true", help="accept none, whatever the configuration says"
    )
    parser.add_argument(
        "--update-baseline",
        action="store_true",
        help="drop what was mended from the baseline; where there is none, write today's findings",
    )


def _options(given: Namespace) -> _CheckOptions:
    mode = _Mode.REPORT
    if given.diff:
        mode = _Mode.DIFF
    elif given.fix or given.unsafe_fixes:
        mode = _Mode.FIX
    if mode is _Mode.DIFF and given.format == _JSON:
        raise UsageError("`--diff` and `--format json` exclude each other")
    if given.no_baseline and (given.baseline is not None or given.update_baseline):
        raise UsageError("`--no-baseline` excludes the other options of the baseline")
    if given.update_baseline and (
        mode is _Mode.DIFF or given.paths or given.select or given.ignore
    ):
        raise UsageError(
            "`--update-baseline` takes the whole project and every rule that is on",
            hint="leave out paths, `--select`, `--ignore` and `--diff`",
        )
    return _CheckOptions(
        target=target(given),
        paths=tuple(given.paths),
        select=_words("--select", given.select),
        ignore=_words("--ignore", given.ignore),
        mode=mode,
        unsafe=given.unsafe_fixes,
        baseline=given.baseline,
        heeds_baseline=not given.no_baseline,
        updates_baseline=given.update_baseline,
        caches=not given.no_cache,
        form=given.format,
        verbose=given.verbose,
        colour=colour(given),
    )


def _words(option: str, lists: list[str]) -> tuple[str, ...]:
    words = (word.strip() for words in lists for word in words.split(","))
    found = tuple(word for word in words if word)
    if lists and not found:
        raise UsageError(f"`{option}` names no rule", hint="`port-registry explain` lists them")
    return found


def run(given: Namespace) -> CommandResult:
    """Check the project, and fix it where that is asked for."""
    options = _options(given)
    bar = Bar(sys.stderr)
    try:
        workspace = _workspace(options)
        outcome = check(workspace, bar)
        if options.mode is _Mode.REPORT:
            return _settle(options, workspace, outcome)
        return _repair(options, workspace, outcome, bar)
    finally:
        bar.clear()


def _workspace(options: _CheckOptions) -> Workspace:
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


def _settle(options: _CheckOptions, workspace: Workspace, outcome: Outcome) -> CommandResult:
    """Report, after the baseline was brought up to date if that is asked for."""
    if not options.updates_baseline:
        return _report(options, workspace, outcome)
    from port_registry.output.text.baseline import baseline_said

    updated = update(workspace, outcome)
    answer = _report(options, workspace, updated.outcome)
    said = baseline_said(updated, screen_of(sys.stderr, options.colour))
    return answer._replace(err=said + answer.err)


def _report(options: _CheckOptions, workspace: Workspace, outcome: Outcome) -> CommandResult:
    status = FINDINGS if outcome.findings else CLEAN
    paths = _paths(workspace)
    err = taken(outcome.registry, paths, screen_of(sys.stderr, options.colour))
    if options.form == _JSON:
        from port_registry.output.findings.json import outcome_json

        return CommandResult(status, outcome_json(outcome, workspace.files), err)
    report = TextReport(workspace.files, paths, _screen(options))
    out = report.findings(outcome)
    if options.verbose:
        out += report.every_unknown(outcome.unknown) + report.notes(outcome.notes)
        out += report.allowed(outcome) + report.mended(outcome)
    else:
        out += report.unknown(outcome.unknown)
    return CommandResult(status, out + report.summary(outcome), err)


def _repair(
    options: _CheckOptions, workspace: Workspace, outcome: Outcome, bar: Bar
) -> CommandResult:
    from port_registry.checks.fix import FixSelection, repair

    wanted = FixSelection.ALL if options.unsafe else FixSelection.SAFE
    made = repair(workspace, outcome, wanted, bar)
    screen = screen_of(sys.stderr, options.colour)
    report = TextReport(workspace.files, _paths(workspace), screen)
    err = report.fixed(made.fixed, "Would fix" if options.mode is _Mode.DIFF else "Fixed")
    if not made.settled:
        err += report.unsettled()
    if options.mode is _Mode.DIFF:
        from port_registry.cli.diff_output import diff

        status = FINDINGS if outcome.findings else CLEAN
        return CommandResult(status, diff(made.rewrites, options.colour), err)
    from port_registry.project.write import write_all

    write_all(made.rewrites)
    after = _settle(options, workspace._replace(files=made.files), made.outcome)
    return after._replace(err=err + after.err)


def _paths(workspace: Workspace) -> Paths:
    return Paths(workspace.files.root, os.path.realpath(os.getcwd()))


def _screen(options: _CheckOptions) -> Screen:
    return screen_of(sys.stdout, options.colour)
