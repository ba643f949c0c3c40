"""Questions to the user; none are asked without a terminal."""

import sys
from collections.abc import Callable

from port_registry.changes.suggest_ports import propose_category, propose_ports
from port_registry.model import UsageError
from port_registry.output.terminal import escape_controls, is_terminal
from port_registry.project.workspace import Request

Prompt = Callable[[str, str], str]
"""Takes a question and the default for an empty line; returns the answer."""


def terminal_prompt() -> Prompt | None:
    """Return a prompt on the terminal; None where no user can answer."""
    return _prompt if is_terminal(sys.stdin) and is_terminal(sys.stderr) else None


def _prompt(question: str, default: str) -> str:
    text = f"{question} [{default}]: " if default else f"{question}: "
    sys.stderr.write(escape_controls(text))
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        sys.stderr.write("\n")
        raise UsageError("no answer was entered, and nothing was done")
    return line.strip() or default


def prompt_for_missing(
    prompt: Prompt, request: Request, name: str | None, port: str | None
) -> tuple[str, str | None]:
    """Return the name and the port, asking for those that are None.

    The port stays None where the user accepts the proposed one: by the time that the registry
    is written, another port may be the right one.
    """
    text = name if name is not None else prompt("Name of the entry, such as databases.mysql", "")
    text = text.strip()
    proposed_category = propose_category(request, text)
    if proposed_category is not None:
        category = prompt(f"Category of {text}", proposed_category).strip()
        text = f"{category}.{text}" if category else text
    if port is not None:
        return text, port
    proposal = propose_ports(request, text)
    if proposal is None:
        return text, None
    answer = prompt(f"Port of {text} ({proposal.reason})", str(proposal.ports)).strip()
    return text, None if answer == str(proposal.ports) else answer
