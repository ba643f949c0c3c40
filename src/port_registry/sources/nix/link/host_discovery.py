"""Discovery of a project's hosts, in its flake's outputs or by its folders."""

from collections.abc import Iterable, Iterator, Sequence

from port_registry.facts.words import word_list, word_set
from port_registry.sources.nix.link import module_bodies, module_paths
from port_registry.sources.nix.link.graph import HostSeed, ImportGraph, ImportPlan
from port_registry.sources.nix.module_facts import (
    Link,
    Opaque,
    OptionDefinition,
    PathDefinition,
    PathKind,
)

_HOST_FOLDERS = word_list("paths", "machines")
"""Names of folders that contain a folder or file for each host."""

_NOT_HOSTS = word_set("paths", "not-machines")
"""Names in such a folder that are not hosts."""

_OTHER_SYSTEMS = {
    module_bodies.ModuleClass.NIXOS: ("darwin", "macos", "droid"),
    module_bodies.ModuleClass.DARWIN: ("nixos", "linux", "droid"),
    module_bodies.ModuleClass.HOME: ("nixos", "darwin", "droid"),
}
"""Words in a path, or in the name of a function that makes hosts, that mean other systems."""

_HOST_OPTIONS = word_set("nixos", "host-tops")
"""First steps of options that only the configuration of a host sets."""

_Key = tuple[str, module_bodies.ModuleClass]
"""The folder of a flake, and a class of its hosts."""


def discover_hosts(graph: ImportGraph) -> list[ImportPlan]:
    """Return the hosts of a project, by name, without those that have no file of their own."""
    seeds = list(_by_output(graph)) or list(_by_folder(graph))
    plans = [graph.plan(seed) for seed in seeds]
    with_content = [plan for plan in plans if _has_content(graph, plan)]
    return sorted(with_content, key=lambda plan: plan.name)


def _has_content(graph: ImportGraph, plan: ImportPlan) -> bool:
    """Return whether a host has a module of its own file, or one that sets options."""
    bodies = [graph.bodies[member] for member in plan.members]
    return any(body.owner is None or sets_options(body) for body in bodies)


def sets_options(body: module_bodies.ModuleBody) -> bool:
    """Return whether a body sets options of a host."""
    return any(
        definition.setting[:1] and definition.setting[0] in _HOST_OPTIONS
        for definition in body.definitions
    )


def _by_output(graph: ImportGraph) -> Iterator[HostSeed]:
    """Yield the hosts in the outputs of flakes."""
    named: dict[_Key, dict[str, list[int]]] = {}
    computed: dict[_Key, list[int]] = {}
    for index in graph.hosts:
        body = graph.bodies[index]
        if not isinstance(body.owner, module_bodies.HostModule) or "/_" in f"/{body.file}":
            continue
        key = (graph.tree.flake_folder(body.file), body.owner.module_class)
        if body.owner.name is None:
            computed.setdefault(key, []).append(index)
        else:
            named.setdefault(key, {}).setdefault(body.owner.name, []).append(index)
    for key in dict.fromkeys((*named, *computed)):
        shared = computed.get(key, [])
        names: set[str] = set()
        for name, own in named.get(key, {}).items():
            if any(_is_host(graph, index, may_be_argument=bool(shared)) for index in own):
                names.add(name)
                yield _seed(graph, key, name, own, shared)
        if shared:
            for name in _computed_names(graph, shared, key[1], has_named_hosts=bool(names)):
                if name not in names:
                    yield _seed(graph, key, name, (), shared)


def _is_host(graph: ImportGraph, index: int, *, may_be_argument: bool) -> bool:
    """Return whether the attribute below an output is a host.

    With `may_be_argument`, a function next to it makes hosts, and the attribute may be one of
    the function's arguments.
    """
    body = graph.bodies[index]
    if sets_options(body):
        return True
    for path in _top_paths(graph, index):
        if path.kind is not PathKind.OTHER:
            return True
        if not may_be_argument and graph.body_of(path.target) is not None:
            return True
    return any(
        not in_body.setting and _is_system(in_body.definition, may_be_argument=may_be_argument)
        for in_body in body.definitions
    )


def _is_system(definition: OptionDefinition, *, may_be_argument: bool) -> bool:
    if definition.setting[-1:] == ("modules",):
        return True
    return not may_be_argument and isinstance(definition.value, (Link, Opaque))


def _seed(
    graph: ImportGraph, key: _Key, name: str, own: Sequence[int], shared: Sequence[int]
) -> HostSeed:
    """Return the host `name`, made of the bodies `own` and of `shared`, which all hosts have."""
    flake, module_class = key
    bodies = [*own, *shared]
    paths = [path for index in bodies for path in _top_paths(graph, index)]
    has_modules = any(_is_module_list(path) for path in paths) or any(
        path.kind is PathKind.IMPORT for index in own for path in _top_paths(graph, index)
    )
    builder_paths: list[PathDefinition] = []
    if not has_modules:
        files = (graph.bodies[index].file for index in bodies)
        builder_paths = list(_builder_paths(graph, files, module_class))
    root = None
    if not any(_is_of_host(graph, path, name) for path in (*paths, *builder_paths)):
        folders = [] if own else list(_folders(graph, shared))
        if not has_modules:
            folders += [f"{flake}/{folder}".lstrip("/") for folder in _HOST_FOLDERS]
        root = _host_root(graph, name, folders)
    return HostSeed(
        name=name,
        module_class=module_class,
        bodies=tuple(bodies),
        paths=tuple(builder_paths),
        root=root,
        incomplete=not (has_modules or builder_paths),
    )


