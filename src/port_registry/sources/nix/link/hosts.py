"""Which modules make which host, and what it listens on."""

from collections.abc import Iterator, Sequence

from port_registry.model import Certainty, HostRegistry, PortOrigin, Span
from port_registry.sources.nix.fleet import FirewallOpening, Host, HostListener, ResolvedReference
from port_registry.sources.nix.link.definition_index import DefinitionIndex
from port_registry.sources.nix.link.firewall_openings import service_openings, written_openings
from port_registry.sources.nix.link.graph import ImportGraph, ImportPlan, Member
from port_registry.sources.nix.link.heuristic_listeners import option_listeners, tunnel_listeners
from port_registry.sources.nix.link.host_discovery import discover_hosts, sets_options
from port_registry.sources.nix.link.listeners import ListenerFinder
from port_registry.sources.nix.link.module_bodies import HostModule, ModuleClass
from port_registry.sources.nix.link.option_values import HostOptions
from port_registry.sources.nix.link.proxies import proxy_listeners
from port_registry.sources.nix.link.published_ports import container_listeners, socket_listeners
from port_registry.sources.nix.link.unimported_modules import unimported_modules
from port_registry.sources.nix.module_facts import AttrPath, Module


def hosts_of(
    modules: Sequence[Module], parts: Sequence[HostRegistry], reached: Sequence[ResolvedReference]
) -> tuple[tuple[Host, ...], tuple[str, ...]]:
    """Return the hosts of a project, and the modules that none of them imports."""
    graph = ImportGraph(modules)
    index = DefinitionIndex(modules, graph.bodies, parts, reached)
    plans = discover_hosts(graph)
    if plans:
        own = frozenset([part.host for part in parts])
        return tuple(_hosts(graph, index, plans, own)), unimported_modules(graph, plans)
    members = {
        at: Member(at, ModuleClass.NIXOS, uncertain=False)
        for at, body in enumerate(graph.bodies)
        if body.owner is None
    }
    if not members:
        return (), ()
    unnamed = _host(graph, index, ImportPlan("", members, incomplete=True, external=True))
    return (_at_most_likely(unnamed),), ()


def _hosts(
    graph: ImportGraph, index: DefinitionIndex, plans: Sequence[ImportPlan], own: frozenset[str]
) -> Iterator[Host]:
    """Yield the hosts of `plans`; machines of one build are worked out once.

    `own` are those that have a registry of their own.
    """
    said = [not isinstance(body.owner, HostModule) or sets_options(body) for body in graph.bodies]
    known: dict[tuple[frozenset[Member], bool, bool], Host] = {}
    for plan in plans:
        members = frozenset([one for one in plan.members.values() if said[one.body]])
        key = (members, plan.incomplete, plan.external)
        if plan.name in own:
            yield _host(graph, index, plan)
        elif key in known:
            yield _renamed(known[key], plan.name, _files(graph, plan))
        else:
            known[key] = _host(graph, index, plan)
            yield known[key]


def _renamed(host: Host, name: str, files: frozenset[str]) -> Host:
    return host._replace(
        name=name,
        files=files,
        listeners=tuple(listener._replace(host=name) for listener in host.listeners),
        openings=tuple(opening._replace(host=name) for opening in host.openings),
    )


def _files(graph: ImportGraph, plan: ImportPlan) -> frozenset[str]:
    return frozenset([graph.bodies[at].file for at in plan.members])


def _host(graph: ImportGraph, index: DefinitionIndex, plan: ImportPlan) -> Host:
    """Return the host of `plan` with what it listens on."""
    settings = HostOptions(index, plan)
    listeners: list[HostListener] = []
    opens: list[FirewallOpening] = []
    finder = ListenerFinder(plan.name, settings)
    known: set[AttrPath] = set()
    for service in finder.services():
        found = list(finder.listeners(service))
        known.update(fact.option for fact in service.facts)
        listeners += found
        opens += service_openings(plan.name, settings, service, found)
    listeners += proxy_listeners(plan.name, settings)
    listeners += container_listeners(plan.name, settings)
    listeners += socket_listeners(plan.name, settings)
    listeners += option_listeners(plan.name, settings, known)
    listeners += tunnel_listeners(plan.name, settings)
    opens += written_openings(plan.name, settings)
    if plan.incomplete:
        listeners = [_likely_if_default(listener) for listener in listeners]
    files = _files(graph, plan)
    return Host(
        plan.name,
        files,
        tuple(sorted(listeners, key=lambda one: (one.span, one.endpoint.ports))),
        tuple(sorted(opens, key=lambda one: (one.span, one.ports, one.protocol.value))),
        not plan.incomplete and not plan.external,
        settings.referenced_entries(),
        frozenset(_inactive_literals(graph, settings, files)),
    )


def _inactive_literals(
    graph: ImportGraph, settings: HostOptions, files: frozenset[str]
) -> Iterator[Span]:
    """Yield the places of literals that are under a condition which the host does not meet."""
    for path in files:
        module = graph.tree.modules.get(path)
        for literal in () if module is None else module.literals:
            if literal.guards and settings.rules_out(literal.guards):
                yield literal.digits or literal.span


def _likely_if_default(listener: HostListener) -> HostListener:
    """Return `listener`, likely where a module that was not found may set its port."""
    is_default = listener.origin is PortOrigin.IMPLIED
    return listener._replace(certainty=Certainty.LIKELY) if is_default else listener


def _at_most_likely(host: Host) -> Host:
    """Return `host` with nothing certain."""
    return host._replace(
        listeners=tuple(
            one._replace(certainty=Certainty.LIKELY) if one.certainty is Certainty.CERTAIN else one
            for one in host.listeners
        ),
        openings=tuple(one._replace(certainty=Certainty.LIKELY) for one in host.openings),
    )
