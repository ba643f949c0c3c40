"""`port-registry doctor`."""

import sys
from argparse import ArgumentParser, Namespace

from port_registry.cli import options, result
from port_registry.output.live_display import ProgressBar
from port_registry.output.text.doctor import diagnosis_text
from port_registry.project.workspace import open_workspace
from port_registry.runtime.doctor.diagnose import diagnose
from port_registry.system.machine.machine import this_machine


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    options.declare_reading(parser)
    options.declare_flag(parser, "--json", about="print JSON for programs")
    options.declare_colour(parser)


def run(arguments: Namespace) -> result.CommandResult:
    """Return the diagnosis of this machine, with what to do about each problem."""
    with ProgressBar(sys.stderr) as bar:
        diagnosis = diagnose(open_workspace(options.request_for(arguments)), this_machine(), bar)
    status = result.CLEAN if diagnosis.is_well() else result.FINDINGS
    if arguments.json:
        from port_registry.output.runtime_json import diagnosis_json

        return result.CommandResult(status, diagnosis_json(diagnosis))
    return result.CommandResult(status, diagnosis_text(diagnosis, options.stdout_screen(arguments)))
