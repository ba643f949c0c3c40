"""Random sequences of changes, over every shape of registry.

After each change the file holds exactly the expected entries, by our reader and (sampled)
by Nix itself, and a refusal leaves it as it was.
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
    Meaning,
    RefusedError,
    apply_edits,
    meaning,
    open_editable,
)
from port_registry.registry.edit.entry_spec import EntrySpec
from port_registry.registry.edit.modify import describe, rename, set_ports, set_protocols
from port_registry.registry.edit.remove import remove
from port_registry.registry.read import default_protocols

_CATEGORIES = ("db", "web", "databases", "a", "b", "new", "deep.er", "let", "my-cat", "")
_NAMES = ("redis", "api", "x", "y", "in", "nodeExporter", "with space", "über", "a-b", "it's")
_DESCRIPTIONS = ("", "the cache", "udp: odd", 'a ${b} \\ "c"', "x # y", "wide, and more", "a */ b")
_PROTOCOLS = ((Protocol.UDP,), (Protocol.TCP,), (Protocol.TCP, Protocol.UDP))
_KINDS = ("add", "add", "rename", "move", "set", "protocol", "describe", "remove")


class Outcome(NamedTuple):
    """How often changes were made, and refused."""

    made: int
    refused: int


class Plan(NamedTuple):
    """A change, and what it is to come to."""

    change: Callable[[EditableRegistry], tuple[Edit, ...]]
    gone: Name | None
    """The entry that is there no more under its name, or says something else."""
    is_come: Callable[[Meaning], bool]
    """Tells whether an entry that is new may be."""


def _name(chance: random.Random) -> Name:
    category = chance.choice(_CATEGORIES)
    return (*(part for part in category.split(".") if part), chance.choice(_NAMES))


def _ports(chance: random.Random) -> PortRange:
    first = Port(chance.choice((chance.randint(1, MAX_PORT), chance.randint(3000, 9999))))
    if chance.random() < 0.1:
        return PortRange(first, Port(min(first + chance.randint(1, 99), MAX_PORT)))
    return single(first)


def _plan(chance: random.Random, ground: EditableRegistry) -> Plan | None:
    """Return a random change; None where it makes no sense."""
    kind = chance.choice(_KINDS)
    if kind == "add":
        return _addition(chance, ground)
    if not ground.leaves:
        return None
    leaf = chance.choice(ground.leaves)
    own = meaning(leaf.entry)
    if kind in ("rename", "move"):
        new = (*own.name[:-1], chance.choice(_NAMES)) if kind == "rename" else _name(chance)
        if ground.taken(new):
            return None
        return _replacement(leaf, lambda ground: rename(ground, leaf, new), own._replace(name=new))
    if kind == "set":
        ports = _ports(chance)
        wanted = own._replace(first=ports.first, last=ports.last)
        return _replacement(leaf, lambda ground: set_ports(ground, leaf, ports), wanted)
    if kind == "protocol":
        protocols = chance.choice(_PROTOCOLS)
        wanted = own._replace(protocols=tuple(one.value for one in protocols))
        change = _replacement(leaf, lambda ground: set_protocols(ground, leaf, protocols), wanted)
        return change._replace(is_come=lambda come: come == wanted)
    if kind == "describe":
        said = chance.choice(_DESCRIPTIONS)
        wanted = own._replace(description=said)
        return _replacement(leaf, lambda ground: describe(ground, leaf, said), wanted)
    return Plan(lambda ground: remove(ground, leaf), own.name, lambda _: False)


def _replacement(
    leaf: EntryBinding, change: Callable[[EditableRegistry], tuple[Edit, ...]], wanted: Meaning
) -> Plan:
    """Return a change that gives `leaf` another meaning.

    Where its protocols were assumed, they may become those that its new name or number has.
    """

    def is_come(come: Meaning) -> bool:
        if leaf.entry.protocol_source is not ProtocolSource.ASSUMED:
            return come == wanted
        return come in (wanted, wanted._replace(protocols=_unsaid(wanted)))

    return Plan(change, leaf.entry.name, is_come)


def _unsaid(wanted: Meaning) -> tuple[str, ...]:
    ports = PortRange(Port(wanted.first), Port(wanted.last))
    return tuple(one.value for one in default_protocols(wanted.name, ports)[0])


def _addition(chance: random.Random, ground: EditableRegistry) -> Plan | None:
    name, ports = _name(chance), _ports(chance)
    if ground.taken(name):
        return None
    wish = EntrySpec(
        name,
        ports,
        chance.choice(((), *_PROTOCOLS)),
        chance.choice(_DESCRIPTIONS),
        chance.choice((None, None, None, "web1")),
        chance.choice((None, None, None, "127.0.0.1")),
        chance.random() < 0.1,
    )
    wanted = Meaning(
        name,
        ports.first,
        ports.last,
        tuple(one.value for one in wish.protocols),
        wish.host,
        wish.address,
        wish.description,
        wish.internal,
    )
    if not wish.protocols:
        wanted = wanted._replace(protocols=_unsaid(wanted))
    # An option is described by its name where nothing was said.
    ways = (wanted, wanted._replace(description=wish.description or name[-1]))
    return Plan(lambda ground: add(ground, wish), None, lambda come: come in ways)


def _check(
    before: EditableRegistry, plan: Plan, edits: tuple[Edit, ...], after: EditableRegistry
) -> None:
    """Assert that `after` is `before` with the change, and nothing else."""
    case = (before.source.text, after.source.text)
    old = {meaning(leaf.entry) for leaf in before.leaves}
    new = {meaning(leaf.entry) for leaf in after.leaves}
    left = {one for one in old if one.name != plan.gone}
    assert left <= new, case
    come = new - left
    assert len(after.leaves) == len(new), case
    assert len(come) == (0 if not come and plan.gone is not None else 1), case
    assert all(map(plan.is_come, come)), (case, come)
    assert after.registry.prefix == before.registry.prefix, case
    assert len(after.registry.invalid_leaves) == len(before.registry.invalid_leaves), case
    assert len(after.registry.unknown) == len(before.registry.unknown), case
    stayed = {one.name for one in left}
    assert _in_order(after, stayed) == _in_order(before, stayed), case
    # Carried out by hand: the edits are disjoint, and nothing else differs.
    text = before.source.text
    for edit in sorted(edits, reverse=True):
        text = f"{text[: edit.span.start]}{edit.text}{text[edit.span.end :]}"
    assert text == after.source.text


_SEEDS = 10_000 // len(SHAPES) + 1


def _in_order(ground: EditableRegistry, names: set[Name]) -> list[Name]:
    """Return those of `names` that are in the file, as they follow each other in it."""
    places = [(leaf.entry.name_span, leaf.entry.name) for leaf in ground.leaves]
    return [name for _, name in sorted(places) if name in names]


def _run(path: str, seed: int, length: int) -> tuple[Outcome, EditableRegistry]:
    chance = random.Random(f"{path} {seed}")
    ground = open_editable(Texts({path: SHAPES[path]}), path, None)
    made = refused = 0
    for _ in range(length):
        plan = _plan(chance, ground)
        if plan is None:
            continue
        try:
            edits = plan.change(ground)
        except RefusedError as refusal:
            says = (refusal.hint, refusal.position, refusal.path == path)
            refused += 1 if all(says) else _SEEDS * length
            continue
        made += 1
        after = open_editable(Texts({path: apply_edits(ground, edits).text}), path, None)
        _check(ground, plan, edits, after)
        ground = after
    return Outcome(made, refused), ground


@pytest.mark.parametrize("path", SHAPES)
def test_every_change_does_what_it_says(path: str) -> None:
    done = [_run(path, seed, 3)[0] for seed in range(_SEEDS)]
    made, refused = sum(one.made for one in done), sum(one.refused for one in done)
    assert made > refused, (made, refused)


_SAMPLES = 6
_MODULES = ("module.nix", "config.nix", "spelled.nix")


def test_nix_evaluates_what_was_changed() -> None:
    paths = [path for path in SHAPES if path.endswith(".nix") and path not in _MODULES]
    assert _evaluated(_FLATTEN, paths) == _SAMPLES * len(paths)


def test_the_module_system_takes_what_was_changed() -> None:
    lib = real.nixpkgs_lib()
    assert _evaluated(_MODULE_SYSTEM, ["module.nix"], "--arg", "lib", f"import {lib}") == _SAMPLES


def _evaluated(expression: str, paths: list[str], *arguments: str) -> int:
    """Let Nix evaluate registries after changes, and compare; return how many there were."""
    with tempfile.TemporaryDirectory() as folder:
        expected: dict[str, dict[str, int]] = {}
        for path in paths:
            for seed in range(_SAMPLES):
                _, ground = _run(path, 4711 + seed, 12)
                name = f"{seed}-{path}"
                with open(os.path.join(folder, name), "w", newline="") as file:
                    file.write(ground.source.text)
                expected[name] = {
                    ".".join(leaf.entry.name): leaf.entry.endpoint.ports.first
                    for leaf in ground.leaves
                }
        command = [real.nix_instantiate(), "--eval", "--strict", "--json", "-E", expression]
        found = subprocess.run(
            [*command, "--argstr", "folder", folder, *arguments],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert found.returncode == 0, found.stderr
        assert json.loads(found.stdout) == expected
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
