"""Source formats of other packages, found by their entry points and held to the interface.

A fault of a plugin ends the run with an error that names it: what it should have read would
otherwise count as read.
"""

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from port_registry import model
from port_registry.sources.interface import FormatTies, ProjectFiles, SourceFormat, SourceReading

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

ENTRY_POINTS = "port_registry.sources"
"""The group of entry points by which other packages add a format."""

_INSTALLED = (".dist-info", "egg-info")
"""How the folders end that describe packages."""

_Answer = TypeVar("_Answer")


def plugins() -> tuple[SourceFormat, ...]:
    """Return the formats of other packages, by name.

    Raises `PluginError` where one cannot be loaded.
    """
    if not any(_may_hold_plugins(folder) for folder in sys.path):
        return ()
    from importlib.metadata import entry_points

    points = sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name)
    return tuple(_load(point) for point in points)


class _Plugin:
    """The name of a plugin, and what its faults are told with."""

    def __init__(self, point: "EntryPoint") -> None:
        package = point.dist
        self.name = f"`{point.name}`"
        self.hint = "update the package that brings it, or uninstall it"
        if package is not None:
            self.name += f" of {package.name} {package.version}"
            self.hint = f"update {package.name}, or uninstall it: `pip uninstall {package.name}`"

    def fault(self, what: str) -> model.PluginError:
        """Return the error for what the plugin did."""
        return model.PluginError(f"the source format {self.name} {what}", hint=self.hint)

    def call(self, doing: str, action: Callable[[], _Answer]) -> _Answer:
        """Return what `action` returns; raise `PluginError` where it raises what it may not."""
        try:
            return action()
        except model.PortRegistryError:
            raise
        except Exception as error:
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            raise self.fault(f"fails to {doing}: {reason}") from error


class _PluginFormat:
    """A format of another package."""

    def __init__(self, plugin: _Plugin, source_format: SourceFormat) -> None:
        self.NAME: str = source_format.NAME
        self._plugin = plugin
        self._format = source_format

    def read(self, files: ProjectFiles) -> SourceReading | None:
        """Return what the format reads; raise `PluginError` where that is not a reading."""
        reading = self._plugin.call("read", lambda: _unchecked(self._format.read(files)))
        if reading is None:
            return None
        if not isinstance(reading, SourceReading):
            raise self._plugin.fault(f"returns {type(reading).__name__}, not a SourceReading")
        fault = self._plugin.call("describe its reading", lambda: _fault_in(reading, files))
        if fault:
            raise self._plugin.fault(fault)
        return reading._replace(ties=_PluginTies(self._plugin, reading.ties))


def _unchecked(value: object) -> object:
    """Return `value`, whose type another package may have got wrong."""
    return value


class _PluginTies:
    """The ties of a format of another package."""

    def __init__(self, plugin: _Plugin, ties: FormatTies) -> None:
        self._plugin = plugin
        self._ties = ties

    def takes_references(self) -> bool:
        """Return whether a number should be a reference in the file's own language."""
        return self._plugin.call("say how it ties", self._ties.takes_references)

    def reference(
        self, use: model.Use, entry: model.Entry, registry: int, /
    ) -> model.ReferenceTie | None:
        """Return what makes `use` a reference to `entry`, or None where nothing can."""
        return self._plugin.call(
            "write a reference", lambda: self._ties.reference(use, entry, registry)
        )

    def comment_place(self, path: str, offset: int, /) -> model.CommentPlace | None:
        """Return where an annotation for the text at `offset` can be put, or None."""
        return self._plugin.call("place a comment", lambda: self._ties.comment_place(path, offset))


def _load(point: "EntryPoint") -> SourceFormat:
    plugin = _Plugin(point)
    loaded = plugin.call("load", point.load)
    if not isinstance(getattr(loaded, "NAME", None), str):
        raise plugin.fault("has no NAME, which a format needs")
    if not callable(getattr(loaded, "read", None)):
        raise plugin.fault("has no function `read`, which a format needs")
    return _PluginFormat(plugin, loaded)


def _fault_in(reading: SourceReading, files: ProjectFiles) -> str:
    """Return what is wrong with `reading`, as the end of a sentence; empty for nothing."""
    for name in ("takes_references", "reference", "comment_place"):
        if not callable(getattr(reading.ties, name, None)):
            return f"has ties without `{name}`"
    parts = [(model.Machine, item) for item in reading.machines]
    for kind, item in (*parts, *((model.SourceFile, item) for item in reading.files)):
        if not _is_a(kind, item):
            return f"returns {type(item).__name__} for a {kind.__name__}"
    for use in _uses(reading):
        if not _is_a(model.Use, use):
            return f"returns {type(use).__name__} for a Use"
        place = use.shown
        text = files.reader.read(place.path).text
        if not 0 <= place.start <= place.end <= len(text):
            return f"returns a place that {place.path} does not have: {place.start}-{place.end}"
        if use.digits is not None and not _is_number(text, use.digits, use.number):
            return f"returns {use.number} for another text of {place.path}, at {place.start}"
    return ""


def _is_a(kind: type, item: object) -> bool:
    return isinstance(item, kind)


def _uses(reading: SourceReading) -> list[model.Use]:
    uses = [use for machine in reading.machines for use in machine.uses()]
    return [*uses, *(use for file in reading.files for use in file.uses)]


def _is_number(text: str, digits: model.Span, number: int) -> bool:
    """Return whether the text at `digits` is `number`, so that it can be replaced."""
    written = text[digits.start : digits.end]
    return written.isascii() and written.isdigit() and int(written) == number


def _may_hold_plugins(folder: str) -> bool:
    """Return whether a package in `folder` may have an entry point of the group.

    `importlib.metadata` takes 20 ms to import, and nearly nobody has a plugin.
    """
    group = f"[{ENTRY_POINTS}]".encode()
    try:
        with os.scandir(folder or os.curdir) as items:
            found = [item.path for item in items if item.name.lower().endswith(_INSTALLED)]
    except NotADirectoryError:
        return True  # An archive.
    except OSError:
        return False
    return any(group in _entry_points(path) for path in found)


def _entry_points(folder: str) -> bytes:
    """Return the text of the entry points of the package that `folder` describes."""
    try:
        with open(os.path.join(folder, "entry_points.txt"), "rb") as file:
            return file.read()
    except OSError:
        return b""
