"""Workspace of a run: the project, its configuration and the requested part."""

import os
from collections.abc import Callable
from enum import Enum
from functools import cache, partial

from port_registry import model
from port_registry.project.baseline import NO_BASELINE, Baseline
from port_registry.project.cache import Cache
from port_registry.project.config import Config
from port_registry.project.discovery import CONFIG_NAME, find_root, list_files
from port_registry.project.files import Files, ReadFailure, decode, read_bytes
from port_registry.project.path_patterns import Patterns
from port_registry.project.rule_selection import RuleNames, Selection, choose_rules


class Evaluation(Enum):
    """How to evaluate values that cannot be known from the text."""

    NONE = "nobody"
    NIX = "nix"
    """`nix-instantiate`, where it is installed."""


class Caching(Enum):
    """How long facts about Nix files are cached."""

    ONE_RUN = "one-run"
    ON_DISK = "on-disk"
    """In the user's cache directory."""


class BaselineFile(model.NamedTuple):
    """The file of accepted findings."""

    path: str
    """Absolute."""
    display_path: str
    """The path in messages."""


class Request(model.NamedTuple):
    """The options with which a project is opened."""

    start: str
    """The current directory."""
    paths: tuple[str, ...] = ()
    """The paths to report on, relative to `start`; empty for the whole project."""
    registry: str | None = None
    """The registry, relative to `start`; None for that of the configuration."""
    attribute: str | None = None
    """The path of its entries, `config.my.ports`; None for that of the configuration."""
    config: str | None = None
    """The configuration, relative to `start`; None for the root's `port-registry.toml`."""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    baseline: str | None = None
    """The file of accepted findings, relative to `start`; None for that of the
    configuration."""
    evaluation: Evaluation = Evaluation.NONE
    caching: Caching = Caching.ONE_RUN


class ReportScope(model.NamedTuple):
    """The files and folders that a run reports on."""

    paths: tuple[str, ...]
    """Relative to the root; empty for the whole project."""

    def covers(self, path: str) -> bool:
        """Return whether `path`, relative to the root, is one of them or in one."""
        return not self.paths or any(
            path == own or path.startswith(f"{own}/") for own in self.paths
        )


class Workspace(model.NamedTuple):
    """An opened project."""

    files: Files
    config: Config
    paths: tuple[str, ...]
    """All files of the project, sorted, without excluded ones."""
    unlisted: tuple[model.Unknown, ...]
    """The folders that could not be listed."""
    scope: ReportScope
    selection: Callable[[], Selection]
    """Returns the selected rules; raises `UsageError` for an unknown rule."""
    registry: str | None
    """The registry that the user named, relative to the root; None to search for it."""
    attribute: model.Name | None
    """The path of its entries; None to search for them."""
    evaluation: Evaluation
    baseline: BaselineFile | None
    """The file of accepted findings, if the user named one."""
    accepted: Baseline
    """The accepted findings, once the file is read."""
    cache: Cache


def current_directory() -> str:
    """Return the current directory of the process.

    Raises `UsageError` where it was deleted.
    """
    try:
        return os.getcwd()
    except OSError as error:
        raise model.UsageError(
            "the current directory does not exist any more", hint="change to another one"
        ) from error


def open_workspace(request: Request) -> Workspace:
    """Open the project of `request`.

    Raises `UsageError` where it names something that does not exist, and `ConfigError` where
    the configuration cannot be read.
    """
    requested = tuple(_real(request.start, path) for path in request.paths)
    root = find_root(request.start, *(_folder(path) for path in requested[:1]))
    config = _read_config(request, root)
    listing = list_files(root)
    scope = tuple(_inside(root, path) for path in requested)
    named_files = {path for path in scope if os.path.isfile(os.path.join(root, path))}
    excluded = Patterns(config.exclude)
    paths = set(listing.paths)
    if config.exclude:
        paths = {path for path in paths if not excluded.covers(path)}
    files = Files(root)
    return Workspace(
        files=files,
        config=config,
        paths=tuple(sorted(paths | named_files)),
        unlisted=listing.unknown,
        scope=ReportScope(() if "." in scope else scope),
        selection=cache(partial(choose_rules, config, request.select, request.ignore)),
        registry=(
            config.registry
            if request.registry is None
            else _inside(root, _real(request.start, request.registry))
        ),
        attribute=_attribute(request) or config.attribute,
        evaluation=request.evaluation,
        baseline=_baseline(request, root, config),
        accepted=NO_BASELINE,
        cache=Cache(files.root if request.caching is Caching.ON_DISK else None),
    )


def _real(start: str, path: str) -> str:
    """Return a requested path as absolute, with links resolved except in its last part."""
    whole = os.path.join(start, path)
    if not os.path.lexists(whole):
        raise model.UsageError(f"there is no file or folder `{path}`")
    if os.path.isdir(whole):
        return os.path.realpath(whole)
    return os.path.join(os.path.realpath(os.path.dirname(whole)), os.path.basename(whole))


def _folder(path: str) -> str:
    return path if os.path.isdir(path) else os.path.dirname(path)


def _inside(root: str, path: str) -> str:
    relative = os.path.relpath(path, root)
    if relative == ".." or relative.startswith("../"):
        raise model.UsageError(
            f"`{path}` is outside the project `{root}`", hint="check one project at a time"
        )
    return relative


def _read_config(request: Request, root: str) -> Config:
    if request.config is not None:
        display_path, path = request.config, os.path.join(request.start, request.config)
    else:
        display_path, path = CONFIG_NAME, os.path.join(root, CONFIG_NAME)
        if not os.path.lexists(path):
            return Config()
    try:
        source = decode(display_path, read_bytes(path))
    except model.SourceError as error:
        raise model.ConfigError(f"cannot be read: {error.message}", path=display_path) from error
    if isinstance(source, ReadFailure):
        message = f"cannot be read: {source.message}"
        raise model.ConfigError(message, path=display_path, position=source.position)
    from port_registry.project.config_file import parse_config

    return parse_config(source, RuleNames())


def _baseline(request: Request, root: str, config: Config) -> BaselineFile | None:
    if request.baseline is not None:
        return BaselineFile(os.path.join(request.start, request.baseline), request.baseline)
    if config.baseline is not None:
        return BaselineFile(os.path.join(root, config.baseline), config.baseline)
    return None


def _attribute(request: Request) -> model.Name | None:
    if request.attribute is None:
        return None
    name = model.parse_name(request.attribute)
    if name is None:
        hint = "an attribute path is, for example, `config.my.ports`"
        raise model.UsageError(f"invalid attribute path `{request.attribute}`", hint=hint)
    return name
