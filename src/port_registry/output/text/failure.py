"""Text of an error that ends the program."""

from port_registry.model import PortRegistryError
from port_registry.output.terminal import Colour, Screen, escape_controls

_MAX_MESSAGE = 200


def error_text(error: PortRegistryError, screen: Screen) -> str:
    """Return the message of an expected error, with its hint."""
    hint = "" if error.hint is None else screen.hint(escape_controls(error.hint))
    return screen.error(escape_controls(str(error))) + hint


def bug_text(error: Exception, screen: Screen) -> str:
    """Return the message of an unexpected error, with how to report it."""
    message = " ".join(f"{type(error).__name__}: {error}".split())[:_MAX_MESSAGE]
    return (
        f"{screen.style('bug', Colour.ERROR)}: unexpected error: {escape_controls(message)}\n"
        + screen.hint(
            "please report it, with the traceback that the same command prints with "
            "PORT_REGISTRY_DEBUG=1"
        )
    )
