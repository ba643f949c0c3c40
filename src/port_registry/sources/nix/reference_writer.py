"""Writer of references to entries in Nix files.

It uses a name for the registry that is in scope; where there is none, the file imports the
registry, or takes it as an argument, as its neighbours do. Findings of one file ask for the
same import, which is then written once.
"""

import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from port_registry import model
from port_registry.facts.identifiers import split
from port_registry.facts.words import word_set
from port_registry.registry.attribute_lookup import Presence, RegistryAttributes
from port_registry.registry.entries_prefix import HALVES
from port_registry.sources.nix.document import NixDocument, NixDocuments
from port_registry.sources.nix.fleet import Fleet
from port_registry.sources.nix.link.chain_resolver import CONFIGS, RegistryPath
from port_registry.sources.nix.module_facts import AliasOrigin, Chain, Module, ScopedAlias

_NAMES = ("ports", "portRegistry", "registeredPorts", "ports'", "portRegistry'")
"""Names for the imported registry, of which the first free one is used."""

_HALVES = [(half,) for half in HALVES]

_HOME = word_set("paths", "home-manager")
"""Words in the paths, and first attributes, of modules for home-manager."""

_NEAR = 80
"""The distance around a string in which the signs of a binding are searched."""

_PLAIN_PATH = r"[\w./+-]+"


class TargetEntry(model.NamedTuple):
    """An entry to refer to."""

    part: int
    """The position of its registry among the fleet's."""
    entry: model.Entry


class _Name(model.NamedTuple):
    """The name of the registry at a place."""

    text: str
    edits: tuple[model.Edit, ...]
    """The edits that bind that name, where it is not bound yet."""
    certain: bool


class _RegistryName(model.NamedTuple):
    """A name that leads to a registry's entries."""

    handle: ScopedAlias
    way: model.Name
    """The attributes from it to the entries."""
    inside: model.Name
    """The attributes below the entries that it already includes."""
    proven: bool
    """Whether the file itself refers to the registry that way."""


