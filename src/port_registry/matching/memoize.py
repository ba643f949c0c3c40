"""Per-project memoization."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from port_registry.matching.project import Project

_Result = TypeVar("_Result")


def cached_per_project(compute: Callable[[Project], _Result]) -> Callable[[Project], _Result]:
    """Wrap `compute` so that it keeps its result for the last project."""
    cache: list[tuple[Project, _Result]] = []

    @wraps(compute)
    def cached(project: Project) -> _Result:
        if not cache or cache[0][0] is not project:
            cache[:] = [(project, compute(project))]
        return cache[0][1]

    return cached
