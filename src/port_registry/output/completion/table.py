"""Table of the shells that have a completion script."""

from typing import Protocol

from port_registry.output.completion import bash, fish, zsh
from port_registry.output.completion.commands import CompletedCommand


class Shell(Protocol):
    """The shape of a shell's module."""

    NAME: str

    def script(self, commands: tuple[CompletedCommand, ...]) -> str:
        """Return the script that completes `commands`."""
        ...


SHELLS: tuple[Shell, ...] = (bash, zsh, fish)


def completion_script(shell: str, commands: tuple[CompletedCommand, ...]) -> str:
    """Return the script for the shell called `shell`; raises `KeyError` if there is none."""
    return {module.NAME: module for module in SHELLS}[shell].script(commands)
