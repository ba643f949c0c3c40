"""Text of an error that ends the program."""

from port_registry.model import PortRegistryError
from port_registry.output.terminal import Colour, Screen, escape_controls

_MAX_MESSAGE = 200


def error_text(error: PortRegistryError, screen: Screen) -> str:
    """Return the message of an expected error, with its hint."""
    lines = [f"{screen.style('error', Colour.ERROR)}: {escape_controls(str(error))}"]
    if error.hint is not None:
        lines.append(f" {screen.style('hint', Colour.NOTE)}: {escape_controls(error.hint)}")
    return "\n".join(lines) + "\n"


def bug_text(error: Exception, screen: Screen) -> str:
    """Return the message of an unexpected error, with how to report it."""
    message = " ".join(f"{type(error).__name__}: {error}".split())[:_MAX_MESSAGE]
    return (
        f"{screen.style('bug', Colour.ERROR)}: unexpected error: {escape_controls(message)}\n"
        f" {screen.style('hint', Colour.NOTE)}: please report it, with the traceback that the "
        "same command prints with PORT_REGISTRY_DEBUG=1\n"
    )
