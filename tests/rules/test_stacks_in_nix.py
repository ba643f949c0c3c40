"""Stacks that are written in Nix are judged as those in YAML."""

import pytest

from port_registry.checks.fix import FixSelection
from tests.rules import harness
from tests.rules.samples import PATTERN_REGISTRY, REGISTRY

STACK = "flake/process-compose.nix"
HEAD = """{ inputs, ... }:
{
  perSystem = { pkgs, ... }: let ports = import ../lib/ports.nix; in {
    process-compose.dev = {
"""
TAIL = """    };
  };
}
"""

PATTERN_FLAKE = """\
# flake/process-compose.nix
{ inputs, ... }:
{
  imports = [ inputs.process-compose-flake.flakeModule ];

  perSystem = { pkgs, ... }:
  let
    ports = import ../lib/ports.nix;
  in
  {
    process-compose.dev = {
      settings.processes = {
        api = {
          command = "${pkgs.bun}/bin/bun run dev";
          environment.PORT = toString ports.development.api;
          ready_log_line = "listening on";
        };

        redis = {
          command = "${pkgs.redis}/bin/redis-server --port ${toString ports.databases.redis}";
          is_daemon = true;
          readiness_probe = {
            exec.command = "${pkgs.redis}/bin/redis-cli -p ${toString ports.databases.redis} ping";
          };
        };

        postgres = {
          command = "${pkgs.postgresql_18}/bin/postgres -p ${toString ports.databases.postgresql}";
          environment.PGDATA = "/tmp/pgdata-dev";
          readiness_probe = {
            exec.command = "nc -z localhost ${toString ports.databases.postgresql}";
            initial_delay_seconds = 2;
            period_seconds = 5;
          };
        };
      };
    };
  };
}
"""


def project(body: str, **others: str) -> dict[str, str]:
    """Return a project whose stack `dev` has `body`, one definition a line from line 5 on."""
    files = {path.replace("__", "/") + ".nix": text for path, text in others.items()}
    return {REGISTRY: PATTERN_REGISTRY, STACK: f"{HEAD}{body}{TAIL}", **files}


def test_the_pattern_is_in_order() -> None:
    assert harness.run({REGISTRY: PATTERN_REGISTRY, STACK: PATTERN_FLAKE}).shown() == []


PROCESS = "settings.processes."
REFERRING = "${toString ports.databases.redis}"
ANOTHER = "${toString ports.databases.postgresql}"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            f"""{PROCESS}a.command = "redis-server --port {REFERRING}";
{PROCESS}b.command = "valkey-server --port {REFERRING}";
""",
            [f"port-clash {STACK}:6 {REFERRING}"],
            id="one entry, two processes",
        ),
        pytest.param(
            f"""{PROCESS}cache.command = "valkey-server --port {REFERRING}";
services.redis.r1.enable = true;
""",
            [f"port-clash {STACK}:6 enable"],
            id="an implied port against a reference",
        ),
        pytest.param(
            """services.redis.r1.enable = true;
services.redis.r2.enable = true;
""",
            [f"port-clash {STACK}:6 enable"],
            id="two implied ports",
        ),
        pytest.param(
            f"""{PROCESS}a = pkgs.lib.mkIf pkgs.stdenv.isLinux {{ command = "nc -l {REFERRING}"; }};
{PROCESS}b.command = "valkey-server --port {REFERRING}";
""",
            [],
            id="a process that may not be there",
        ),
        pytest.param(
            f"""{PROCESS}redis.command = "redis-server --port {REFERRING}";
{PROCESS}redis.readiness_probe.exec.command = "pg_isready -p {ANOTHER}";
""",
            [f"probe-mismatch {STACK}:6 {ANOTHER}"],
            id="a probe that asks another entry",
        ),
        pytest.param(
            f"""{PROCESS}redis.command = "redis-server --port {REFERRING}";
{PROCESS}api = {{ command = "api"; depends_on.redis.condition = "process_healthy"; }};
""",
            [f"missing-probe {STACK}:6 redis"],
            id="no probe",
        ),
        pytest.param(
            f"""services.redis.r1.enable = true;
{PROCESS}api = {{ command = "api"; depends_on.r1.condition = "process_healthy"; }};
""",
            [],
            id="the probe of a service",
        ),
        pytest.param(
            f"""{PROCESS}cache.command = "redis-server --port {ANOTHER}";
""",
            [f"wrong-service {STACK}:5 {ANOTHER}"],
            id="the entry of another service",
        ),
        pytest.param(
            f"""cli.options.port = 9000;
{PROCESS}minio.command = "minio server --address :${{toString ports.storage.minio}}";
""",
            [f"manager-clash {STACK}:6 ${{toString ports.storage.minio}}"],
            id="the manager's port",
        ),
    ],
)
def test_rules(body: str, expected: list[str]) -> None:
    rules = ("port-clash", "probe-mismatch", "missing-probe", "wrong-service", "manager-clash")
    assert harness.run(project(body), rules).shown() == expected


def test_no_fix_for_yaml_is_offered() -> None:
    body = f"""{PROCESS}redis.command = "redis-server --port {REFERRING}";
{PROCESS}redis.liveness_probe.exec.command = "redis-cli -p 6399 ping";
{PROCESS}api = {{ command = "api"; depends_on.redis.condition = "process_healthy"; }};
"""
    rules = ("probe-mismatch", "missing-probe")
    files = project(body)
    found = harness.run(files, rules)
    assert [finding.rule for finding in found.findings] == ["probe-mismatch", "missing-probe"]
    assert all(finding.fix is None for finding in found.findings)
    assert harness.fix(files, FixSelection.ALL, rules).files == files


def test_a_literal_is_reported_once() -> None:
    body = f'{PROCESS}redis.command = "redis-server --port 6379";\n'
    found = harness.run(project(body), ("hardcoded-port", "unregistered-port"))
    assert found.shown() == [f"hardcoded-port {STACK}:5 6379"]


def test_references_are_used() -> None:
    body = f'{PROCESS}redis.command = "redis-server --port {REFERRING}";\n'
    found = harness.run(project(body), ("unused-port",))
    assert found.findings
    assert not any("databases.redis" in finding.entries for finding in found.findings)


def test_a_module_argument_is_the_registry() -> None:
    files = project(
        "",
        flake="{ ports, ... }: { process-compose.web.settings.processes = { "
        'a.command = "nc -l ${toString ports.otel.http}";\n'
        'b.command = "nc -l ${toString ports.otel.http}"; }; }',
    )
    (clash,) = harness.run(files, ("port-clash",)).findings
    assert clash.entries == ("otel.http",)
