"""Command line of process-compose, and the listeners that it would start.

Flags and variables are those of process-compose 1.103 (`src/cmd/root.go`, `src/cmd/up.go`,
`src/config/config.go`).
"""

import os
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping

from port_registry import model
from port_registry.facts.words import word_set
from port_registry.languages import dotenv
from port_registry.matching.annotated_machines import AnnotatedMachine, annotated_machines
from port_registry.project.gather import assemble, project_files
from port_registry.project.progress import NoProgress
from port_registry.project.workspace import Workspace
from port_registry.runtime.listen_requests import ListenRequest
from port_registry.sources.interface import SourceReading
from port_registry.sources.process_compose.discover import DEFAULT_NAMES, DEFAULT_OVERRIDES
from port_registry.sources.shared.comment_ties import YamlCommentTies

_PROGRAM = "process-compose"

_VALUED = word_set("programs", "process-compose-values")
"""The flags that take a value, which may be the next word."""

_LETTERS = {
    "f": "config",
    "e": "env",
    "n": "namespace",
    "r": "ref-rate",
    "S": "sort",
    "L": "log-file",
    "p": "port",
    "u": "unix-socket",
    "U": "use-uds",
}
"""The long names of the short flags that matter here."""

_SERVER = "process-compose's own server"
_SERVER_ADDRESS = "127.0.0.1"
"""The address that process-compose takes for `localhost`: the first one, of IPv4."""


_VARIABLE_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_MAX_CHARACTERS = 1024 * 1024


class PlannedListeners(model.NamedTuple):
    """The ports that a command would listen on."""

    requests: tuple[ListenRequest, ...]
    doubt: str
    """Why there may be more than `requests`; empty where there are not."""


class _Options(model.NamedTuple):
    """A parsed command line of process-compose."""

    flags: Mapping[str, tuple[str, ...]]
    """The values of each flag, by its long name; a flag without value has `true`."""
    words: tuple[str, ...]
    """The subcommand and its arguments."""

    def has(self, flag: str) -> bool:
        """Return whether `flag` is given, and not as `--flag=false`."""
        return self.flags.get(flag, ("false",))[-1].lower() not in ("false", "f", "0")


def is_process_compose(command: tuple[str, ...]) -> bool:
    """Return whether `command` runs process-compose."""
    return posixpath.basename(command[0]) == _PROGRAM


def planned_listeners(
    workspace: Workspace,
    registry: model.Registry,
    command: tuple[str, ...],
    folder: str,
    environment: Mapping[str, str],
) -> PlannedListeners:
    """Return the ports that `command`, run in `folder` with `environment`, would listen on."""
    options = _parse(command[1:])
    starts_processes = options.words[:1] in ((), ("up",), ("run",))
    if not starts_processes or options.has("help") or options.has("dry-run"):
        return PlannedListeners((), "")
    file_names = _files(options, folder, environment)
    root = workspace.files.root
    paths = tuple(os.path.relpath(os.path.join(folder, name), root) for name in file_names)
    if any(path.startswith("../") for path in paths):
        return PlannedListeners((), f"`{file_names[0]}` lies outside the project")
    if not paths:
        return PlannedListeners((), "no file here that process-compose would load")
    from port_registry.sources.process_compose.stack import read_stack

    reader = _WithEnvironment(workspace.files, folder, paths[0], options, environment)
    stack = read_stack(reader, paths)
    files = project_files(workspace, registry, NoProgress())._replace(reader=reader)
    paths_read, ties = frozenset(stack.files), YamlCommentTies(reader)
    reading = SourceReading(paths=paths_read, ties=ties, machines=(stack,))
    project = assemble(workspace, files, (reading,))
    if options.flags.get("namespace") or environment.get("PC_NAMESPACES"):
        return PlannedListeners((), "the processes of a namespace are not known")
    running = tuple(_running(stack, options, environment))
    (annotated, *_) = annotated_machines(project)
    requests = (*_requests(annotated, running), *_server(stack, options, environment))
    doubts = [f"{unreadable.span.path}: {unreadable.message}" for unreadable in stack.unreadable]
    if varying := ", ".join(process.name for process in running if process.varying):
        doubts.append(f"not every port of {varying} can be known from {stack.files[-1]}")
    return PlannedListeners(tuple(dict.fromkeys(requests)), next(iter(doubts), ""))


