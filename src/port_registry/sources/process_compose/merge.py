"""How process-compose 1.122 merges files, and a process with the one it extends.

It does so with dario.cat/mergo ("append slices, override"): a value wins over an earlier
one where it is not empty, so that `disabled: false` never undoes `disabled: true`; lists
are appended; maps are merged key by key. An `environment` that meets another (or none, if
it is the earlier one) keeps only the variables with exactly one `=`.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from port_registry.languages.go_template import TemplateVariable
from port_registry.model import TracedValue, UnreadablePart
from port_registry.sources.process_compose.config import (
    Http,
    ProbeConfig,
    ProcessConfig,
    ProjectConfig,
    Variable,
)


class MergedProject(NamedTuple):
    """All files of a stack as one."""

    processes: dict[str, ProcessConfig]
    environment: tuple[Variable, ...]
    commands: tuple[str, ...]
    vars: Mapping[str, TemplateVariable]
    server: tuple[TracedValue | None, TracedValue] | None


def merge_projects(projects: Iterable[ProjectConfig]) -> MergedProject:
    """Return the projects merged in order, later ones over earlier ones."""
    merged: MergedProject | None = None
    for project in projects:
        processes = {process.name: process for process in project.processes}
        this = MergedProject(
            processes, project.environment, project.commands, project.vars, project.server
        )
        merged = this if merged is None else _merge_pair(merged, this)
    return MergedProject({}, (), (), {}, None) if merged is None else merged


def _merge_pair(base: MergedProject, over: MergedProject) -> MergedProject:
    processes = dict(base.processes)
    for name, process in over.processes.items():
        known = processes.get(name)
        processes[name] = process if known is None else merge_process(known, process)
    return MergedProject(
        processes,
        _environment(base.environment, over.environment),
        tuple(dict.fromkeys((*base.commands, *over.commands))),
        _vars(base.vars, over.vars),
        over.server or base.server,
    )


def merge_process(base: ProcessConfig, over: ProcessConfig) -> ProcessConfig:
    """Return `over` laid over `base`."""
    dependencies = {found.service: found for found in base.dependencies}
    dependencies.update((found.service, found) for found in over.dependencies)
    return ProcessConfig(
        over.name,
        over.span,
        over.insertion,
        _last(base.extends, over.extends),
        _last(base.command, over.command),
        base.entrypoint + over.entrypoint,
        base.args + over.args,
        _environment(base.environment, over.environment),
        _last(base.env_file, over.env_file),
        _last(base.working_dir, over.working_dir),
        tuple(dependencies.values()),
        _probe(base.readiness, over.readiness),
        _probe(base.liveness, over.liveness),
        _last(base.shutdown, over.shutdown),
        base.disabled or over.disabled,
        _last(base.is_disabled, over.is_disabled),
        over.replicas or base.replicas,
        over.replicas_doubt or base.replicas_doubt,
        _vars(base.vars, over.vars),
        base.rendered and over.rendered,
        base.dotenv and over.dotenv,
    )


def _last(base: TracedValue | None, over: TracedValue | None) -> TracedValue | None:
    return over if over is not None and over.text.text else base


def _probe(base: ProbeConfig | None, over: ProbeConfig | None) -> ProbeConfig | None:
    if base is None or over is None:
        return base if over is None else over
    command = over.command if over.command is not None and over.command.text.text else None
    if command is None:
        command = base.command if base.command is not None else over.command
    return ProbeConfig(over.span, command, _http(base.http, over.http))


def _http(base: Http | None, over: Http | None) -> Http | None:
    if base is None or over is None:
        return base if over is None else over
    host, scheme = _last(base.host, over.host), _last(base.scheme, over.scheme)
    return Http(over.span, host, scheme, _last(base.port, over.port))


def _environment(base: tuple[Variable, ...], over: tuple[Variable, ...]) -> tuple[Variable, ...]:
    if not base:
        return over
    found = {variable.name: variable for variable in base if variable.single}
    found.update((variable.name, variable) for variable in over if variable.single)
    return tuple(found.values())


def _vars(
    base: Mapping[str, TemplateVariable], over: Mapping[str, TemplateVariable]
) -> Mapping[str, TemplateVariable]:
    if not base or not over:
        return over or base
    found = dict(base)
    for name, var in over.items():
        known = found.get(name)
        if known is not None and known.fields and var.fields:
            found[name] = TemplateVariable(None, _vars(known.fields, var.fields))
        else:
            found[name] = var
    return found


def resolve_extends(
    processes: Mapping[str, ProcessConfig], unreadable: list[UnreadablePart]
) -> dict[str, ProcessConfig]:
    """Return the processes with each one's `extends` followed.

    One that names itself, a process that is not there, or a ring is reported, and read as
    if it extended nothing.
    """
    done: dict[str, ProcessConfig] = {}
    for name in processes:
        chain: dict[str, ProcessConfig] = {}
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
        found = done[process.name]
        for child in reversed(chain.values()):
            found = merge_process(found, child)._replace(extends=None)
            done[child.name] = found
    return {name: done[name] for name in processes}
