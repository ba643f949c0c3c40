"""`port-registry init`."""

import sys
from argparse import ArgumentParser, Namespace

from port_registry.changes.init.plan import propose_registry, write_proposal
from port_registry.cli import options, prompts, result
from port_registry.output.live_display import ProgressBar
from port_registry.output.text.init import ProposalReport
from port_registry.project.workspace import Request, current_directory


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    options.declare_flag(parser, "-y", "--yes", about="write it without asking")
    options.declare_dry_run(parser)
    parser.add_argument(
        "--registry", metavar="FILE", help="write this file instead of lib/ports.nix"
    )
    parser.add_argument(
        "--config", metavar="FILE", help="read this instead of the project's port-registry.toml"
    )
    options.declare_colour(parser)


def run(arguments: Namespace) -> result.CommandResult:
    """Propose a registry, and write it after confirmation or with `--yes`."""
    with ProgressBar(sys.stderr) as bar:
        plan = propose_registry(
            Request(current_directory(), config=arguments.config), arguments.registry, bar
        )
    paths = options.display_paths(plan.files.root)
    report = ProposalReport(plan, paths, options.stderr_screen(arguments))
    prompt = prompts.terminal_prompt()
    if arguments.dry_run or (prompt is None and not arguments.yes):
        return result.CommandResult(result.CLEAN, plan.text, report.observations() + report.hint())
    observations = report.observations()
    if prompt is not None and not arguments.yes:
        sys.stderr.write(f"{observations}\n{plan.text}\n")
        observations = ""
        if not prompt(f"Write {paths.show(plan.path)}?", "yes").lower().startswith("y"):
            return result.CommandResult(result.CLEAN, "", "Nothing was written.\n")
    write_proposal(plan)
    return result.CommandResult(result.CLEAN, report.written(), observations)
