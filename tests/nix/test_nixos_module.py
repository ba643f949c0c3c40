"""The NixOS module, evaluated by nixpkgs' own module system.

The messages themselves are in `docs/nix.md`, and compared with it in `test_nix_docs.py`; here
is what is refused, and what is not.
"""

from pathlib import Path
from typing import NamedTuple, cast

import pytest

from tests import real
from tests.nix.evaluation import ROOT, error_of, value_of, write

_REGISTRY = """
{
  port-registry.registry = {
    infrastructure = {
      ssh = { port = 22; openFirewall = true; };
      tailscale = { port = 41641; protocol = "udp"; openFirewall = true; };
      metrics = { port = 9100; openFirewall = false; };
      stream = { from = 7400; to = 7409; protocol = "udp"; };
    };
    databases = {
      redis = 6379;
      replica = { port = 6400; host = "borealis"; };
      valkey = { port = 6380; address = "127.0.0.1"; };
    };
    webUI.files = 8090;
  };
}
"""


class _Outcome(NamedTuple):
    """What came of an evaluation."""

    refused: list[str]
    """The messages of the assertions that fail."""
    selected: object


def _evaluate(folder: Path, *modules: str, select: str = "_: null") -> _Outcome:
    value = cast(dict[str, object], value_of(_expression(folder, *modules, select=select)))
    return _Outcome(cast(list[str], value["refused"]), value["selected"])


def _expression(folder: Path, *modules: str, select: str = "_: null") -> str:
    names = [f"module{at}.nix" for at in range(len(modules))]
    write(folder, dict(zip(names, modules, strict=True)))
    files = " ".join(str(folder / name) for name in names)
    return (
        f"import {ROOT}/tests/nix/nixos/evaluate.nix {{ lib = import {real.nixpkgs_lib()};"
        f" module = {ROOT}/nix/nixos; modules = [ {files} ]; select = {select}; }}"
    )


pytestmark = pytest.mark.nixpkgs_lib

_OPEN_WEBUI = "{ services.open-webui.enable = true; }"
_FILEBROWSER = "{ services.filebrowser.enable = true; }"


def test_without_a_registry_nothing_is_said_and_nothing_opened(tmp_path: Path) -> None:
    outcome = _evaluate(tmp_path, "{ }", select="config: config.networking.firewall")
    assert outcome.refused == []
    assert outcome.selected == {
        "allowedTCPPortRanges": [],
        "allowedTCPPorts": [],
        "allowedUDPPortRanges": [],
        "allowedUDPPorts": [],
        "interfaces": {},
    }


def test_the_ports_have_the_registrys_shape(tmp_path: Path) -> None:
    select = "config: { inherit (config.port-registry.ports) databases infrastructure; }"
    outcome = _evaluate(tmp_path, _REGISTRY, select=select)
    assert outcome == _Outcome(
        [],
        {
            "databases": {"redis": 6379, "replica": 6400, "valkey": 6380},
            "infrastructure": {
                "ssh": 22,
                "tailscale": 41641,
                "metrics": 9100,
                "stream": {"from": 7400, "to": 7409},
            },
        },
    )


def test_the_entries_are_those_of_this_host(tmp_path: Path) -> None:
    select = "config: builtins.attrNames config.port-registry.entries"
    here = _evaluate(tmp_path, _REGISTRY, select=select)
    there = _evaluate(tmp_path, _REGISTRY, '{ port-registry.host = "borealis"; }', select=select)
    assert "databases.replica" not in cast(list[str], here.selected)
    assert "databases.replica" in cast(list[str], there.selected)


def test_a_registry_can_be_a_file(tmp_path: Path) -> None:
    write(tmp_path, {"ports.nix": "{ databases.redis = 6379; }"})
    outcome = _evaluate(
        tmp_path,
        "{ port-registry.registry = ./ports.nix; }",
        select='config: config.port-registry.entries."databases.redis".port',
    )
    assert outcome == _Outcome([], 6379)


def test_two_modules_may_each_give_a_part_of_the_registry(tmp_path: Path) -> None:
    outcome = _evaluate(
        tmp_path,
        "{ port-registry.registry.databases.redis = 6379; }",
        "{ port-registry.registry.databases.valkey = 6380; }",
        select="config: config.port-registry.ports",
    )
    assert outcome.selected == {"databases": {"redis": 6379, "valkey": 6380}}


def test_two_modules_that_give_one_entry_two_ports_are_both_named(tmp_path: Path) -> None:
    message = error_of(
        _expression(
            tmp_path,
            "{ port-registry.registry.databases.redis = 6379; }",
            "{ port-registry.registry.databases.redis = 6380; }",
            select="config: config.port-registry.ports",
        )
    )
    assert "port-registry.registry.databases.redis" in message
    assert "module0.nix" in message
    assert "module1.nix" in message


