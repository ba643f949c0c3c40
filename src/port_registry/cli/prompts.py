"""Questions to the person at the terminal; there are none where nobody sits at one."""

import sys
from collections.abc import Callable

from port_registry.changes.add_defaults import proposed_name, proposed_port
from port_registry.model.errors import UsageError
from port_registry.output.terminal import escape_controls, is_terminal
from port_registry.project.workspace import Request

Asker = Callable[[str, str], str]
"""Takes a question and the answer that stands where nothing is typed; returns the answer."""


def asker() -> Asker | None:
    """Return what asks; None where nobody could answer."""
    return _ask if is_terminal(sys.stdin) and is_terminal(sys.stderr) else None


def _ask(question: str, default: str) -> str:
    shown = f"{question} [{default}]: " if default else f"{question}: "
    sys.stderr.write(escape_controls(shown))
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        sys.stderr.write("\n")
        raise UsageError("nothing was entered, and nothing was done")
    return line.strip() or default


def complete(
    ask: Asker, request: Request, name: str | None, port: str | None
) -> tuple[str, str | None]:
    """Return the name and the port, asking for what is missing of them.

    The port stays None where the one that suits is wanted, which may be another one by the
    time that the registry is written.
    """
    text = name if name is not None else ask("Name of the entry, such as databases.mysql", "")
    text = text.strip()
    proposal = proposed_name(request, text)
    if proposal is not None:
        category = ask(f"Category of {text}", proposal).strip()
        text = f"{category}.{text}" if category else text
    if port is not None:
        return text, port
    offer = proposed_port(request, text)
    if offer is None:
        return text, None
    answer = ask(f"Port of {text} ({offer.reason})", str(offer.ports)).strip()
    return text, None if answer == str(offer.ports) else answer
