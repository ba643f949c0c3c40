"""The definitions, declarations and references of all modules, to look up.

Most modules of a large fleet do nothing on most hosts: they wait for an option that a few
hosts set. What stands under such an option is kept aside, and looked at on those hosts only.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from port_registry.model import Entry, HostRegistry, Name
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
"""Arguments that hold what all modules set, and whose; None where it is the configuration
that the asking module is part of."""

_FIREWALL = "firewall"
"""The step of settings that open ports."""


_UNITS = "systemd"
_NO_UNITS = frozenset[str]()
_NO_GUARDS: tuple[Guard, ...] = ()


class IndexedDefinition(NamedTuple):
    """A definition in some body."""

    body: int
    definition: BodyDefinition


class DefinitionIndex:
    """The definitions of all modules. Never changed after it is made."""

    def __init__(
        self,
        modules: Sequence[Module],
        bodies: Sequence[ModuleBody],
        parts: Sequence[HostRegistry],
        reached: Sequence[ResolvedReference],
    ) -> None:
        self._systemd_units = dict(_find_systemd_units(modules))
        self.files = [body.file for body in bodies]
        self._options: dict[AttrPath, list[tuple[int, OptionDeclaration]]] = defaultdict(list)
        for at, body in enumerate(bodies):
            for declared in body.options:
                self._options[declared.setting].append((at, declared.option))
        self._unconditional: list[list[IndexedDefinition]] = [[] for _ in bodies]
        self._conditional: dict[AttrPath, list[IndexedDefinition]] = defaultdict(list)
        for at, body in enumerate(bodies):
            guards, into = _NO_GUARDS, self._unconditional[at]
            for stated in body.definitions:
                if stated.definition.guards is not guards:
                    guards = stated.definition.guards
                    switch = self._required_switch(guards)
                    into = self._unconditional[at] if switch is None else self._conditional[switch]
                into.append(IndexedDefinition(at, stated))
        self._set_switches = self._find_set_switches(bodies)
        self._resolved = {(one.reference.span.path, one.reference.chain): one for one in reached}
        self._references, self._loose_references = _find_uses(bodies, reached)
        self._entries = [_entries(part) for part in parts]
        self._registries = parts

    def _required_switch(self, guards: Sequence[Guard]) -> AttrPath | None:
        """Return the option without which nothing under `guards` counts, if there is one."""
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
        """Return, for each body, the options that it may set and others wait for."""
        above: dict[AttrPath, list[AttrPath]] = defaultdict(list)
        for switch in self._conditional:
            for size in range(2, len(switch)):
                above[switch[:size]].append(switch)
        found: list[dict[AttrPath, None]] = []
        for body in bodies:
            turned: dict[AttrPath, None] = {}
            for stated in body.definitions:
                if stated.setting in self._conditional:
                    turned[stated.setting] = None
                elif isinstance(stated.definition.value, (Link, Opaque)):
                    turned.update(dict.fromkeys(above.get(stated.setting, ())))
            found.append(turned)
        return found

    def active(self, members: Mapping[int, object]) -> Iterator[IndexedDefinition]:
        """Yield the definitions of the bodies `members` that may count."""
        switches: dict[AttrPath, None] = {}
        for at in members:
            yield from self._unconditional[at]
            switches.update(self._set_switches[at])
        for switch in switches:
            for held in self._conditional[switch]:
                if held.body in members:
                    yield held

    def systemd_units(self, body: int) -> frozenset[str]:
        """Return the units of systemd to which a body's file gives ports in its own words."""
        return self._systemd_units.get(self.files[body], _NO_UNITS)

    def declarations(self, path: AttrPath) -> Sequence[tuple[int, OptionDeclaration]]:
        """Return the declarations of the option `path`, each with its body."""
        return self._options.get(path, ())

    def references_in(self, held: IndexedDefinition) -> Sequence[ResolvedReference]:
        """Return the references in a definition that use an entry."""
        return self._references.get((self.files[held.body], held.definition.definition.setting), ())

    def loose_references(self, body: int) -> Sequence[ResolvedReference]:
        """Return those of a body's file that stand in no definition."""
        return self._loose_references.get(self.files[body], ())

    def entry_of_chain(self, host: str, file: str, chain: Chain) -> Entry | None:
        """Return the entry that `chain`, which `file` says, is on `host`."""
        reached = self._resolved.get((file, chain))
        return None if reached is None else self.entry_of(host, reached)

    def entry_named(self, host: str, name: Name) -> Entry | None:
        """Return the entry called `name` on `host`, whose own registry goes over the fleet's."""
        order = sorted(range(len(self._registries)), key=lambda at: not self._registries[at].host)
        for at in order:
            if self._registries[at].host in ("", host) and name in self._entries[at]:
                return self._entries[at][name]
        return None

    def entry_of(self, host: str, reached: ResolvedReference) -> Entry | None:
        """Return the entry that `reached` names on `host`."""
        if None in reached.name:
            return None
        names = [reached.name]
        if reached.name[-1:] == ("port",):
            names.append(reached.name[:-1])
        own = [at for at, part in enumerate(self._registries) if part.host == host and host]
        of = [at for at, p in enumerate(self._registries) if p.registry.path == reached.registry]
        for at in (*own, *of):
            for name in names:
                entry = self._entries[at].get(name)
                if entry is not None:
                    return entry
        return None


_Uses = dict[tuple[str, AttrPath], list[ResolvedReference]]


def _find_uses(
    bodies: Sequence[ModuleBody], reached: Sequence[ResolvedReference]
) -> tuple[_Uses, dict[str, list[ResolvedReference]]]:
    """Return the references that use an entry, by definition, and by file where by none.

    Openings of the firewall use none.
    """
    said: _Uses = {}
    files = {one.reference.span.path for one in reached}
    for body in bodies:
        if body.file in files:
            for stated in body.definitions:
                said.setdefault((body.file, stated.definition.setting), [])
    loose: dict[str, list[ResolvedReference]] = defaultdict(list)
    for one in reached:
        reference = one.reference
        if not reference.binds and _FIREWALL not in reference.setting:
            path = reference.span.path
            said.get((path, reference.setting), loose[path]).append(one)
    return said, loose


def _find_systemd_units(modules: Sequence[Module]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the files that name ports in units of systemd, with the units' names."""
    for module in modules:
        settings = [one.setting for one in module.literals if _UNITS in one.setting]
        settings += [one.setting for one in module.references if _UNITS in one.setting]
        names = [setting[setting.index(_UNITS) + 2 :][:1] for setting in settings]
        found = frozenset([name[0] for name in names if name and name[0] is not None])
        if found:
            yield module.path, found


def _entries(part: HostRegistry) -> Mapping[AttrPath, Entry]:
    return {entry.name: entry for entry in part.registry.entries}
