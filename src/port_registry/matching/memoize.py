"""What several rules ask for is worked out once for a project."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from port_registry.matching.project import Project

_Result = TypeVar("_Result")


def cached_per_project(work: Callable[[Project], _Result]) -> Callable[[Project], _Result]:
    """Have `work` remember what it returned for the last project."""
    kept: list[tuple[Project, _Result]] = []

    @wraps(work)
    def remembering(project: Project) -> _Result:
        if not kept or kept[0][0] is not project:
            kept[:] = [(project, work(project))]
        return kept[0][1]

    return remembering
