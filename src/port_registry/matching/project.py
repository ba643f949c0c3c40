"""The input of all rules, and what is computed once for it."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from port_registry import model
from port_registry.facts.ranges import Convention

_Result = TypeVar("_Result")


class Project(model.NamedTuple):
    """A project as its formats describe it."""

    registry: model.Registry
    registries: tuple[model.HostRegistry, ...]
    """`registry` first, then those of single hosts."""
    machines: tuple[model.Machine, ...]
    files: tuple[model.SourceFile, ...]
    """Files of which several machines may be made, by path."""
    references: tuple[model.Reference, ...]
    """References that lead to one of `registries`, sorted by path and place."""
    convention: Convention
    """The ranges by category, as configured."""
    reader: model.Reader
    """Reads the text around a place, which a fix may need."""
    tie_writer: model.TieWriter
    """Writes references and annotations in the format of each file."""


def cached_per_project(compute: Callable[[Project], _Result]) -> Callable[[Project], _Result]:
    """Wrap `compute` so that it keeps its result for the last project."""
    cache: list[tuple[Project, _Result]] = []

    @wraps(compute)
    def cached(project: Project) -> _Result:
        if not cache or cache[0][0] is not project:
            cache[:] = [(project, compute(project))]
        return cache[0][1]

    return cached
