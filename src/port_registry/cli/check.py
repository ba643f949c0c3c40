"""`port-registry check`."""

import sys
from argparse import ArgumentParser, Namespace
from enum import Enum
from typing import NamedTuple

from port_registry.checks.baseline_update import (
    update_baseline,
    with_baseline,
    with_optional_baseline,
)
from port_registry.checks.pipeline import Outcome, check
from port_registry.cli.arguments import (
    RegistryOptions,
    colour_choice,
    declare_colour_option,
    declare_read_options,
    registry_options,
)
from port_registry.cli.project import ambiguous_registry_note, display_paths, request_for
from port_registry.cli.result import CLEAN, FINDINGS, CommandResult
from port_registry.model import UsageError
from port_registry.output.findings import text
from port_registry.output.findings.text import TextReport
from port_registry.output.interface import Detail, FindingsFormat, ReportContext
from port_registry.output.progress_bar import ProgressBar
from port_registry.output.table import FINDINGS_FORMATS, findings_format
from port_registry.output.terminal import ColourChoice, screen_of
from port_registry.project.workspace import Caching, Workspace, open_workspace


class _Mode(Enum):
    """What to do about findings."""

    REPORT = "report"
    FIX = "fix"
    DIFF = "diff"


class _CheckOptions(NamedTuple):
    """The command's options."""

    target: RegistryOptions
    paths: tuple[str, ...]
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    mode: _Mode
    unsafe: bool
    """Whether to apply fixes that need a review, too."""
    baseline: str | None
    heeds_baseline: bool
    """Whether to use the baseline that the configuration names."""
    updates_baseline: bool
    caches: bool
    """Whether to cache the facts of Nix files in the user's cache directory."""
    format: FindingsFormat
    detail: Detail
    colour: ColourChoice


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="report on these files and folders only"
    )
    declare_read_options(parser)
    for option, about in (
        ("--select", "report these rules only (`all`, `default` and names, with commas)"),
        ("--ignore", "do not report these rules"),
    ):
        parser.add_argument(option, metavar="RULES", action="append", default=[], help=about)
    parser.add_argument("--fix", action="store_true", help="apply the fixes that are safe")
    parser.add_argument(
        "--unsafe-fixes", action="store_true", help="also apply the fixes that need a review"
    )
    parser.add_argument(
        "--diff", action="store_true", help="show what would be fixed, and write nothing"
    )
    _declare_baseline(parser)
    parser.add_argument("--no-cache", action="store_true", help="neither use nor write the cache")
    formats = [findings.NAME for findings in FINDINGS_FORMATS]
    parser.add_argument("--format", choices=formats, default=formats[0])
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="show what was left alone, too"
    )
    declare_colour_option(parser)


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
        help="drop fixed findings from the baseline; where there is none, write today's findings",
    )


def _options(arguments: Namespace) -> _CheckOptions:
    mode = _Mode.REPORT
    if arguments.diff:
        mode = _Mode.DIFF
    elif arguments.fix or arguments.unsafe_fixes:
        mode = _Mode.FIX
    if mode is _Mode.DIFF and arguments.format != text.NAME:
        raise UsageError(f"`--diff` cannot be used with `--format {arguments.format}`")
    if arguments.no_baseline and (arguments.baseline is not None or arguments.update_baseline):
        raise UsageError("`--no-baseline` cannot be used with `--baseline` or `--update-baseline`")
    if arguments.update_baseline and (
        mode is _Mode.DIFF or arguments.paths or arguments.select or arguments.ignore
    ):
        raise UsageError(
            "`--update-baseline` needs the whole project and every rule that is on",
            hint="leave out paths, `--select`, `--ignore` and `--diff`",
        )
    return _CheckOptions(
        target=registry_options(arguments),
        paths=tuple(arguments.paths),
        select=_rule_names("--select", arguments.select),
        ignore=_rule_names("--ignore", arguments.ignore),
        mode=mode,
        unsafe=arguments.unsafe_fixes,
        baseline=arguments.baseline,
        heeds_baseline=not arguments.no_baseline,
        updates_baseline=arguments.update_baseline,
        caches=not arguments.no_cache,
        format=findings_format(arguments.format),
        detail=Detail.FULL if arguments.verbose else Detail.BRIEF,
        colour=colour_choice(arguments),
    )


def _rule_names(option: str, lists: list[str]) -> tuple[str, ...]:
    names = (name.strip() for names in lists for name in names.split(","))
    rules = tuple(name for name in names if name)
    if lists and not rules:
        raise UsageError(f"`{option}` names no rule", hint="`port-registry explain` lists them")
    return rules


def run(arguments: Namespace) -> CommandResult:
    """Check the project, and fix findings with `--fix`."""
    options = _options(arguments)
    bar = ProgressBar(sys.stderr)
    try:
        workspace = _workspace(options)
        outcome = check(workspace, bar)
        if options.mode is _Mode.REPORT:
            return _update_and_report(options, workspace, outcome)
        return _fix(options, workspace, outcome, bar)
    finally:
        bar.clear()


def _workspace(options: _CheckOptions) -> Workspace:
    request = request_for(options.target)._replace(
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
        return with_optional_baseline(workspace)
    return with_baseline(workspace)


def _update_and_report(
    options: _CheckOptions, workspace: Workspace, outcome: Outcome
) -> CommandResult:
    """Return the report, after updating the baseline if `--update-baseline` is given."""
    if not options.updates_baseline:
        return _report(options, workspace, outcome)
    from port_registry.output.text.baseline import baseline_update_text

    update = update_baseline(workspace, outcome)
    result = _report(options, workspace, update.outcome)
    baseline_text = baseline_update_text(update, screen_of(sys.stderr, options.colour))
    return result._replace(err=baseline_text + result.err)


def _report(options: _CheckOptions, workspace: Workspace, outcome: Outcome) -> CommandResult:
    status = FINDINGS if outcome.findings else CLEAN
    paths = display_paths(workspace.files.root)
    err = ambiguous_registry_note(outcome.registry, paths, screen_of(sys.stderr, options.colour))
    screen = screen_of(sys.stdout, options.colour)
    context = ReportContext(workspace.files, paths, screen, options.detail)
    return CommandResult(status, options.format.report(outcome, context), err)


def _fix(
    options: _CheckOptions, workspace: Workspace, outcome: Outcome, bar: ProgressBar
) -> CommandResult:
    from port_registry.checks.fix import FixSelection, fix_findings

    selection = FixSelection.ALL if options.unsafe else FixSelection.SAFE
    fixed = fix_findings(workspace, outcome, selection, bar)
    screen = screen_of(sys.stderr, options.colour)
    report = TextReport(workspace.files, display_paths(workspace.files.root), screen)
    err = report.fix_summary(fixed.fixed, "Would fix" if options.mode is _Mode.DIFF else "Fixed")
    if not fixed.settled:
        err += report.unapplied_fixes_note()
    if options.mode is _Mode.DIFF:
        from port_registry.cli.diff_output import diff_text

        status = FINDINGS if outcome.findings else CLEAN
        return CommandResult(status, diff_text(fixed.rewrites, options.colour), err)
    from port_registry.project.write import write_all

    write_all(fixed.rewrites)
    result = _update_and_report(options, workspace._replace(files=fixed.files), fixed.outcome)
    return result._replace(err=err + result.err)
