"""Which hosts a project has: by its flake's outputs, or by its folders."""

from collections.abc import Iterable, Iterator, Sequence

from port_registry.facts.words import word_list, word_set
from port_registry.sources.nix.link.graph import Graph, ImportPlan, Seed
from port_registry.sources.nix.link.module_bodies import Body, MachineBody, ModuleWorld, builders
from port_registry.sources.nix.link.module_paths import filled
from port_registry.sources.nix.module_facts import (
    Link,
    Opaque,
    OptionDefinition,
    PathDefinition,
    PathKind,
)

_FOLDERS = word_list("paths", "machines")
"""Folders that hold a machine each."""

_SHARED = word_set("paths", "not-machines")
"""Names in such a folder that are no machine's."""

_OTHERS = {
    ModuleWorld.NIXOS: ("darwin", "macos", "droid"),
    ModuleWorld.DARWIN: ("nixos", "linux", "droid"),
    ModuleWorld.HOME: ("nixos", "darwin", "droid"),
}
"""Words in a path, or in the name of what builds a host, that are for other systems."""

_TOPS = word_set("nixos", "host-tops")
"""First steps by which a host is told that is a module itself."""

_Key = tuple[str, ModuleWorld]
"""A flake's folder, and whose hosts."""


def plans_of(graph: Graph) -> list[ImportPlan]:
    """Return the hosts of a project, by name, without those made of no file of their own."""
    seeds = list(_by_output(graph)) or list(_by_folder(graph))
    plans = [graph.plan(seed) for seed in seeds]
    kept = [plan for plan in plans if _is_made(graph, plan)]
    return sorted(kept, key=lambda plan: plan.name)


def _is_made(graph: Graph, plan: ImportPlan) -> bool:
    """Return whether a host has a module that says something."""
    return any(graph.bodies[at].owner is None or is_inline(graph.bodies[at]) for at in plan.members)


def is_inline(body: Body) -> bool:
    """Return whether a body sets options of a machine."""
    return any(stated.setting[:1] and stated.setting[0] in _TOPS for stated in body.stated)


def _by_output(graph: Graph) -> Iterator[Seed]:
    """Yield the hosts that flakes name."""
    named: dict[_Key, dict[str, list[int]]] = {}
    computed: dict[_Key, list[int]] = {}
    for at in graph.machines:
        body = graph.bodies[at]
        if not isinstance(body.owner, MachineBody) or "/_" in f"/{body.file}":
            continue
        key = (graph.tree.flake(body.file), body.owner.world)
        if body.owner.name is None:
            computed.setdefault(key, []).append(at)
        else:
            named.setdefault(key, {}).setdefault(body.owner.name, []).append(at)
    for key in dict.fromkeys((*named, *computed)):
        shared = computed.get(key, [])
        made: set[str] = set()
        for name, own in named.get(key, {}).items():
            if any(_is_host(graph, at, alone=not shared) for at in own):
                made.add(name)
                yield _seed(graph, key, name, own, shared)
        if shared:
            for name in _names(graph, shared, key[1], found=bool(made)):
                if name not in made:
                    yield _seed(graph, key, name, (), shared)


def _is_host(graph: Graph, at: int, *, alone: bool) -> bool:
    """Return whether what stands at a name below an output is a host, and no argument.

    `alone` says that nothing else there makes hosts, by a function that takes arguments.
    """
    body = graph.bodies[at]
    if is_inline(body):
        return True
    for path in _at_top(graph, at):
        if path.kind is not PathKind.OTHER or (alone and graph.body_of(path.target) is not None):
            return True
    return any(
        not stated.setting and _is_system(stated.definition, alone=alone) for stated in body.stated
    )


def _is_system(definition: OptionDefinition, *, alone: bool) -> bool:
    if definition.setting[-1:] == ("modules",):
        return True
    return alone and isinstance(definition.value, (Link, Opaque))


def _seed(graph: Graph, key: _Key, name: str, own: Sequence[int], shared: Sequence[int]) -> Seed:
    """Return the host `name`, made of the bodies `own` and what `shared` says of all."""
    flake, world = key
    bodies = [*own, *shared]
    paths = [path for at in bodies for path in _at_top(graph, at)]
    told = any(_lists(path) for path in paths)
    told = told or any(path.kind is PathKind.IMPORT for at in own for path in _at_top(graph, at))
    helped: list[PathDefinition] = []
    if not told:
        helped = list(_helped(graph, (graph.bodies[at].file for at in bodies), world))
    root = None
    if not any(_is_of(graph, path, name) for path in (*paths, *helped)):
        folders = [] if own else list(_folders(graph, shared))
        if not told:
            folders += [f"{flake}/{folder}".lstrip("/") for folder in _FOLDERS]
        root = _root(graph, name, folders)
    return Seed(name, world, tuple(bodies), tuple(helped), root, not (told or helped))


