"""Spans as people and programs read them: paths, lines and columns."""

import os
from typing import NamedTuple

from port_registry.model import Position, Reader, Source, SourceError, Span


class Location(NamedTuple):
    """Where something stands."""

    path: str
    """Relative to the project's root."""
    start: Position
    end: Position
    """Behind the last code point."""
    source: Source | None
    """The file, or None where it cannot be read."""


def location_of(span: Span, reader: Reader) -> Location:
    """Return the place of `span`; in a file that cannot be read, the place of the reason."""
    try:
        source = reader.read(span.path)
    except SourceError as error:
        position = error.position or Position(1, 1)
        return Location(span.path, position, position, None)
    return Location(span.path, source.position(span.start), source.position(span.end), source)


class DisplayPaths(NamedTuple):
    """How paths of the project are shown to someone who stands in a folder of it."""

    root: str
    directory: str
    """The folder, absolute."""

    def show(self, path: str) -> str:
        """Return the way from the folder to `path`, which is relative to the root."""
        return os.path.relpath(os.path.join(self.root, path), self.directory)
