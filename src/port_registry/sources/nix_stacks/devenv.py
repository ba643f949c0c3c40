"""Processes of devenv, which gives them to process-compose or to a manager like it."""

from collections.abc import Iterable, Iterator

from port_registry.languages.yaml import KeyValue, Mapping, Node
from port_registry.sources.nix_stacks.modules import Given, HeldModule, StackModules
from port_registry.sources.nix_stacks.services import Instance, is_on, names
from port_registry.sources.nix_stacks.yaml_tree import Nodes, mapping, pair

_OWN = "process-compose"
"""The option of a process that holds what process-compose alone understands."""


def processes(modules: StackModules, nodes: Nodes, root: Iterable[HeldModule]) -> list[KeyValue]:
    """Return the processes of a devenv module, as process-compose would be given them."""
    held = modules.at(root, ("processes",))
    found: list[KeyValue] = []
    for name in names(held):
        given = modules.below(held, name)
        inside = modules.at(held, (name,))
        pairs = list(_pairs(modules, nodes, inside))
        found.append(pair(name, mapping(pairs, given[0].place), given[0].place))
    return found


def _pairs(modules: StackModules, nodes: Nodes, process: list[HeldModule]) -> Iterator[KeyValue]:
    """Yield the options of one process."""
    own = modules.below(process, _OWN)
    if own:
        node = nodes.node(own, own[0].place)
        yield from node.pairs if isinstance(node, Mapping) else ()
    for option, key in (("exec", "command"), ("env", "environment"), ("cwd", "working_dir")):
        given = modules.below(process, option)
        if given:
            yield nodes.pair(key, given)
    ready = modules.at(process, ("ready",))
    if ready:
        yield pair("readiness_probe", _probe(modules, nodes, ready), ready[0].named)


def _probe(modules: StackModules, nodes: Nodes, ready: list[HeldModule]) -> Node:
    """Return `ready` as a readiness probe."""
    place = ready[0].named
    pairs: list[KeyValue] = []
    command = modules.below(ready, "exec")
    if command:
        pairs.append(pair("exec", mapping([nodes.pair("command", command)], place), place))
    page: list[Given] = modules.below(modules.at(ready, ("http",)), "get")
    if page:
        pairs.append(nodes.pair("http_get", page))
    return mapping(pairs, place)


def services(modules: StackModules, root: Iterable[HeldModule]) -> Iterator[Instance]:
    """Yield the services of devenv: `services.redis.enable = true;`."""
    held = modules.at(root, ("services",))
    for service in names(held):
        inside = modules.at(held, (service,))
        enabled = modules.at(inside, ("enable",))
        on = is_on(enabled)
        if enabled and on is not False:
            place = modules.below(held, service)[0].place
            sure = on is True and all(one.sure for one in enabled)
            yield Instance(service, service, tuple(inside), place, enabled[0].named, sure)
