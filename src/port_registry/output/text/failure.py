"""What is said when the program cannot work."""

from port_registry.model import PortRegistryError
from port_registry.output.terminal import Colour, Screen, escape_controls


def error_text(error: PortRegistryError, screen: Screen) -> str:
    """Return what is wrong, where, and what to do."""
    lines = [f"{screen.style('error', Colour.ERROR)}: {escape_controls(str(error))}"]
    if error.hint is not None:
        lines.append(f" {screen.style('hint', Colour.NOTE)}: {escape_controls(error.hint)}")
    return "\n".join(lines) + "\n"


def bug_text(error: Exception, screen: Screen) -> str:
    """Return what is said of an error that should never have come this far."""
    what = escape_controls(" ".join(f"{type(error).__name__}: {error}".split())[:200])
    return (
        f"{screen.style('bug', Colour.ERROR)}: this should not have happened: {what}\n"
        f" {screen.style('hint', Colour.NOTE)}: please report it, with the traceback that the "
        "same command prints with PORT_REGISTRY_DEBUG=1\n"
    )
