"""Reader of stacks: files are loaded and merged, and the ports of every process collected."""

import posixpath
from collections.abc import Mapping

from port_registry import model
from port_registry.languages.provenance import UNKNOWN, UnknownTracker
from port_registry.sources.process_compose import load, merge
from port_registry.sources.process_compose.config import ProcessConfig, ProjectConfig
from port_registry.sources.process_compose.process import StackContext, read_process
from port_registry.sources.shared import variables
from port_registry.sources.shared.comment_annotations import annotations_over
from port_registry.sources.shared.use_collector import TextNumber, UseCollector, UseDefaults

_DEFAULT_SERVER_PORT = 8080
"""The default port of process-compose's own server (its `config.DefaultPortNum`)."""


def read_stack(reader: model.Reader, files: tuple[str, ...]) -> model.Machine:
    """Return the stack that `process-compose -f FILE -f FILE …` would run.

    Never raises for the contents of files: faults are in the stack's `unreadable`, and what
    only a run could know in its `unknown`. The environment of this program is not read.
    """
    unknowns = UnknownTracker()
    unreadable: list[model.UnreadablePart] = []
    loader = load.StackLoader(reader, unknowns, unreadable)
    loaded = loader.load(files)
    stack = StackAssembler(reader, loader, unknowns, unreadable).assemble(loaded)
    return stack if stack.files else stack._replace(files=files)


class StackAssembler(model.NamedTuple):
    """Assembles a stack from loaded files."""

    reader: model.Reader
    loader: load.StackLoader
    unknowns: UnknownTracker
    unreadable: list[model.UnreadablePart]

    def assemble(self, loaded: load.LoadedStack) -> model.Machine:
        """Return the stack of the files in `loaded`."""
        merged = merge.merge_projects(loaded.projects)
        configs = merge.resolve_extends(merged.processes, self.unreadable)
        context = self._context(loaded, merged, configs)
        processes = [
            read_process(config, context, self._env_file(loaded.folder, config))
            for config in configs.values()
        ]
        processes = [_with_process_names(process, configs) for process in processes]
        machine = model.Machine(
            files=tuple(dict.fromkeys(project.path for project in loaded.projects)),
            services=tuple(processes),
            shared=self._shared_uses(merged, processes),
            annotations=loaded.annotations,
            manager=self._manager_server(loaded.folder),
            unknown=tuple(self.unknowns.unknown),
            unreadable=tuple(dict.fromkeys(self.unreadable)),
        )
        of_variables = annotations_over(self.reader, machine.uses(), machine.files)
        return machine._replace(annotations=(*machine.annotations, *of_variables))

    def _context(
        self, loaded: load.LoadedStack, merged: ProjectConfig, configs: Mapping[str, ProcessConfig]
    ) -> StackContext:
        environment = {variable.name: variable.value.text for variable in merged.environment}
        for name in merged.command_variables:
            reason = f"`{name}` is what a command of `env_cmds` prints"
            path = loaded.projects[0].path if loaded.projects else ""
            environment[name] = self.unknowns.unknown_text(reason, path)
        return StackContext(
            dotenv=loaded.variables,
            environment=environment,
            vars=merged.vars,
            process_names=variables.simplify_names(frozenset(configs)),
            unknowns=self.unknowns,
            unreadable=self.unreadable,
        )

    def _env_file(self, folder: str, config: ProcessConfig) -> Mapping[str, model.TracedText]:
        """Return the variables in a process's own environment file."""
        if config.env_file is None or UNKNOWN in config.env_file.text.text:
            return {}
        base = "" if config.working_dir is None else config.working_dir.text.text
        if UNKNOWN in base or "{{" in base:
            return {}
        path = posixpath.normpath(posixpath.join(folder, base, config.env_file.text.text))
        if posixpath.isabs(path) or path.startswith("../"):
            return {}
        if not self.reader.exists(path):
            message = f"`env_file` names {path}, and there is no such file"
            self.unreadable.append(model.UnreadablePart(message, config.env_file.span))
            return {}
        return self.loader.variables(path)

    def _shared_uses(
        self, merged: ProjectConfig, processes: list[model.Service]
    ) -> tuple[model.Use, ...]:
        """Return the uses above all processes that no process has as its own."""
        collector = UseCollector(self.unknowns)
        owner = variables.EnvironmentOwner("", frozenset(), frozenset())
        defaults = UseDefaults("", model.Place.ENVIRONMENT, None)
        for variable in merged.environment:
            value = variable.value.text
            variables.read_variable(variable.name, value, owner, defaults, collector, "")
        defaults = UseDefaults("", model.Place.VARIABLE, None)
        for name, template_variable in merged.vars.items():
            if template_variable.value is not None:
                value = template_variable.value.text
                variables.read_variable(name, value, owner, defaults, collector, "")
        if merged.mcp_server is not None:
            _add_mcp_server(merged.mcp_server, collector)
        in_processes = {_written_span(use) for process in processes for use in process.uses}
        in_processes.discard(None)
        return tuple(use for use in collector.uses if _written_span(use) not in in_processes)

    def _manager_server(self, folder: str) -> model.ManagerServer | None:
        """Return process-compose's own server, with the settings in `.pc_env`."""
        settings = self.loader.variables(posixpath.join(folder, ".pc_env"))
        if "PC_NO_SERVER" in settings or "PC_SOCKET_PATH" in settings:
            return None
        port = settings.get("PC_PORT_NUM")
        if port is None:
            return model.ManagerServer(_DEFAULT_SERVER_PORT, None)
        digits = port.text.removeprefix("+")
        span = port.locate(0, len(port.text)) or port.origin(0)
        if digits.isascii() and digits.isdigit() and len(digits) < 10:
            return model.ManagerServer(int(digits), span)
        if span is not None:
            message = f"`PC_PORT_NUM` is `{port.text[:40]}`, and has to be a whole number"
            self.unreadable.append(model.UnreadablePart(message, span))
        return model.ManagerServer(_DEFAULT_SERVER_PORT, None)


def _written_span(use: model.Use) -> model.Span | None:
    """Return the span of a number or a reference; None for a computed number."""
    return use.span if use.entry else use.digits


def _add_mcp_server(
    server: tuple[model.TracedValue | None, model.TracedValue], collector: UseCollector
) -> None:
    """Add the server that process-compose runs for models (`mcp_server`)."""
    host, port = server
    number = TextNumber(
        text=port.text,
        start=0,
        end=len(port.text.text),
        role=model.Role.LISTENS,
        host=None if host is None or UNKNOWN in host.text.text else host.text.text,
        program="process-compose",
    )
    collector.add(UseDefaults("", model.Place.VARIABLE, None), number)


def _with_process_names(
    process: model.Service, configs: Mapping[str, ProcessConfig]
) -> model.Service:
    """Return the process, its dependencies on replicas (`api-0`) naming the process (`api`)."""
    dependencies: list[model.Dependency] = []
    for dependency in process.dependencies:
        name = dependency.service
        base, dash, number = name.rpartition("-")
        is_replica = name not in configs and dash and number.isdigit() and base in configs
        dependencies.append(dependency._replace(service=base) if is_replica else dependency)
    return process._replace(dependencies=tuple(dependencies))
