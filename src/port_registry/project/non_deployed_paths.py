"""Tests and documentation: files with ports on which no machine listens.

A folder named `tests`, `examples` or `checks` contains them anywhere. One named `test`,
`doc`, `docs` or `example` does, unless it is below a folder of machines or modules, where it
may be a machine of that name, or the module of a service. They are read if the configuration
includes them, or the user names their path.
"""

from collections.abc import Collection

from port_registry.facts.words import word_set
from port_registry.project.path_patterns import Patterns

_ALWAYS = word_set("paths", "tests-anywhere")
_OUTSIDE = word_set("paths", "tests-outside")
_MACHINE_FOLDERS = word_set("paths", "parts-of-machines")


class NonDeployedFilter:
    """A filter of tests and documentation, which records their folders."""

    def __init__(self, include: Collection[str], asked: Collection[str]) -> None:
        """Do not exclude files that match the patterns `include` or are at or in `asked`."""
        self._include = Patterns(include)
        self._asked = asked
        self._folders: dict[str, str] = {}
        self._left: set[str] = set()

    def reads(self, path: str) -> bool:
        """Return whether the file at `path` is read, and not excluded."""
        folder = path.rpartition("/")[0]
        excluded_folder = self._folders.get(folder)
        if excluded_folder is None:
            excluded_folder = self._folders[folder] = _non_deployed_folder(folder)
        if (
            not excluded_folder
            or self._include.covers(path)
            or self._is_asked(path, excluded_folder)
        ):
            return True
        self._left.add(excluded_folder)
        return False

    def folders(self) -> tuple[str, ...]:
        """Return the outermost folders with excluded files, sorted."""
        return tuple(sorted(self._left))

    def _is_asked(self, path: str, folder: str) -> bool:
        """Return whether the user named `path`, or something in its `folder` that has it."""
        return any(
            path == requested or path.startswith(f"{requested}/")
            for requested in self._asked
            if requested == folder or requested.startswith(f"{folder}/")
        )


def _non_deployed_folder(folder: str) -> str:
    """Return the outermost part of `folder` with tests or documentation, or an empty path."""
    length, in_machines = 0, False
    for name in folder.split("/"):
        length += len(name)
        if name in _ALWAYS or (name in _OUTSIDE and not in_machines):
            return folder[:length]
        in_machines = in_machines or name in _MACHINE_FOLDERS
        length += 1
    return ""
