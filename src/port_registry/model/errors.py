"""Errors that a user can cause and can correct.

Every expected failure is a `PortRegistryError`; any other exception that reaches the
command line is a bug, and is reported as one.
"""

from port_registry.model.span import Position


def system_reason(error: OSError) -> str:
    """Return the system's message for `error`: `permission denied`."""
    return (error.strerror or "unknown error").lower()


class PortRegistryError(Exception):
    """An expected failure: usage, configuration, or an unreadable file."""

    def __init__(
        self,
        message: str,
        *,
        path: str | None = None,
        position: Position | None = None,
        hint: str | None = None,
    ) -> None:
        """Make an error: what is wrong (`message`), where (`path`, `position`), and a `hint`."""
        super().__init__(message)
        self.message = message
        self.path = path
        self.position = position
        self.hint = hint

    def __str__(self) -> str:
        if self.path is None:
            return self.message
        location = self.path
        if self.position is not None:
            location += f":{self.position.line}:{self.position.column}"
        return f"{location}: {self.message}"


class UsageError(PortRegistryError):
    """A command line that cannot be carried out."""


class ConfigError(PortRegistryError):
    """A configuration that cannot be read, or has an unknown key or value."""


class RegistryError(PortRegistryError):
    """A registry that is missing or cannot be read."""


class SourceError(PortRegistryError):
    """A file that cannot be read; where it is only a source of uses, a finding says so."""


class WriteError(PortRegistryError):
    """A file that cannot be written, or has changed since it was read."""


class PluginError(PortRegistryError):
    """A source format of another package that cannot be loaded, or breaks the interface."""


class UnknownEntryError(PortRegistryError, KeyError):
    """A name that no entry of the registry has."""


class PortRangeError(PortRegistryError, ValueError):
    """An entry with a range of ports, where a single port is needed."""