class ReferenceWriter:
    """Writes references. Immutable, apart from its caches."""

    def __init__(self, reader: model.Reader, fleet: Fleet) -> None:
        self._reader = reader
        self._fleet = fleet
        self._machines = [host for host in fleet.hosts if host.name]
        self._modules = {module.path: module for module in fleet.modules}
        self._folders: dict[str, list[Module]] = defaultdict(list)
        for module in fleet.modules:
            self._folders[posixpath.dirname(module.path)].append(module)
        self._ways = fleet.chain_resolver
        self._taking: dict[tuple[str, int], list[tuple[str, Module]]] = {}
        self._leading: dict[tuple[str, int], list[_RegistryName]] = {}
        self._attributes: dict[int, RegistryAttributes] = {}
        self._paths: dict[tuple[int, model.Name], model.Name] = {}
        self._texts = NixDocuments(reader)
        self._usual = _usual_names(fleet)
        self._proven = _KnownChains(fleet)

    def write(self, use: model.Use, held: TargetEntry) -> model.ReferenceTie | None:
        """Return the tie that makes `use` a reference to the entry of `held`.

        None where there is no safe place for it, or no way to the registry.
        """
        digits, module = use.digits, self._modules.get(use.span.path)
        if digits is None or use.last != use.number or module is None:
            return None
        source = self._texts.of(module.path)
        if source.source.text.startswith("$", digits.start - 1):
            return None
        if not use.quoted and self._is_string(held.entry):
            return None
        found = self._shortest_reference(module, digits, held) or self._new(module, source, held)
        if found is None:
            return None
        edit = _replacement(source, use, digits, found.text)
        fixed = not self._ways.is_added_elsewhere(RegistryPath(held.part, held.entry.name))
        return model.ReferenceTie((*found.edits, edit), found.text, found.certain and fixed)

    def known_reference(self, module: Module, at: model.Span, held: TargetEntry) -> str | None:
        """Return a reference to the entry of `held` by a name that is known at `at`, in `module`.

        None where no name there leads to its registry.
        """
        found = self._shortest_reference(module, at, held)
        return None if found is None else found.text

    def _is_string(self, entry: model.Entry) -> bool:
        """Return whether the registry has the number in a string, where options want integers."""
        path, start, _ = entry.value_span
        before = self._reader.read(path).text[start - 1 : start + 1]
        return '"' in before or "'" in before

    def _path(self, held: TargetEntry) -> model.Name:
        """Return the attributes from the top of the entries down to the number."""
        key = (held.part, held.entry.name)
        if key not in self._paths:
            if held.part not in self._attributes:
                registry = self._fleet.registries[held.part].registry
                self._attributes[held.part] = RegistryAttributes(self._reader, registry)
            inner = (*held.entry.name, "port")
            is_set = self._attributes[held.part].look_up(inner).presence is Presence.PRESENT
            self._paths[key] = inner if is_set else held.entry.name
        return self._paths[key]

    def _shortest_reference(
        self, module: Module, at: model.Span, held: TargetEntry
    ) -> _Name | None:
        """Return the shortest reference to the entry by a name that is known at `at`."""
        key = (module.path, held.part)
        if key not in self._leading:
            self._leading[key] = list(self._registry_names(module, held.part))
        path = self._path(held)
        found: list[str] = []
        for lead in self._leading[key]:
            name, chain, scope = lead.handle
            size = len(lead.inside)
            if not (scope.start <= at.start and at.end <= scope.end and path[:size] == lead.inside):
                continue
            rest = (*lead.way, *path[size:])
            if lead.proven or self._reaches(
                module.path, chain._replace(path=chain.path + rest), held
            ):
                found.append(_attribute(name, rest))
        text = min(found, key=lambda text: (len(text), text), default=None)
        return None if text is None else _Name(text, (), certain=True)

    def _registry_names(self, module: Module, part: int) -> Iterator[_RegistryName]:
        """Yield the names of `module` by which a registry may be reached."""
        prefix = self._fleet.registries[part].registry.prefix
        is_option = prefix[:1] in _HALVES and not _is_home(module)
        for handle in module.aliases:
            chain = handle.chain
            size = len(chain.path)
            for context in self._ways.follow(module.path, chain).registry_paths:
                inside = model.known_keys(context.name)
                if context.registry_index == part and inside is not None:
                    yield _RegistryName(handle, (), inside, proven=False)
            if chain.origin is AliasOrigin.FILE and prefix[:size] == chain.path:
                yield _RegistryName(handle, prefix[size:], (), proven=False)
            if chain.root in CONFIGS and is_option and prefix[1 : 1 + size] == chain.path:
                yield _RegistryName(handle, prefix[1 + size :], (), proven=False)
            for way in self._proven.of(module.path, part, chain):
                yield _RegistryName(handle, way, (), proven=True)

    def _reaches(self, file: str, chain: Chain, held: TargetEntry) -> bool:
        """Return whether `chain`, in `file`, surely is the entry of `held`, or its number."""
        found = self._ways.follow(file, chain)
        name, size = held.entry.name, len(held.entry.name)
        spots = {spot._replace(name=spot.name[:size]) for spot in found.registry_paths}
        return spots == {RegistryPath(held.part, name)} and not found.incomplete

    def _new(self, module: Module, source: NixDocument, held: TargetEntry) -> _Name | None:
        """Return the name that the registry gets in a file that has none for it."""
        prefix = self._fleet.registries[held.part].registry.prefix
        whole = (*prefix, *self._path(held))
        if whole[:1] in _HALVES:
            return self._from_config(module, source, held, whole[1:])
        return self._argument(module, source, held) or self._import(module, source, held, prefix)

    def _from_config(
        self, module: Module, source: NixDocument, held: TargetEntry, option: model.Name
    ) -> _Name | None:
        """Return the name `config`, which every module can take."""
        chain = Chain(AliasOrigin.ARGUMENT, "config", option)
        is_taken = "config" in source.names or _is_home(module)
        if is_taken or not self._reaches(module.path, chain, held):
            return None
        edit = source.add_formal("config")
        if edit is None:
            return None
        is_on_host = any(module.path in host.files for host in self._machines)
        return _Name(_attribute("config", option), (edit,), is_on_host)

    def _argument(self, module: Module, source: NixDocument, held: TargetEntry) -> _Name | None:
        """Return an argument for the registry, as another file of the folder and hosts takes it."""
        path = self._path(held)
        for name, other in self._passed_arguments(posixpath.dirname(module.path), held.part):
            chain = Chain(AliasOrigin.ARGUMENT, name, path)
            if name in source.names or not self._is_on_hosts_of(module, other):
                continue
            if self._reaches(other.path, chain, held) and self._reaches(module.path, chain, held):
                edit = source.add_formal(name)
                if edit is not None:
                    return _Name(_attribute(name, path), (edit,), certain=True)
        return None

    def _passed_arguments(self, folder: str, part: int) -> list[tuple[str, Module]]:
        """Return the arguments that lead to a registry, with files of `folder` that take them."""
        if (folder, part) not in self._taking:
            self._taking[folder, part] = [
                (name, module)
                for module in self._folders[folder]
                for name in module.parameters
                for context in self._ways.follow(
                    module.path, Chain(AliasOrigin.ARGUMENT, name, ())
                ).registry_paths
                if context.registry_index == part
            ]
        return self._taking[folder, part]

    def _is_on_hosts_of(self, module: Module, other: Module) -> bool:
        """Return whether some host has `module`, and every such host has `other` too."""
        hosts = [host for host in self._machines if module.path in host.files]
        return bool(hosts) and all(other.path in host.files for host in hosts)

    def _import(
        self, module: Module, source: NixDocument, held: TargetEntry, prefix: model.Name
    ) -> _Name | None:
        """Return the name of an import of the registry before everything else."""
        registry = self._fleet.registries[held.part].registry.path
        place = module.insertion_point
        path = posixpath.relpath(registry, posixpath.dirname(module.path) or ".")
        if place is None or not re.fullmatch(_PLAIN_PATH, path, re.ASCII):
            return None
        path = path if path.startswith("../") else f"./{path}"
        value = self._texts.of(registry).import_call(path, module.parameters)
        taken = source.names
        name = next((name for name in (*self._usual, *_NAMES) if name not in taken), None)
        if value is None or name is None or not self._shares_flake(module.path, registry):
            return None
        if prefix:
            value = _attribute(f"({value})", prefix)
        edit = model.Edit(place.at, f"{place.before}{name} = {value};{place.after}")
        return _Name(_attribute(name, self._path(held)), (edit,), certain=True)

    def _shares_flake(self, path: str, registry: str) -> bool:
        """Return whether the flake that the file is a part of, if any, has the registry too."""
        folder = posixpath.dirname(path)
        while folder:
            if self._reader.exists(f"{folder}/flake.nix"):
                return registry.startswith(f"{folder}/")
            folder = posixpath.dirname(folder)
        return True