def test_nobody_sets_a_port_past_the_registry(tmp_path: Path) -> None:
    message = error_of(
        _expression(
            tmp_path,
            _REGISTRY,
            "{ port-registry.ports.databases.redis = 6390; }",
            select="config: config.port-registry.ports",
        )
    )
    assert "port-registry.ports" in message
    assert "read-only" in message


def test_the_firewall_opens_what_asks_for_it(tmp_path: Path) -> None:
    outcome = _evaluate(
        tmp_path,
        _REGISTRY,
        """
        {
          port-registry.openFirewall = {
            "infrastructure.ssh" = false;
            "infrastructure.stream" = true;
            "databases.redis" = [ "tailscale0" "wg0" ];
          };
        }
        """,
        select="config: config.networking.firewall",
    )
    nothing: dict[str, object] = {
        "allowedTCPPortRanges": [],
        "allowedUDPPortRanges": [],
        "allowedUDPPorts": [],
    }
    assert outcome == _Outcome(
        [],
        {
            "allowedTCPPorts": [],
            "allowedTCPPortRanges": [],
            "allowedUDPPorts": [41641],
            "allowedUDPPortRanges": [{"from": 7400, "to": 7409}],
            "interfaces": {
                "tailscale0": {"allowedTCPPorts": [6379], **nothing},
                "wg0": {"allowedTCPPorts": [6379], **nothing},
            },
        },
    )


@pytest.mark.parametrize(
    ("entry", "address"),
    [
        ("webUI.files", "null"),
        ("databases.valkey", "null"),
        ("databases.redis", '"127.0.0.2"'),
    ],
)
def test_claims_apart_are_accepted(tmp_path: Path, entry: str, address: str) -> None:
    outcome = _evaluate(
        tmp_path,
        _REGISTRY,
        """
        {
          port-registry.claims.cache = { entry = "databases.redis"; address = "127.0.0.1"; };
        }
        """,
        f'{{ port-registry.claims.other = {{ entry = "{entry}"; address = {address}; }}; }}',
    )
    assert outcome.refused == []


def test_a_claim_that_is_off_does_not_count(tmp_path: Path) -> None:
    outcome = _evaluate(
        tmp_path,
        _REGISTRY,
        '{ port-registry.claims.cache.entry = "databases.redis"; }',
        """
        { lib, ... }:
        { port-registry.claims = lib.mkIf false { queue.entry = "databases.redis"; }; }
        """,
    )
    assert outcome.refused == []


def test_one_name_for_two_claims_is_refused_with_both_files(tmp_path: Path) -> None:
    message = error_of(
        _expression(
            tmp_path,
            _REGISTRY,
            '{ port-registry.claims.cache.entry = "databases.redis"; }',
            '{ port-registry.claims.cache.entry = "databases.redis"; }',
        )
    )
    assert "port-registry.claims.cache.entry" in message
    assert "module1.nix" in message
    assert "module2.nix" in message


def test_a_claim_of_another_hosts_entry_is_refused(tmp_path: Path) -> None:
    outcome = _evaluate(
        tmp_path, _REGISTRY, '{ port-registry.claims.cache.entry = "databases.replica"; }'
    )
    assert len(outcome.refused) == 1
    assert "databases.replica" in outcome.refused[0]


def test_two_services_on_one_default_are_refused(tmp_path: Path) -> None:
    outcome = _evaluate(tmp_path, _OPEN_WEBUI, _FILEBROWSER)
    assert len(outcome.refused) == 1
    for option in ("services.open-webui.port", "services.filebrowser.settings.port"):
        assert f"{option} is 8080, its default" in outcome.refused[0]


def test_who_set_a_port_is_named(tmp_path: Path) -> None:
    outcome = _evaluate(
        tmp_path,
        _OPEN_WEBUI,
        "{ services.endlessh-go = { enable = true; port = 8080; }; }",
    )
    assert len(outcome.refused) == 1
    message = outcome.refused[0]
    assert f"services.endlessh-go.port is 8080, set in {tmp_path}/module1.nix" in message
    assert "  services.open-webui.port = config.port-registry.ports." in message


