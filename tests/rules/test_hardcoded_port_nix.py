"""Numbers in Nix files that are an entry's port, and how they become references."""

import pytest

from port_registry.checks.fix import FixSelection
from port_registry.model import Severity
from tests.rules import harness, nix_values
from tests.rules.samples import REGISTRY

RULE = ("hardcoded-port",)

ENTRIES = """\
{
  databases = {
    redis = 6379;
    postgresql = 5432;
  };
  webuis = {
    grafana = 3005;
    open-webui = 8090;
    "2fauth" = 8111;
  };
  infrastructure.ssh = 22;
  infrastructure.caddy = 8444;
  reserved.ssh-honeypot = 2222;
}
"""


def project(module: str, registry: str = ENTRIES, path: str = "modules/m.nix") -> dict[str, str]:
    """Return a project of a registry and one Nix file."""
    return {REGISTRY: registry, path: module}


def fixed(module: str, registry: str = ENTRIES, path: str = "modules/m.nix") -> str:
    """Return what the fixes make of `module`, every one of them safe."""
    files = project(module, registry, path)
    after = harness.fix(files, FixSelection.SAFE, RULE)
    assert after.findings == (), after.shown()
    assert nix_values.value_of(files, REGISTRY, path) is not None
    return after.files[path]


IMPORT = "let\n  ports = import ../lib/ports.nix;\nin\n"

SHAPES = [
    pytest.param(
        "{ services.redis.port = 6379; }\n",
        "{ services.redis.port = ports.databases.redis; }\n",
        id="a number",
    ),
    pytest.param(
        '{ environment.variables.REDIS_PORT = "6379"; }\n',
        "{ environment.variables.REDIS_PORT = toString ports.databases.redis; }\n",
        id="a string that is a number",
    ),
    pytest.param(
        '{ services.web.environment.REDIS_URL = "redis://localhost:6379/0"; }\n',
        "{ services.web.environment.REDIS_URL = "
        '"redis://localhost:${toString ports.databases.redis}/0"; }\n',
        id="in a string",
    ),
    pytest.param(
        "{\n  systemd.services.x.script = ''\n    exec redis-server --port 6379\n  '';\n}\n",
        "{\n  systemd.services.x.script = ''\n"
        "    exec redis-server --port ${toString ports.databases.redis}\n  '';\n}\n",
        id="in an indented string",
    ),
    pytest.param(
        "{\n  networking.firewall.allowedTCPPorts = [ 6379 ]; # redis\n}\n",
        "{\n  networking.firewall.allowedTCPPorts = [ ports.databases.redis ]; # redis\n}\n",
        id="in a list",
    ),
    pytest.param(
        "{ services.open-webui.port = 8090; }\n",
        "{ services.open-webui.port = ports.webuis.open-webui; }\n",
        id="a name with a hyphen",
    ),
    pytest.param(
        '{ services."2fauth".port = 8111; }\n',
        '{ services."2fauth".port = ports.webuis."2fauth"; }\n',
        id="a name that needs quotes",
    ),
]


@pytest.mark.parametrize(("module", "expected"), SHAPES)
def test_a_number_becomes_a_reference(module: str, expected: str) -> None:
    assert fixed(module) == IMPORT + expected


def test_lib_functions_and_arguments_are_kept() -> None:
    module = "{ lib, ... }:\n{\n  services.grafana.port = lib.mkDefault 3005;\n}\n"
    assert fixed(module) == (
        "{ lib, ... }:\n"
        + IMPORT
        + "{\n  services.grafana.port = lib.mkDefault ports.webuis.grafana;\n}\n"
    )


def test_several_numbers_share_one_import() -> None:
    module = """\
{ config, ... }:

{
  services.redis.port = 6379;
  services.grafana.port = 3005;
  networking.firewall.allowedTCPPorts = [
    3005 # grafana
    6379 # redis
  ];
}
"""
    assert (
        fixed(module)
        == """\
{ config, ... }:

let
  ports = import ../lib/ports.nix;
in
{
  services.redis.port = ports.databases.redis;
  services.grafana.port = ports.webuis.grafana;
  networking.firewall.allowedTCPPorts = [
    ports.webuis.grafana # grafana
    ports.databases.redis # redis
  ];
}
"""
    )


def test_an_existing_let_takes_the_import_up() -> None:
    module = 'let\n  name = "x";\nin\n{\n  services.redis.port = 6379;\n  a = name;\n}\n'
    assert fixed(module) == (
        'let\n  ports = import ../lib/ports.nix;\n  name = "x";\nin\n{\n'
        "  services.redis.port = ports.databases.redis;\n  a = name;\n}\n"
    )


