"""Import graph of a project's modules."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from port_registry.model import NamedTuple
from port_registry.sources.nix import module_facts
from port_registry.sources.nix.link import module_paths
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

_NOT_MODULES = (("specialArgs",), ("extraSpecialArgs",), ("pkgs",), ("lib",), ("src",))
"""Arguments of functions that make hosts that are not modules."""


class Member(NamedTuple):
    """A module as part of a host."""

    body: int
    """Its index among the bodies."""
    module_class: ModuleClass
    uncertain: bool
    """Whether it is only likely that the host imports it."""


class ImportPlan(NamedTuple):
    """A host and the modules that it is made of."""

    name: str
    members: dict[int, Member]
    """By the index of the body, in the order they were found."""
    incomplete: bool
    """Whether an import within the project could not be followed."""
    external: bool
    """Whether a module of another project is imported, which may set any option."""


class HostSeed(NamedTuple):
    """A host before its modules are known."""

    name: str
    module_class: ModuleClass
    bodies: tuple[int, ...]
    """The modules to begin with."""
    paths: tuple[module_facts.PathDefinition, ...]
    """The paths in the functions that make it."""
    root: int | None
    """The module in a folder of the host's name; the others import it if nothing is missing."""
    incomplete: bool


class _ComputedImport(NamedTuple):
    """An import whose path is partly computed."""

    target: str
    module_class: ModuleClass
    uncertain: bool


class _Imports(NamedTuple):
    """The imports of one body."""

    fixed: list[Member]
    computed: list[_ComputedImport]
    incomplete: bool
    external: bool


class ImportGraph:
    """The bodies of a project and their imports."""

    def __init__(self, modules: Sequence[module_facts.Module]) -> None:
        self.tree = module_paths.ModuleTree(modules)
        self.bodies: list[ModuleBody] = []
        self.hosts: list[int] = []
        """The bodies of hosts in an output."""
        self._file_bodies: dict[str, int] = {}
        self._named_bodies: dict[ModuleClass, dict[module_facts.Step, list[int]]] = defaultdict(
            dict
        )
        self._imports: dict[ModuleClass, dict[int, _Imports]] = {
            module_class: {} for module_class in ModuleClass
        }
        self._folders = module_paths.passed_folders(modules)
        host_classes = {
            self.tree.file(target): module_class
            for target, module_class in host_output_files(modules)
        }
        for module in modules:
            for body in split_module(module, host_classes.get(module.path)):
                self._add(body)

    def _add(self, body: ModuleBody) -> None:
        index = len(self.bodies)
        self.bodies.append(body)
        if body.owner is None:
            self._file_bodies[body.file] = index
        elif isinstance(body.owner, NamedModule):
            by_name = self._named_bodies[body.owner.module_class]
            by_name.setdefault(body.owner.name, []).append(index)
        else:
            self.hosts.append(index)

    def body_of(self, target: str) -> int | None:
        """Return the index of the module that is the whole of the file `target`."""
        path = self.tree.file(target)
        return None if path is None else self._file_bodies.get(path)

    def plan(self, seed: HostSeed) -> ImportPlan:
        """Follow the imports of a host."""
        members: dict[int, Member] = {}
        incomplete, external = seed.incomplete, False
        waiting = [
            Member(body, seed.module_class, uncertain=False) for body in reversed(seed.bodies)
        ]
        computed: list[_ComputedImport] = []
        own, users = self._imports[seed.module_class], self._imports[ModuleClass.HOME]
        of_seed = _Imports(fixed=waiting, computed=computed, incomplete=False, external=False)
        for path in seed.paths:
            self._add_path(path, seed.module_class, of_seed)
        while True:
            if self._resolve_computed(seed.name, waiting, computed):
                incomplete = True
            if not waiting:
                if seed.root is None or seed.root in members:
                    return ImportPlan(seed.name, members, incomplete, external)
                waiting.append(Member(seed.root, seed.module_class, uncertain=False))
                incomplete = True
            member = waiting.pop()
            known = members.get(member.body)
            if known is not None and (member.uncertain or not known.uncertain):
                continue
            members[member.body] = member
            imports = (own if member.module_class is seed.module_class else users).get(member.body)
            if imports is None:
                imports = self._imports_of(member)
            if member.uncertain:
                imports = _as_uncertain(imports)
            waiting += imports.fixed
            computed += imports.computed
            incomplete = incomplete or imports.incomplete
            external = external or imports.external

    def _resolve_computed(
        self, name: str, waiting: list[Member], computed: list[_ComputedImport]
    ) -> bool:
        """Add the files that `computed` imports on the host `name` to `waiting`.

        Return whether one of them was not found; those of users do not count, for they set up
        few services.
        """
        is_missing = False
        while computed:
            computed_import = computed.pop()
            module_class = computed_import.module_class
            files = self.tree.files_named(computed_import.target, name)
            members = self._members(files, module_class, uncertain=computed_import.uncertain)
            waiting += members
            is_missing = is_missing or not (members or module_class is ModuleClass.HOME)
        return is_missing

    def _imports_of(self, member: Member) -> _Imports:
        """Return the imports of a body, and remember them."""
        imports = self._find_imports(member.body, member.module_class)
        imports.fixed.reverse()
        self._imports[member.module_class][member.body] = imports
        return imports

    def _find_imports(self, index: int, module_class: ModuleClass) -> _Imports:
        """Return the imports of a body."""
        body = self.bodies[index]
        imports = _Imports([], [], incomplete=False, external=False)
        for body_path in _without_known(body.paths):
            if _is_import(body_path, body):
                inner = ModuleClass.HOME if body_path.side is Side.USER else module_class
                self._add_path(body_path.path, inner, imports)
        for definition in body.definitions:
            if not definition.setting:
                imports = self._add_named(body, definition, module_class, imports)
        return imports

    def _add_named(
        self,
        body: ModuleBody,
        in_body: BodyDefinition,
        module_class: ModuleClass,
        imports: _Imports,
    ) -> _Imports:
        """Return `imports` with the modules that a list refers to by name."""
        module_class = ModuleClass.HOME if in_body.side is Side.USER else module_class
        value, guarded = in_body.definition.value, bool(in_body.definition.guards)
        incomplete, external = imports.incomplete, imports.external
        if _is_computed_list(body, in_body):
            incomplete = True
            for bodies in self._named_bodies[module_class].values():
                imports.fixed.extend(
                    Member(named, module_class, uncertain=True) for named in bodies
                )
        for chain in _chains_in(value):
            target = module_paths.module_target(chain)
            bodies = self._bodies_of(target, module_class)
            uncertain = guarded or target.name is None
            imports.fixed.extend(Member(named, module_class, uncertain) for named in bodies)
            external = external or target.external
            incomplete = incomplete or (not bodies and target.is_own)
        return imports._replace(incomplete=incomplete, external=external)

    def _add_path(
        self, path: module_facts.PathDefinition, module_class: ModuleClass, imports: _Imports
    ) -> None:
        """Add the modules that `path` leads to; as a computed import where they are not known."""
        uncertain = bool(path.guards)
        if "*" in path.target:
            imports.computed.append(_ComputedImport(path.target, module_class, uncertain))
            return
        files = self.tree.imported(path.target)
        if path.kind is module_facts.PathKind.TREE:
            files = self.tree.modules_below(path.target)
        imports.fixed.extend(self._members(files, module_class, uncertain=uncertain))

    def _members(
        self, files: Iterable[str], module_class: ModuleClass, *, uncertain: bool = False
    ) -> list[Member]:
        """Return the members for those of `files` that are one module."""
        bodies = (self._file_bodies.get(file) for file in files)
        return [Member(body, module_class, uncertain) for body in bodies if body is not None]

    def _bodies_of(self, target: module_paths.ModuleTarget, module_class: ModuleClass) -> list[int]:
        """Return the bodies that a name refers to."""
        if target.file is not None:
            body = self.body_of(target.file)
            return [] if body is None else [body]
        if target.folder is not None:
            base = self._folders.get(target.folder)
            if base is None:
                return []
            members = self._members(self.tree.files_at(base, target.steps), module_class)
            return [member.body for member in members]
        if target.external or not target.is_own:
            return []
        named = self._named_bodies[module_class]
        if target.name is None:
            return [body for bodies in named.values() for body in bodies]
        bodies = [*named.get(target.name, ())]
        for computed in named.get(None, ()):
            for body_path in self.bodies[computed].paths:
                if "*" in body_path.path.target:
                    files = self.tree.files_named(body_path.path.target, target.name)
                    bodies += [member.body for member in self._members(files, module_class)]
        return bodies


