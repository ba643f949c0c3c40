"""What process-compose would start and listen on, by its command line.

Flags and variables are those of process-compose 1.103 (`src/cmd/root.go`, `src/cmd/up.go`,
`src/config/config.go`).
"""

import os
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from port_registry.facts.words import word_set
from port_registry.languages import dotenv
from port_registry.matching.annotated_machines import AnnotatedMachine, annotated_machines
from port_registry.model import (
    Entry,
    Machine,
    Protocol,
    Reader,
    Registry,
    Role,
    Service,
    Source,
    Use,
    format_name,
    port_from_int,
    single,
)
from port_registry.project.gather import assemble, project_files
from port_registry.project.progress import Silence
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
"""What the letters stand for that matter here."""

_SERVER = "process-compose's own server"
_SERVER_ADDRESS = "127.0.0.1"
"""What `localhost` is to process-compose: the first of its addresses, and that of IPv4."""


class PlannedListeners(NamedTuple):
    """What a command would listen on."""

    requests: tuple[ListenRequest, ...]
    doubt: str
    """Why more may be needed than `requests` has; empty where nothing speaks for it."""


class _OptionLine(NamedTuple):
    """A command line of process-compose."""

    flags: Mapping[str, tuple[str, ...]]
    """By the flag's long name, in order; a flag without value has `true`."""
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
    registry: Registry,
    command: tuple[str, ...],
    folder: str,
    environment: Mapping[str, str],
) -> PlannedListeners:
    """Return what `command`, run in `folder` with `environment`, would listen on."""
    line = _parse(command[1:])
    if line.words[:1] not in ((), ("up",), ("run",)) or line.has("help") or line.has("dry-run"):
        return PlannedListeners((), "")
    names = _files(line, folder, environment)
    root = workspace.files.root
    paths = tuple(os.path.relpath(os.path.join(folder, name), root) for name in names)
    if any(path.startswith("../") for path in paths):
        return PlannedListeners((), f"`{names[0]}` lies outside the project")
    if not paths:
        return PlannedListeners((), "there is no file here that process-compose would load")
    from port_registry.sources.process_compose.stack import read_stack

    reader = _Surrounded(workspace.files, folder, paths[0], line, environment)
    stack = read_stack(reader, paths)
    files = project_files(workspace, registry, Silence())._replace(reader=reader)
    paths_read, ties = frozenset(stack.files), YamlCommentTies(reader)
    reading = SourceReading(paths=paths_read, ties=ties, machines=(stack,))
    project = assemble(workspace, files, (reading,))
    if line.flags.get("namespace") or environment.get("PC_NAMESPACES"):
        return PlannedListeners((), "which of the processes are in a namespace is not known")
    running = tuple(_running(stack, line, environment))
    claims = (*_claims(annotated_machines(project)[0], running), *_server(stack, line, environment))
    return PlannedListeners(tuple(dict.fromkeys(claims)), _doubt(stack, running))


def _doubt(stack: Machine, running: tuple[Service, ...]) -> str:
    for one in stack.unreadable:
        return f"{one.span.path}: {one.message}"
    varying = [process.name for process in running if process.varying]
    if varying:
        return f"not every port of {', '.join(varying)} can be known from {stack.files[-1]}"
    return ""