@pytest.mark.parametrize(
    "module",
    [
        "{ services.filebrowser = { enable = false; settings.port = 8080; }; }",
        "{ services.filebrowser = { enable = true; settings.port = 8090; }; }",
        '{ services.filebrowser = { enable = true; settings.address = "127.0.0.2"; }; }',
        '{ services.filebrowser = { enable = true; settings.address = "/run/files.sock"; }; }',
        '{ services.miniflux = { enable = true; config.LISTEN_ADDR = "/run/miniflux.sock"; }; }',
        '{ services.miniflux = { enable = true; config.LISTEN_ADDR = "[::1]:8080"; }; }',
        '{ services.gatus = { enable = true; settings.web.port = "\\${PORT}"; }; }',
        '{ services.gatus = { enable = true; settings.web.port = throw "not to be had"; }; }',
        "{ services.gatus = { enable = true; settings.web.port = null; }; }",
        "{ services.cadvisor.enable = true; }",
        "{ services.komga.enable = true; }",
        "{ services.couchdb = { enable = true; httpd.port = 8080; }; }",
        '{ services.gatus.enable = true; port-registry.ignoredServices = [ "services.gatus" ]; }',
    ],
    ids=[
        "disabled",
        "another port",
        "another address",
        "a socket for an address",
        "a socket for a port",
        "another family",
        "a text that is no port",
        "a value that throws",
        "no port",
        "an option without a value",
        "an option that was removed",
        "an option that was renamed",
        "ignored",
    ],
)
def test_services_apart_are_accepted(tmp_path: Path, module: str) -> None:
    assert _evaluate(tmp_path, _OPEN_WEBUI, module).refused == []


@pytest.mark.parametrize(
    ("module", "option"),
    [
        ("{ services.gatus.enable = true; }", "services.gatus.settings.web.port"),
        (
            "{ services.gatus = { enable = true; settings.web.port = 8080; }; }",
            "services.gatus.settings.web.port",
        ),
        (
            '{ services.miniflux = { enable = true; config.LISTEN_ADDR = ":8080"; }; }',
            "services.miniflux.config.LISTEN_ADDR",
        ),
        (
            '{ services.miniflux = { enable = true; config.LISTEN_ADDR = "127.0.0.1:8080"; }; }',
            "services.miniflux.config.LISTEN_ADDR",
        ),
        (
            '{ services.filebrowser = { enable = true; settings.address = "0.0.0.0"; }; }',
            "services.filebrowser.settings.port",
        ),
        (
            "{ services.openssh = { enable = true; ports = [ 22 8080 ]; }; }",
            "services.openssh.ports",
        ),
        (
            "{ services.gitea = { enable = true; settings.server.HTTP_PORT = 8080; }; }",
            "services.gitea.settings.server.HTTP_PORT",
        ),
    ],
)
def test_services_that_meet_are_refused(tmp_path: Path, module: str, option: str) -> None:
    outcome = _evaluate(tmp_path, _OPEN_WEBUI, module)
    assert len(outcome.refused) == 1
    assert f"{option} is 8080" in outcome.refused[0]


def test_protocols_keep_services_apart(tmp_path: Path) -> None:
    outcome = _evaluate(
        tmp_path,
        "{ services.coturn.enable = true; }",
        "{ services.firezone.relay.enable = true; }",
        "{ services.openssh = { enable = true; ports = [ 5349 ]; }; }",
    )
    shown = sorted(message.split(":")[0] for message in outcome.refused)
    assert shown == [
        "services.coturn and services.firezone.relay both listen on 3478 by default on atlas",
        "services.coturn and services.openssh both listen on 5349 on atlas",
    ]


def test_the_remedy_has_the_options_shape(tmp_path: Path) -> None:
    port = "config.port-registry.ports.<category>.<name>"
    ssh = "{ services.openssh = { enable = true; ports = [ 8080 ]; }; }"
    flux = '{ services.miniflux = { enable = true; config.LISTEN_ADDR = ":8080"; }; }'
    message = _evaluate(tmp_path, ssh, flux).refused[0]
    assert f"services.openssh.ports = [ {port} ];" in message
    # A default is the easier one to change.
    message = _evaluate(tmp_path, ssh, "{ services.miniflux.enable = true; }").refused[0]
    assert f'services.miniflux.config.LISTEN_ADDR = "<address>:${{toString {port}}}";' in message


def test_two_instances_of_a_service_are_two_services(tmp_path: Path) -> None:
    outcome = _evaluate(
        tmp_path,
        '{ services.mailpit.instances = { a = { }; b.smtp = "127.0.0.1:1026"; }; }',
    )
    assert len(outcome.refused) == 1
    assert "services.mailpit.instances.b.listen is 127.0.0.1:8025" not in outcome.refused[0]
    assert "services.mailpit.instances.b.listen is 8025" in outcome.refused[0]
    assert '"<address>:${toString config.port-registry.ports.' in outcome.refused[0]


def test_an_ssh_server_that_is_told_endpoints_leaves_its_ports(tmp_path: Path) -> None:
    module = """
      {{
        services.endlessh-go = {{ enable = true; port = 22; }};
        services.openssh = {{ enable = true; listenAddresses = [ {} ]; }};
      }}
    """
    assert len(_evaluate(tmp_path, module.format("")).refused) == 1
    assert _evaluate(tmp_path, module.format('{ addr = "10.0.0.1"; port = 22; }')).refused == []
