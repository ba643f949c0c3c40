"""Second registries."""

import pytest

from tests.rules import harness
from tests.rules.samples import PATTERN_REGISTRY, REGISTRY

NAME = ("shadow-registry",)
TABLE = "modules/table.nix"


def _found(files: dict[str, str]) -> list[str]:
    found = harness.run({REGISTRY: PATTERN_REGISTRY, **files}, NAME)
    return [f"{finding.span.path}: {finding.message}" for finding in found.findings]


TABLE_MESSAGE = (
    f"{TABLE}: this is a second table of 3 services in {REGISTRY}: databases.postgresql"
    " (5433, not 5432) differs, databases.redis and databases.temporal are equal;"
    f" refer to {REGISTRY} instead"
)

FILE_MESSAGE = (
    "nix/ports.nix: nix/ports.nix is a second registry of 3 services in lib/ports.nix:"
    " databases.redis, databases.postgresql and otel.grpc are equal; refer to lib/ports.nix"
    " instead"
)


@pytest.mark.parametrize(
    "text",
    [
        "{\n  my.ports = { redis = 6379; postgresql = 5433; temporal = 7233; };\n}\n",
        "let\n  ports = { redis = 6379; postgresql = 5433; temporal = 7233; };\nin\nports\n",
    ],
)
def test_a_table_says_what_differs_and_what_is_equal(text: str) -> None:
    assert _found({TABLE: text}) == [TABLE_MESSAGE]


def test_a_second_file_is_found_whole() -> None:
    path = "nix/ports.nix"
    text = "{\n  databases = { redis = 6379; postgresql = 5432; };\n  otel.grpc = 4317;\n}\n"
    assert _found({path: text}) == [FILE_MESSAGE]


CROWDED = "{\n  x = { redis = 6379; postgresql = 5432; api = 1; a = 1; b = 2; c = 3; d = 4; };\n}\n"

TAKEN = """let p = import ../lib/ports.nix; in
{
  my.ports = { inherit (p.databases) redis postgresql temporal; };
}
"""

OTHER = """{
  databases = { redis = 6380; postgresql = 5433; };
  otel.grpc = 4318;
}
"""


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (TABLE, "{\n  my.ports = { redis = 6379; postgresql = 5432; };\n}\n"),
        (TABLE, CROWDED),
        (TABLE, TAKEN),
        ("nix/ports.nix", "import ../lib/ports.nix // { extra = 9999; }\n"),
        ("hosts/a/ports.nix", OTHER),
        ("examples/ports.nix", OTHER),
        ("nix/ports.nix", "{\n  databases = { mysql = 3306; };\n  mail.smtp = 25;\n}\n"),
    ],
)
def test_what_is_no_second_registry(path: str, text: str) -> None:
    assert _found({path: text}) == []


def test_what_a_module_adds_to_the_registry_is_no_second_one() -> None:
    values = "{ web = 8080; api = 3000; ui = 3001; }"
    files = {
        "modules/ports.nix": "{ lib, ... }: { options.my.ports = lib.mkOption { };"
        f" config.my.ports = {values}; }}\n",
        "modules/more.nix": f"{{ lib, ... }}: {{ my.ports = lib.mkForce {values}; }}\n",
        "profiles/ports.nix": f"{{ my.ports = {values}; }}\n",
    }
    assert harness.run(files, NAME).findings == ()


def test_its_numbers_are_reported_by_no_other_rule() -> None:
    text = "{\n  my.ports = { redis = 6379; postgresql = 5432; temporal = 7233; };\n}\n"
    found = harness.run({REGISTRY: PATTERN_REGISTRY, TABLE: text})
    assert [finding.rule for finding in found.findings] == ["shadow-registry"]


MEMBERS = ("redis = 6379", "postgresql = 5432", "temporal = 7233", "api = 3001", "grafana = 3005")


def _members(root: str) -> str:
    services = (member.split(" = ") for member in MEMBERS)
    lines = (f"  {root}.{name} = {{ port = {port}; domain = null; }};\n" for name, port in services)
    return f"{{\n{''.join(lines)}}}\n"


@pytest.mark.parametrize("root", ["homelab.services", "sites", "services"])
def test_a_set_with_a_port_for_each_service_is_a_table(root: str) -> None:
    (found,) = _found({TABLE: _members(root)})
    assert found.startswith(f"{TABLE}: this is a second table of")


def test_options_of_modules_are_no_table() -> None:
    names = ("gitea.settings.server", "grafana.settings.server", "jellyfin", "sonarr", "loki")
    text = "".join(f"  services.{name}.port = {8000 + at};\n" for at, name in enumerate(names))
    assert _found({TABLE: f"{{\n{text}}}\n"}) == []