def _as_uncertain(imports: _Imports) -> _Imports:
    """Return `imports` as those of a module that is only likely to be imported."""
    fixed = [member._replace(uncertain=True) for member in imports.fixed]
    computed = [computed._replace(uncertain=True) for computed in imports.computed]
    return imports._replace(fixed=fixed, computed=computed)


def _without_known(paths: Sequence[BodyPath]) -> Iterator[BodyPath]:
    """Yield `paths` without the computed ones that another of them resolves."""
    known = {body_path.path.span for body_path in paths if "*" not in body_path.path.target}
    trees = {
        body_path.path.target
        for body_path in paths
        if body_path.path.kind is module_facts.PathKind.TREE
    }
    for body_path in paths:
        before, star, _ = body_path.path.target.partition("*")
        if not star or not (body_path.path.span in known or before.rstrip("/") in trees):
            yield body_path


def _is_import(body_path: BodyPath, body: ModuleBody) -> bool:
    """Return whether a path in a body is one of its imports."""
    path = body_path.path
    if isinstance(body.owner, HostModule):
        if body.owner.name is None and len(path.setting) <= body.depth:
            return False
        return len(body_path.setting) <= 1 and body_path.setting not in _NOT_MODULES
    if body_path.setting:
        return False
    return path.kind is not module_facts.PathKind.OTHER or body.owner is not None


def _is_computed_list(body: ModuleBody, in_body: BodyDefinition) -> bool:
    """Return whether a list of modules is computed, and contains no known path."""
    definition = in_body.definition
    if not isinstance(definition.value, module_facts.Opaque) or not _is_module_list(
        definition.setting
    ):
        return False
    start, end = definition.value.span[1:]
    return not any(
        start <= body_path.path.span.start and body_path.path.span.end <= end
        for body_path in body.paths
    )


def _is_module_list(setting: module_facts.AttrPath) -> bool:
    """Return whether a setting is a list of modules."""
    return setting[-1:] in (("imports",), ("modules",), ("extraModules",))


def _chains_in(value: module_facts.Value) -> Iterator[module_facts.Chain]:
    """Yield the chains in the value of an `imports`."""
    for item in value.items if isinstance(value, module_facts.Items) else (value,):
        if isinstance(item, module_facts.Link):
            yield item.chain
