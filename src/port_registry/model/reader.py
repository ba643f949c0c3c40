"""Interface through which the floors above read files."""

from typing import Protocol

from port_registry.model.span import Source


class Reader(Protocol):
    """A reader of the files of one project.

    Paths are relative to the project's root, normalised, with forward slashes. A reader
    returns the same `Source` for the same path throughout its life.
    """

    def read(self, path: str) -> Source:
        """Return the file at `path`.

        Raises `SourceError` with the reason where the file is absent, is not a regular
        file, cannot be opened, exceeds the reader's size limit, is not UTF-8, or is
        outside the project (through `..` or a link).
        """
        ...

    def exists(self, path: str) -> bool:
        """Return whether `path` is a regular file inside the project."""
        ...
