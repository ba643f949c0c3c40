"""Chains are followed to the registry, through files, arguments, options and outputs."""

import posixpath
from collections.abc import Mapping

import pytest

from port_registry.model import Certainty, HostRegistry, Source, SourceError
from port_registry.registry.host_registries import host_registries
from port_registry.registry.read import read_registry
from port_registry.sources.nix.fleet import ResolvedReference
from port_registry.sources.nix.link.chain_resolver import ChainResolver
from port_registry.sources.nix.link.reference_resolution import resolve_references
from port_registry.sources.nix.read import read_module

Files = Mapping[str, str]

FLEET = "lib/ports.nix"

REGISTRY = """{
  databases = { redis = 6379; postgresql = 5432; };
  development.api = 3000;
  web = { port = 8080; protocol = "tcp"; };
}
"""

MODULE = """{ lib, ... }:
{
  options.my.ports = lib.mkOption { };
  config.my.ports = { databases.redis = 6379; development.api = 3000; };
}
"""

USE = "{ services.redis.port = ports.databases.redis; }"


class _Memory:
    """A reader of texts."""

    def __init__(self, files: Files) -> None:
        self.files = files

    def read(self, path: str) -> Source:
        if path not in self.files:
            raise SourceError("it does not exist", path=path)
        return Source(path, self.files[path])

    def exists(self, path: str) -> bool:
        return path in self.files


def _reach(files: Files, registry: str) -> tuple[ResolvedReference, ...]:
    reader = _Memory(files)
    parts = [HostRegistry(read_registry(reader, registry, None), "")]
    for path, host in host_registries(sorted(files), registry):
        parts.append(HostRegistry(read_registry(reader, path, None), host))
    read = [read_module(Source(path, files[path])) for path in sorted(files)]
    modules = [module for module in read if module is not None]
    return resolve_references(modules, parts, ChainResolver(modules, parts))


def reached(files: Files, registry: str = FLEET) -> list[str]:
    """Return what is named outside of registries, but for what only binds a name.

    Each is `file name`, with a `?` behind it where it is only likely, and with the folder of
    the registry where that is a host's.
    """
    files = {FLEET: REGISTRY, **files} if registry == FLEET else files
    return [
        _show(one, registry)
        for one in _reach(files, registry)
        if not one.reference.only_renames and not one.reference.span.path.endswith("ports.nix")
    ]


def _show(one: ResolvedReference, registry: str) -> str:
    name = ".".join("*" if step is None else step for step in one.name) or "everything"
    mark = "" if one.certainty is Certainty.CERTAIN else "?"
    where = "" if one.registry == registry else f" in {posixpath.dirname(one.registry)}"
    return f"{one.reference.span.path} {name}{mark}{where}"


REDIS = ["web.nix databases.redis"]


@pytest.mark.parametrize(
    "text",
    [
        f"let ports = import ./lib/ports.nix; in {USE}",
        f"{{ ... }}: let inherit (import ./lib/ports.nix) databases; in {USE}".replace(
            "ports.databases", "databases"
        ),
        "let p = (import ./lib/ports.nix).databases; in { port = p.redis; }",
        "{ port = with import ./lib/ports.nix; databases.redis; }",
        '{ command = "redis --port ${toString (import ./lib/ports.nix).databases.redis}"; }',
        "{ port = (import ./lib/ports.nix).databases.redis or 1; }",
    ],
)
def test_a_file_names_the_registry_itself(text: str) -> None:
    assert reached({"web.nix": text}) == REDIS


@pytest.mark.parametrize(
    "binder",
    [
        "{ modules = import ./web.nix { ports = import ./lib/ports.nix; }; }",
        "{ _module.args.ports = import ./lib/ports.nix; }",
        "{ lib }: { x = lib.nixosSystem { specialArgs.ports = import ./lib/ports.nix; }; }",
        "let ports = import ./lib/ports.nix; in { specialArgs = { inherit ports; }; }",
        "{ home-manager.extraSpecialArgs.ports = import ./lib/ports.nix; }",
        "{ specialArgs.ports = (import ./lib).ports; }",
    ],
)
def test_an_argument_is_bound_by_another_file(binder: str) -> None:
    export = "{ ports = import ./ports.nix; }"
    files = {"web.nix": f"{{ ports, ... }}: {USE}", "flake.nix": binder, "lib/default.nix": export}
    assert reached(files) == REDIS


def test_an_attribute_of_an_argument_is_bound() -> None:
    files = {
        "web.nix": "{ helpers, ... }: { port = helpers.ports.databases.redis; }",
        "flake.nix": "{ specialArgs.helpers = { name = 1; ports = import ./lib/ports.nix; }; }",
    }
    assert reached(files) == REDIS


