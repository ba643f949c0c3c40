"""The modules of a project, and which of them each host is made of."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from port_registry.sources.nix.link.module_bodies import (
    Body,
    MachineBody,
    ModuleWorld,
    NamedModule,
    Pathed,
    Side,
    Stated,
    bodies_of,
    holders,
)
from port_registry.sources.nix.link.module_names import ModuleTarget, handed_folders, outlet_of
from port_registry.sources.nix.link.module_paths import Tree
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

_HANDED = (("specialArgs",), ("extraSpecialArgs",), ("pkgs",), ("lib",), ("src",))
"""Arguments of functions that make hosts that are no modules."""


class Member(NamedTuple):
    """A module as part of a host."""

    body: int
    """Its position among the bodies."""
    world: ModuleWorld
    doubted: bool
    """Whether it is only likely that the host imports it."""


class ImportPlan(NamedTuple):
    """A host and the modules that it is made of."""

    name: str
    members: dict[int, Member]
    """By the position of the body, in the order they were found."""
    blind: bool
    """Whether an import of the project's own could not be followed."""
    foreign: bool
    """Whether a module of another project that may do anything is imported."""


class Seed(NamedTuple):
    """A host before its modules are known."""

    name: str
    world: ModuleWorld
    bodies: tuple[int, ...]
    """The modules to begin with."""
    paths: tuple[PathDefinition, ...]
    """What the functions that make it name."""
    root: int | None
    """The module in a folder of the host's name, which the others lead to if all is seen."""
    blind: bool


class _Computed(NamedTuple):
    """An import of which a part is computed."""

    target: str
    world: ModuleWorld
    doubted: bool


class _Edges(NamedTuple):
    """What one body imports."""

    fixed: list[Member]
    computed: list[_Computed]
    blind: bool
    foreign: bool


class Graph:
    """The bodies of a project and what they import."""

    def __init__(self, modules: Sequence[Module]) -> None:
        self.tree = Tree(modules)
        self.bodies: list[Body] = []
        self.machines: list[int] = []
        """The bodies of hosts that an output names."""
        self._of_file: dict[str, int] = {}
        self._named: dict[ModuleWorld, dict[Step, list[int]]] = defaultdict(dict)
        self._edges: dict[ModuleWorld, dict[int, _Edges]] = {world: {} for world in ModuleWorld}
        self._folders = handed_folders(modules)
        held = {self.tree.file(target): world for target, world in holders(modules)}
        for module in modules:
            for body in bodies_of(module, held.get(module.path)):
                self._take_in(body)

    def _take_in(self, body: Body) -> None:
        at = len(self.bodies)
        self.bodies.append(body)
        if body.owner is None:
            self._of_file[body.file] = at
        elif isinstance(body.owner, NamedModule):
            self._named[body.owner.world].setdefault(body.owner.name, []).append(at)
        else:
            self.machines.append(at)

    def body_of(self, target: str) -> int | None:
        """Return the module that is the whole of the file that `target` means."""
        path = self.tree.file(target)
        return None if path is None else self._of_file.get(path)

    def plan(self, seed: Seed) -> ImportPlan:
        """Follow the imports of a host."""
        members: dict[int, Member] = {}
        blind, foreign = seed.blind, False
        waiting = [Member(at, seed.world, doubted=False) for at in reversed(seed.bodies)]
        computed: list[_Computed] = []
        own, users = self._edges[seed.world], self._edges[ModuleWorld.HOME]
        for path in seed.paths:
            self._lead(path, seed.world, waiting, computed)
        while True:
            blind = self._fill(seed.name, waiting, computed) or blind
            if not waiting:
                if seed.root is None or seed.root in members:
                    return ImportPlan(seed.name, members, blind, foreign)
                waiting.append(Member(seed.root, seed.world, doubted=False))
                blind = True
            member = waiting.pop()
            known = members.get(member.body)
            if known is not None and (member.doubted or not known.doubted):
                continue
            members[member.body] = member
            edges = (own if member.world is seed.world else users).get(member.body)
            if edges is None:
                edges = self._edges_of(member)
            if member.doubted:
                edges = _doubted(edges)
            waiting += edges.fixed
            computed += edges.computed
            blind, foreign = blind or edges.blind, foreign or edges.foreign

    def _fill(self, name: str, waiting: list[Member], computed: list[_Computed]) -> bool:
        """Put the files that `computed` means on the host `name` into `waiting`.

        Tells whether one of them is not known. What a user imports makes few services.
        """
        lost = False
        while computed:
            target, world, doubted = computed.pop()
            found = self._whole(self.tree.named(target, name), world)
            waiting += [one._replace(doubted=doubted) for one in found]
            lost = lost or not (found or world is ModuleWorld.HOME)
        return lost

    def _edges_of(self, member: Member) -> _Edges:
        """Return what a body imports, and remember it."""
        edges = self._find_edges(member.body, member.world)
        edges.fixed.reverse()
        self._edges[member.world][member.body] = edges
        return edges

    def _find_edges(self, at: int, world: ModuleWorld) -> _Edges:
        """Return what a body imports."""
        body = self.bodies[at]
        edges = _Edges([], [], blind=False, foreign=False)
        for pathed in _told(body.paths):
            if _is_import(pathed, body):
                inner = ModuleWorld.HOME if pathed.side is Side.USER else world
                self._lead(pathed.path, inner, edges.fixed, edges.computed)
        for stated in body.stated:
            if not stated.setting:
                edges = self._find_named(body, stated, world, edges)
        return edges

    def _find_named(self, body: Body, stated: Stated, world: ModuleWorld, edges: _Edges) -> _Edges:
        """Return `edges` with what a list of modules takes by name."""
        world = ModuleWorld.HOME if stated.side is Side.USER else world
        value, guarded = stated.definition.value, bool(stated.definition.guards)
        blind, foreign = edges.blind, edges.foreign
        if _is_hidden(body, stated):
            blind = True
            every = [one for found in self._named[world].values() for one in found]
            edges.fixed.extend(Member(one, world, doubted=True) for one in every)
        for chain in _links(value):
            outlet = outlet_of(chain)
            found = self._held_by(outlet, world)
            doubted = guarded or outlet.name is None
            edges.fixed.extend(Member(one, world, doubted=doubted) for one in found)
            foreign = foreign or outlet.foreign
            blind = blind or (not found and outlet.expected)
        return edges._replace(blind=blind, foreign=foreign)

    def _lead(
        self,
        path: PathDefinition,
        world: ModuleWorld,
        fixed: list[Member],
        computed: list[_Computed],
    ) -> None:
        """Add the modules that `path` leads to, or what it leaves to be computed."""
        doubted = bool(path.guards)
        if "*" in path.target:
            computed.append(_Computed(path.target, world, doubted))
            return
        files = self.tree.imported(path.target)
        if path.kind is PathKind.TREE:
            files = self.tree.modules_below(path.target)
        fixed += [one._replace(doubted=doubted) for one in self._whole(files, world)]

    def _whole(self, files: Iterable[str], world: ModuleWorld) -> list[Member]:
        """Return `files`, each as one module."""
        found = (self._of_file.get(file) for file in files)
        return [Member(at, world, doubted=False) for at in found if at is not None]

    def _held_by(self, outlet: ModuleTarget, world: ModuleWorld) -> list[int]:
        """Return the bodies that a name means."""
        if outlet.file is not None:
            at = self.body_of(outlet.file)
            return [] if at is None else [at]
        if outlet.folder is not None:
            folder, steps = outlet.folder, outlet.steps
            base = self._folders.get(folder)
            if base is None:
                return []
            return [one.body for one in self._whole(self.tree.taken(base, steps), world)]
        if outlet.foreign or not outlet.expected:
            return []
        named = self._named[world]
        if outlet.name is None:
            return [at for found in named.values() for at in found]
        found = [*named.get(outlet.name, ())]
        for at in named.get(None, ()):
            for pathed in self.bodies[at].paths:
                if "*" in pathed.path.target:
                    files = self.tree.named(pathed.path.target, outlet.name)
                    found += [one.body for one in self._whole(files, world)]
        return found