@pytest.mark.parametrize(
    ("head", "reference"),
    [
        ("let\n  ports = import ../lib/ports.nix;\nin\n", "ports.databases.redis"),
        ("let\n  p = import ../lib/ports.nix;\nin\n", "p.databases.redis"),
        ("let\n  db = (import ../lib/ports.nix).databases;\nin\n", "db.redis"),
        ("let\n  inherit (import ../lib/ports.nix) databases;\nin\n", "databases.redis"),
    ],
)
def test_a_name_that_leads_there_is_used(head: str, reference: str) -> None:
    module = head + "{\n  services.redis.port = 6379;\n}\n"
    assert fixed(module) == head + f"{{\n  services.redis.port = {reference};\n}}\n"


def test_a_name_that_is_taken_is_not_used_again() -> None:
    module = "let\n  ports = [ 1 ];\nin\n{\n  services.redis.port = 6379;\n  a = ports;\n}\n"
    after = fixed(module)
    assert "portRegistry = import ../lib/ports.nix;" in after
    assert "services.redis.port = portRegistry.databases.redis;" in after


def test_the_project_s_own_name_for_the_registry_is_used() -> None:
    other = (
        "let\n  reg = import ../lib/ports.nix;\nin\n"
        "{ services.grafana.port = reg.webuis.grafana; }\n"
    )
    files = {
        **project("{ services.redis.port = 6379; }\n"),
        "modules/one.nix": other,
        "modules/two.nix": other,
    }
    after = harness.fix(files, FixSelection.SAFE, RULE)
    assert after.files["modules/m.nix"] == (
        "let\n  reg = import ../lib/ports.nix;\nin\n"
        "{ services.redis.port = reg.databases.redis; }\n"
    )


def test_crlf_is_kept() -> None:
    module = "{ lib, ... }:\r\n{\r\n  services.redis.port = 6379;\r\n}\r\n"
    after = fixed(module)
    assert "\n" not in after.replace("\r\n", "")
    assert "services.redis.port = ports.databases.redis;" in after


@pytest.mark.parametrize(
    ("registry", "value"),
    [
        ("{ ports = { redis = 6379; }; }\n", "(import ../lib/ports.nix).ports"),
        ("{ ... }:\n{ redis = 6379; }\n", "import ../lib/ports.nix { }"),
        ("{ lib, ... }:\n{ redis = 6379; }\n", "import ../lib/ports.nix { inherit lib; }"),
    ],
)
def test_the_registry_is_imported_as_it_is_made(registry: str, value: str) -> None:
    after = fixed("{ lib, ... }:\n{\n  services.redis.port = 6379;\n}\n", registry)
    assert f"ports = {value};" in after
    assert "services.redis.port = ports.redis;" in after


def test_a_leaf_that_is_a_set_is_referred_to_by_its_port() -> None:
    registry = '{ redis = { port = 6379; description = "cache"; }; }\n'
    assert "services.redis.port = ports.redis.port;" in fixed(
        "{\n  services.redis.port = 6379;\n}\n", registry
    )


MODULE = """\
{ lib, ... }:
{
  options.my.ports = lib.mkOption { };
  config.my.ports = {
    redis = 6379;
    grafana = 3005;
  };
}
"""


@pytest.mark.parametrize(
    ("formals", "expected"),
    [
        ("{ config, ... }:\n", "{ config, ... }:\n"),
        ("{ lib, ... }:\n", "{ lib, config, ... }:\n"),
        ("{\n  lib,\n  ...\n}:\n", "{\n  lib,\n  config,\n  ...\n}:\n"),
        ("{ lib\n, ...\n}:\n", "{ lib\n, config\n, ...\n}:\n"),
    ],
)
def test_a_registry_that_is_a_module_is_reached_by_config(formals: str, expected: str) -> None:
    files = {
        REGISTRY: MODULE,
        "modules/m.nix": f"{formals}{{\n  services.redis.port = 6379;\n}}\n",
        "flake.nix": "{ outputs = { nixpkgs, ... }: { nixosConfigurations.web = "
        "nixpkgs.lib.nixosSystem { modules = [ ./lib/ports.nix ./modules/m.nix ]; }; }; }\n",
    }
    after = harness.fix(files, FixSelection.SAFE, RULE)
    assert after.files["modules/m.nix"] == (
        f"{expected}{{\n  services.redis.port = config.my.ports.redis;\n}}\n"
    )


def found(module: str, path: str = "modules/m.nix") -> list[str]:
    return harness.run(project(module, path=path), RULE).shown()


