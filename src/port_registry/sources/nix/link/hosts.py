"""Which modules make which host, and what it listens on."""

from collections.abc import Iterator, Sequence

from port_registry.model import Certainty, HostRegistry, PortOrigin, Span
from port_registry.sources.nix.fleet import Host, HostListener, Opening, ResolvedReference
from port_registry.sources.nix.link.definition_index import DefinitionIndex
from port_registry.sources.nix.link.firewall_openings import opened, openings
from port_registry.sources.nix.link.graph import Graph, ImportPlan, Member
from port_registry.sources.nix.link.heuristic_listeners import told, tunnels
from port_registry.sources.nix.link.host_discovery import is_inline, plans_of
from port_registry.sources.nix.link.listeners import Finder
from port_registry.sources.nix.link.module_bodies import MachineBody, ModuleWorld
from port_registry.sources.nix.link.option_values import Settings
from port_registry.sources.nix.link.proxies import proxies
from port_registry.sources.nix.link.published_ports import containers, sockets
from port_registry.sources.nix.link.unimported_modules import orphans_of
from port_registry.sources.nix.module_facts import AttrPath, Module


def hosts_of(
    modules: Sequence[Module], parts: Sequence[HostRegistry], reached: Sequence[ResolvedReference]
) -> tuple[tuple[Host, ...], tuple[str, ...]]:
    """Return the hosts of a project, and the modules that none of them imports."""
    graph = Graph(modules)
    index = DefinitionIndex(modules, graph.bodies, parts, reached)
    plans = plans_of(graph)
    if plans:
        own = frozenset([part.host for part in parts])
        return tuple(_hosts(graph, index, plans, own)), orphans_of(graph, plans)
    members = {
        at: Member(at, ModuleWorld.NIXOS, doubted=False)
        for at, body in enumerate(graph.bodies)
        if body.owner is None
    }
    if not members:
        return (), ()
    unnamed = _host(graph, index, ImportPlan("", members, blind=True, foreign=True))
    return (_doubted(unnamed),), ()


def _hosts(
    graph: Graph, index: DefinitionIndex, plans: Sequence[ImportPlan], own: frozenset[str]
) -> Iterator[Host]:
    """Yield the hosts of `plans`; machines of one build are worked out once.

    `own` are those that have a registry of their own.
    """
    said = [not isinstance(body.owner, MachineBody) or is_inline(body) for body in graph.bodies]
    known: dict[tuple[frozenset[Member], bool, bool], Host] = {}
    for plan in plans:
        members = frozenset([one for one in plan.members.values() if said[one.body]])
        key = (members, plan.blind, plan.foreign)
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


def _files(graph: Graph, plan: ImportPlan) -> frozenset[str]:
    return frozenset([graph.bodies[at].file for at in plan.members])


def _host(graph: Graph, index: DefinitionIndex, plan: ImportPlan) -> Host:
    """Return the host of `plan` with what it listens on."""
    settings = Settings(index, plan)
    listeners: list[HostListener] = []
    opens: list[Opening] = []
    finder = Finder(plan.name, settings)
    known: set[AttrPath] = set()
    for service in finder.services():
        found = list(finder.listeners(service))
        known.update(fact.option for fact in service.facts)
        listeners += found
        opens += opened(plan.name, settings, service, found)
    listeners += proxies(plan.name, settings)
    listeners += containers(plan.name, settings)
    listeners += sockets(plan.name, settings)
    listeners += told(plan.name, settings, known)
    listeners += tunnels(plan.name, settings)
    opens += openings(plan.name, settings)
    if plan.blind:
        listeners = [_doubted_default(listener) for listener in listeners]
    files = _files(graph, plan)
    return Host(
        plan.name,
        files,
        tuple(sorted(listeners, key=lambda one: (one.span, one.endpoint.ports))),
        tuple(sorted(opens, key=lambda one: (one.span, one.ports, one.protocol.value))),
        not plan.blind and not plan.foreign,
        settings.uses(),
        frozenset(_idle(graph, settings, files)),
    )


def _idle(graph: Graph, settings: Settings, files: frozenset[str]) -> Iterator[Span]:
    """Yield the places of literals that are under a condition which the host does not meet."""
    for path in files:
        module = graph.tree.modules.get(path)
        for literal in () if module is None else module.literals:
            if literal.guards and settings.rules_out(literal.guards):
                yield literal.digits or literal.span


def _doubted_default(listener: HostListener) -> HostListener:
    """Return `listener`, likely where a module that was not found may set its port."""
    is_default = listener.how is PortOrigin.IMPLIED
    return listener._replace(sureness=Certainty.LIKELY) if is_default else listener


def _doubted(host: Host) -> Host:
    """Return `host` with nothing certain."""
    return host._replace(
        listeners=tuple(
            one._replace(sureness=Certainty.LIKELY) if one.sureness is Certainty.CERTAIN else one
            for one in host.listeners
        ),
        openings=tuple(one._replace(sureness=Certainty.LIKELY) for one in host.openings),
    )
