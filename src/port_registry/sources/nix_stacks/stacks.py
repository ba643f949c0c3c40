"""The stacks of a project's Nix files."""

import posixpath
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from port_registry.facts.implied import System, implied_ports
from port_registry.languages.nix.evaluate import Evaluator
from port_registry.languages.nix.values import NOWHERE, Bool, Int, String, Value
from port_registry.languages.provenance import UNKNOWN, UnknownTracker
from port_registry.languages.yaml import KeyValue, Mapping
from port_registry.model import (
    Machine,
    ManagerServer,
    Name,
    Reader,
    Registry,
    Segment,
    Service,
    Source,
    SourceError,
    UnreadablePart,
    join_segments,
)
from port_registry.sources.nix_stacks import devenv
from port_registry.sources.nix_stacks.discovery import StackOrigin
from port_registry.sources.nix_stacks.flake_arguments import Flake
from port_registry.sources.nix_stacks.modules import HeldModule, StackModules
from port_registry.sources.nix_stacks.server import server
from port_registry.sources.nix_stacks.services import Services, below, instances, names
from port_registry.sources.nix_stacks.stack_definitions import StackDefinition, drafts
from port_registry.sources.nix_stacks.yaml_tree import Nodes, mapping, pair, plain
from port_registry.sources.process_compose.decode import ConfigText, decode
from port_registry.sources.process_compose.load import LoadedStack, StackLoader
from port_registry.sources.process_compose.stack import StackAssembler

_ROOTS = ("flake.nix", "devenv.nix")
"""Files of the folder in which the stacks below it are run."""
_SETTINGS = ("environment", "vars", "env_cmds")
"""What a stack's settings have above all processes, for ports to depend on."""
_MOST_NESTED = 20
"""How many options may be looked up for one another."""


def stacks_in_nix(reader: Reader, paths: Iterable[str], registry: Registry) -> Iterator[Machine]:
    """Yield the stacks that the Nix files at `paths` (see `names_stacks`) define.

    Never raises for what is in the files: what cannot be evaluated without Nix is in the
    stack's `unknown` where a port depends on it. A reference to an entry of `registry` is a
    use that names the entry.
    """
    folders: dict[str, list[Source]] = {}
    for path in sorted(paths):
        try:
            source = reader.read(path)
        except SourceError:
            continue
        folders.setdefault(_folder(reader, path), []).append(source)
    for folder, sources in folders.items():
        yield from _StackReading(reader, registry, folder).stacks(sources)


def _folder(reader: Reader, path: str) -> str:
    """Return the folder that a stack in the file at `path` is taken to be started in."""
    folder = posixpath.dirname(path)
    while folder:
        if any(reader.exists(posixpath.join(folder, name)) for name in _ROOTS):
            return folder
        folder = posixpath.dirname(folder)
    return folder


class _Parts(NamedTuple):
    """What one stack is read with."""

    modules: StackModules
    nodes: Nodes
    doubts: UnknownTracker
    root: tuple[HeldModule, ...]
    """What its modules set."""


