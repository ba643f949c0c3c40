"""Ports that Nix files take and the registry does not have."""

import pytest

from port_registry.model import Severity
from tests.rules import harness
from tests.rules.samples import REGISTRY

RULE = ("unregistered-port",)
ENTRIES = "{ webuis.grafana = 8300; media.rtc = { from = 50000; to = 50100; }; }\n"


def found(module: str, path: str = "modules/m.nix") -> list[str]:
    return harness.run({REGISTRY: ENTRIES, path: module}, RULE).shown()


@pytest.mark.parametrize(
    ("module", "number"),
    [
        ("{ services.immich.port = 2283; }\n", "2283"),
        ("{ networking.firewall.allowedTCPPorts = [ 2283 ]; }\n", "2283"),
        ('{ virtualisation.oci-containers.containers.x.ports = [ "2283:80" ]; }\n', "2283"),
    ],
)
def test_what_is_taken(module: str, number: str) -> None:
    assert found(module) == [f"unregistered-port modules/m.nix:1 {number}"]


@pytest.mark.parametrize(
    "module",
    [
        "{ services.grafana.settings.server.http_port = 8300; }\n",
        "{ networking.firewall.allowedTCPPorts = [ 8300 50007 ]; }\n",
        # Somebody else's.
        '{ services.web.settings.smtp = "mail.example.org:587"; }\n',
        '{ services.web.settings.database = "localhost:5499"; }\n',
        # An option's own default.
        "{ lib, ... }: { options.services.x.port = lib.mkOption { default = 4555; }; }\n",
        # The inner side of a container.
        '{ virtualisation.oci-containers.containers.x.environment.PORT = "4555"; }\n',
    ],
)
def test_what_is_left_alone(module: str) -> None:
    assert found(module) == []


def test_a_number_is_reported_once_in_a_file() -> None:
    module = """\
{
  services.immich.port = 2283;
  networking.firewall.allowedTCPPorts = [ 2283 ];
}
"""
    (one,) = harness.run({REGISTRY: ENTRIES, "modules/m.nix": module}, RULE).findings
    assert one.severity is Severity.NOTE
    assert len(one.related) == 1