@pytest.mark.parametrize(
    "module",
    [
        # Another machine's.
        '{ services.web.url = "redis://cache.example.org:6379"; }\n',
        # An option's own default.
        "{ lib, ... }: { options.services.redis.port = lib.mkOption { default = 6379; }; }\n",
        # The inner side of a container.
        '{ virtualisation.oci-containers.containers.redis.environment.REDIS_PORT = "6379"; }\n',
        '{ virtualisation.oci-containers.containers.redis.ports = [ "7000:6379" ]; }\n',
        # Nothing says that it is redis's.
        "{ services.other.port = 6379; }\n",
        # What a proxy leads to is not the proxy's.
        '{ services.caddy.virtualHosts.x.extraConfig = "reverse_proxy localhost:8444"; }\n',
        # The number is for when there is no entry.
        (
            "{ ports, ... }: { services.redis.port ="
            " if ports ? databases then ports.databases.redis else 6379; }\n"
        ),
        # Only kept free.
        "{ services.ssh-honeypot.port = 2222; }\n",
        # Another known service's.
        "{ services.prometheus.port = 3005; }\n",
    ],
)
def test_what_is_left_alone(module: str) -> None:
    assert found(module) == []


@pytest.mark.parametrize("path", ["tests/redis.nix", "templates/redis.nix", "nix/test-redis.nix"])
def test_what_no_machine_runs_is_left_alone(path: str) -> None:
    assert found("{ services.redis.port = 6379; }\n", path) == []


OPENING = "{ networking.firewall.allowedTCPPorts = [ 3005 ]; }\n"
USER = (
    "let\n  ports = import ../lib/ports.nix;\nin\n"
    "{\n  services.grafana.port = ports.webuis.grafana;\n}\n"
)


def test_an_opening_of_which_nothing_says_whose_it_is_is_a_note() -> None:
    (one,) = harness.run({**project(OPENING), "modules/grafana.nix": USER}, RULE).findings
    assert one.severity is Severity.NOTE
    assert not harness.is_safe(one)


def test_an_opening_of_which_nothing_says_whose_it_is_says_nothing_of_an_entry_not_in_use() -> None:
    assert found(OPENING) == []
    commented = OPENING.replace("\n", " # a game\n")
    files = {**project(commented), "modules/grafana.nix": USER}
    assert harness.run(files, RULE).shown() == []


FLAKE = """\
{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.web = nixpkgs.lib.nixosSystem {
      specialArgs = { ports = import ./lib/ports.nix; };
      modules = [ ./modules/m.nix ./modules/grafana.nix ];
    };
  };
}
"""


def test_the_registry_is_taken_as_neighbours_take_it() -> None:
    files = {
        **project("{ lib, ... }:\n{\n  services.redis.port = 6379;\n}\n"),
        "modules/grafana.nix": "{ ports, ... }:\n"
        "{\n  services.grafana.port = ports.webuis.grafana;\n}\n",
        "flake.nix": FLAKE,
    }
    after = harness.fix(files, FixSelection.SAFE, RULE)
    assert after.files["modules/m.nix"] == (
        "{ lib, ports, ... }:\n{\n  services.redis.port = ports.databases.redis;\n}\n"
    )


def test_a_way_that_the_file_goes_elsewhere_is_gone_again() -> None:
    module = """\
{ lib, ... }:
{
  services.grafana.port = lib.my.ports.webuis.grafana;
  services.open-webui.port = lib.my.ports.webuis.open-webui;
  services.postgresql.settings.port = lib.my.ports.databases.postgresql;
  services.redis.port = 6379;
}
"""
    after = harness.fix(project(module), FixSelection.SAFE, RULE)
    assert after.files["modules/m.nix"] == module.replace("6379", "lib.my.ports.databases.redis")


def test_a_number_on_a_host_whose_name_is_computed_needs_a_look() -> None:
    module = (
        '{ config, ... }:\n{ services.web.redis = "redis://${config.networking.hostName}:6379"; }\n'
    )
    (one,) = harness.run(project(module), RULE).findings
    assert not harness.is_safe(one)
    after = harness.fix(project(module), FixSelection.ALL, RULE)
    assert ":${toString ports.databases.redis}" in after.files["modules/m.nix"]


