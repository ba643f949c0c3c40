"""What a run works on: the project, its configuration and the part that was asked about."""

import os
from collections.abc import Callable
from enum import Enum
from functools import cache, partial
from typing import NamedTuple

from port_registry.model import ConfigError, Name, SourceError, Unknown, UsageError, parse_name
from port_registry.project.baseline import NO_BASELINE, Baseline
from port_registry.project.cache import Cache
from port_registry.project.config import Config
from port_registry.project.discovery import CONFIG_NAME, find_root, list_files
from port_registry.project.files import Files, ReadFailure, decode, read_bytes
from port_registry.project.path_patterns import Patterns
from port_registry.project.rule_selection import RuleNames, Selection, choose_rules


class Evaluation(Enum):
    """Who may be asked for values that cannot be known from the text."""

    NONE = "nobody"
    NIX = "nix"
    """`nix-instantiate`, where it is installed."""


class Caching(Enum):
    """How long what Nix files say is remembered."""

    ONE_RUN = "one-run"
    ON_DISK = "on-disk"
    """In the user's cache directory."""


class BaselineFile(NamedTuple):
    """The file of the findings that are accepted."""

    path: str
    """Absolute."""
    display_path: str
    """As people know it."""


class Request(NamedTuple):
    """What someone asks for."""

    start: str
    """The folder that they stand in."""
    paths: tuple[str, ...] = ()
    """What to report on, relative to `start`; empty for the whole project."""
    registry: str | None = None
    """The registry, relative to `start`; None for the configuration's."""
    attribute: str | None = None
    """Where the entries are in it, `config.my.ports`; None for the configuration's."""
    config: str | None = None
    """The configuration, relative to `start`; None for the root's `port-registry.toml`."""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    baseline: str | None = None
    """The file of accepted findings, relative to `start`; None for the configuration's."""
    evaluation: Evaluation = Evaluation.NONE
    caching: Caching = Caching.ONE_RUN


class ReportScope(NamedTuple):
    """The files and folders that a run reports on."""

    paths: tuple[str, ...]
    """Relative to the root; empty for all of it."""

    def covers(self, path: str) -> bool:
        """Return whether `path`, relative to the root, is one of them or in one."""
        return not self.paths or any(
            path == own or path.startswith(f"{own}/") for own in self.paths
        )


class Workspace(NamedTuple):
    """A project, opened."""

    files: Files
    config: Config
    paths: tuple[str, ...]
    """Every file of the project, sorted, without those that are excluded."""
    unlisted: tuple[Unknown, ...]
    """What could not be listed."""
    scope: ReportScope
    selection: Callable[[], Selection]
    """Gives the rules that are on; raises `UsageError` for a name of no rule."""
    registry: str | None
    """The registry that was named, relative to the root; None to look for it."""
    attribute: Name | None
    """Where in it the entries are; None to look for them."""
    evaluation: Evaluation
    baseline: BaselineFile | None
    """The file that was named for them."""
    accepted: Baseline
    """What it holds, once it was read."""
    cache: Cache


def current_directory() -> str:
    """Return the current directory of the process.

    Raises `UsageError` where it was deleted.
    """
    try:
        return os.getcwd()
    except OSError as error:
        raise UsageError(
            "the current directory does not exist any more", hint="change to another one"
        ) from error


def open_workspace(request: Request) -> Workspace:
    """Find the project that `request` is about.

    Raises `UsageError` where it names what does not exist, `ConfigError` where the
    configuration cannot be read.
    """
    asked = tuple(_real(request.start, path) for path in request.paths)
    root = find_root(request.start, *(_folder(path) for path in asked[:1]))
    config = _read_config(request, root)
    listing = list_files(root)
    scope = tuple(_inside(root, path) for path in asked)
    named = {path for path in scope if os.path.isfile(os.path.join(root, path))}
    excluded = Patterns(config.exclude)
    paths = set(listing.paths)
    if config.exclude:
        paths = {path for path in paths if not excluded.covers(path)}
    files = Files(root)
    return Workspace(
        files=files,
        config=config,
        paths=tuple(sorted(paths | named)),
        unlisted=listing.unknown,
        scope=ReportScope(() if "." in scope else scope),
        selection=cache(partial(choose_rules, config, request.select, request.ignore)),
        registry=_registry(request, root) or config.registry,
        attribute=_attribute(request) or config.attribute,
        evaluation=request.evaluation,
        baseline=_baseline(request, root, config),
        accepted=NO_BASELINE,
        cache=Cache(files.root if request.caching is Caching.ON_DISK else None),
    )


def _real(start: str, path: str) -> str:
    """Return the absolute form of a path that was asked about, its own name kept."""
    whole = os.path.join(start, path)
    if not os.path.lexists(whole):
        raise UsageError(f"there is no file or folder `{path}`")
    if os.path.isdir(whole):
        return os.path.realpath(whole)
    return os.path.join(os.path.realpath(os.path.dirname(whole)), os.path.basename(whole))


def _folder(path: str) -> str:
    return path if os.path.isdir(path) else os.path.dirname(path)


def _inside(root: str, path: str) -> str:
    relative = os.path.relpath(path, root)
    if relative == ".." or relative.startswith("../"):
        raise UsageError(
            f"`{path}` lies outside the project `{root}`", hint="check one project at a time"
        )
    return relative


def _read_config(request: Request, root: str) -> Config:
    if request.config is not None:
        shown, path = request.config, os.path.join(request.start, request.config)
    else:
        shown, path = CONFIG_NAME, os.path.join(root, CONFIG_NAME)
        if not os.path.lexists(path):
            return Config()
    try:
        source = decode(shown, read_bytes(path))
    except SourceError as error:
        raise ConfigError(f"cannot be read: {error.message}", path=shown) from error
    if isinstance(source, ReadFailure):
        message = f"cannot be read: {source.message}"
        raise ConfigError(message, path=shown, position=source.position)
    from port_registry.project.config_file import parse_config

    return parse_config(source, RuleNames())


def _registry(request: Request, root: str) -> str | None:
    if request.registry is None:
        return None
    return _inside(root, _real(request.start, request.registry))


def _baseline(request: Request, root: str, config: Config) -> BaselineFile | None:
    if request.baseline is not None:
        return BaselineFile(os.path.join(request.start, request.baseline), request.baseline)
    if config.baseline is not None:
        return BaselineFile(os.path.join(root, config.baseline), config.baseline)
    return None


def _attribute(request: Request) -> Name | None:
    if request.attribute is None:
        return None
    name = parse_name(request.attribute)
    if name is None:
        raise UsageError(f"`{request.attribute}` is no attribute path such as `config.my.ports`")
    return name
