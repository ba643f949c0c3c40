"""Ports opened for the wrong protocol."""

import pytest

from tests.rules import harness
from tests.rules.samples import REGISTRY

ENTRIES = """{
  stated = 50000; # udp
  both = 50001; # tcp/udp
  plain = 50002;
  infrastructure.tailscale = 41641;
  databases.postgresql = 5432;
  https = 443;
  range = { from = 50010; to = 50020; protocol = "udp"; };
}
"""


def _shown(body: str) -> list[str]:
    text = f"let ports = import ./lib/ports.nix; in\n{{\nnetworking.firewall = {{ {body} }};\n}}\n"
    files = {REGISTRY: ENTRIES, "configuration.nix": text}
    found = harness.run(files, ("protocol-mismatch",)).findings
    return [f"{','.join(one.entries)}: {one.message.rpartition('; ')[2]}" for one in found]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("allowedTCPPorts = [ ports.stated ];", ["stated: move it to allowedUDPPorts"]),
        ("allowedUDPPorts = [ ports.stated ];", []),
        ("allowedTCPPorts = [ ports.both ]; allowedUDPPorts = [ ports.both ];", []),
        ("allowedUDPPorts = [ ports.plain ];", []),
        (
            "allowedTCPPorts = [ ports.infrastructure.tailscale ];",
            ["infrastructure.tailscale: move it to allowedUDPPorts"],
        ),
        (
            "allowedUDPPorts = [ ports.databases.postgresql ];",
            ["databases.postgresql: move it to allowedTCPPorts"],
        ),
        (
            (
                "allowedTCPPorts = [ ports.databases.postgresql ];"
                " allowedUDPPorts = [ ports.databases.postgresql ];"
            ),
            [],
        ),
        (
            "allowedTCPPorts = [ ports.stated ]; allowedUDPPorts = [ ports.stated ];",
            ["stated: move it to allowedUDPPorts"],
        ),
        ("allowedUDPPorts = [ ports.https ];", []),
        ("allowedTCPPorts = [ 50000 ];", []),
        (
            "interfaces.eth0.allowedTCPPorts = [ ports.stated ];",
            ["stated: move it to allowedUDPPorts"],
        ),
        ("allowedTCPPorts = with ports; [ stated ];", ["stated: move it to allowedUDPPorts"]),
    ],
)
def test_the_entry_says_which_protocol(body: str, found: list[str]) -> None:
    assert _shown(body) == found


def test_a_place_is_reported_once_for_all_hosts() -> None:
    files = {
        REGISTRY: ENTRIES,
        "flake.nix": "{ outputs = { nixpkgs, ... }: { nixosConfigurations = {"
        " a = nixpkgs.lib.nixosSystem { modules = [ ./firewall.nix ]; };"
        " b = nixpkgs.lib.nixosSystem { modules = [ ./firewall.nix ]; }; }; }; }",
        "firewall.nix": "let ports = import ./lib/ports.nix; in"
        " { networking.firewall.allowedTCPPorts = [ ports.stated ]; }",
    }
    assert len(harness.run(files, ("protocol-mismatch",)).findings) == 1