class _StackReading:
    """The reading of one flake."""

    def __init__(self, reader: Reader, registry: Registry, folder: str) -> None:
        self._reader = reader
        self._folder = folder
        self._flake = Flake(registry)
        self._evaluator = Evaluator(reader, self._flake)

    def stacks(self, sources: Iterable[Source]) -> Iterator[Machine]:
        """Yield the stacks that `sources`, the flake's files, define."""
        found: list[tuple[StackDefinition, Machine]] = []
        for draft in drafts(self._evaluator, self._flake, sources):
            stack = self._stack(draft)
            if stack.services:
                found.append((draft, stack))
        imported = {path for draft, stack in found for path in stack.files[len(draft.files) :]}
        for draft, stack in found:
            if draft.kind is not StackOrigin.DEVENV or not imported.issuperset(draft.files):
                yield stack

    def _stack(self, draft: StackDefinition) -> Machine:
        parts = self._parts(draft)
        is_devenv = draft.kind is StackOrigin.DEVENV
        pairs = self._devenv(parts) if is_devenv else self._settings(parts)
        unreadable: list[UnreadablePart] = []
        place = draft.given[0].place if draft.given else NOWHERE
        text = ConfigText(draft.files[0], "", None, is_editable=False)
        project = decode(text, mapping(pairs, place), [])
        loader = StackLoader(self._reader, parts.doubts, [])
        variables = loader.variables(posixpath.join(self._folder, ".env"))
        loaded = LoadedStack(self._folder, (project,), (), variables)
        stack = StackAssembler(self._reader, loader, parts.doubts, unreadable).assemble(loaded)
        unsure = self._unsure(parts)
        return stack._replace(
            files=tuple(parts.modules.files),
            services=tuple(self._processes(parts, stack, draft.kind, unsure)),
            manager=None if is_devenv else self._server(parts, stack),
            unknown=tuple(parts.doubts.unknown),
        )

    def _parts(self, draft: StackDefinition) -> _Parts:
        modules = StackModules(self._evaluator, self._flake, draft.key, draft.files)
        root = tuple(modules.roots(draft.given))
        self._flake.stacks[draft.key] = _StackOptions(modules, root)
        doubts = UnknownTracker()
        for path in modules.files:
            doubts.add_budget(len(self._reader.read(path).text))
        return _Parts(modules, Nodes(modules, self._flake, doubts), doubts, root)

    def _settings(self, parts: _Parts) -> list[KeyValue]:
        """Return the settings of process-compose-flake."""
        modules, nodes = parts.modules, parts.nodes
        settings = modules.at(parts.root, ("settings",)) or list(parts.root)
        pairs: list[KeyValue] = []
        for key in _SETTINGS:
            given = modules.below(settings, key)
            if given:
                pairs.append(nodes.pair(key, given))
        held = modules.at(settings, ("processes",))
        shared = modules.below(modules.at(parts.root, ("defaults",)), "processSettings")
        found: list[KeyValue] = []
        for name in names(held):
            given = modules.below(held, name)
            place = given[0].place
            node = nodes.node((*given, *shared), place)
            if name == "test" and not modules.at(held, (name, "disabled")):
                # process-compose-flake runs it as a check of the flake alone.
                off = pair("disabled", plain("true", place), place)
                node = mapping([*(node.pairs if isinstance(node, Mapping) else ()), off], place)
            found.append(pair(name, node, place))
        return [*pairs, pair("processes", mapping(found, NOWHERE), NOWHERE)]

    def _devenv(self, parts: _Parts) -> list[KeyValue]:
        found = devenv.processes(parts.modules, parts.nodes, parts.root)
        pairs = [pair("processes", mapping(found, NOWHERE), NOWHERE)]
        given = parts.modules.below(parts.root, "env")
        return [*pairs, parts.nodes.pair("environment", given)] if given else pairs

    def _unsure(self, parts: _Parts) -> frozenset[str]:
        """Return the processes that stand under a condition that cannot be known."""
        settings = parts.modules.at(parts.root, ("settings",)) or list(parts.root)
        held = parts.modules.at(settings, ("processes",))
        return frozenset(
            name.replace(UNKNOWN, "…")
            for name in names(held)
            if not any(one.sure for one in parts.modules.at(held, (name,)))
        )

    def _processes(
        self, parts: _Parts, stack: Machine, kind: StackOrigin, unsure: frozenset[str]
    ) -> Iterator[Service]:
        """Yield the processes that are written, and those of services."""
        if kind is StackOrigin.DEVENV:
            found = devenv.services(parts.modules, parts.root)
            system = System.DEVENV
        else:
            found = instances(parts.modules, parts.root)
            system = System.SERVICES_FLAKE
        services = Services(parts.modules, parts.nodes, parts.doubts, system)
        by_name = {instance.name: services.process(instance) for instance in found}
        for process in stack.services:
            service = by_name.pop(process.name, None)
            off = process.disabled or process.name in unsure
            written = process._replace(disabled=off)
            yield written if service is None else _joined(written, service)
        yield from by_name.values()

    def _server(self, parts: _Parts, stack: Machine) -> ManagerServer | None:
        found = server(parts.modules, parts.root)
        return stack.manager if found is not None and found.span is None else found


def _joined(process: Service, service: Service) -> Service:
    """Return the process of a service with what its stack adds to it."""
    return process._replace(
        disabled=process.disabled or service.disabled,
        program=process.program or service.program,
        readiness=process.readiness or service.readiness,
        uses=(*service.uses, *process.uses),
        varying=process.varying or service.varying,
    )


class _StackOptions:
    """What the modules of a stack set its options to, for the modules themselves to see."""

    def __init__(self, modules: StackModules, root: tuple[HeldModule, ...]) -> None:
        self._modules = modules
        self._root = root
        self._nested = 0

    def __call__(self, path: Name) -> Value | None:
        """Return a port, a text or a switch at `path`; None for what is not known."""
        if self._nested >= _MOST_NESTED:
            return None
        self._nested += 1
        try:
            held = self._modules.at(self._root, path)
        finally:
            self._nested -= 1
        if not held:
            return _default(path)
        value = held[0].value
        return value if isinstance(value, (Int, String, Bool)) else None


def _default(path: Name) -> Value | None:
    """Return what services-flake has for an option that is not set."""
    if path[:1] != ("services",) or len(path) < 4:
        return None
    for row in implied_ports(System.SERVICES_FLAKE, ("services", path[1])):
        if below(row.option) == path[3:]:
            return Int(row.port, NOWHERE, ())
        if below(row.address_option) == path[3:] and row.address:
            return String(join_segments((Segment(row.address, NOWHERE, verbatim=False),)), NOWHERE)
    return None
