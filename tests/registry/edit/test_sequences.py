"""Random sequences of changes, for every shape of registry.

After each change the file holds exactly the expected entries, as read by this program and (in
samples) by Nix itself; a refusal leaves it unchanged.
"""

import json
import os
import random
import subprocess
import tempfile
from collections.abc import Callable
from typing import NamedTuple

import pytest
from tests import real
from tests.registry.edit.shapes import SHAPES
from tests.registry.helpers import Texts
from tests.sizes import size

from port_registry.model import (
    MAX_PORT,
    Edit,
    Name,
    Port,
    PortRange,
    Protocol,
    ProtocolSource,
    single,
)
from port_registry.registry.edit.add import add
from port_registry.registry.edit.editable_registry import (
    EditableRegistry,
    EntryBinding,
    RefusedError,
)
from port_registry.registry.edit.entry_spec import EntrySpec, spec_of
from port_registry.registry.edit.modify import describe, rename, set_ports, set_protocols
from port_registry.registry.edit.remove import remove
from port_registry.registry.read import default_protocols

_CATEGORIES = ("db", "web", "databases", "a", "b", "new", "deep.er", "let", "my-cat", "")
_NAMES = ("redis", "api", "x", "y", "in", "nodeExporter", "with space", "über", "a-b", "it's")
_DESCRIPTIONS = ("", "the cache", "udp: odd", 'a ${b} \\ "c"', "x # y", "wide, and more", "a */ b")
_PROTOCOLS = ((Protocol.UDP,), (Protocol.TCP,), (Protocol.TCP, Protocol.UDP))
_KINDS = ("add", "add", "rename", "move", "set", "protocol", "describe", "remove")


class Outcome(NamedTuple):
    """The number of changes that were made, and refused."""

    made: int
    refused: int


class Plan(NamedTuple):
    """A change and its expected result."""

    change: Callable[[EditableRegistry], tuple[Edit, ...]]
    removed: Name | None
    """The name of the entry that is removed, renamed or changed."""
    is_expected: Callable[[EntrySpec], bool]
    """Returns whether a new entry is as expected."""


def _name(rng: random.Random) -> Name:
    category = rng.choice(_CATEGORIES)
    return (*(part for part in category.split(".") if part), rng.choice(_NAMES))


def _ports(rng: random.Random) -> PortRange:
    first = Port(rng.choice((rng.randint(1, MAX_PORT), rng.randint(3000, 9999))))
    if rng.random() < 0.1:
        return PortRange(first, Port(min(first + rng.randint(1, 99), MAX_PORT)))
    return single(first)


def _plan(rng: random.Random, editable: EditableRegistry) -> Plan | None:
    """Return a random change; None where it makes no sense."""
    kind = rng.choice(_KINDS)
    if kind == "add":
        return _addition(rng, editable)
    if not editable.bindings:
        return None
    binding = rng.choice(editable.bindings)
    original = spec_of(binding.entry)
    if kind in ("rename", "move"):
        new = (*original.name[:-1], rng.choice(_NAMES)) if kind == "rename" else _name(rng)
        if editable.name_conflict(new):
            return None
        return _replacement(
            binding, lambda editable: rename(editable, binding, new), original._replace(name=new)
        )
    if kind == "set":
        ports = _ports(rng)
        intended = original._replace(ports=ports)
        return _replacement(binding, lambda editable: set_ports(editable, binding, ports), intended)
    if kind == "protocol":
        protocols = rng.choice(_PROTOCOLS)
        intended = original._replace(protocols=protocols)
        change = _replacement(
            binding, lambda editable: set_protocols(editable, binding, protocols), intended
        )
        return change._replace(is_expected=lambda result: result == intended)
    if kind == "describe":
        description = rng.choice(_DESCRIPTIONS)
        intended = original._replace(description=description)
        return _replacement(
            binding, lambda editable: describe(editable, binding, description), intended
        )
    return Plan(lambda editable: remove(editable, binding), original.name, lambda _: False)


