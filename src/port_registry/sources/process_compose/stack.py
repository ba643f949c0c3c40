"""Reads a stack: loads and merges its files, and finds the ports of every process."""

import posixpath
from collections.abc import Mapping
from typing import NamedTuple

from port_registry.languages.provenance import UNKNOWN, UnknownTracker
from port_registry.model import (
    Dependency,
    Machine,
    ManagerServer,
    Place,
    Reader,
    Role,
    Service,
    Span,
    TracedText,
    TracedValue,
    UnreadablePart,
    Use,
)
from port_registry.sources.process_compose.config import ProcessConfig
from port_registry.sources.process_compose.load import Loaded, Loader
from port_registry.sources.process_compose.merge import (
    MergedProject,
    merge_projects,
    resolve_extends,
)
from port_registry.sources.process_compose.process import ProcessSurroundings, read_process
from port_registry.sources.shared import variables
from port_registry.sources.shared.env_annotations import annotations_over
from port_registry.sources.shared.use_collector import TextNumber, UseCollector, UseDefaults

_DEFAULT_SERVER = 8080
"""Where process-compose's own server listens (its `config.DefaultPortNum`)."""


def read_stack(reader: Reader, files: tuple[str, ...]) -> Machine:
    """Return what `process-compose -f FILE -f FILE …` would run.

    Never raises for what is in the files: what is wrong is in the stack's `unreadable`, what
    only a run could tell in its `unknown`. The environment of this program is not looked at.
    """
    doubts = UnknownTracker()
    unreadable: list[UnreadablePart] = []
    loader = Loader(reader, doubts, unreadable)
    loaded = loader.load(files)
    stack = Assembly(reader, loader, doubts, unreadable).stack(loaded)
    return stack if stack.files else stack._replace(files=files)


class Assembly(NamedTuple):
    """What it takes to make a stack of files that are loaded."""

    reader: Reader
    loader: Loader
    doubts: UnknownTracker
    unreadable: list[UnreadablePart]

    def stack(self, loaded: Loaded) -> Machine:
        """Return the stack that `loaded` makes."""
        merged = merge_projects(loaded.projects)
        configs = resolve_extends(merged.processes, self.unreadable)
        surroundings = self._surroundings(loaded, merged, configs)
        processes = [
            read_process(config, surroundings, self._env_file(loaded.folder, config))
            for config in configs.values()
        ]
        processes = [_with_bases(process, configs) for process in processes]
        machine = Machine(
            files=tuple(dict.fromkeys(project.path for project in loaded.projects)),
            services=tuple(processes),
            shared=self._shared(merged, processes),
            annotations=loaded.annotations,
            manager=self._server(loaded.folder),
            unknown=tuple(self.doubts.unknown),
            unreadable=tuple(dict.fromkeys(self.unreadable)),
        )
        over_variables = annotations_over(self.reader, machine.uses(), machine.files)
        return machine._replace(annotations=(*machine.annotations, *over_variables))

    def _surroundings(
        self, loaded: Loaded, merged: MergedProject, configs: Mapping[str, ProcessConfig]
    ) -> ProcessSurroundings:
        environment = {variable.name: variable.value.text for variable in merged.environment}
        for name in merged.commands:
            reason = f"`{name}` is what a command of `env_cmds` prints"
            place = loaded.projects[0].path if loaded.projects else ""
            environment[name] = self.doubts.unknown_text(reason, place)
        return ProcessSurroundings(
            loaded.variables,
            environment,
            merged.vars,
            variables.simplify_names(frozenset(configs)),
            self.doubts,
            self.unreadable,
        )

    def _env_file(self, folder: str, config: ProcessConfig) -> Mapping[str, TracedText]:
        """Return what a process's own environment file says."""
        if config.env_file is None or UNKNOWN in config.env_file.text.text:
            return {}
        base = "" if config.working_dir is None else config.working_dir.text.text
        given = config.env_file.text.text
        if UNKNOWN in base or "{{" in base:
            return {}
        path = posixpath.normpath(posixpath.join(folder, base, given))
        if posixpath.isabs(path) or path.startswith("../"):
            return {}
        if not self.reader.exists(path):
            message = f"`env_file` names {path}, and there is no such file"
            self.unreadable.append(UnreadablePart(message, config.env_file.span))
            return {}
        return self.loader.variables(path)

    def _shared(self, merged: MergedProject, processes: list[Service]) -> tuple[Use, ...]:
        """Return the uses above all processes that no process has taken up."""
        found = UseCollector(self.doubts)
        owner = variables.EnvironmentOwner("", frozenset(), frozenset())
        where = UseDefaults("", Place.ENVIRONMENT, None)
        for variable in merged.environment:
            variables.read_variable(variable.name, variable.value.text, owner, where, found, "")
        where = UseDefaults("", Place.VARIABLE, None)
        for name, var in merged.vars.items():
            if var.value is not None:
                variables.read_variable(name, var.value.text, owner, where, found, "")
        if merged.server is not None:
            _mcp(merged.server, found)
        taken = {_written(use) for process in processes for use in process.uses}
        return tuple(
            use for use in found.uses if _written(use) is None or _written(use) not in taken
        )

    def _server(self, folder: str) -> ManagerServer | None:
        """Return process-compose's own server, as `.pc_env` says it."""
        settings = self.loader.variables(posixpath.join(folder, ".pc_env"))
        if "PC_NO_SERVER" in settings or "PC_SOCKET_PATH" in settings:
            return None
        given = settings.get("PC_PORT_NUM")
        if given is None:
            return ManagerServer(_DEFAULT_SERVER, None)
        text = given.text.removeprefix("+")
        span = given.locate(0, len(given.text)) or given.origin(0)
        if text.isascii() and text.isdigit() and len(text) < 10:
            return ManagerServer(int(text), span)
        if span is not None:
            message = f"`PC_PORT_NUM` is `{given.text[:40]}`, and has to be a whole number"
            self.unreadable.append(UnreadablePart(message, span))
        return ManagerServer(_DEFAULT_SERVER, None)


def _written(use: Use) -> Span | None:
    """Return the place of a number or a reference; None for what is computed."""
    return use.span if use.entry else use.digits


def _mcp(server: tuple[TracedValue | None, TracedValue], found: UseCollector) -> None:
    """Add the server that process-compose runs for models (`mcp_server`)."""
    host, port = server
    name = None if host is None or UNKNOWN in host.text.text else host.text.text
    end = len(port.text.text)
    number = TextNumber(port.text, 0, end, Role.LISTENS, name, "process-compose")
    found.add(UseDefaults("", Place.VARIABLE, None), number)


def _with_bases(process: Service, configs: Mapping[str, ProcessConfig]) -> Service:
    """Return the process with dependencies on replicas (`api-0`) naming the process (`api`)."""
    found: list[Dependency] = []
    for dependency in process.dependencies:
        name = dependency.service
        base, dash, number = name.rpartition("-")
        of_replica = name not in configs and dash and number.isdigit() and base in configs
        found.append(dependency._replace(service=base) if of_replica else dependency)
    return process._replace(dependencies=tuple(found))
