"""The modules of a project, and which of them each host is made of."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from port_registry.sources.nix.link.module_bodies import (
    BodyDefinition,
    BodyPath,
    HostModule,
    ModuleBody,
    ModuleClass,
    NamedModule,
    Side,
    host_output_files,
    split_module,
)
from port_registry.sources.nix.link.module_names import ModuleTarget, module_target, passed_folders
from port_registry.sources.nix.link.module_paths import ModuleTree
from port_registry.sources.nix.module_facts import (
    AttrPath,
    Chain,
    Items,
    Link,
    Module,
    Opaque,
    PathDefinition,
    PathKind,
    Step,
    Value,
)

_NOT_MODULES = (("specialArgs",), ("extraSpecialArgs",), ("pkgs",), ("lib",), ("src",))
"""Arguments of functions that make hosts that are no modules."""


class Member(NamedTuple):
    """A module as part of a host."""

    body: int
    """Its position among the bodies."""
    module_class: ModuleClass
    uncertain: bool
    """Whether it is only likely that the host imports it."""


class ImportPlan(NamedTuple):
    """A host and the modules that it is made of."""

    name: str
    members: dict[int, Member]
    """By the position of the body, in the order they were found."""
    incomplete: bool
    """Whether an import of the project's own could not be followed."""
    external: bool
    """Whether a module of another project that may do anything is imported."""


class HostSeed(NamedTuple):
    """A host before its modules are known."""

    name: str
    module_class: ModuleClass
    bodies: tuple[int, ...]
    """The modules to begin with."""
    paths: tuple[PathDefinition, ...]
    """What the functions that make it name."""
    root: int | None
    """The module in a folder of the host's name, which the others lead to if all is seen."""
    incomplete: bool


class _ComputedImport(NamedTuple):
    """An import of which a part is computed."""

    target: str
    module_class: ModuleClass
    uncertain: bool


class _Imports(NamedTuple):
    """What one body imports."""

    fixed: list[Member]
    computed: list[_ComputedImport]
    incomplete: bool
    external: bool


class ImportGraph:
    """The bodies of a project and what they import."""

    def __init__(self, modules: Sequence[Module]) -> None:
        self.tree = ModuleTree(modules)
        self.bodies: list[ModuleBody] = []
        self.hosts: list[int] = []
        """The bodies of hosts that an output names."""
        self._file_bodies: dict[str, int] = {}
        self._named_bodies: dict[ModuleClass, dict[Step, list[int]]] = defaultdict(dict)
        self._imports: dict[ModuleClass, dict[int, _Imports]] = {world: {} for world in ModuleClass}
        self._folders = passed_folders(modules)
        held = {self.tree.file(target): world for target, world in host_output_files(modules)}
        for module in modules:
            for body in split_module(module, held.get(module.path)):
                self._add(body)

    def _add(self, body: ModuleBody) -> None:
        at = len(self.bodies)
        self.bodies.append(body)
        if body.owner is None:
            self._file_bodies[body.file] = at
        elif isinstance(body.owner, NamedModule):
            self._named_bodies[body.owner.module_class].setdefault(body.owner.name, []).append(at)
        else:
            self.hosts.append(at)

    def body_of(self, target: str) -> int | None:
        """Return the module that is the whole of the file that `target` means."""
        path = self.tree.file(target)
        return None if path is None else self._file_bodies.get(path)

    def plan(self, seed: HostSeed) -> ImportPlan:
        """Follow the imports of a host."""
        members: dict[int, Member] = {}
        blind, foreign = seed.incomplete, False
        waiting = [Member(at, seed.module_class, uncertain=False) for at in reversed(seed.bodies)]
        computed: list[_ComputedImport] = []
        own, users = self._imports[seed.module_class], self._imports[ModuleClass.HOME]
        for path in seed.paths:
            self._add_path(path, seed.module_class, waiting, computed)
        while True:
            blind = self._resolve_computed(seed.name, waiting, computed) or blind
            if not waiting:
                if seed.root is None or seed.root in members:
                    return ImportPlan(seed.name, members, blind, foreign)
                waiting.append(Member(seed.root, seed.module_class, uncertain=False))
                blind = True
            member = waiting.pop()
            known = members.get(member.body)
            if known is not None and (member.uncertain or not known.uncertain):
                continue
            members[member.body] = member
            edges = (own if member.module_class is seed.module_class else users).get(member.body)
            if edges is None:
                edges = self._imports_of(member)
            if member.uncertain:
                edges = _as_uncertain(edges)
            waiting += edges.fixed
            computed += edges.computed
            blind, foreign = blind or edges.incomplete, foreign or edges.external

    def _resolve_computed(
        self, name: str, waiting: list[Member], computed: list[_ComputedImport]
    ) -> bool:
        """Put the files that `computed` means on the host `name` into `waiting`.

        Tells whether one of them is not known. What a user imports makes few services.
        """
        lost = False
        while computed:
            target, world, doubted = computed.pop()
            found = self._members(self.tree.files_named(target, name), world)
            waiting += [one._replace(uncertain=doubted) for one in found]
            lost = lost or not (found or world is ModuleClass.HOME)
        return lost

    def _imports_of(self, member: Member) -> _Imports:
        """Return what a body imports, and remember it."""
        edges = self._find_imports(member.body, member.module_class)
        edges.fixed.reverse()
        self._imports[member.module_class][member.body] = edges
        return edges

    def _find_imports(self, at: int, world: ModuleClass) -> _Imports:
        """Return what a body imports."""
        body = self.bodies[at]
        edges = _Imports([], [], incomplete=False, external=False)
        for pathed in _without_known(body.paths):
            if _is_import(pathed, body):
                inner = ModuleClass.HOME if pathed.side is Side.USER else world
                self._add_path(pathed.path, inner, edges.fixed, edges.computed)
        for stated in body.definitions:
            if not stated.setting:
                edges = self._add_named(body, stated, world, edges)
        return edges

    def _add_named(
        self, body: ModuleBody, stated: BodyDefinition, world: ModuleClass, edges: _Imports
    ) -> _Imports:
        """Return `edges` with what a list of modules takes by name."""
        world = ModuleClass.HOME if stated.side is Side.USER else world
        value, guarded = stated.definition.value, bool(stated.definition.guards)
        blind, foreign = edges.incomplete, edges.external
        if _is_computed_list(body, stated):
            blind = True
            every = [one for found in self._named_bodies[world].values() for one in found]
            edges.fixed.extend(Member(one, world, uncertain=True) for one in every)
        for chain in _chains_in(value):
            outlet = module_target(chain)
            found = self._bodies_of(outlet, world)
            doubted = guarded or outlet.name is None
            edges.fixed.extend(Member(one, world, uncertain=doubted) for one in found)
            foreign = foreign or outlet.external
            blind = blind or (not found and outlet.is_own)
        return edges._replace(incomplete=blind, external=foreign)

    def _add_path(
        self,
        path: PathDefinition,
        world: ModuleClass,
        fixed: list[Member],
        computed: list[_ComputedImport],
    ) -> None:
        """Add the modules that `path` leads to, or what it leaves to be computed."""
        doubted = bool(path.guards)
        if "*" in path.target:
            computed.append(_ComputedImport(path.target, world, doubted))
            return
        files = self.tree.imported(path.target)
        if path.kind is PathKind.TREE:
            files = self.tree.modules_below(path.target)
        fixed += [one._replace(uncertain=doubted) for one in self._members(files, world)]

    def _members(self, files: Iterable[str], world: ModuleClass) -> list[Member]:
        """Return `files`, each as one module."""
        found = (self._file_bodies.get(file) for file in files)
        return [Member(at, world, uncertain=False) for at in found if at is not None]

    def _bodies_of(self, outlet: ModuleTarget, world: ModuleClass) -> list[int]:
        """Return the bodies that a name means."""
        if outlet.file is not None:
            at = self.body_of(outlet.file)
            return [] if at is None else [at]
        if outlet.folder is not None:
            folder, steps = outlet.folder, outlet.steps
            base = self._folders.get(folder)
            if base is None:
                return []
            return [one.body for one in self._members(self.tree.files_at(base, steps), world)]
        if outlet.external or not outlet.is_own:
            return []
        named = self._named_bodies[world]
        if outlet.name is None:
            return [at for found in named.values() for at in found]
        found = [*named.get(outlet.name, ())]
        for at in named.get(None, ()):
            for pathed in self.bodies[at].paths:
                if "*" in pathed.path.target:
                    files = self.tree.files_named(pathed.path.target, outlet.name)
                    found += [one.body for one in self._members(files, world)]
        return found