class _KnownChains:
    """The chains by which files of the project reach a registry."""

    def __init__(self, fleet: Fleet) -> None:
        parts = {part.registry.path: at for at, part in enumerate(fleet.registries)}
        self._ways: dict[tuple[str, int], set[Chain]] = defaultdict(set)
        """The chains that lead to all entries, by file and registry."""
        for reached in fleet.references:
            chain, size = reached.reference.chain, len(reached.name)
            path = chain.path[: len(chain.path) - size]
            if len(chain.path) >= size and (*path, *reached.name) == chain.path:
                key = (reached.reference.span.path, parts[reached.registry])
                self._ways[key].add(chain._replace(path=path))

    def of(self, file: str, part: int, chain: Chain) -> Iterator[model.Name]:
        """Yield the rest of each chain by which `file` reaches the registry, after `chain`."""
        size = len(chain.path)
        for way in self._ways.get((file, part), ()):
            if way[:2] == chain[:2] and way.path[:size] == chain.path:
                rest = model.known_keys(way.path[size:])
                if rest is not None:
                    yield rest


def _is_home(module: Module) -> bool:
    """Return whether the file may be for home-manager, whose `config` is another one."""
    words = {word for step in module.path.split("/")[:-1] for word in split(step)}
    sets = {definition.setting[0] for definition in module.definitions if definition.setting}
    return (
        "osConfig" in module.parameters or not _HOME.isdisjoint(words) or not _HOME.isdisjoint(sets)
    )


def _usual_names(fleet: Fleet) -> tuple[str, ...]:
    """Return the names that the project's files give an imported registry, if they agree."""
    registry = fleet.registries[0].registry
    found = Counter(
        handle.name
        for module in fleet.modules
        for handle in module.aliases
        if handle.chain == Chain(AliasOrigin.FILE, registry.path, registry.prefix)
    )
    return tuple(name for name, count in found.most_common(1) if count > 1)


def _attribute(subject: str, path: model.Name) -> str:
    return f"{subject}.{model.format_name(path)}" if path else subject


def _replacement(
    source: NixDocument, use: model.Use, digits: model.Span, reference: str
) -> model.Edit:
    """Return the edit that replaces `digits` by `reference`."""
    if not use.quoted:
        return model.Edit(digits, reference)
    text = source.source.text
    whole = digits._replace(start=digits.start - 1, end=digits.end + 1)
    if not source.is_string(whole):
        return model.Edit(digits, f"${{toString {reference}}}")
    before = text[max(0, whole.start - _NEAR) : whole.start]
    behind = text[whole.end : whole.end + _NEAR]
    is_value = before.rstrip().endswith("=") and behind.lstrip().startswith(";")
    written = f"toString {reference}"
    return model.Edit(whole, written if is_value else f"({written})")
