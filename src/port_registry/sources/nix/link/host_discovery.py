"""Which hosts a project has: by its flake's outputs, or by its folders."""

from collections.abc import Iterable, Iterator, Sequence

from port_registry.facts.words import word_list, word_set
from port_registry.sources.nix.link.graph import HostSeed, ImportGraph, ImportPlan
from port_registry.sources.nix.link.module_bodies import (
    HostModule,
    ModuleBody,
    ModuleClass,
    host_builder_paths,
)
from port_registry.sources.nix.link.module_paths import fill_computed
from port_registry.sources.nix.module_facts import (
    Link,
    Opaque,
    OptionDefinition,
    PathDefinition,
    PathKind,
)

_HOST_FOLDERS = word_list("paths", "machines")
"""Folders that hold a machine each."""

_NOT_HOSTS = word_set("paths", "not-machines")
"""Names in such a folder that are no machine's."""

_OTHER_SYSTEMS = {
    ModuleClass.NIXOS: ("darwin", "macos", "droid"),
    ModuleClass.DARWIN: ("nixos", "linux", "droid"),
    ModuleClass.HOME: ("nixos", "darwin", "droid"),
}
"""Words in a path, or in the name of what builds a host, that are for other systems."""

_HOST_OPTIONS = word_set("nixos", "host-tops")
"""First steps by which a host is told that is a module itself."""

_Key = tuple[str, ModuleClass]
"""A flake's folder, and whose hosts."""


def discover_hosts(graph: ImportGraph) -> list[ImportPlan]:
    """Return the hosts of a project, by name, without those made of no file of their own."""
    seeds = list(_by_output(graph)) or list(_by_folder(graph))
    plans = [graph.plan(seed) for seed in seeds]
    kept = [plan for plan in plans if _has_content(graph, plan)]
    return sorted(kept, key=lambda plan: plan.name)


def _has_content(graph: ImportGraph, plan: ImportPlan) -> bool:
    """Return whether a host has a module that says something."""
    return any(
        graph.bodies[at].owner is None or sets_options(graph.bodies[at]) for at in plan.members
    )


def sets_options(body: ModuleBody) -> bool:
    """Return whether a body sets options of a machine."""
    return any(
        stated.setting[:1] and stated.setting[0] in _HOST_OPTIONS for stated in body.definitions
    )


def _by_output(graph: ImportGraph) -> Iterator[HostSeed]:
    """Yield the hosts that flakes name."""
    named: dict[_Key, dict[str, list[int]]] = {}
    computed: dict[_Key, list[int]] = {}
    for at in graph.hosts:
        body = graph.bodies[at]
        if not isinstance(body.owner, HostModule) or "/_" in f"/{body.file}":
            continue
        key = (graph.tree.flake_folder(body.file), body.owner.module_class)
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
            for name in _computed_names(graph, shared, key[1], found=bool(made)):
                if name not in made:
                    yield _seed(graph, key, name, (), shared)


def _is_host(graph: ImportGraph, at: int, *, alone: bool) -> bool:
    """Return whether what stands at a name below an output is a host, and no argument.

    `alone` says that nothing else there makes hosts, by a function that takes arguments.
    """
    body = graph.bodies[at]
    if sets_options(body):
        return True
    for path in _top_paths(graph, at):
        if path.kind is not PathKind.OTHER or (alone and graph.body_of(path.target) is not None):
            return True
    return any(
        not stated.setting and _is_system(stated.definition, alone=alone)
        for stated in body.definitions
    )


def _is_system(definition: OptionDefinition, *, alone: bool) -> bool:
    if definition.setting[-1:] == ("modules",):
        return True
    return alone and isinstance(definition.value, (Link, Opaque))


def _seed(
    graph: ImportGraph, key: _Key, name: str, own: Sequence[int], shared: Sequence[int]
) -> HostSeed:
    """Return the host `name`, made of the bodies `own` and what `shared` says of all."""
    flake, world = key
    bodies = [*own, *shared]
    paths = [path for at in bodies for path in _top_paths(graph, at)]
    told = any(_is_module_list(path) for path in paths)
    told = told or any(path.kind is PathKind.IMPORT for at in own for path in _top_paths(graph, at))
    helped: list[PathDefinition] = []
    if not told:
        helped = list(_builder_paths(graph, (graph.bodies[at].file for at in bodies), world))
    root = None
    if not any(_is_of_host(graph, path, name) for path in (*paths, *helped)):
        folders = [] if own else list(_folders(graph, shared))
        if not told:
            folders += [f"{flake}/{folder}".lstrip("/") for folder in _HOST_FOLDERS]
        root = _host_root(graph, name, folders)
    return HostSeed(name, world, tuple(bodies), tuple(helped), root, not (told or helped))