def _as_uncertain(edges: _Imports) -> _Imports:
    """Return `edges` as those of a module that is only likely to be there."""
    fixed = [member._replace(uncertain=True) for member in edges.fixed]
    computed = [one._replace(uncertain=True) for one in edges.computed]
    return edges._replace(fixed=fixed, computed=computed)


def _without_known(paths: Sequence[BodyPath]) -> Iterator[BodyPath]:
    """Yield `paths` without those whose computed part is told by another of them."""
    known = {pathed.path.span for pathed in paths if "*" not in pathed.path.target}
    trees = {pathed.path.target for pathed in paths if pathed.path.kind is PathKind.TREE}
    for pathed in paths:
        before, star, _ = pathed.path.target.partition("*")
        if not star or not (pathed.path.span in known or before.rstrip("/") in trees):
            yield pathed


def _is_import(pathed: BodyPath, body: ModuleBody) -> bool:
    """Return whether a path in a body is one of its imports."""
    path = pathed.path
    if isinstance(body.owner, HostModule):
        if body.owner.name is None and len(path.setting) <= body.depth:
            return False
        return len(pathed.setting) <= 1 and pathed.setting not in _NOT_MODULES
    if pathed.setting:
        return False
    return path.kind is not PathKind.OTHER or body.owner is not None


def _is_computed_list(body: ModuleBody, stated: BodyDefinition) -> bool:
    """Return whether a list of modules is computed, and names no path that is known."""
    definition = stated.definition
    if not isinstance(definition.value, Opaque) or not _is_module_list(definition.setting):
        return False
    start, end = definition.value.span[1:]
    return not any(
        start <= pathed.path.span.start and pathed.path.span.end <= end for pathed in body.paths
    )


def _is_module_list(setting: AttrPath) -> bool:
    """Return whether a setting is one of a list of modules."""
    return setting[-1:] in (("imports",), ("modules",), ("extraModules",))


def _chains_in(value: Value) -> Iterator[Chain]:
    """Yield the chains in the value of an `imports`."""
    for item in value.items if isinstance(value, Items) else (value,):
        if isinstance(item, Link):
            yield item.chain