def _replacement(
    binding: EntryBinding,
    change: Callable[[EditableRegistry], tuple[Edit, ...]],
    intended: EntrySpec,
) -> Plan:
    """Return a change that gives `leaf` another meaning.

    Where its protocols were assumed, they may become those that its new name or number has.
    """

    def is_expected(result: EntrySpec) -> bool:
        if binding.entry.protocol_source is not ProtocolSource.ASSUMED:
            return result == intended
        return result in (intended, intended._replace(protocols=_default_protocols(intended)))

    return Plan(change, binding.entry.name, is_expected)


def _default_protocols(intended: EntrySpec) -> tuple[Protocol, ...]:
    return default_protocols(intended.name, intended.ports)[0]


def _addition(rng: random.Random, editable: EditableRegistry) -> Plan | None:
    name, ports = _name(rng), _ports(rng)
    if editable.name_conflict(name):
        return None
    spec = EntrySpec(
        name,
        ports,
        rng.choice(((), *_PROTOCOLS)),
        rng.choice(_DESCRIPTIONS),
        rng.choice((None, None, None, "web1")),
        rng.choice((None, None, None, "127.0.0.1")),
        rng.random() < 0.1,
    )
    intended = spec
    if not spec.protocols:
        intended = intended._replace(protocols=_default_protocols(intended))
    # The description of an option is its name, where none is given.
    accepted = (intended, intended._replace(description=spec.description or name[-1]))
    return Plan(lambda editable: add(editable, spec), None, lambda result: result in accepted)


def _check(
    before: EditableRegistry, plan: Plan, edits: tuple[Edit, ...], after: EditableRegistry
) -> None:
    """Assert that `after` is `before` with the change and no other."""
    case = (before.source.text, after.source.text)
    old = {spec_of(binding.entry) for binding in before.bindings}
    new = {spec_of(binding.entry) for binding in after.bindings}
    kept = {entry for entry in old if entry.name != plan.removed}
    assert kept <= new, case
    added = new - kept
    assert len(after.bindings) == len(new), case
    assert len(added) == (0 if not added and plan.removed is not None else 1), case
    assert all(map(plan.is_expected, added)), (case, added)
    assert after.registry.prefix == before.registry.prefix, case
    assert len(after.registry.invalid_leaves) == len(before.registry.invalid_leaves), case
    assert len(after.registry.unknown) == len(before.registry.unknown), case
    stayed = {entry.name for entry in kept}
    assert _in_order(after, stayed) == _in_order(before, stayed), case
    # Applied one by one: the edits are disjoint, and nothing else differs.
    text = before.source.text
    for edit in sorted(edits, reverse=True):
        text = f"{text[: edit.span.start]}{edit.text}{text[edit.span.end :]}"
    assert text == after.source.text


_SEEDS = size(1_000, 10_000) // len(SHAPES) + 1


def _in_order(editable: EditableRegistry, names: set[Name]) -> list[Name]:
    """Return those of `names` that are in the file, in its order."""
    places = [(binding.entry.name_span, binding.entry.name) for binding in editable.bindings]
    return [name for _, name in sorted(places) if name in names]


def _run(path: str, seed: int, length: int) -> tuple[Outcome, EditableRegistry]:
    rng = random.Random(f"{path} {seed}")
    editable = EditableRegistry(Texts({path: SHAPES[path]}), path, None)
    made = refused = 0
    for _ in range(length):
        plan = _plan(rng, editable)
        if plan is None:
            continue
        try:
            edits = plan.change(editable)
        except RefusedError as refusal:
            parts = (refusal.hint, refusal.position, refusal.path == path)
            refused += 1 if all(parts) else _SEEDS * length
            continue
        made += 1
        after = EditableRegistry(Texts({path: editable.changed(edits).text}), path, None)
        _check(editable, plan, edits, after)
        editable = after
    return Outcome(made, refused), editable