def test_exports_are_followed_over_several_files() -> None:
    files = {
        "a.nix": "{ lib, ... }: { registry = (import ./b.nix { inherit lib; }).all; }",
        "b.nix": "{ lib }: { all = (import ./lib).ports; }",
        "lib/default.nix": "let ports = import ./ports.nix; in { inherit ports; }",
        "web.nix": "{ port = (import ./a.nix { }).registry.databases.redis; }",
    }
    assert "web.nix databases.redis" in reached(files)


def test_files_that_lead_to_one_another_end() -> None:
    files = {
        "a.nix": "{ ports = (import ./b.nix).ports.x; }",
        "b.nix": "{ ports = (import ./a.nix).ports.x; }",
        "web.nix": "{ port = (import ./a.nix).ports.redis; }",
    }
    assert reached(files) == []


@pytest.mark.parametrize(
    "definition",
    [
        "{ my.ports = import ./lib/ports.nix; }",
        "{ config.my.ports = import ./lib/ports.nix; }",
        "{ flake.nixosModules.ports = { my.ports = import ./lib/ports.nix; }; }",
        "{ lib }: { x = lib.system { modules = [ { my.ports = import ./lib/ports.nix; } ]; }; }",
        "{ lib, ... }: { options.my.ports = lib.mkOption { default = import ./lib/ports.nix; }; }",
    ],
)
@pytest.mark.parametrize(
    "use",
    [
        "{ config, ... }: { port = config.my.ports.databases.redis; }",
        "{ config, ... }: let cfg = config.my; in { port = cfg.ports.databases.redis; }",
        "{ osConfig, ... }: { port = osConfig.my.ports.databases.redis; }",
        "{ config, ... }: { port = with config.my.ports; databases.redis; }",
    ],
)
def test_an_option_holds_the_registry(definition: str, use: str) -> None:
    assert reached({"all.nix": definition, "web.nix": use})[-1:] == REDIS


def test_an_option_with_a_value_of_its_own_somewhere_is_only_likely() -> None:
    files = {
        "a.nix": "{ services.redis.port = (import ./lib/ports.nix).databases.redis; }",
        "b.nix": "{ services.redis.port = 6380; }",
        "web.nix": '{ config, ... }: { url = "redis://localhost:${config.services.redis.port}"; }',
    }
    assert reached(files) == ["a.nix databases.redis", "web.nix databases.redis?"]


@pytest.mark.parametrize(
    ("output", "use"),
    [
        ("{ outputs = _: { lib.ports = import ./lib/ports.nix; }; }", "self.lib.ports"),
        ("{ outputs = _: { ports = import ./lib/ports.nix; }; }", "inputs.self.ports"),
        ("{ outputs = _: { lib = import ./lib; }; }", "self.lib.ports"),
        ("{ flake.lib.ports = import ./lib/ports.nix; }", "self.lib.ports"),
        (
            "{ outputs = _: { x = { my.ports = import ./lib/ports.nix; }; }; }",
            "self.nixosConfigurations.a.config.my.ports",
        ),
    ],
)
def test_outputs_of_the_flake(output: str, use: str) -> None:
    files = {
        "flake.nix": output.replace("x =", "nixosModules.x ="),
        "lib/default.nix": "{ ports = import ./ports.nix; }",
        "web.nix": f"{{ self, inputs, ... }}: {{ port = {use}.databases.redis; }}",
    }
    assert reached(files) == REDIS


def test_a_registry_that_is_a_module() -> None:
    files = {
        "modules/ports.nix": MODULE,
        "web.nix": "{ config, ... }: { a.port = config.my.ports.databases.redis;"
        " b.port = config.my.ports.databases.gone; c.port = config.services.my.ports.x; }",
    }
    assert reached(files, "modules/ports.nix") == [
        "web.nix databases.redis",
        "web.nix databases.gone",
    ]


def test_what_other_files_add_to_a_module_is_not_missing() -> None:
    files = {
        "modules/ports.nix": MODULE,
        "a.nix": "{ my.ports.databases.mysql = 3306; }",
        "web.nix": "{ config, ... }: { a.port = config.my.ports.databases.mysql;"
        " b.port = config.my.ports.databases.gone; }",
    }
    assert reached(files, "modules/ports.nix") == ["web.nix databases.gone"]


@pytest.mark.parametrize(
    ("use", "named"),
    [
        ("ports.databases.${name}", "databases.*"),
        ("builtins.attrValues ports", "everything"),
        ("ports.web.port", "web.port"),
        ("ports.databases.gone", "databases.gone"),
        ("builtins.attrNames ports.databases", "databases"),
    ],
)
def test_names_are_as_written(use: str, named: str) -> None:
    text = f"{{ name, ... }}: let ports = import ./lib/ports.nix; in {{ x.port = {use}; }}"
    assert reached({"web.nix": text}) == [f"web.nix {named}"]


