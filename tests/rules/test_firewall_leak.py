"""Ports that a firewall should not open."""

import pytest

from tests.rules import harness
from tests.rules.harness import Files
from tests.rules.samples import REGISTRY

NAME = ("firewall-leak",)

ENTRIES = """{
  databases.postgresql = 5432; # internal
  home.mqtt = 1883;
  web.grafana = 3000; # internal
}
"""


def _shown(body: str) -> list[str]:
    text = f"let ports = import ./lib/ports.nix; in\n{{\n{body}\n}}\n"
    return harness.run({REGISTRY: ENTRIES, "configuration.nix": text}, NAME).shown()


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (
            "networking.firewall.allowedTCPPorts = [ ports.databases.postgresql ];",
            ["ports.databases.postgresql"],
        ),
        ("networking.firewall.interfaces.wg0.allowedTCPPorts = [ ports.web.grafana ];", []),
        ("networking.firewall.allowedTCPPorts = [ ports.home.mqtt 5432 ];", []),
        ("a.allowedTCPPorts = [ ports.databases.postgresql ];", []),
        (
            (
                "services.grafana = { enable = true; openFirewall = true;"
                " settings.server.http_port = ports.web.grafana; };"
            ),
            ["openFirewall"],
        ),
    ],
)
def test_internal_entries_stay_inside(body: str, found: list[str]) -> None:
    assert [line.split(" ", 2)[2] for line in _shown(body)] == found


def _fleet(
    gateway: str, house: str = "services.mosquitto.listeners.port = ports.home.mqtt;"
) -> Files:
    head = "{ lib, secrets, ... }: let ports = import ./lib/ports.nix; in"
    return {
        REGISTRY: ENTRIES,
        "flake.nix": "{ outputs = { nixpkgs, ... }: { nixosConfigurations = {"
        " gateway = nixpkgs.lib.nixosSystem { modules = [ ./gateway.nix ]; };"
        " house = nixpkgs.lib.nixosSystem { modules = [ ./house.nix ]; }; }; }; }",
        "gateway.nix": f"{head} {{ {gateway} }}",
        "house.nix": f"{head} {{ {house} }}",
    }


OPEN = "networking.firewall.allowedTCPPorts = [ ports.home.mqtt ];"


def test_a_port_of_another_host_is_opened_for_nobody() -> None:
    found = harness.run(_fleet(OPEN), NAME)
    assert found.shown() == ["firewall-leak gateway.nix:1 ports.home.mqtt"]
    assert found.findings[0].message == (
        "home.mqtt is opened on gateway, where nothing uses it; it is used on house"
    )


@pytest.mark.parametrize(
    "files",
    [
        _fleet(f"{OPEN} services.nginx.streamConfig = toString ports.home.mqtt;"),
        _fleet(f"{OPEN} services.mqtt2prometheus.enable = true;", house="a.b = 1;"),
        _fleet(f"{OPEN} imports = secrets.modules;"),
        _fleet("imports = [ ./house.nix ]; " + OPEN, house=f"{OPEN} a.port = ports.home.mqtt;"),
        _fleet(
            f"networking.firewall = lib.mkIf secrets.open {{ {OPEN.partition('.firewall.')[2]} }};"
        ),
    ],
)
def test_what_may_be_used_is_not_reported(files: Files) -> None:
    assert harness.run(files, NAME).shown() == []


@pytest.mark.parametrize(("address", "count"), [("127.0.0.1", 1), ("::1", 1), ("0.0.0.0", 0)])
def test_what_listens_for_its_own_machine_needs_no_opening(address: str, count: int) -> None:
    server = f'{{ http_port = ports.home.mqtt; http_addr = "{address}"; }}'
    body = f"services.grafana = {{ enable = true; settings.server = {server}; }};"
    body += "networking.firewall.allowedTCPPorts = [ ports.home.mqtt ];"
    found = _shown(body)
    assert len(found) == count, found


def test_a_second_listener_may_need_the_opening() -> None:
    server = '{ http_port = ports.home.mqtt; http_addr = "127.0.0.1"; }'
    body = f"services.grafana = {{ enable = true; settings.server = {server}; }};"
    body += "services.mosquitto = { enable = true; listeners = [ { port = ports.home.mqtt; } ]; };"
    body += "networking.firewall.allowedTCPPorts = [ ports.home.mqtt ];"
    assert _shown(body) == []
