"""Merging of files, and of a process with the one it extends, as process-compose 1.122 does.

It uses dario.cat/mergo ("append slices, override"): a value overrides an earlier one where it
is not empty, so that `disabled: false` never undoes `disabled: true`; lists are appended; maps
are merged key by key. An `environment` that is merged with another (or with none, if it is the
earlier one) keeps only the variables with exactly one `=`.
"""

from collections.abc import Iterable, Mapping

from port_registry.languages.go_template import TemplateVariable
from port_registry.model import TracedValue, UnreadablePart
from port_registry.sources.process_compose import config


def merge_projects(projects: Iterable[config.ProjectConfig]) -> config.ProjectConfig:
    """Return the projects merged in order, later ones over earlier ones."""
    merged = config.ProjectConfig("")
    for project in projects:
        processes = {process.name: process for process in merged.processes}
        for process in project.processes:
            base = processes.get(process.name)
            processes[process.name] = process if base is None else merge_process(base, process)
        commands = (*merged.command_variables, *project.command_variables)
        merged = merged._replace(
            processes=tuple(processes.values()),
            environment=_environment(merged.environment, project.environment),
            command_variables=tuple(dict.fromkeys(commands)),
            vars=_vars(merged.vars, project.vars),
            mcp_server=project.mcp_server or merged.mcp_server,
        )
    return merged


def merge_process(base: config.ProcessConfig, over: config.ProcessConfig) -> config.ProcessConfig:
    """Return `base` overridden by `over`."""
    dependencies = {dependency.service: dependency for dependency in base.dependencies}
    dependencies.update((dependency.service, dependency) for dependency in over.dependencies)
    return config.ProcessConfig(
        name=over.name,
        span=over.span,
        insertion=over.insertion,
        extends=_last(base.extends, over.extends),
        command=_last(base.command, over.command),
        entrypoint=base.entrypoint + over.entrypoint,
        args=base.args + over.args,
        environment=_environment(base.environment, over.environment),
        env_file=_last(base.env_file, over.env_file),
        working_dir=_last(base.working_dir, over.working_dir),
        dependencies=tuple(dependencies.values()),
        readiness=_probe(base.readiness, over.readiness),
        liveness=_probe(base.liveness, over.liveness),
        shutdown=_last(base.shutdown, over.shutdown),
        disabled=base.disabled or over.disabled,
        is_disabled=_last(base.is_disabled, over.is_disabled),
        replicas=over.replicas or base.replicas,
        unknown_replicas=over.unknown_replicas or base.unknown_replicas,
        vars=_vars(base.vars, over.vars),
        renders_templates=base.renders_templates and over.renders_templates,
        reads_dotenv=base.reads_dotenv and over.reads_dotenv,
    )


def _last(base: TracedValue | None, over: TracedValue | None) -> TracedValue | None:
    return over if over is not None and over.text.text else base


def _probe(
    base: config.ProbeConfig | None, over: config.ProbeConfig | None
) -> config.ProbeConfig | None:
    if base is None or over is None:
        return base if over is None else over
    command = over.command if over.command is not None and over.command.text.text else None
    if command is None:
        command = base.command if base.command is not None else over.command
    return config.ProbeConfig(over.span, command, _http(base.http, over.http))


def _http(base: config.HttpCheck | None, over: config.HttpCheck | None) -> config.HttpCheck | None:
    if base is None or over is None:
        return base if over is None else over
    host, scheme = _last(base.host, over.host), _last(base.scheme, over.scheme)
    return config.HttpCheck(over.span, host, scheme, _last(base.port, over.port))


def _environment(
    base: tuple[config.EnvironmentVariable, ...], over: tuple[config.EnvironmentVariable, ...]
) -> tuple[config.EnvironmentVariable, ...]:
    if not base:
        return over
    merged = {variable.name: variable for variable in base if variable.has_single_equals}
    merged.update((variable.name, variable) for variable in over if variable.has_single_equals)
    return tuple(merged.values())


def _vars(
    base: Mapping[str, TemplateVariable], over: Mapping[str, TemplateVariable]
) -> Mapping[str, TemplateVariable]:
    if not base or not over:
        return over or base
    merged = dict(base)
    for name, variable in over.items():
        existing = merged.get(name)
        if existing is not None and existing.fields and variable.fields:
            merged[name] = TemplateVariable(None, _vars(existing.fields, variable.fields))
        else:
            merged[name] = variable
    return merged


def resolve_extends(
    configs: Iterable[config.ProcessConfig], unreadable: list[UnreadablePart]
) -> dict[str, config.ProcessConfig]:
    """Return the processes, each merged with the one that it extends.

    One that extends itself, a process that does not exist, or a ring is reported, and read
    as if it extended nothing.
    """
    processes = {process.name: process for process in configs}
    done: dict[str, config.ProcessConfig] = {}
    for name in processes:
        chain: dict[str, config.ProcessConfig] = {}
        process = processes[name]
        while process.name not in done:
            chain[process.name] = process
            parent = "" if process.extends is None else process.extends.text.text
            following = processes.get(parent)
            if following is not None and parent not in chain:
                process = following
                continue
            if process.extends is not None:
                problem = "and there is no such process" if following is None else "in a ring"
                message = f"`{process.name}` extends `{parent}`, {problem}"
                unreadable.append(UnreadablePart(message, process.extends.span))
            done[process.name] = chain.pop(process.name)._replace(extends=None)
        merged = done[process.name]
        for child in reversed(chain.values()):
            merged = merge_process(merged, child)._replace(extends=None)
            done[child.name] = merged
    return {name: done[name] for name in processes}
