"""How the floors above get at files without touching the disk themselves."""

from typing import Protocol

from port_registry.model.span import Source


class Reader(Protocol):
    """Reads the files of one project.

    Paths are relative to the project's root, normalised, with forward slashes. A reader
    hands out the same `Source` for the same path as long as it lives.
    """

    def read(self, path: str) -> Source:
        """Return the file at `path`.

        Raises `SourceError`, its message saying why, where the file is absent, is not a
        regular file, cannot be opened, is larger than the reader's limit, is not UTF-8,
        or lies outside the project (through `..` or a link).
        """
        ...

    def exists(self, path: str) -> bool:
        """Return whether `path` is a regular file inside the project."""
        ...
