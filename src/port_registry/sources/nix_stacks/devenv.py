"""Processes of devenv, which runs them by process-compose or a similar manager."""

from collections.abc import Iterable, Iterator

from port_registry.languages.yaml import KeyValue, Mapping, Node
from port_registry.sources.nix_stacks.modules import OptionValue, StackModules
from port_registry.sources.nix_stacks.services import attribute_names
from port_registry.sources.nix_stacks.yaml_tree import NodeBuilder, key_value, mapping

_PROCESS_COMPOSE = "process-compose"
"""The option of a process for settings of process-compose alone."""


def devenv_processes(
    modules: StackModules, nodes: NodeBuilder, root: Iterable[OptionValue]
) -> list[KeyValue]:
    """Return the processes of a devenv module, as in process-compose's configuration."""
    values = modules.values_at(root, ("processes",))
    processes: list[KeyValue] = []
    for name in attribute_names(values):
        span = modules.definitions_of(values, name)[0].name_span
        pairs = _pairs(modules, nodes, modules.values_at(values, (name,)))
        processes.append(key_value(name, mapping(pairs, span), span))
    return processes


def _pairs(
    modules: StackModules, nodes: NodeBuilder, process: list[OptionValue]
) -> Iterator[KeyValue]:
    """Yield the options of one process."""
    own = modules.definitions_of(process, _PROCESS_COMPOSE)
    if own:
        node = nodes.node(own, own[0].name_span)
        yield from node.pairs if isinstance(node, Mapping) else ()
    for option, key in (("exec", "command"), ("env", "environment"), ("cwd", "working_dir")):
        definitions = modules.definitions_of(process, option)
        if definitions:
            yield nodes.pair(key, definitions)
    ready = modules.values_at(process, ("ready",))
    if ready:
        yield key_value("readiness_probe", _probe(modules, nodes, ready), ready[0].name_span)


def _probe(modules: StackModules, nodes: NodeBuilder, ready: list[OptionValue]) -> Node:
    """Return `ready` as a readiness probe."""
    span = ready[0].name_span
    pairs: list[KeyValue] = []
    command = modules.definitions_of(ready, "exec")
    if command:
        pairs.append(key_value("exec", mapping([nodes.pair("command", command)], span), span))
    page = modules.definitions_of(modules.values_at(ready, ("http",)), "get")
    if page:
        pairs.append(nodes.pair("http_get", page))
    return mapping(pairs, span)
