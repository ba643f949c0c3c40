"""Which files make which host."""

import pytest

from tests.bounded import within
from tests.sources.nix.fleets import Files, fleet, hosts

_SSH = "{ services.openssh.enable = true; }"


def _flake(outputs: str, let: str = "") -> str:
    text = f"{{ outputs = {{ self, nixpkgs, ... }}@inputs: {{ {outputs} }}; }}"
    return text.replace("{ outputs =", f"{{ outputs = {let}", 1) if let else text


def _made(files: Files) -> dict[str, set[str]]:
    """Return the files of each host but the flake's own."""
    return {
        name: {path for path in host.files if not path.endswith("flake.nix")}
        for name, host in hosts(files).items()
    }


WEB = "hosts/web/default.nix"
DB = "hosts/db/default.nix"
TWO = {WEB: "{ imports = [ ../../common.nix ]; }", DB: _SSH, "common.nix": _SSH}


@pytest.mark.parametrize(
    "flake",
    [
        _flake(
            "nixosConfigurations = {"
            " web = nixpkgs.lib.nixosSystem { modules = [ ./hosts/web ]; };"
            " db = nixpkgs.lib.nixosSystem { modules = [ ./hosts/db ]; }; };"
        ),
        """{ outputs = { self, nixpkgs }:
          let mkHost = name: nixpkgs.lib.nixosSystem { modules = [ ./hosts/${name} ]; };
          in { nixosConfigurations = { web = mkHost "web"; db = mkHost "db"; }; }; }""",
        """{ outputs = { self, nixpkgs }: { nixosConfigurations =
          nixpkgs.lib.genAttrs [ "web" "db" ]
            (name: nixpkgs.lib.nixosSystem { modules = [ ./hosts/${name} ]; }); }; }""",
        """{ outputs = { self, nixpkgs }: { nixosConfigurations = builtins.mapAttrs
          (name: _: nixpkgs.lib.nixosSystem { modules = [ (./hosts + "/${name}") ]; })
          (builtins.readDir ./hosts); }; }""",
        _flake("colmena = { web = ./hosts/web; db = { imports = [ ./hosts/db ]; }; };"),
    ],
)
def test_a_flake_names_its_hosts(flake: str) -> None:
    made = _made({"flake.nix": flake, **TWO})
    assert made == {"web": {WEB, "common.nix"}, "db": {DB}}


def test_a_module_of_flake_parts_names_hosts() -> None:
    part = "{ inputs, ... }: { flake.nixosConfigurations.web ="
    part += " inputs.nixpkgs.lib.nixosSystem { modules = [ ../hosts/web ]; }; }"
    made = _made({"parts/hosts.nix": part, **TWO})
    assert made == {"web": {WEB, "common.nix", "parts/hosts.nix"}}


def test_modules_are_taken_by_name() -> None:
    files = {
        "flake.nix": _flake(
            "nixosModules.ssh = import ./common.nix;"
            " nixosConfigurations.web = nixpkgs.lib.nixosSystem {"
            " modules = [ self.nixosModules.ssh ./hosts/db ]; };"
        ),
        **TWO,
    }
    assert _made(files) == {"web": {DB, "common.nix"}}


def test_modules_of_one_file_each_are_taken_by_name() -> None:
    files = {
        "modules/ssh.nix": f"{{ flake.modules.nixos.ssh = {_SSH}; }}",
        "modules/mail.nix": "{ flake.modules.nixos.mail = { services.postfix.enable = true; }; }",
        "modules/web.nix": "{ inputs, config, ... }: { flake.nixosConfigurations.web ="
        " inputs.nixpkgs.lib.nixosSystem { modules = [ config.flake.modules.nixos.ssh ]; }; }",
    }
    found = hosts(files)["web"]
    assert "modules/ssh.nix" in found.files
    assert "modules/mail.nix" not in found.files
    assert [one.service for one in found.listeners] == ["openssh"]


def test_what_makes_a_host_may_be_in_another_file() -> None:
    files = {
        "flake.nix": "{ outputs = inputs: let make = import ./lib/make.nix inputs; in"
        ' { nixosConfigurations.web = make "web"; }; }',
        "lib/make.nix": "inputs: name: inputs.nixpkgs.lib.nixosSystem"
        " { modules = [ ../common.nix ../hosts/${name} ]; }",
        **TWO,
    }
    assert _made(files)["web"] == {WEB, "common.nix"}


def test_hosts_may_be_listed_in_another_file() -> None:
    files = {
        "flake.nix": "{ outputs = inputs: { colmena = import ./hive.nix inputs; }; }",
        "hive.nix": "inputs: { meta.nixpkgs = 1; defaults.imports = [ ./common.nix ];"
        " db.imports = [ ./hosts/db ]; }",
        **TWO,
    }
    made = _made(files)
    assert {name: paths - {"hive.nix"} for name, paths in made.items()} == {
        "db": {DB, "common.nix"}
    }


def test_arguments_of_a_function_are_no_hosts() -> None:
    files = {
        "flake.nix": _flake(
            "nixosConfigurations = mkHosts ./hosts { extraArgs.user = 1; overlays = ./overlays; };"
        ),
        **TWO,
    }
    assert set(hosts(files)) == {"web", "db"}


