"""Index of the definitions, declarations and references of all modules.

Most modules of a large fleet do nothing on most hosts: they wait for an option that a few
hosts set. Definitions under such an option are indexed by it, and visited for those hosts
only.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from port_registry.model import Entry, HostRegistry, Name, NamedTuple
from port_registry.sources.nix.fleet import ResolvedReference
from port_registry.sources.nix.link.module_bodies import BodyDefinition, ModuleBody, Side
from port_registry.sources.nix.module_facts import (
    AliasOrigin,
    AttrPath,
    BoolValue,
    Chain,
    Guard,
    Link,
    Module,
    Opaque,
    OptionDeclaration,
)

CONFIGS = {
    "config": None,
    "osConfig": Side.SYSTEM,
    "nixosConfig": Side.SYSTEM,
    "darwinConfig": Side.SYSTEM,
}
"""Arguments that hold the whole configuration, and of whom; None where it is the
configuration that the module itself is part of."""

_FIREWALL = "firewall"
"""The step of the settings that open ports."""


_UNITS = "systemd"
_NO_UNITS = frozenset[str]()
_NO_GUARDS: tuple[Guard, ...] = ()


class IndexedDefinition(NamedTuple):
    """A definition in some body."""

    body: int
    definition: BodyDefinition


class DefinitionIndex:
    """The definitions of all modules; immutable."""

    def __init__(
        self,
        modules: Sequence[Module],
        bodies: Sequence[ModuleBody],
        registries: Sequence[HostRegistry],
        references: Sequence[ResolvedReference],
    ) -> None:
        self._systemd_units = dict(_find_systemd_units(modules))
        self.files = [body.file for body in bodies]
        self._options: dict[AttrPath, list[tuple[int, OptionDeclaration]]] = defaultdict(list)
        for index, body in enumerate(bodies):
            for declared in body.options:
                self._options[declared.setting].append((index, declared.option))
        self._unconditional: list[list[IndexedDefinition]] = [[] for _ in bodies]
        self._conditional: dict[AttrPath, list[IndexedDefinition]] = defaultdict(list)
        for index, body in enumerate(bodies):
            guards, group = _NO_GUARDS, self._unconditional[index]
            for in_body in body.definitions:
                if in_body.definition.guards is not guards:
                    guards = in_body.definition.guards
                    switch = self._required_switch(guards)
                    group = (
                        self._unconditional[index] if switch is None else self._conditional[switch]
                    )
                group.append(IndexedDefinition(index, in_body))
        self._set_switches = self._find_set_switches(bodies)
        self._resolved = {
            (resolved.reference.span.path, resolved.reference.chain): resolved
            for resolved in references
        }
        self._references, self._loose_references = _find_uses(bodies, references)
        self._entries = [_entries(registry) for registry in registries]
        self._registries = registries

    def _required_switch(self, guards: Sequence[Guard]) -> AttrPath | None:
        """Return the option that must be on for `guards` to hold, if there is one."""
        for guard in guards:
            chain = guard.chain
            if not guard.wanted or chain is None or chain.origin is not AliasOrigin.ARGUMENT:
                continue
            if chain.root in CONFIGS and chain.path and self._is_off_by_default(chain.path):
                return chain.path
        return None

    def _is_off_by_default(self, path: AttrPath) -> bool:
        """Return whether the option `path` is off where nothing sets it."""
        defaults = [option.default for _, option in self._options.get(path, ())]
        if not defaults:
            last = path[-1]
            return last is not None and last.startswith("enable")
        return all(
            default is None or (isinstance(default, BoolValue) and not default.value)
            for default in defaults
        )

    def _find_set_switches(self, bodies: Sequence[ModuleBody]) -> list[dict[AttrPath, None]]:
        """Return, for each body, the options that it may set and that others wait for."""
        above: dict[AttrPath, list[AttrPath]] = defaultdict(list)
        for switch in self._conditional:
            for size in range(2, len(switch)):
                above[switch[:size]].append(switch)
        switches: list[dict[AttrPath, None]] = []
        for body in bodies:
            of_body: dict[AttrPath, None] = {}
            for in_body in body.definitions:
                if in_body.setting in self._conditional:
                    of_body[in_body.setting] = None
                elif isinstance(in_body.definition.value, (Link, Opaque)):
                    of_body.update(dict.fromkeys(above.get(in_body.setting, ())))
            switches.append(of_body)
        return switches

    def active(self, members: Mapping[int, object]) -> Iterator[IndexedDefinition]:
        """Yield the definitions of the bodies `members` that no missing switch rules out."""
        switches: dict[AttrPath, None] = {}
        for body in members:
            yield from self._unconditional[body]
            switches.update(self._set_switches[body])
        for switch in switches:
            for indexed in self._conditional[switch]:
                if indexed.body in members:
                    yield indexed

    def systemd_units(self, body: int) -> frozenset[str]:
        """Return the units of systemd in which a body's file names ports."""
        return self._systemd_units.get(self.files[body], _NO_UNITS)

    def declarations(self, path: AttrPath) -> Sequence[tuple[int, OptionDeclaration]]:
        """Return the declarations of the option `path`, each with its body."""
        return self._options.get(path, ())

    def references_in(self, indexed: IndexedDefinition) -> Sequence[ResolvedReference]:
        """Return the references in a definition that use an entry."""
        return self._references.get(
            (self.files[indexed.body], indexed.definition.definition.setting), ()
        )

    def loose_references(self, body: int) -> Sequence[ResolvedReference]:
        """Return the references in a body's file that are in no definition."""
        return self._loose_references.get(self.files[body], ())

    def entry_of_chain(self, host: str, file: str, chain: Chain) -> Entry | None:
        """Return the entry that `chain`, in `file`, names on `host`."""
        resolved = self._resolved.get((file, chain))
        return None if resolved is None else self.entry_of(host, resolved)

    def entry_named(self, host: str, name: Name) -> Entry | None:
        """Return the entry called `name` on `host`, from its own registry before the fleet's."""
        order = sorted(
            range(len(self._registries)), key=lambda index: not self._registries[index].host
        )
        for index in order:
            if self._registries[index].host in ("", host) and name in self._entries[index]:
                return self._entries[index][name]
        return None

    def entry_of(self, host: str, resolved: ResolvedReference) -> Entry | None:
        """Return the entry that a reference names on `host`."""
        if None in resolved.name:
            return None
        names = [resolved.name]
        if resolved.name[-1:] == ("port",):
            names.append(resolved.name[:-1])
        of_host: list[Mapping[AttrPath, Entry]] = []
        of_file: list[Mapping[AttrPath, Entry]] = []
        for host_registry, entries in zip(self._registries, self._entries, strict=True):
            if host and host_registry.host == host:
                of_host.append(entries)
            if host_registry.registry.path == resolved.registry:
                of_file.append(entries)
        for entries in (*of_host, *of_file):
            for name in names:
                entry = entries.get(name)
                if entry is not None:
                    return entry
        return None


