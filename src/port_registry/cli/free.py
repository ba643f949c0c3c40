"""`port-registry free`."""

import sys
from argparse import ArgumentParser, Namespace

from port_registry.cli.arguments import colour, declare_colour, declare_target, target
from port_registry.cli.project import request_of
from port_registry.cli.prompts import asker
from port_registry.cli.result import CANNOT_WORK, CLEAN, FINDINGS, CommandResult
from port_registry.model.errors import UsageError
from port_registry.output.progress_bar import Bar
from port_registry.output.terminal import screen_of
from port_registry.output.text.failure import failure
from port_registry.output.text.free import is_done, outcomes_said, plan_said, question
from port_registry.project.workspace import Caching, open_workspace
from port_registry.runtime.durations import seconds_of
from port_registry.runtime.free_execute import EndingSignal, Harshness, end
from port_registry.runtime.free_plan import FreePlan, aims, planned
from port_registry.runtime.kill_policy import Whom
from port_registry.runtime.project_listeners import stacks_of


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("what", metavar="NAME|PORT", nargs="+", help="an entry or a port")
    parser.add_argument("-y", "--yes", action="store_true", help="end them without asking")
    parser.add_argument(
        "--any",
        action="store_true",
        help="end those, too, whom no entry expects there, or whom something may start again",
    )
    parser.add_argument(
        "--force", action="store_true", help="end by SIGKILL what does not end by itself in time"
    )
    parser.add_argument(
        "--timeout", metavar="SECONDS", default="5", help="how long they may take to end (5)"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="show what would be ended, and end nothing"
    )
    declare_target(parser)
    declare_colour(parser)


def run(given: Namespace) -> CommandResult:
    """Free ports, if the person at the terminal agrees or did so beforehand."""
    harshness = Harshness.FORCE if given.force else Harshness.ASK
    manner = EndingSignal(seconds_of(given.timeout), harshness)
    whom = Whom.ANYBODY if given.any else Whom.EXPECTED
    bar = Bar(sys.stderr)
    workspace = open_workspace(request_of(target(given))._replace(caching=Caching.ON_DISK))
    with planned(aims(workspace, given.what, whom), whom, stacks_of(workspace, bar)) as plan:
        bar.clear()
        if given.dry_run:
            refused = any(share.is_refused() for share in plan.shares)
            return CommandResult(
                FINDINGS if refused else CLEAN,
                plan_said(plan, screen_of(sys.stdout, colour(given))),
            )
        return _carry_out(given, plan, manner)


def _carry_out(given: Namespace, plan: FreePlan, manner: EndingSignal) -> CommandResult:
    beside = screen_of(sys.stderr, colour(given))
    said = plan_said(plan, beside) if plan.victims else ""
    if plan.victims and not given.yes:
        ask = asker()
        if ask is None:
            error = UsageError(
                "there is nobody to ask whether to go on, and nothing was done",
                hint="`--yes` goes on; `--dry-run` shows what would be ended",
            )
            return CommandResult(CANNOT_WORK, "", said + failure(error, beside))
        sys.stderr.write(said)
        said = ""
        if ask(question(plan), "no").lower() not in ("y", "yes"):
            return CommandResult(FINDINGS, "", "Nothing was ended.\n")
    outcomes = end(plan, manner)
    out = outcomes_said(outcomes, manner, screen_of(sys.stdout, colour(given)))
    return CommandResult(CLEAN if is_done(outcomes) else FINDINGS, out, said)
