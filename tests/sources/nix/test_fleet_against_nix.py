"""What is read from a fleet without Nix is what the module system makes of it.

The module system is nixpkgs' own.
"""

import json
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypedDict

import pytest

from port_registry.facts import tsv
from port_registry.facts.implied import ANY, System, implied_ports
from port_registry.project.gather import gather
from port_registry.project.governing_registry import load_registry
from port_registry.project.progress import NoProgress
from port_registry.project.workspace import Request, open_workspace
from port_registry.sources.nix.fleet import Host
from port_registry.sources.nix.format import NixReferences
from tests import real

pytestmark = pytest.mark.nixpkgs_lib

_EXAMPLES = Path(__file__).parents[3] / "examples"
_EXPRESSION = Path(__file__).parent / "fleet_values.nix"


class _Service(TypedDict):
    """One port of one service, as `fleet_values.nix` takes it."""

    system: str
    enable: tuple[str, ...]
    option: tuple[str, ...]
    default: int | None
    protocol: str


def _service(
    enable: str, option: str, *protocols: str, default: int | None = None
) -> list[_Service]:
    return [
        _Service(
            system="nixos",
            enable=tuple(enable.split()),
            option=tuple(option.split()),
            default=default,
            protocol=protocol,
        )
        for protocol in protocols
    ]


_MINECRAFT = "services minecraft-server"
_FURTHER = [
    *_service(
        "services adguardhome enable", "services adguardhome settings dns port", "tcp", "udp"
    ),
    *_service("services loki enable", "services loki configuration server http_listen_port", "tcp"),
    *_service("services mosquitto enable", "services mosquitto listeners * port", "tcp"),
    *_service(f"{_MINECRAFT} enable", f"{_MINECRAFT} serverProperties server-port", "tcp"),
    *_service(f"{_MINECRAFT} enable", f"{_MINECRAFT} serverProperties rcon.port", "tcp"),
    *_service("services nginx virtualHosts * forceSSL", "", "tcp", default=443),
    *_service("", "networking wireguard interfaces * listenPort", "udp"),
    *_service("", "virtualisation oci-containers containers * ports", "tcp"),
]
"""What the fleet's services do beyond the facts. Paths are written with spaces."""

_Listening = set[tuple[int, str]]
_Open = set[tuple[int, str, str]]


class _Values(NamedTuple):
    """What the module system makes of a fleet."""

    listening: dict[str, _Listening]
    open: dict[str, _Open]
    everything: str
    """All values of all hosts and stacks, as JSON."""


def test_each_host_listens_and_opens_what_the_module_system_says() -> None:
    folder = _EXAMPLES / "fleet"
    said = _evaluate(folder)
    read = {host.name: host for host in _hosts(folder)}
    assert set(read) == set(said.listening) == {"atlas", "gateway", "workbench"}
    for name, host in read.items():
        assert _listening(host) == said.listening[name], name
        assert _open(host) == said.open[name], name
        assert host.complete, name


def test_a_fix_changes_no_value(tmp_path: Path) -> None:
    folder = tmp_path / "fleet"
    shutil.copytree(_EXAMPLES / "fleet-broken", folder)
    before = _evaluate(folder).everything
    _fix(folder)
    assert _evaluate(folder).everything == before


def _hosts(folder: Path) -> tuple[Host, ...]:
    workspace = open_workspace(Request(str(folder)))
    readings = gather(workspace, load_registry(workspace), NoProgress()).readings
    (references,) = (
        reading.references_to
        for reading in readings
        if isinstance(reading.references_to, NixReferences)
    )
    return references.fleet.hosts


def _listening(host: Host) -> _Listening:
    return {
        (port, protocol.value)
        for listener in host.listeners
        for protocol in listener.endpoint.protocols
        for port in range(listener.endpoint.ports.first, listener.endpoint.ports.last + 1)
    }


def _open(host: Host) -> _Open:
    return {
        (port, opening.protocol.value, opening.interface)
        for opening in host.openings
        for port in range(opening.ports.first, opening.ports.last + 1)
    }


def _fix(folder: Path) -> None:
    from port_registry.cli.main import main

    start = os.getcwd()
    os.chdir(folder)
    try:
        assert main(["check", "--fix"]) == 1
    finally:
        os.chdir(start)


def _evaluate(folder: Path) -> _Values:
    nix, lib = real.nix_instantiate(), real.nixpkgs_lib()
    done = subprocess.run(
        [
            *(nix, "--readonly-mode", "--eval", "--strict", "--json", str(_EXPRESSION)),
            *("--arg", "lib", f"import {lib}", "--arg", "folder", str(folder)),
            *("--argstr", "services", json.dumps([*_from_facts(), *_FURTHER])),
        ],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    hosts = json.loads(done.stdout)["hosts"]
    return _Values(
        {
            name: {(_port(one["value"]), one["protocol"]) for one in host["listeners"]}
            for name, host in hosts.items()
        },
        {
            name: {(one["port"], one["protocol"], one["interface"]) for one in host["openings"]}
            for name, host in hosts.items()
        },
        done.stdout,
    )


def _port(value: int | str) -> int:
    """Return the port of `8080`, `"8080"`, `":8080"`, `"127.0.0.1:8080"`, `"IP:8080:80"`."""
    if isinstance(value, int):
        return value
    found = re.fullmatch(r"(?:[^:]*:)?(\d+)(?::\d+)?", value)
    assert found is not None, value
    return int(found[1])


@cache
def _from_facts() -> tuple[_Service, ...]:
    """Return every service whose port is known when nothing names it."""
    rows = [line.split("\t") for line in tsv.text("nixos_defaults").splitlines()]
    names = {(row[0], *row[1].split(".")[:2]) for row in rows}
    return tuple(
        _Service(
            system=system.value,
            enable=one.enable,
            option=one.option,
            default=int(one.port),
            protocol=protocol.value,
        )
        for system in (System.NIXOS, System.HOME_MANAGER)
        for kept, top, name in sorted(names)
        if kept == system.value
        for one in implied_ports(system, (top, name))
        if ANY not in (*one.enable, *one.option)
        for protocol in one.protocols
    )
