"""Link the modules of a project: resolve references, and find hosts with their listeners."""

from collections.abc import Iterator, Sequence

from port_registry.facts.words import word_set
from port_registry.model import Certainty, HostRegistry, PortOrigin, Span
from port_registry.sources.nix import fleet
from port_registry.sources.nix.link.chain_resolver import ChainResolver
from port_registry.sources.nix.link.definition_index import DefinitionIndex
from port_registry.sources.nix.link.firewall_openings import service_openings, written_openings
from port_registry.sources.nix.link.graph import ImportGraph, ImportPlan, Member
from port_registry.sources.nix.link.heuristic_listeners import option_listeners, tunnel_listeners
from port_registry.sources.nix.link.host_discovery import discover_hosts, sets_options
from port_registry.sources.nix.link.listeners import ListenerFinder
from port_registry.sources.nix.link.module_bodies import HostModule, ModuleBody, ModuleClass
from port_registry.sources.nix.link.option_values import HostOptions
from port_registry.sources.nix.link.proxies import proxy_listeners
from port_registry.sources.nix.link.published_ports import container_listeners, socket_listeners
from port_registry.sources.nix.link.reference_resolution import resolve_references
from port_registry.sources.nix.module_facts import AttrPath, Module, PathKind

_MODULE_OPTIONS = word_set("nixos", "module-tops")
"""First steps of options that NixOS and home-manager modules set."""

_ENTRY_POINTS = word_set("paths", "entrances")
"""Files that programs look for by name."""


def link(modules: Sequence[Module], registries: Sequence[HostRegistry]) -> fleet.Fleet:
    """Return the fleet of `modules`, sorted by path, and `registries`, the shared one first."""
    chain_resolver = ChainResolver(modules, registries)
    references = resolve_references(modules, registries, chain_resolver)
    hosts, unimported = hosts_of(modules, registries, references)
    return fleet.Fleet(
        modules=tuple(modules),
        registries=tuple(registries),
        hosts=hosts,
        references=references,
        unimported=unimported,
        unknown=(),
        chain_resolver=chain_resolver,
    )


def hosts_of(
    modules: Sequence[Module],
    registries: Sequence[HostRegistry],
    references: Sequence[fleet.ResolvedReference],
) -> tuple[tuple[fleet.Host, ...], tuple[str, ...]]:
    """Return the hosts of a project, and the modules that none of them imports."""
    graph = ImportGraph(modules)
    index = DefinitionIndex(modules, graph.bodies, registries, references)
    plans = discover_hosts(graph)
    if plans:
        own = frozenset([registry.host for registry in registries])
        return tuple(_hosts(graph, index, plans, own)), unimported_modules(graph, plans)
    members = {
        number: Member(number, ModuleClass.NIXOS, uncertain=False)
        for number, body in enumerate(graph.bodies)
        if body.owner is None
    }
    if not members:
        return (), ()
    unnamed = _host(graph, index, ImportPlan("", members, incomplete=True, external=True))
    return (_at_most_likely(unnamed),), ()


def _hosts(
    graph: ImportGraph, index: DefinitionIndex, plans: Sequence[ImportPlan], own: frozenset[str]
) -> Iterator[fleet.Host]:
    """Yield the hosts of `plans`; hosts of the same modules are computed once.

    `own` are those that have a registry of their own.
    """
    has_content = [
        not isinstance(body.owner, HostModule) or sets_options(body) for body in graph.bodies
    ]
    known: dict[tuple[frozenset[Member], bool, bool], fleet.Host] = {}
    for plan in plans:
        members = frozenset(
            [member for member in plan.members.values() if has_content[member.body]]
        )
        key = (members, plan.incomplete, plan.external)
        if plan.name in own:
            yield _host(graph, index, plan)
        elif key in known:
            yield known[key]._replace(name=plan.name, files=_files(graph, plan))
        else:
            known[key] = _host(graph, index, plan)
            yield known[key]


