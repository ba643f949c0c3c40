"""`port-registry check`."""

import sys
from argparse import ArgumentParser, Namespace

from port_registry.checks import baseline_update
from port_registry.checks.pipeline import Outcome, check
from port_registry.cli import options, registry_notes
from port_registry.cli.result import BUG, CLEAN, FINDINGS, CommandResult, traceback_of
from port_registry.model import Severity, UsageError
from port_registry.output.findings.text import NAME, TextReport
from port_registry.output.interface import Detail, ReportContext
from port_registry.output.live_display import ProgressBar
from port_registry.output.table import FINDINGS_FORMATS, findings_format
from port_registry.output.terminal import bug_text
from port_registry.project.workspace import Caching, Workspace, open_workspace


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="report on these files and folders only"
    )
    options.declare_reading(parser)
    for option, about in (
        ("--select", "report these rules only (`all`, `default` and names, with commas)"),
        ("--ignore", "do not report these rules"),
    ):
        parser.add_argument(option, metavar="RULES", action="append", default=[], help=about)
    options.declare_flag(parser, "--fix", about="apply the fixes that are safe")
    options.declare_flag(parser, "--unsafe-fixes", about="also apply the fixes that need a review")
    options.declare_flag(parser, "--diff", about="show what would be fixed, and write nothing")
    parser.add_argument(
        "--baseline", metavar="FILE", help="accept the findings that this file names"
    )
    options.declare_flag(
        parser, "--no-baseline", about="accept none, whatever the configuration says"
    )
    options.declare_flag(
        parser,
        "--update-baseline",
        about="drop fixed findings from the baseline; where there is none, write today's findings",
    )
    options.declare_flag(parser, "--no-cache", about="neither use nor write the cache")
    levels = [severity.value for severity in Severity]
    parser.add_argument(
        "--fail-on",
        metavar="LEVEL",
        choices=levels,
        default=Severity.WARNING.value,
        help="exit with 1 for findings of this severity and above: error, warning (the default) "
        "or note",
    )
    parser.add_argument("--exit-zero", action="store_true", help="exit with 0 whatever is found")
    formats = [findings.NAME for findings in FINDINGS_FORMATS]
    parser.add_argument("--format", choices=formats, default=formats[0])
    options.declare_flag(parser, "-v", "--verbose", about="show what was left alone, too")
    options.declare_colour(parser)


def run(arguments: Namespace) -> CommandResult:
    """Check the project, and fix findings with `--fix`."""
    _require_compatible(arguments)
    with ProgressBar(sys.stderr) as bar:
        workspace = _workspace(arguments)
        outcome = check(workspace, bar)
        if arguments.fix or arguments.unsafe_fixes or arguments.diff:
            return _fix(arguments, workspace, outcome, bar)
        return _update_and_report(arguments, workspace, outcome)


def _require_compatible(arguments: Namespace) -> None:
    """Raise `UsageError` for options that cannot be used together."""
    if arguments.diff and arguments.format != NAME:
        raise UsageError(f"`--diff` cannot be used with `--format {arguments.format}`")
    if arguments.no_baseline and (arguments.baseline is not None or arguments.update_baseline):
        raise UsageError("`--no-baseline` cannot be used with `--baseline` or `--update-baseline`")
    if arguments.update_baseline and (
        arguments.diff or arguments.paths or arguments.select or arguments.ignore
    ):
        raise UsageError(
            "`--update-baseline` needs the whole project and every rule that is on",
            hint="leave out paths, `--select`, `--ignore` and `--diff`",
        )


def _workspace(arguments: Namespace) -> Workspace:
    request = options.request_for(arguments)._replace(
        paths=tuple(arguments.paths),
        select=_rule_names("--select", arguments.select),
        ignore=_rule_names("--ignore", arguments.ignore),
        baseline=arguments.baseline,
        caching=Caching.ONE_RUN if arguments.no_cache else Caching.ON_DISK,
    )
    workspace = open_workspace(request)
    if arguments.no_baseline:
        return workspace
    if arguments.update_baseline:
        return baseline_update.with_optional_baseline(workspace)
    return baseline_update.with_baseline(workspace)


def _rule_names(option: str, lists: list[str]) -> tuple[str, ...]:
    names = (name.strip() for names in lists for name in names.split(","))
    rules = tuple(name for name in names if name)
    if lists and not rules:
        raise UsageError(f"`{option}` names no rule", hint="`port-registry explain` lists them")
    return rules


def _update_and_report(
    arguments: Namespace, workspace: Workspace, outcome: Outcome
) -> CommandResult:
    """Return the report, after updating the baseline if `--update-baseline` is given."""
    paths = options.display_paths(workspace.files.root)
    screen, err = options.stderr_screen(arguments), ""
    if arguments.update_baseline and not outcome.faults:
        update = baseline_update.update_baseline(workspace, outcome)
        outcome = update.outcome
        err = TextReport(workspace.files, paths, screen).baseline_update(update)
    err += registry_notes.ambiguous_registry_note(outcome.registry, paths, screen)
    detail = Detail.FULL if arguments.verbose else Detail.BRIEF
    context = ReportContext(workspace.files, paths, options.stdout_screen(arguments), detail)
    report = findings_format(arguments.format).report(outcome, context)
    return CommandResult(_status(arguments, outcome), report, err + _bug_texts(arguments, outcome))


def _status(arguments: Namespace, outcome: Outcome) -> int:
    """Return the exit status for `outcome`."""
    if outcome.faults:
        return BUG
    levels = list(Severity)
    failing = levels[: levels.index(Severity(arguments.fail_on)) + 1]
    fails = any(finding.severity in failing for finding in outcome.findings)
    return FINDINGS if fails and not arguments.exit_zero else CLEAN


def _bug_texts(arguments: Namespace, outcome: Outcome) -> str:
    """Return a message for each format and rule that failed."""
    texts, screen = "", options.stderr_screen(arguments)
    for fault in outcome.faults:
        what = f"{fault.part} failed in {fault.place()}, and everything else was checked"
        texts += traceback_of(fault.error) + bug_text(fault.error, screen, what)
    return texts


def _fix(
    arguments: Namespace, workspace: Workspace, outcome: Outcome, bar: ProgressBar
) -> CommandResult:
    from port_registry.checks.fix import FixSelection, fix_findings

    selection = FixSelection.ALL if arguments.unsafe_fixes else FixSelection.SAFE
    fixed = fix_findings(workspace, outcome, selection, bar)
    paths = options.display_paths(workspace.files.root)
    report = TextReport(workspace.files, paths, options.stderr_screen(arguments))
    err = report.fix_summary(fixed.fixed, "Would fix" if arguments.diff else "Fixed")
    if not fixed.settled:
        err += report.unapplied_fixes_note()
    if arguments.diff:
        from port_registry.output.unified_diff import diff_output

        diff = diff_output(fixed.rewrites, options.stdout_screen(arguments))
        err += _bug_texts(arguments, outcome)
        return CommandResult(_status(arguments, outcome), diff, err)
    from port_registry.project.write import write_all

    write_all(fixed.rewrites)
    result = _update_and_report(arguments, workspace._replace(files=fixed.files), fixed.outcome)
    return result._replace(err=err + result.err)