def _top_paths(graph: ImportGraph, index: int) -> Iterator[PathDefinition]:
    """Yield the paths that are the whole value of a host."""
    return (body_path.path for body_path in graph.bodies[index].paths if not body_path.setting)


def _is_module_list(path: PathDefinition) -> bool:
    return path.kind in (PathKind.MODULE, PathKind.TREE) or "modules" in path.setting


def _is_of_host(graph: ImportGraph, path: PathDefinition, name: str) -> bool:
    """Return whether `path` leads to a file of the host `name` alone."""
    steps = module_paths.fill_computed(path.target, name).removesuffix(".nix").split("/")
    return name in steps and any(graph.tree.files_named(path.target, name))


def _folders(graph: ImportGraph, bodies: Iterable[int]) -> Iterator[str]:
    """Yield the folders that are passed as a whole to functions that make hosts."""
    for index in bodies:
        body = graph.bodies[index]
        for body_path in body.paths:
            if len(body_path.path.setting) <= body.depth and "*" not in body_path.path.target:
                yield body_path.path.target


def _host_root(graph: ImportGraph, name: str, folders: Iterable[str]) -> int | None:
    """Return the module of the host `name` in one of `folders` of hosts."""
    for folder in folders:
        path = graph.tree.host_root(folder, name)
        if path is not None:
            return graph.body_of(path)
    return None


def _builder_paths(
    graph: ImportGraph, files: Iterable[str], module_class: module_bodies.ModuleClass
) -> Iterator[PathDefinition]:
    """Yield the paths in functions that make hosts, in `files` and the files they import."""
    starts = dict.fromkeys(files)
    waiting = list(starts)
    seen = set(waiting)
    while waiting:
        file = waiting.pop()
        module = graph.tree.modules[file]
        for path in module_bodies.host_builder_paths(module):
            hint = f"{path.local} {path.setting} {path.target}".lower()
            if not any(word in hint for word in _OTHER_SYSTEMS[module_class]):
                yield path
        for path in module.paths:
            imported: Iterable[str] = ()
            if path.kind is PathKind.IMPORT:
                imported = graph.tree.imported(path.target)
            elif path.kind is PathKind.TREE and file not in starts:
                imported = graph.tree.modules_below(path.target)
            for target in imported:
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)


def _computed_names(
    graph: ImportGraph,
    shared: Sequence[int],
    module_class: module_bodies.ModuleClass,
    *,
    has_named_hosts: bool,
) -> Iterator[str]:
    """Yield the names of the hosts whose names are computed."""
    paths = [path for index in shared for path in _top_paths(graph, index)]
    if not any("*" in path.target for path in paths):
        files = (graph.bodies[index].file for index in shared)
        paths += _builder_paths(graph, files, module_class)
    targets = [path.target for path in paths if "*" in path.target]
    names = dict.fromkeys(name for target in targets for name in graph.tree.names_in(target))
    if not names:
        folders = _folders(graph, shared)
        names = dict.fromkeys(name for folder in folders for name in graph.tree.host_names(folder))
    if not names and not has_named_hosts:
        names = dict.fromkeys(seed.name for seed in _by_folder(graph))
    yield from (name for name in names if _is_host_name(name))


def _is_host_name(name: str) -> bool:
    return name not in _NOT_HOSTS and not name.startswith("_")


def _by_folder(graph: ImportGraph) -> Iterator[HostSeed]:
    """Yield the hosts that have a folder, or a file, in a folder of hosts."""
    bodies: dict[str, int] = {}
    for file in graph.tree.modules:
        steps = file.removesuffix(".nix").split("/")
        if steps[-1] in ("default", "configuration"):
            steps.pop()
        above = steps[-2:-1]
        if steps[-3:-2] == ["systems"] and above and above[0].endswith("-linux"):
            above = ["systems"]
        if above and above[0] in _HOST_FOLDERS and _is_host_name(steps[-1]):
            body = graph.body_of(file)
            if body is not None and (graph.bodies[body].paths or sets_options(graph.bodies[body])):
                bodies.setdefault(steps[-1], body)
    for name, body in bodies.items():
        yield HostSeed(
            name=name,
            module_class=module_bodies.ModuleClass.NIXOS,
            bodies=(body, *_snowfall(graph, body)),
            paths=(),
            root=None,
            incomplete=True,
        )
    only_host = None if bodies else graph.body_of("configuration.nix")
    if only_host is not None:
        yield HostSeed(
            name="",
            module_class=module_bodies.ModuleClass.NIXOS,
            bodies=(only_host,),
            paths=(),
            root=None,
            incomplete=False,
        )


def _snowfall(graph: ImportGraph, index: int) -> Iterator[int]:
    """Yield the modules that snowfall-lib adds to every host in `systems/ARCH/NAME`."""
    file = graph.bodies[index].file
    base, separator, _ = file.rpartition("systems/")
    if separator and file.count("/", len(base) + len(separator)) == 2:
        for path in graph.tree.modules_below(f"{base}modules/nixos"):
            body = graph.body_of(path) if path.endswith("/default.nix") else None
            if body is not None:
                yield body