def _files(graph: ImportGraph, plan: ImportPlan) -> frozenset[str]:
    return frozenset([graph.bodies[member].file for member in plan.members])


def _host(graph: ImportGraph, index: DefinitionIndex, plan: ImportPlan) -> fleet.Host:
    """Return the host of `plan` with its listeners and openings."""
    options = HostOptions(index, plan)
    listeners: list[fleet.HostListener] = []
    openings: list[fleet.FirewallOpening] = []
    finder = ListenerFinder(options)
    known: set[AttrPath] = set()
    for service in finder.services():
        of_service = list(finder.listeners(service))
        known.update(fact.option for fact in service.facts)
        listeners += of_service
        openings += service_openings(options, service, of_service)
    listeners += proxy_listeners(options)
    listeners += container_listeners(options)
    listeners += socket_listeners(options)
    listeners += option_listeners(options, known)
    listeners += tunnel_listeners(options)
    openings += written_openings(options)
    if plan.incomplete:
        listeners = [_likely_if_default(listener) for listener in listeners]
    files = _files(graph, plan)
    listeners.sort(key=lambda listener: (listener.span, listener.endpoint.ports))
    openings.sort(key=lambda opening: (opening.span, opening.ports, opening.protocol.value))
    return fleet.Host(
        name=plan.name,
        files=files,
        listeners=tuple(listeners),
        openings=tuple(openings),
        complete=not plan.incomplete and not plan.external,
        referenced=options.referenced_entries(),
        inactive=frozenset(_inactive_literals(graph, options, files)),
    )


def _inactive_literals(
    graph: ImportGraph, options: HostOptions, files: frozenset[str]
) -> Iterator[Span]:
    """Yield the spans of literals under a condition that the host does not meet."""
    for path in files:
        module = graph.tree.modules.get(path)
        for literal in () if module is None else module.literals:
            if literal.guards and options.rules_out(literal.guards):
                yield literal.digits or literal.span


def _likely_if_default(listener: fleet.HostListener) -> fleet.HostListener:
    """Return `listener`; LIKELY if a module that was not found may set its port."""
    is_default = listener.origin is PortOrigin.IMPLIED
    return listener._replace(certainty=Certainty.LIKELY) if is_default else listener


def _at_most_likely(host: fleet.Host) -> fleet.Host:
    """Return `host` with nothing certain."""
    return host._replace(
        listeners=tuple(
            listener._replace(certainty=Certainty.LIKELY)
            if listener.certainty is Certainty.CERTAIN
            else listener
            for listener in host.listeners
        ),
        openings=tuple(opening._replace(certainty=Certainty.LIKELY) for opening in host.openings),
    )


def unimported_modules(graph: ImportGraph, plans: Sequence[ImportPlan]) -> tuple[str, ...]:
    """Return the files with a module that no host imports.

    Empty where an import of a host could not be followed: it may be any of them.
    """
    if any(plan.incomplete for plan in plans):
        return ()
    reached = {graph.bodies[index].file for plan in plans for index in plan.members}
    reached |= {path for path in graph.tree.modules if path.rpartition("/")[2] in _ENTRY_POINTS}
    pending = list(reached)
    seen: set[tuple[str, PathKind]] = set()
    while pending:
        for path in graph.tree.modules[pending.pop()].paths:
            if (path.target, path.kind) not in seen:
                seen.add((path.target, path.kind))
                files = [file for file in graph.tree.files_of(path) if file not in reached]
                reached.update(files)
                pending += files
    modules = {body.file for body in graph.bodies if _is_module(body)}
    return tuple(sorted(modules - reached))


def _is_module(body: ModuleBody) -> bool:
    """Return whether a body sets or declares what a host's modules do."""
    if body.owner is not None:
        return False
    if any(
        stated.setting[:1] and stated.setting[0] in _MODULE_OPTIONS for stated in body.definitions
    ):
        return True
    return bool(body.options) or any(
        not pathed.setting and pathed.path.kind is PathKind.MODULE for pathed in body.paths
    )