@pytest.mark.slow
@pytest.mark.parametrize("path", SHAPES)
def test_every_change_has_exactly_its_effect(path: str) -> None:
    outcomes = [_run(path, seed, 3)[0] for seed in range(_SEEDS)]
    made, refused = (
        sum(outcome.made for outcome in outcomes),
        sum(outcome.refused for outcome in outcomes),
    )
    assert made * 2 > refused, (made, refused)


_SAMPLES = 6
_MODULES = ("module.nix", "config.nix", "spelled.nix")


@pytest.mark.slow
def test_nix_evaluates_changed_registries() -> None:
    paths = [path for path in SHAPES if path.endswith(".nix") and path not in _MODULES]
    assert _evaluated(_FLATTEN, paths) == _SAMPLES * len(paths)


@pytest.mark.nixpkgs_lib
def test_the_module_system_evaluates_changed_modules() -> None:
    lib = real.nixpkgs_lib()
    assert _evaluated(_MODULE_SYSTEM, ["module.nix"], "--arg", "lib", f"import {lib}") == _SAMPLES


def _evaluated(expression: str, paths: list[str], *arguments: str) -> int:
    """Compare changed registries with their evaluation by Nix; return their number."""
    with tempfile.TemporaryDirectory() as folder:
        expected: dict[str, dict[str, int]] = {}
        for path in paths:
            for seed in range(_SAMPLES):
                _, editable = _run(path, 4711 + seed, 12)
                name = f"{seed}-{path}"
                with open(os.path.join(folder, name), "w", newline="") as file:
                    file.write(editable.source.text)
                expected[name] = {
                    ".".join(binding.entry.name): binding.entry.endpoint.ports.first
                    for binding in editable.bindings
                }
        command = [real.nix_instantiate(), "--eval", "--strict", "--json", "-E", expression]
        result = subprocess.run(
            [*command, "--argstr", "folder", folder, *arguments],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert result.returncode == 0, result.stderr
        assert json.loads(result.stdout) == expected
        return len(expected)


_FILES = """
  files = builtins.filter (n: builtins.match ".*[.]nix" n != null)
    (builtins.attrNames (builtins.readDir folder));
  each = entries: builtins.listToAttrs (map
    (n: { name = n; value = builtins.listToAttrs (entries (import (folder + "/${n}"))); }) files);
  below = path: n: if path == "" then n else "${path}.${n}";
"""

_FLATTEN = f"""
{{ folder }}:
let
  {_FILES}
  called = value: if builtins.isFunction value then value {{ lib = {{ }}; }} else value;
  number = value: builtins.fromJSON (builtins.head (builtins.split "-" value));
  flat = path: value:
    if builtins.isInt value then [ {{ name = path; inherit value; }} ]
    else if builtins.isString value && builtins.match "[0-9-]+" value != null
      then [ {{ name = path; value = number value; }} ]
    else if !builtins.isAttrs value then [ ]
    else if value ? port then [ {{ name = path; value = value.port; }} ]
    else if value ? from then [ {{ name = path; value = value.from; }} ]
    else if value ? start then [ {{ name = path; value = value.start; }} ]
    else builtins.concatMap (n: one path value n) (builtins.attrNames value);
  one = path: value: n:
    let stem = builtins.match "(.*)-(start|end)" n; in
    if stem == null then flat (below path n) value.${{n}}
    else if builtins.elemAt stem 1 == "end" then [ ]
    else flat (below path (builtins.head stem)) value.${{n}};
in each (registry: flat "" (called registry))
"""

_MODULE_SYSTEM = f"""
{{ folder, lib }}:
let
  {_FILES}
  flat = path: value:
    if builtins.isInt value then [ {{ name = path; inherit value; }} ]
    else builtins.concatMap (n: flat (below path n) value.${{n}}) (builtins.attrNames value);
in each (module: flat "" (lib.evalModules {{ modules = [ module ]; }}).config.my.ports or {{ }})
"""