def test_text_that_looks_like_a_string_is_text() -> None:
    module = (
        "{ environment.etc.x.text = ''\n  redis = \"localhost:6379\"\n  port: \"6379\"\n''; }\n"
    )
    after = harness.fix(project(module, path="modules/redis.nix"), FixSelection.SAFE, RULE)
    assert '"localhost:${toString ports.databases.redis}"' in after.files["modules/redis.nix"]
    assert "(toString" not in after.files["modules/redis.nix"]


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        (
            '{ services.redis.extraArgs = [ "--port" "6379" ]; }\n',
            '{ services.redis.extraArgs = [ "--port" (toString ports.databases.redis) ]; }\n',
        ),
        (
            (
                '{ systemd.services.redis.serviceConfig.ExecStart = "redis-server --port ${toString'
                ' 6379}"; }\n'
            ),
            (
                '{ systemd.services.redis.serviceConfig.ExecStart = "redis-server --port ${toString'
                ' ports.databases.redis}"; }\n'
            ),
        ),
    ],
)
def test_arguments(module: str, expected: str) -> None:
    assert fixed(module) == IMPORT + expected


def test_a_category_called_services_does_not_hide_options_of_that_name() -> None:
    registry = "{ services.redis = 6379; }\n"
    assert "port = ports.services.redis" in fixed("{\n  services.redis.port = 6379;\n}\n", registry)


def test_an_entry_that_a_machine_gives_another_port_is_not_meant() -> None:
    flake = FLAKE.replace("specialArgs = { ports = import ./lib/ports.nix; };\n", "")
    files = {
        **project("{\n  services.redis.port = 6379;\n}\n"),
        "modules/grafana.nix": "{ }\n",
        "hosts/web/ports.nix": "{ databases.redis = 6380; }\n",
        "flake.nix": flake,
    }
    assert harness.run(files, RULE).shown() == []


def test_in_a_file_that_no_machine_imports_it_is_a_note() -> None:
    files = {
        **project("{\n  services.redis.port = 6379;\n}\n"),
        "modules/other.nix": "{\n  services.redis.port = 6379;\n}\n",
        "flake.nix": FLAKE.replace("./modules/grafana.nix", ""),
    }
    found = harness.run(files, RULE).findings
    assert [(one.span.path, one.severity) for one in found] == [
        ("modules/m.nix", Severity.WARNING),
        ("modules/other.nix", Severity.NOTE),
    ]


def test_a_number_under_an_annotation_is_a_note_with_a_safe_fix() -> None:
    module = """\
{
  # Port from lib/ports.nix: databases.redis = 6379
  services.cache.port = 6379;
}
"""
    (one,) = harness.run(project(module), RULE).findings
    assert one.severity is Severity.NOTE
    assert "services.cache.port = ports.databases.redis;" in fixed(module)


def test_an_opening_of_a_fixed_port_says_enough() -> None:
    opening = "{ networking.firewall.allowedTCPPorts = [ 22 ]; }\n"
    assert harness.run(project(opening), RULE).findings == ()
    # A project that refers to the entry elsewhere wants it here as well.
    referring = "{ services.openssh.ports = [ (import ../lib/ports.nix).infrastructure.ssh ]; }\n"
    files = {**project(opening), "modules/sshd.nix": referring}
    assert [one.span.path for one in harness.run(files, RULE).findings] == ["modules/m.nix"]


@pytest.mark.parametrize(
    "module",
    [
        "{ services.api.port = 3001; }\n",
        "{ services.api = { enable = true; settings.port = 3001; }; }\n",
        "{ my.settings.apiPort = 3001; }\n",
        "{ my.settings.api_port = 3001; }\n",
    ],
)
def test_a_plain_name_counts_where_it_is_the_whole_name(module: str) -> None:
    registry = "{ development.api = 3001; }\n"
    (found,) = harness.run(project(module, registry), RULE).findings
    assert found.message.startswith("3001 is development.api of lib/ports.nix")


def test_a_published_fixed_port_says_enough() -> None:
    published = 'virtualisation.oci-containers.containers.ssh.ports = [ "{}:22" ];'
    assert harness.run(project(f"{{ {published.format(22)} }}\n"), RULE).findings == ()
    honeypot = ENTRIES.replace("ssh = 22", "ssh = 2201")
    moved = project(f"{{ {published.format(2201)} }}\n", honeypot)
    assert len(harness.run(moved, RULE).findings) == 1


@pytest.mark.parametrize("folder", ["tmp", "old", "unused"])
def test_folders_of_what_is_not_run_are_left_out(folder: str) -> None:
    path = f"modules/{folder}/m.nix"
    module = "{ services.redis.port = 6379; }\n"
    assert harness.run(project(module, path=path), RULE).findings == ()


def test_a_plain_name_elsewhere_does_not_count() -> None:
    registry = "{ development.api = 3001; }\n"
    module = "{ services.gitea.settings.api.limit = 3001; services.foo.port = 3001; }\n"
    assert harness.run(project(module, registry), RULE).findings == ()