def _files(line: _OptionLine, folder: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the files that process-compose loads, as it looks for them."""
    given = line.flags.get("config", ())
    if not given and "PC_CONFIG_FILES" in environment:
        given = tuple(environment["PC_CONFIG_FILES"].split(","))
    if given:
        return given
    found: list[str] = []
    for names in (DEFAULT_NAMES, DEFAULT_OVERRIDES):
        there = (name for name in names if os.path.exists(os.path.join(folder, name)))
        first = next(there, None)
        if first is None:
            break
        found.append(first)
    return tuple(found)


def _running(
    stack: Machine, line: _OptionLine, environment: Mapping[str, str]
) -> Iterator[Service]:
    """Yield the processes that start: all but those disabled, or what is asked for."""
    wanted = list(line.words[1:2] if line.words[:1] == ("run",) else line.words[1:])
    off = environment.get("PC_DISABLED_PROCESSES", "").split(",")
    if not wanted:
        yield from (one for one in stack.services if not one.disabled and one.name not in off)
        return
    known = {process.name: process for process in stack.services}
    seen: set[str] = set()
    while wanted:
        name = wanted.pop()
        process = known.get(name) or known.get(name.rpartition("-")[0])
        if process is not None and process.name not in seen:
            seen.add(process.name)
            yield process
            if not line.has("no-deps"):
                wanted += (dependency.service for dependency in process.dependencies)


def _claims(ties: AnnotatedMachine, running: Iterable[Service]) -> Iterator[ListenRequest]:
    """Yield what processes listen on, with the numbers that stand there now."""
    for process in running:
        for use in process.uses:
            if use.role is Role.LISTENS and use.ports is not None:
                entry = ties.entry(use) or next(iter(ties.entries.holding(use.number)), None)
                title = f"process {process.name}"
                if entry is not None:
                    title = f"{format_name(entry.name)}, {title}"
                yield ListenRequest(title, use.ports, _protocols(use, entry), use.host)
    for use in ties.machine.shared:
        if use.role is Role.LISTENS and use.ports is not None and use.program == _PROGRAM:
            yield ListenRequest(_SERVER, use.ports, (Protocol.TCP,), use.host)


def _protocols(use: Use, entry: Entry | None) -> tuple[Protocol, ...]:
    if use.protocols:
        return use.protocols
    return (Protocol.TCP,) if entry is None else entry.endpoint.protocols


def _server(
    stack: Machine, line: _OptionLine, environment: Mapping[str, str]
) -> Iterator[ListenRequest]:
    """Yield what process-compose itself listens on."""
    on_file = line.has("use-uds") or "unix-socket" in line.flags
    off = line.has("no-server") or ("no-server" not in line.flags and "PC_NO_SERVER" in environment)
    if on_file or off or environment.get("PC_SOCKET_PATH"):
        return
    given = line.flags.get("port", (environment.get("PC_PORT_NUM", ""),))[-1]
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 9 else None
    if number is None and stack.manager is None and "no-server" not in line.flags:
        return
    if number is None:
        number = 0 if stack.manager is None else stack.manager.port
    port = port_from_int(number)
    if port is not None:
        host = line.flags.get("address", (environment.get("PC_ADDRESS", "localhost"),))[-1]
        address = _SERVER_ADDRESS if host == "localhost" else host
        yield ListenRequest(_SERVER, single(port), (Protocol.TCP,), address)


def _parse(words: Iterable[str]) -> _OptionLine:
    """Read a command line as process-compose's library does (spf13/pflag)."""
    flags: dict[str, list[str]] = {}
    plain: list[str] = []
    left = iter(words)
    for word in left:
        if word == "--":
            break
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            if not equals:
                value = next(left, "") if name in _VALUED else "true"
            flags.setdefault(name, []).append(value)
        elif word.startswith("-") and word != "-":
            _letters(word[1:], left, flags)
        else:
            plain.append(word)
    return _OptionLine({name: tuple(values) for name, values in flags.items()}, tuple(plain))


def _letters(word: str, left: Iterator[str], flags: dict[str, list[str]]) -> None:
    """Add the flags of `-Dp9000`: letters, the last of which may have a value."""
    for at, letter in enumerate(word):
        name = _LETTERS.get(letter, "help" if letter == "h" else letter)
        rest = word[at + 1 :]
        if name in _VALUED or rest.startswith("="):
            value = rest.removeprefix("=") if rest else next(left, "")
            flags.setdefault(name, []).append(value)
            return
        flags.setdefault(name, []).append("true")


class _Surrounded:
    """A reader in which the environment that process-compose will have stands in files.

    It takes `.env` and `.pc_env` from the folder that it is started in, and what is not in
    them from its own environment. Of that, only ports are of interest here.
    """

    def __init__(
        self,
        reader: Reader,
        folder: str,
        first: str,
        line: _OptionLine,
        environment: Mapping[str, str],
    ) -> None:
        self._reader = reader
        above = posixpath.dirname(first)
        own = "".join(
            f"{name}={value}\n"
            for name, value in environment.items()
            if value.isascii() and value.isdigit() and _name().fullmatch(name)
        )
        files: tuple[str, ...] = line.flags.get("env", (".env",))
        if line.has("disable-dotenv") or "PC_DISABLE_DOTENV" in environment:
            files = ()
        self._texts = {
            posixpath.join(above, ".env"): own + self._read(folder, files),
            posixpath.join(above, ".pc_env"): self._read(folder, (".pc_env",)),
        }

    def _read(self, folder: str, names: Iterable[str]) -> str:
        """Return the texts of those environment files that process-compose can take."""
        texts: list[str] = []
        for name in names:
            try:
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    source = Source(name, file.read(_MOST))
            except (OSError, ValueError):
                continue
            if not isinstance(dotenv.read(source), dotenv.Broken):
                texts.append(f"{source.text}\n")
        return "".join(texts)

    def read(self, path: str) -> Source:
        """Return the file at `path`; raises `SourceError` where it cannot be read."""
        text = self._texts.get(path)
        return self._reader.read(path) if text is None else Source(path, text)

    def exists(self, path: str) -> bool:
        """Return whether `path` is a regular file inside the project, or stands for one."""
        return path in self._texts or self._reader.exists(path)


_MOST = 1024 * 1024


@cache
def _name() -> re.Pattern[str]:
    return re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