_Uses = dict[tuple[str, AttrPath], list[ResolvedReference]]


def _find_uses(
    bodies: Sequence[ModuleBody], references: Sequence[ResolvedReference]
) -> tuple[_Uses, dict[str, list[ResolvedReference]]]:
    """Return the references that use an entry: those in definitions by definition, others by file.

    References that open a port in the firewall do not count as uses.
    """
    by_definition: _Uses = {}
    files = {resolved.reference.span.path for resolved in references}
    for body in bodies:
        if body.file in files:
            for in_body in body.definitions:
                by_definition.setdefault((body.file, in_body.definition.setting), [])
    loose: dict[str, list[ResolvedReference]] = defaultdict(list)
    for resolved in references:
        reference = resolved.reference
        if not reference.only_renames and _FIREWALL not in reference.setting:
            path = reference.span.path
            by_definition.get((path, reference.setting), loose[path]).append(resolved)
    return by_definition, loose


def _find_systemd_units(modules: Sequence[Module]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the files that name ports in units of systemd, with the units' names."""
    for module in modules:
        settings = [literal.setting for literal in module.literals if _UNITS in literal.setting]
        settings += [
            reference.setting for reference in module.references if _UNITS in reference.setting
        ]
        names = [setting[setting.index(_UNITS) + 2 :][:1] for setting in settings]
        units = frozenset([name[0] for name in names if name and name[0] is not None])
        if units:
            yield module.path, units


def _entries(host_registry: HostRegistry) -> Mapping[AttrPath, Entry]:
    return {entry.name: entry for entry in host_registry.registry.entries}