def _top_paths(graph: ImportGraph, at: int) -> Iterator[PathDefinition]:
    """Yield the paths that stand for the whole of a host."""
    return (pathed.path for pathed in graph.bodies[at].paths if not pathed.setting)


def _is_module_list(path: PathDefinition) -> bool:
    return path.kind in (PathKind.MODULE, PathKind.TREE) or "modules" in path.setting


def _is_of_host(graph: ImportGraph, path: PathDefinition, name: str) -> bool:
    """Return whether `path` leads to what only the host `name` is made of."""
    steps = fill_computed(path.target, name).removesuffix(".nix").split("/")
    return name in steps and any(graph.tree.files_named(path.target, name))


def _folders(graph: ImportGraph, bodies: Iterable[int]) -> Iterator[str]:
    """Yield the folders that functions which make hosts are given as a whole."""
    for at in bodies:
        body = graph.bodies[at]
        for pathed in body.paths:
            if len(pathed.path.setting) <= body.depth and "*" not in pathed.path.target:
                yield pathed.path.target


def _host_root(graph: ImportGraph, name: str, folders: Iterable[str]) -> int | None:
    """Return the module of the host `name` in one of `folders` of machines."""
    for folder in folders:
        path = graph.tree.host_root(folder, name)
        if path is not None:
            return graph.body_of(path)
    return None


def _builder_paths(
    graph: ImportGraph, files: Iterable[str], world: ModuleClass
) -> Iterator[PathDefinition]:
    """Yield the paths of what makes hosts in the files that `files` take functions from."""
    starts = dict.fromkeys(files)
    waiting = list(starts)
    seen = set(waiting)
    while waiting:
        file = waiting.pop()
        module = graph.tree.modules[file]
        for path in host_builder_paths(module):
            hint = f"{path.local} {path.setting} {path.target}".lower()
            if not any(word in hint for word in _OTHER_SYSTEMS[world]):
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


def _computed_names(
    graph: ImportGraph, shared: Sequence[int], world: ModuleClass, *, found: bool
) -> Iterator[str]:
    """Yield the names of hosts that are made for each of some; `found` says that others are."""
    names: dict[str, None] = {}
    paths = [path for at in shared for path in _top_paths(graph, at)]
    if not any("*" in path.target for path in paths):
        paths += _builder_paths(graph, (graph.bodies[at].file for at in shared), world)
    for path in paths:
        if "*" in path.target:
            for name in graph.tree.names_in(path.target):
                names.setdefault(name)
    if not names:
        for folder in _folders(graph, shared):
            for name in graph.tree.host_names(folder):
                names.setdefault(name)
    if not names and not found:
        for seed in _by_folder(graph):
            names.setdefault(seed.name)
    yield from (name for name in names if _is_host_name(name))


def _is_host_name(name: str) -> bool:
    return name not in _NOT_HOSTS and not name.startswith("_")


def _by_folder(graph: ImportGraph) -> Iterator[HostSeed]:
    """Yield the hosts that have a folder, or a file, among folders of machines."""
    found: dict[str, int] = {}
    for file in graph.tree.modules:
        steps = file.removesuffix(".nix").split("/")
        if steps[-1] in ("default", "configuration"):
            steps.pop()
        above = steps[-2:-1]
        if steps[-3:-2] == ["systems"] and above and above[0].endswith("-linux"):
            above = ["systems"]
        if above and above[0] in _HOST_FOLDERS and _is_host_name(steps[-1]):
            at = graph.body_of(file)
            if at is not None and _is_inline_or_importing(graph.bodies[at]):
                found.setdefault(steps[-1], at)
    for name, at in found.items():
        yield HostSeed(
            name, ModuleClass.NIXOS, (at, *_snowfall(graph, at)), (), None, incomplete=True
        )
    alone = None if found else graph.body_of("configuration.nix")
    if alone is not None:
        yield HostSeed("", ModuleClass.NIXOS, (alone,), (), None, incomplete=False)


def _is_inline_or_importing(body: ModuleBody) -> bool:
    return sets_options(body) or bool(body.paths)


def _snowfall(graph: ImportGraph, at: int) -> Iterator[int]:
    """Yield the modules that a library takes for every machine of `systems/ARCH/NAME`."""
    file = graph.bodies[at].file
    base, mark, _ = file.rpartition("systems/")
    if mark and file.count("/", len(base) + len(mark)) == 2:
        for path in graph.tree.modules_below(f"{base}modules/nixos"):
            body = graph.body_of(path) if path.endswith("/default.nix") else None
            if body is not None:
                yield body