def _at_top(graph: Graph, at: int) -> Iterator[PathDefinition]:
    """Yield the paths that stand for the whole of a host."""
    return (pathed.path for pathed in graph.bodies[at].paths if not pathed.setting)


def _lists(path: PathDefinition) -> bool:
    return path.kind in (PathKind.MODULE, PathKind.TREE) or "modules" in path.setting


def _is_of(graph: Graph, path: PathDefinition, name: str) -> bool:
    """Return whether `path` leads to what only the host `name` is made of."""
    steps = filled(path.target, name).removesuffix(".nix").split("/")
    return name in steps and any(graph.tree.named(path.target, name))


def _folders(graph: Graph, bodies: Iterable[int]) -> Iterator[str]:
    """Yield the folders that functions which make hosts are given as a whole."""
    for at in bodies:
        body = graph.bodies[at]
        for pathed in body.paths:
            if len(pathed.path.setting) <= body.at and "*" not in pathed.path.target:
                yield pathed.path.target


def _root(graph: Graph, name: str, folders: Iterable[str]) -> int | None:
    """Return the module of the host `name` in one of `folders` of machines."""
    for folder in folders:
        path = graph.tree.root(folder, name)
        if path is not None:
            return graph.body_of(path)
    return None


def _helped(graph: Graph, files: Iterable[str], world: ModuleWorld) -> Iterator[PathDefinition]:
    """Yield the paths of what makes hosts in the files that `files` take functions from."""
    starts = dict.fromkeys(files)
    waiting = list(starts)
    seen = set(waiting)
    while waiting:
        file = waiting.pop()
        module = graph.tree.modules[file]
        for path in builders(module):
            hint = f"{path.local} {path.setting} {path.target}".lower()
            if not any(word in hint for word in _OTHERS[world]):
                yield path
        for path in module.paths:
            found: Iterable[str] = ()
            if path.kind is PathKind.IMPORT:
                found = graph.tree.imported(path.target)
            elif path.kind is PathKind.TREE and file not in starts:
                found = graph.tree.modules_below(path.target)
            for target in found:
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)


def _names(
    graph: Graph, shared: Sequence[int], world: ModuleWorld, *, found: bool
) -> Iterator[str]:
    """Yield the names of hosts that are made for each of some; `found` says that others are."""
    names: dict[str, None] = {}
    paths = [path for at in shared for path in _at_top(graph, at)]
    if not any("*" in path.target for path in paths):
        paths += _helped(graph, (graph.bodies[at].file for at in shared), world)
    for path in paths:
        if "*" in path.target:
            for name in graph.tree.names(path.target):
                names.setdefault(name)
    if not names:
        for folder in _folders(graph, shared):
            for name in graph.tree.children(folder):
                names.setdefault(name)
    if not names and not found:
        for seed in _by_folder(graph):
            names.setdefault(seed.name)
    yield from (name for name in names if _is_name(name))


def _is_name(name: str) -> bool:
    return name not in _SHARED and not name.startswith("_")


def _by_folder(graph: Graph) -> Iterator[Seed]:
    """Yield the hosts that have a folder, or a file, among folders of machines."""
    found: dict[str, int] = {}
    for file in graph.tree.modules:
        steps = file.removesuffix(".nix").split("/")
        if steps[-1] in ("default", "configuration"):
            steps.pop()
        above = steps[-2:-1]
        if steps[-3:-2] == ["systems"] and above and above[0].endswith("-linux"):
            above = ["systems"]
        if above and above[0] in _FOLDERS and _is_name(steps[-1]):
            at = graph.body_of(file)
            if at is not None and _is_inline_or_importing(graph.bodies[at]):
                found.setdefault(steps[-1], at)
    for name, at in found.items():
        yield Seed(name, ModuleWorld.NIXOS, (at, *_snowfall(graph, at)), (), None, blind=True)
    alone = None if found else graph.body_of("configuration.nix")
    if alone is not None:
        yield Seed("", ModuleWorld.NIXOS, (alone,), (), None, blind=False)


def _is_inline_or_importing(body: Body) -> bool:
    return is_inline(body) or bool(body.paths)


def _snowfall(graph: Graph, at: int) -> Iterator[int]:
    """Yield the modules that a library takes for every machine of `systems/ARCH/NAME`."""
    file = graph.bodies[at].file
    base, mark, _ = file.rpartition("systems/")
    if mark and file.count("/", len(base) + len(mark)) == 2:
        for path in graph.tree.modules_below(f"{base}modules/nixos"):
            body = graph.body_of(path) if path.endswith("/default.nix") else None
            if body is not None:
                yield body
