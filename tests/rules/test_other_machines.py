"""What no machine of the project takes is not reported as taken, nor as loudly."""

import pytest

from tests.rules import harness

FLAKE = """{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.web = nixpkgs.lib.nixosSystem { modules = [ ./hosts/web ]; };
    nixosConfigurations.mail = nixpkgs.lib.nixosSystem { modules = [ ./hosts/mail ]; };
  };
}
"""
PLAIN = "{ services.openssh.enable = true; }\n"
REGISTRY = "{\n  storage.minio = 9000;\n}\n"


def _files(web: str, **others: str) -> dict[str, str]:
    return {
        "flake.nix": FLAKE,
        "lib/ports.nix": REGISTRY,
        "hosts/web/default.nix": web,
        "hosts/mail/default.nix": PLAIN,
        **{path.replace("__", "/") + ".nix": text for path, text in others.items()},
    }


def _unregistered(files: dict[str, str]) -> list[str]:
    return [line for line in harness.run(files).shown() if line.startswith("unregistered-port")]


SERVICE = "{\n  services.radicale.port = 5233;\n}\n"


def test_a_port_of_an_imported_module_is_reported() -> None:
    files = _files("{ imports = [ ../../modules/dav.nix ]; }\n", modules__dav=SERVICE)
    assert _unregistered(files) == ["unregistered-port modules/dav.nix:2 5233"]


def test_a_module_that_no_host_imports_takes_nothing() -> None:
    assert _unregistered(_files(PLAIN, modules__dav=SERVICE)) == []


GUARDED = """{ config, lib, ... }:
{
  options.my.dav.enable = lib.mkEnableOption "dav";
  config = lib.mkIf config.my.dav.enable {
    services.radicale.port = 5233;
  };
}
"""


@pytest.mark.parametrize(("enabled", "found"), [("true", 1), ("false", 0)])
def test_a_condition_that_no_host_meets_rules_the_port_out(enabled: str, found: int) -> None:
    web = f"{{ imports = [ ../../modules/dav.nix ]; my.dav.enable = {enabled}; }}\n"
    assert len(_unregistered(_files(web, modules__dav=GUARDED))) == found


@pytest.mark.parametrize(
    "inside",
    [
        "services.hosting.services.brain.expose.port = 8081;",
        "services.hosting.services.brain.container.config.services.radicale.port = 8081;",
        "services.gitea.settings.server.SSH_PORT = 2222;",
        "virtualisation.forwardPorts = [ { host.port = 2222; guest.port = 22; } ];",
        "boot.initrd.network.ssh.port = 2222;",
    ],
)
def test_ports_of_containers_and_advertised_ones_are_not_taken(inside: str) -> None:
    assert _unregistered(_files(f"{{ {inside} }}\n")) == []


def test_a_registry_of_one_machine_is_that_machine_s() -> None:
    files = {
        "flake.nix": FLAKE,
        "hosts/web/ports.nix": REGISTRY,
        "hosts/web/default.nix": PLAIN,
        "hosts/mail/default.nix": SERVICE,
    }
    assert _unregistered(files) == []
    files |= {"hosts/web/default.nix": SERVICE}
    assert _unregistered(files) == ["unregistered-port hosts/web/default.nix:2 5233"]


def test_consecutive_numbers_are_one_finding() -> None:
    web = "{ networking.firewall.allowedTCPPorts = [ 5901 5902 5903 5904 7100 ]; }\n"
    found = harness.run(_files(web)).findings
    assert [finding.message.split(" ")[0] for finding in found] == ["5901-5904", "7100"]


def test_a_pair_of_ends_is_a_range_however_it_is_cased() -> None:
    files = _files("{ services.radicale.port = 10003; }\n")
    files["lib/ports.nix"] = "{ mesh.Start = 10000; mesh.End = 10255; }\n"
    assert _unregistered(files) == []


def test_a_reference_in_a_module_that_no_host_imports_is_a_note() -> None:
    text = "let ports = import ../lib/ports.nix; in { services.x.port = ports.storage.gone; }\n"
    parked = harness.run(_files(PLAIN, modules__x=text)).findings
    assert [(one.rule, one.severity.value) for one in parked] == [("unknown-reference", "note")]
    used = harness.run(_files("{ imports = [ ../../modules/x.nix ]; }\n", modules__x=text)).findings
    assert [(one.rule, one.severity.value) for one in used] == [("unknown-reference", "error")]


@pytest.mark.parametrize(("port", "fixed"), [('"8480"', False), ("8480", True)])
def test_a_string_of_the_registry_is_not_written_where_an_integer_stands(
    port: str, fixed: bool
) -> None:
    files = {
        "lib/ports.nix": f"{{ keycloak = {port}; }}\n",
        "configuration.nix": "let ports = import ./lib/ports.nix; in\n"
        "{ services.keycloak.settings.http-port = 8480; }\n",
    }
    (found,) = harness.run(files, select=("hardcoded-port",)).findings
    assert (found.fix is not None) == fixed


def test_a_registry_with_a_scheme_of_its_own_is_not_held_to_the_ranges() -> None:
    own = " ".join(f"databases.d{number} = {13000 + number};" for number in range(5))
    assert harness.run({"lib/ports.nix": f"{{ {own} }}\n"}).findings == ()
    assert len(harness.run({"lib/ports.nix": "{ databases.d = 13000; }\n"}).findings) == 1


def test_a_service_is_known_by_the_part_above_the_port_too() -> None:
    registry = "{ observability.grafana.local = 3000; media.sunshine = { control = 47999; }; }\n"
    assert harness.run({"lib/ports.nix": registry}).findings == ()