def _files(options: _Options, folder: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the files that process-compose loads."""
    named = options.flags.get("config", ())
    if not named and "PC_CONFIG_FILES" in environment:
        named = tuple(environment["PC_CONFIG_FILES"].split(","))
    if named:
        return named
    files: list[str] = []
    for candidates in (DEFAULT_NAMES, DEFAULT_OVERRIDES):
        existing = [name for name in candidates if os.path.exists(os.path.join(folder, name))]
        files += existing[:1]
        if not existing:
            break
    return tuple(files)


def _running(
    stack: model.Machine, options: _Options, environment: Mapping[str, str]
) -> Iterator[model.Service]:
    """Yield the processes that start: the named ones, or all that are not disabled."""
    names = list(options.words[1:2] if options.words[:1] == ("run",) else options.words[1:])
    by_name = {process.name: process for process in stack.services}
    if not names:
        disabled = environment.get("PC_DISABLED_PROCESSES", "").split(",")
        yield from (
            process
            for process in stack.services
            if not process.disabled and process.name not in disabled
        )
    seen: set[str] = set()
    while names:
        name = names.pop()
        named = by_name.get(name) or by_name.get(name.rpartition("-")[0])
        if named is not None and named.name not in seen:
            seen.add(named.name)
            yield named
            if not options.has("no-deps"):
                names += (dependency.service for dependency in named.dependencies)


def _requests(
    annotated: AnnotatedMachine, running: Iterable[model.Service]
) -> Iterator[ListenRequest]:
    """Yield the ports of processes, as their files have them now."""
    for process in running:
        for use in process.uses:
            if use.role is model.Role.LISTENS and use.ports is not None:
                entry = annotated.entry(use)
                if entry is None:
                    entry = next(iter(annotated.entries.holding(use.number)), None)
                title, protocols = f"process {process.name}", use.protocols
                if entry is not None:
                    title = f"{model.format_name(entry.name)}, {title}"
                    protocols = protocols or entry.protocols
                yield ListenRequest(title, use.ports, protocols or (model.Protocol.TCP,), use.host)
    for use in annotated.machine.shared:
        if use.role is model.Role.LISTENS and use.ports is not None and use.program == _PROGRAM:
            yield ListenRequest(_SERVER, use.ports, (model.Protocol.TCP,), use.host)


def _server(
    stack: model.Machine, options: _Options, environment: Mapping[str, str]
) -> Iterator[ListenRequest]:
    """Yield the port of process-compose's own server."""
    uses_unix_socket = options.has("use-uds") or "unix-socket" in options.flags
    is_off = "no-server" not in options.flags and "PC_NO_SERVER" in environment
    if uses_unix_socket or is_off or options.has("no-server") or environment.get("PC_SOCKET_PATH"):
        return
    digits = options.flags.get("port", (environment.get("PC_PORT_NUM", ""),))[-1]
    number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else None
    if number is None and stack.manager is None and "no-server" not in options.flags:
        return
    if number is None:
        number = 0 if stack.manager is None else stack.manager.port
    port = model.port_from_int(number)
    if port is not None:
        host = options.flags.get("address", (environment.get("PC_ADDRESS", "localhost"),))[-1]
        address = _SERVER_ADDRESS if host == "localhost" else host
        yield ListenRequest(_SERVER, model.single(port), (model.Protocol.TCP,), address)


def _parse(arguments: Iterable[str]) -> _Options:
    """Return a command line, parsed as process-compose's library does (spf13/pflag)."""
    flags: dict[str, list[str]] = {}
    words: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            break
        if argument.startswith("--"):
            name, equals, value = argument[2:].partition("=")
            if not equals:
                value = next(rest, "") if name in _VALUED else "true"
            flags.setdefault(name, []).append(value)
        elif argument.startswith("-") and argument != "-":
            _parse_short_flags(argument[1:], rest, flags)
        else:
            words.append(argument)
    return _Options({name: tuple(values) for name, values in flags.items()}, tuple(words))


def _parse_short_flags(letters: str, rest: Iterator[str], flags: dict[str, list[str]]) -> None:
    """Add the flags of `-Dp9000`: letters, the last of which may have a value."""
    for index, letter in enumerate(letters):
        name = _LETTERS.get(letter, "help" if letter == "h" else letter)
        tail = letters[index + 1 :]
        if name in _VALUED or tail.startswith("="):
            value = tail.removeprefix("=") if tail else next(rest, "")
            flags.setdefault(name, []).append(value)
            return
        flags.setdefault(name, []).append("true")


class _WithEnvironment:
    """A reader whose environment files hold what process-compose will see.

    process-compose takes `.env` and `.pc_env` from the folder that it is started in, and the
    rest from its own environment, of which only ports matter here.
    """

    def __init__(
        self,
        reader: model.Reader,
        folder: str,
        first_path: str,
        options: _Options,
        environment: Mapping[str, str],
    ) -> None:
        self._reader = reader
        stack_folder = posixpath.dirname(first_path)
        exported = "".join(
            f"{name}={value}\n"
            for name, value in environment.items()
            if value.isascii() and value.isdigit() and re.fullmatch(_VARIABLE_NAME, name)
        )
        files: tuple[str, ...] = options.flags.get("env", (".env",))
        if options.has("disable-dotenv") or "PC_DISABLE_DOTENV" in environment:
            files = ()
        self._texts = {
            posixpath.join(stack_folder, ".env"): exported + self._read(folder, files),
            posixpath.join(stack_folder, ".pc_env"): self._read(folder, (".pc_env",)),
        }

    def _read(self, folder: str, names: Iterable[str]) -> str:
        """Return the texts of the environment files that process-compose can read."""
        texts: list[str] = []
        for name in names:
            try:
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    source = model.Source(name, file.read(_MAX_CHARACTERS))
            except (OSError, ValueError):
                continue
            if not isinstance(dotenv.parse(source), dotenv.InvalidEnvFile):
                texts.append(f"{source.text}\n")
        return "".join(texts)

    def read(self, path: str) -> model.Source:
        """Return the file at `path`; raises `SourceError` where it cannot be read."""
        text = self._texts.get(path)
        return self._reader.read(path) if text is None else model.Source(path, text)

    def exists(self, path: str) -> bool:
        """Return whether `path` is a regular file of the project, or one of these files."""
        return path in self._texts or self._reader.exists(path)