@pytest.mark.parametrize("folder", ["hosts", "machines", "nodes", "systems/x86_64-linux"])
def test_a_folder_of_machines_is_one_host_each(folder: str) -> None:
    files = {
        f"{folder}/web/default.nix": _SSH,
        f"{folder}/db/configuration.nix": _SSH,
        f"{folder}/common/default.nix": _SSH,
    }
    assert set(hosts(files)) == {"web", "db"}


def test_a_lone_configuration_is_a_host() -> None:
    files = {"configuration.nix": "{ imports = [ ./ssh.nix ]; }", "ssh.nix": _SSH}
    (host,) = fleet(files).hosts
    assert host.files == {"configuration.nix", "ssh.nix"}
    assert host.complete
    assert [one.certainty.value for one in host.listeners] == ["certain"]


def test_where_no_host_is_known_nothing_is_certain() -> None:
    (host,) = fleet({"modules/ssh.nix": _SSH}).hosts
    assert host.name == ""
    assert not host.complete
    assert [one.certainty.value for one in host.listeners] == ["likely"]


def test_a_tree_of_modules_is_taken_whole() -> None:
    files = {
        "flake.nix": _flake(
            "nixosConfigurations.web = nixpkgs.lib.nixosSystem"
            " { modules = [ (inputs.import-tree ./modules) ]; };"
        ),
        "modules/a.nix": _SSH,
        "modules/b/c.nix": _SSH,
        "modules/_not.nix": _SSH,
    }
    assert _made(files) == {"web": {"modules/a.nix", "modules/b/c.nix"}}


def test_a_user_of_the_host_belongs_to_it() -> None:
    files = {
        "configuration.nix": "{ home-manager.users.ann = import ./home.nix; }",
        "home.nix": "{ services.syncthing.enable = true; services.openssh.enable = true; }",
    }
    (host,) = fleet(files).hosts
    assert [one.service for one in host.listeners] == ["syncthing"]


def test_what_belongs_to_another_machine_is_left_out() -> None:
    body = "services.openssh.enable = true;"
    for way in (
        "containers.x.config",
        "specialisation.x.configuration",
        "virtualisation.vmVariant",
    ):
        (host,) = fleet({"configuration.nix": f"{{ {way} = {{ {body} }}; a = 1; }}"}).hosts
        assert host.listeners == (), way


@pytest.mark.parametrize(
    ("imports", "whole"),
    [
        ("[ ./ssh.nix ]", True),
        ("[ ./absent.nix ]", True),
        ("[ inputs.sops-nix.nixosModules.sops ]", True),
        ("[ inputs.strange.nixosModules.default ]", False),
        ("[ ./${name}.nix ]", False),
        ("map (name: self.nixosModules.${name}) names", False),
    ],
)
def test_a_host_is_whole_when_every_module_is_known(imports: str, whole: bool) -> None:
    text = f"{{ self, inputs, name, names, ... }}: {{ imports = {imports}; a.enable = true; }}"
    (host,) = fleet({"configuration.nix": text, "ssh.nix": _SSH}).hosts
    assert host.complete is whole


def test_what_is_imported_on_a_condition_is_only_likely() -> None:
    text = "{ lib, x, ... }: { imports = lib.optional (x != null) ./ssh.nix; }"
    (host,) = fleet({"configuration.nix": text, "ssh.nix": _SSH}).hosts
    assert [one.certainty.value for one in host.listeners] == ["likely"]


def test_modules_that_nobody_imports_are_orphans() -> None:
    files = {
        "flake.nix": _flake(
            "nixosConfigurations.db = nixpkgs.lib.nixosSystem { modules = [ ./hosts/db ]; };"
            " packages.x = import ./pkgs/x.nix;"
        ),
        "pkgs/x.nix": "{ services.nginx.enable = true; }",
        "old.nix": _SSH,
        "lib/helper.nix": "{ port = 1; }",
        **TWO,
    }
    assert fleet(files).unimported == ("common.nix", WEB, "old.nix")


def test_where_an_import_is_not_known_there_are_no_orphans() -> None:
    files = {
        "flake.nix": _flake(
            "nixosConfigurations.db = nixpkgs.lib.nixosSystem"
            " { modules = [ ./hosts/db ] ++ more; };"
        ),
        **TWO,
    }
    assert fleet(files).unimported == ()


def test_hosts_that_import_one_another_take_linear_time() -> None:
    names = [f"h{number}" for number in range(50)]
    imports = " ".join(f"../{name}" for name in names)
    files = {
        f"hosts/{name}/default.nix": f"{{ imports = [ {imports} ]; a.enable = true; }}"
        for name in names
    }
    systems = " ".join(
        f"{name} = nixpkgs.lib.nixosSystem {{ modules = [ ./hosts/{name} ]; }};" for name in names
    )
    with within(5):
        found = fleet(
            {"flake.nix": _flake(f"nixosConfigurations = {{ {systems} }};"), **files}
        ).hosts
    assert len(found) == 50
    assert {len(host.files) for host in found} == {51}


def test_a_module_that_imports_itself_is_one_module() -> None:
    files = {"configuration.nix": "{ imports = [ ./configuration.nix ./. ]; a.enable = true; }"}
    (host,) = fleet(files).hosts
    assert host.files == {"configuration.nix"}
