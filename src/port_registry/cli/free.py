"""`port-registry free`."""

import shlex
import sys
from argparse import ArgumentParser, Namespace

from port_registry.cli import options, prompts
from port_registry.cli.result import CANNOT_WORK, CLEAN, FINDINGS, CommandResult
from port_registry.model import UsageError
from port_registry.output.live_display import ProgressBar
from port_registry.output.terminal import error_text
from port_registry.output.text import free
from port_registry.project.workspace import Caching, open_workspace
from port_registry.runtime.free_execute import EndOptions, Escalation, end_processes
from port_registry.runtime.free_plan import FreePlan, free_targets, open_free_plan
from port_registry.runtime.kill_policy import KillScope
from port_registry.runtime.port_query import LazyStacks


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("targets", metavar="NAME|PORT", nargs="+", help="an entry or a port")
    options.declare_flag(parser, "-y", "--yes", about="end them without asking")
    options.declare_flag(
        parser,
        "--any",
        about="also end processes that no entry expects there, or that may be started again",
    )
    options.declare_flag(
        parser, "--force", about="send SIGKILL to processes that do not end in time"
    )
    parser.add_argument(
        "--timeout", metavar="SECONDS", default="5", help="how long they may take to end (5)"
    )
    options.declare_flag(parser, "--dry-run", about="show what would be ended, and end nothing")
    options.declare_reading(parser)
    options.declare_colour(parser)


def run(arguments: Namespace) -> CommandResult:
    """Free ports, after asking for confirmation unless `--yes` is given."""
    escalation = Escalation.KILL if arguments.force else Escalation.NONE
    ending = EndOptions(options.parse_timeout(arguments.timeout), escalation)
    scope = KillScope.ANY if arguments.any else KillScope.EXPECTED
    bar = ProgressBar(sys.stderr)
    workspace = open_workspace(options.request_for(arguments)._replace(caching=Caching.ON_DISK))
    targets = free_targets(workspace, arguments.targets, scope)
    with open_free_plan(targets, scope, LazyStacks(workspace, bar)) as plan:
        bar.clear()
        if arguments.dry_run:
            is_refused = any(target.is_refused() for target in plan.targets)
            text = free.plan_text(plan, options.stdout_screen(arguments))
            return CommandResult(FINDINGS if is_refused else CLEAN, text)
        return _confirm_and_end(arguments, plan, ending)


def _confirm_and_end(arguments: Namespace, plan: FreePlan, ending: EndOptions) -> CommandResult:
    screen = options.stderr_screen(arguments)
    text = free.plan_text(plan, screen) if plan.processes else ""
    if plan.processes and not arguments.yes:
        prompt = prompts.terminal_prompt()
        if prompt is None:
            error = UsageError(
                "cannot ask for confirmation without a terminal, and nothing was done",
                hint=f"`port-registry free {shlex.join(arguments.targets)} --yes` ends them",
            )
            return CommandResult(CANNOT_WORK, "", text + error_text(error, screen))
        sys.stderr.write(text)
        text = ""
        if prompt(free.confirmation_question(plan), "no").lower() not in ("y", "yes"):
            return CommandResult(FINDINGS, "", "Nothing was ended.\n")
    outcomes = end_processes(plan, ending)
    out = free.outcomes_text(outcomes, ending, options.stdout_screen(arguments))
    return CommandResult(CLEAN if free.is_all_free(outcomes) else FINDINGS, out, text)
