"""Locations as people and programs read them: paths, lines and columns."""

import os

from port_registry.model import NamedTuple, Position, Reader, Source, SourceError, Span


class Location(NamedTuple):
    """The start and the end of a span, in lines and columns."""

    path: str
    """Relative to the project's root."""
    start: Position
    end: Position
    """After the last code point."""
    source: Source | None
    """The file, or None where it cannot be read."""


def location_of(span: Span, reader: Reader) -> Location:
    """Return the location of `span`; in an unreadable file, the location of the error."""
    try:
        source = reader.read(span.path)
    except SourceError as error:
        position = error.position or Position(1, 1)
        return Location(span.path, position, position, None)
    return Location(span.path, source.position(span.start), source.position(span.end), source)


class DisplayPaths(NamedTuple):
    """Paths of the project, shown relative to a directory."""

    root: str
    directory: str
    """The absolute path of the directory."""

    def show(self, path: str) -> str:
        """Return the path from the directory to `path`, which is relative to the root."""
        return os.path.relpath(os.path.join(self.root, path), self.directory)
