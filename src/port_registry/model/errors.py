"""The failures that a user can cause, each with what to do about it.

Everything that is raised on purpose is a `PortRegistryError`; anything else that reaches
the command line is a bug, and is reported as one.
"""

from port_registry.model.span import Position


class PortRegistryError(Exception):
    """The program cannot work: usage, configuration, or an unreadable registry."""

    def __init__(
        self,
        message: str,
        *,
        path: str | None = None,
        position: Position | None = None,
        hint: str | None = None,
    ) -> None:
        """Say what is wrong (`message`), where (`path`, `position`), what to do (`hint`)."""
        super().__init__(message)
        self.message = message
        self.path = path
        self.position = position
        self.hint = hint

    def __str__(self) -> str:
        place = ""
        if self.path is not None:
            place = self.path
            if self.position is not None:
                place += f":{self.position.line}:{self.position.column}"
            place += ": "
        return f"{place}{self.message}"


class UsageError(PortRegistryError):
    """The command line asks for something that does not exist."""


class ConfigError(PortRegistryError):
    """`port-registry.toml` cannot be read or says something unknown."""


class RegistryError(PortRegistryError):
    """There is no registry, or it cannot be read."""


class SourceError(PortRegistryError):
    """A file that uses ports cannot be read; it becomes a finding."""


class WriteError(PortRegistryError):
    """A file cannot be written, or changed since it was read."""
