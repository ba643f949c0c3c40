"""Tests and documentation: Nix files that speak of ports which no machine listens on.

A folder named `tests`, `examples` or `checks` holds them wherever it is. One named `test`,
`doc`, `docs` or `example` does, unless it is below a folder of machines or modules: there it
may be a machine called so, or the module of a service. They are read where the configuration
includes them, or someone asks about them by path.
"""

from collections.abc import Collection

from port_registry.facts.words import word_set
from port_registry.project.path_patterns import Patterns

_ALWAYS = word_set("paths", "tests-anywhere")
_OUTSIDE = word_set("paths", "tests-outside")
_OF_MACHINES = word_set("paths", "parts-of-machines")


class NonDeployedFilter:
    """Decides which Nix files are left out, and remembers their folders."""

    def __init__(self, include: Collection[str], asked: Collection[str]) -> None:
        """Read even so what the patterns `include` cover and what is at or in `asked`."""
        self._include = Patterns(include)
        self._asked = asked
        self._folders: dict[str, str] = {}
        self._left: set[str] = set()

    def excludes(self, path: str) -> bool:
        """Return whether the file at `path` is left out."""
        folder = path.rpartition("/")[0]
        found = self._folders.get(folder)
        if found is None:
            found = self._folders[folder] = _folder_aside(folder)
        if not found or self._include.covers(path) or self._is_asked(path, found):
            return False
        self._left.add(found)
        return True

    def reads(self, path: str) -> bool:
        """Return whether the file at `path` is read."""
        return not self.excludes(path)

    def folders(self) -> tuple[str, ...]:
        """Return the outermost folders from which files were left out, sorted."""
        return tuple(sorted(self._left))

    def _is_asked(self, path: str, folder: str) -> bool:
        """Return whether someone asks about `path`, or about something in its `folder`."""
        return any(
            path == asked or path.startswith(f"{asked}/")
            for asked in self._asked
            if asked == folder or asked.startswith(f"{folder}/")
        )


def _folder_aside(folder: str) -> str:
    """Return the outermost part of `folder` that holds tests or documentation, or nothing."""
    at, inside = 0, False
    for name in folder.split("/"):
        at += len(name)
        if name in _ALWAYS or (name in _OUTSIDE and not inside):
            return folder[:at]
        inside = inside or name in _OF_MACHINES
        at += 1
    return ""
