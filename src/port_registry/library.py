"""The functions of the library, which `import port_registry` hands out."""

import os

from port_registry.checks.baseline_update import with_baseline
from port_registry.checks.pipeline import check as check_workspace
from port_registry.model import Finding, Registry, UsageError
from port_registry.project.governing_registry import load_registry
from port_registry.project.progress import NoProgress
from port_registry.project.workspace import Request, current_directory, open_workspace


def load(path: str | os.PathLike[str] | None = None) -> Registry:
    """Return the registry at `path`.

    `path` is a registry's file, or a folder of the project whose registry is wanted; None
    stands for the current directory. The project's configuration is heeded.

    Raises `UsageError` where `path` does not exist, `ConfigError` where the configuration
    cannot be read, and `RegistryError` where the registry cannot be read or there is none.
    """
    given = _absolute(path)
    if os.path.isdir(given):
        return load_registry(open_workspace(Request(start=given)))
    request = Request(start=os.path.dirname(given), registry=os.path.basename(given))
    return load_registry(open_workspace(request))


def check(path: str | os.PathLike[str] | None = None) -> tuple[Finding, ...]:
    """Return what is wrong in the project around `path`, sorted by place.

    As with `port-registry check PATH`, the whole project is read, and the findings are those
    in the file or below the folder `path`; None stands for the whole project around the
    current directory. Configuration, comments that allow a finding, and the baseline are
    heeded. Nothing is written.

    Raises what `load` raises.
    """
    given = _absolute(path)
    folder = given if os.path.isdir(given) else os.path.dirname(given)
    request = Request(start=folder, paths=() if path is None else (given,))
    outcome = check_workspace(with_baseline(open_workspace(request)), NoProgress())
    for fault in outcome.faults:
        raise fault.error
    return outcome.findings


def _absolute(path: str | os.PathLike[str] | None) -> str:
    if path is None:
        return current_directory()
    if not os.path.lexists(path):
        raise UsageError(f"there is no file or folder `{os.fspath(path)}`")
    return os.path.abspath(path)