def _doubted(edges: _Edges) -> _Edges:
    """Return `edges` as those of a module that is only likely to be there."""
    fixed = [member._replace(doubted=True) for member in edges.fixed]
    computed = [one._replace(doubted=True) for one in edges.computed]
    return edges._replace(fixed=fixed, computed=computed)


def _told(paths: Sequence[Pathed]) -> Iterator[Pathed]:
    """Yield `paths` without those whose computed part is told by another of them."""
    known = {pathed.path.span for pathed in paths if "*" not in pathed.path.target}
    trees = {pathed.path.target for pathed in paths if pathed.path.kind is PathKind.TREE}
    for pathed in paths:
        before, star, _ = pathed.path.target.partition("*")
        if not star or not (pathed.path.span in known or before.rstrip("/") in trees):
            yield pathed


def _is_import(pathed: Pathed, body: Body) -> bool:
    """Return whether a path in a body is one of its imports."""
    path = pathed.path
    if isinstance(body.owner, MachineBody):
        if body.owner.name is None and len(path.setting) <= body.at:
            return False
        return len(pathed.setting) <= 1 and pathed.setting not in _HANDED
    if pathed.setting:
        return False
    return path.kind is not PathKind.OTHER or body.owner is not None


def _is_hidden(body: Body, stated: Stated) -> bool:
    """Return whether a list of modules is computed, and names no path that is known."""
    definition = stated.definition
    if not isinstance(definition.value, Opaque) or not _is_list(definition.setting):
        return False
    start, end = definition.value.span[1:]
    return not any(
        start <= pathed.path.span.start and pathed.path.span.end <= end for pathed in body.paths
    )


def _is_list(setting: AttrPath) -> bool:
    """Return whether a setting is one of a list of modules."""
    return setting[-1:] in (("imports",), ("modules",), ("extraModules",))


def _links(value: Value) -> Iterator[Chain]:
    """Yield the chains in the value of an `imports`."""
    for item in value.items if isinstance(value, Items) else (value,):
        if isinstance(item, Link):
            yield item.chain