@pytest.mark.parametrize(
    "use",
    [
        "lib.my.ports.databases.redis",
        "lib.${namespace}.ports.databases.redis",
        "ports.databases.redis",
        "helpers.ports.databases.redis",
        "config.my.ports.databases.redis",
    ],
)
def test_a_way_that_cannot_be_followed_counts_by_its_look(use: str) -> None:
    text = f"{{ lib, config, ports, helpers, namespace, ... }}: {{ port = {use}; }}"
    assert reached({"web.nix": text}) == ["web.nix databases.redis?"]


@pytest.mark.parametrize(
    "use",
    [
        "config.services.web.ports.databases.redis",
        "config.virtualisation.oci-containers.containers.a.ports.web",
        "lib.my.ports.unheard",
        "lib.my.ports",
        "config.networking.firewall.allowedTCPPorts",
        "config.services.openssh.ports",
        "lib.types.port",
        "lib.my.databases.redis",
    ],
)
def test_other_ports_are_no_registry(use: str) -> None:
    text = f"{{ lib, config, ... }}: {{ port = {use}; }}"
    assert reached({"web.nix": text}) == []


def test_a_set_of_the_files_own_is_no_registry() -> None:
    text = "{ lib, ... }: let ports = { web = 1; databases.redis = 2; }; in"
    text += " { a.port = ports.web; b.port = map (ports: ports.web) [ ]; }"
    assert reached({"web.nix": text}) == []


def test_what_a_proven_way_names_beside_belongs_to_the_registry() -> None:
    known = ("databases.redis", "databases.postgresql", "development.api", "web.port")
    files = {
        f"{at}.nix": f"{{ lib, ... }}: {{ port = lib.my.ports.{name}; }}"
        for at, name in enumerate(known)
    }
    missing = {"web.nix": "{ lib, ... }: { port = with lib; my.ports.databases.gone; }"}
    assert "web.nix databases.gone?" in reached({**files, **missing})
    assert "web.nix databases.gone?" not in reached({"0.nix": files["0.nix"], **missing})


HOSTS = {
    "hosts/a/ports.nix": "{ web = 8081; own = 9000; }",
    "hosts/a/default.nix": "{ ports, ... }: { x.port = ports.web.port; y.port = ports.own; }",
    "hosts/b/default.nix": "{ ports, ... }: { x.port = ports.web.port; }",
    "common.nix": "{ ports, ... }: { x.port = ports.own; y.port = ports.gone; }",
    "flake.nix": "{ specialArgs.ports = import ./lib/ports.nix; }",
}


def test_a_hosts_own_registry_goes_before_the_fleets() -> None:
    assert reached(HOSTS) == [
        "common.nix own in hosts/a",
        "common.nix gone",
        "hosts/a/default.nix web.port in hosts/a",
        "hosts/a/default.nix own in hosts/a",
        "hosts/b/default.nix web.port",
    ]


def test_each_host_binds_its_own() -> None:
    files = {
        "hosts/a/ports.nix": "{ web = 8081; }",
        "hosts/b/ports.nix": "{ web = 8082; }",
        "hosts/a/default.nix": "{ _module.args.ports = import ./ports.nix; }",
        "hosts/b/default.nix": "{ _module.args.ports = import ./ports.nix; }",
        "hosts/a/web.nix": "{ ports, ... }: { x.port = ports.web; y.port = ports.gone; }",
        "hosts/b/web.nix": "{ ports, ... }: { x.port = ports.web; }",
    }
    assert reached(files) == [
        "hosts/a/web.nix web in hosts/a",
        "hosts/a/web.nix gone in hosts/a",
        "hosts/b/web.nix web in hosts/b",
    ]


def test_another_registry_is_not_this_one() -> None:
    files = {
        "sub/lib/ports.nix": REGISTRY,
        "sub/lib/default.nix": "{ ports = import ./ports.nix; }",
        "sub/web.nix": "{ port = (import ./lib).ports.databases.redis; }",
        "web.nix": "{ port = (import ./lib/ports.nix).databases.redis; }",
    }
    reader = _Memory({FLEET: REGISTRY, **files})
    registry = read_registry(reader, FLEET, None).replace(considered=("sub/lib/ports.nix",))
    read = [read_module(Source(path, text)) for path, text in sorted(files.items())]
    modules, registries = [one for one in read if one is not None], [HostRegistry(registry, "")]
    found = resolve_references(modules, registries, ChainResolver(modules, registries))
    assert [one.reference.span.path for one in found] == ["web.nix"]


@pytest.mark.slow
def test_fifty_hosts_that_import_one_another() -> None:
    hosts = range(50)
    imports = " ".join(f"(import ./h{other}.nix {{ x = x.y; ports = y.x; }})" for other in hosts)
    text = f"{{ x, y, ports, ... }}: {{ imports = [ {imports} ]; port = ports.databases.redis; }}"
    found = reached({f"h{at}.nix": text for at in hosts})
    assert all(one.endswith("databases.redis?") for one in found)
