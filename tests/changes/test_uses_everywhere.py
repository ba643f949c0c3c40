"""Every entry of the examples renamed, moved and given another port, one after the other."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from port_registry.changes.add_entry import RequestedEntry, choose_ports
from port_registry.changes.change_entry import EntryUpdate, rename_entry, update_entry
from port_registry.changes.registry_transaction import OpenRegistry, open_registry
from port_registry.checks.pipeline import check
from port_registry.model import Entry, Name, PortRange, Registry
from port_registry.project.gather import gather
from port_registry.project.governing_registry import load_registry
from port_registry.project.progress import NoProgress
from port_registry.project.workspace import Caching, Request, open_workspace
from tests import real

_EXAMPLES = Path(__file__).parents[2] / "examples"
_MACHINES = Path(__file__).parents[1] / "sources" / "nix" / "fleet_values.nix"
_EACH = pytest.mark.parametrize("example", ["stack", "fleet"])


def _copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, example: str) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / example
    shutil.copytree(_EXAMPLES / example, folder)
    return folder


def _request(folder: Path) -> Request:
    return Request(str(folder), caching=Caching.ON_DISK)


def _registries(folder: Path) -> Iterator[Registry]:
    workspace = open_workspace(_request(folder))
    for part in gather(workspace, load_registry(workspace), NoProgress()).project.registries:
        yield part.registry


def _entries(folder: Path) -> dict[Name, Entry]:
    """Return the entries of all registries by name, a host's own behind the fleet's."""
    entries: dict[Name, Entry] = {}
    for registry in _registries(folder):
        for entry in registry.entries:
            entries.setdefault(entry.name, entry)
    return entries


def _values(folder: Path) -> dict[str, dict[Name, int]]:
    """Return what Nix makes of each registry: its integers by their attribute paths."""
    found: dict[str, dict[Name, int]] = {}
    for registry in _registries(folder):
        command = [real.nix_instantiate(), "--readonly-mode", "--eval", "--strict", "--json"]
        done = subprocess.run(
            [*command, str(folder / registry.path)], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        found[registry.path] = dict(_leaves(json.loads(done.stdout), ()))
    return found


def _machines(folder: Path) -> object:
    """Return what the module system makes of the machines and stacks of a flake.

    The registry itself, which they hand on, is left out. It is nothing where there is no flake,
    or no nixpkgs to make anything of it.
    """
    lib = real.found_nixpkgs_lib() if (folder / "flake.nix").exists() else None
    if lib is None:
        return None
    command = [real.nix_instantiate(), "--readonly-mode", "--eval", "--strict", "--json"]
    arguments = ["--arg", "lib", f"import {lib}", "--arg", "folder", str(folder)]
    done = subprocess.run(
        [*command, *arguments, "--argstr", "services", "[]", str(_MACHINES)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout, object_hook=_without_arguments)


def _without_arguments(value: dict[str, object]) -> dict[str, object]:
    return {key: inner for key, inner in value.items() if key != "extraSpecialArgs"}


def _leaves(value: object, way: Name) -> Iterator[tuple[Name, int]]:
    if isinstance(value, dict):
        for key, inner in cast("dict[str, object]", value).items():
            yield from _leaves(inner, (*way, key))
    elif isinstance(value, int):
        yield way, value


def _rename(folder: Path, old: Name, new: Name) -> None:
    with open_registry(_request(folder)) as registry:
        registry.write(rename_entry(registry, old, new, NoProgress()).rewrites)


def _assert_clean(folder: Path) -> None:
    assert check(open_workspace(_request(folder)), NoProgress()).findings == ()


@pytest.mark.slow
@_EACH
@pytest.mark.parametrize("how", ["renamed", "moved"])
def test_every_entry_under_another_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, example: str, how: str
) -> None:
    folder = _copy(tmp_path, monkeypatch, example)
    before, machines = _values(folder), _machines(folder)
    names: dict[Name, Name] = {}
    for name in _entries(folder):
        *category, service = name
        names[name] = (*category, f"{service}Main") if how == "renamed" else ("all", service)
        _rename(folder, name, names[name])
    _assert_clean(folder)
    assert _machines(folder) == machines
    assert _values(folder) == {
        path: {_mapped(way, names): value for way, value in values.items()}
        for path, values in before.items()
    }


def _mapped(way: Name, names: dict[Name, Name]) -> Name:
    """Return what the attribute `way` is called once entries have other names."""
    for size in range(1, len(way) + 1):
        if way[:size] in names:
            return (*names[way[:size]], *way[size:])
    return way


@pytest.mark.slow
@_EACH
def test_every_entry_on_another_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, example: str
) -> None:
    folder = _copy(tmp_path, monkeypatch, example)
    before, entries = _values(folder), _entries(folder)
    fleet = next(_registries(folder))
    ports: dict[int, int] = {}
    for name, entry in list(entries.items()):
        with open_registry(_request(folder)) as registry:
            free = _free(registry, fleet.replace(entries=tuple(entries.values())), entry)
            registry.write(update_entry(registry, name, EntryUpdate(free), NoProgress()).rewrites)
        ports[entry.endpoint.ports.first] = free.first
        entries[name] = entry.replace(endpoint=entry.endpoint._replace(ports=free))
    _assert_clean(folder)
    own = {entry.name for entry in fleet.entries}
    for path, values in _values(folder).items():
        for way, value in before[path].items():
            is_kept = path != fleet.path and way in own
            assert values[way] == (value if is_kept else ports[value]), way


def _free(opened_now: OpenRegistry, registry: Registry, entry: Entry) -> PortRange:
    """Return a port that nothing in `registry` has, of the range of the entry's category."""
    files, convention = opened_now.workspace.files, opened_now.convention
    asked = RequestedEntry((*entry.name[:-1], "zzz"), protocols=entry.endpoint.protocols)
    return choose_ports(registry, convention, files, asked).ports
