"""One fault, one finding, by one rule."""

import pytest

from tests.rules import harness
from tests.rules.samples import STACK, project

ASKS_3000 = "    readiness_probe: {http_get: {port: 3000}}\n"
REDIS = "# Port from lib/ports.nix: databases.redis = 6379"


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        pytest.param(
            """\
processes:
  redis:
    command: redis-server --port 6379
    environment: [REDIS_PORT=6379]
    readiness_probe: {exec: {command: redis-cli -p 6379 ping}}
""",
            [f"hardcoded-port {STACK}:3 6379"],
            id="hardcoded in several places",
        ),
        pytest.param(
            """\
processes:
  other:
    command: other --port 4555
    readiness_probe: {http_get: {host: 127.0.0.1, port: 4555}}
""",
            [f"unregistered-port {STACK}:3 4555"],
            id="unregistered in several places",
        ),
        pytest.param(
            f"""\
processes:
  redis:
    {REDIS}
    command: redis-server --port 6379
    readiness_probe: {{exec: {{command: redis-cli -p 6399 ping}}}}
""",
            [f"probe-mismatch {STACK}:5 6399"],
            id="a probe on a port that nobody has",
        ),
        pytest.param(
            f"""\
processes:
  redis:
    {REDIS}
    command: redis-server --port 6379
    readiness_probe: {{exec: {{command: redis-cli -p 5432 ping}}}}
""",
            [f"probe-mismatch {STACK}:5 5432"],
            id="a probe on another entry's port",
        ),
        pytest.param(
            """\
processes:
  redis:
    # Port from lib/ports.nix: databases.rediss = 6379
    command: redis-server --port 6379
""",
            [f"unknown-reference {STACK}:3 databases.rediss"],
            id="a misspelt annotation",
        ),
        pytest.param(
            """\
processes:
  gone:
    # Port from lib/ports.nix: databases.gone = 5999
    command: gone --port 5999
""",
            [f"unknown-reference {STACK}:3 databases.gone"],
            id="an entry that was removed",
        ),
        pytest.param(
            """\
processes:
  redis:
    # Port from lib/port.nix: databases.redis = 6379
    command: redis-server --port 6379
""",
            [f"unknown-reference {STACK}:3 lib/port.nix"],
            id="a registry that does not exist",
        ),
        pytest.param(
            """\
processes:
  redis:
    # Port from lib/ports.nix: databases.postgresql = 5432
    command: redis-server --port 5432
""",
            [f"wrong-service {STACK}:4 5432"],
            id="another service's entry, annotated",
        ),
        pytest.param(
            """\
processes:
  redis:
    command: redis-server --port 5432
  postgres:
    # Port from lib/ports.nix: databases.postgresql = 5432
    command: postgres -p 5432
""",
            [f"port-clash {STACK}:3 5432"],
            id="another service's entry, in use",
        ),
        pytest.param(
            """\
processes:
  temporal:
    # Port from lib/ports.nix: databases.postgresql = 5432
    command: temporal server start-dev --port 7233
  postgres:
    # Port from lib/ports.nix: databases.postgresql = 5432
    command: postgres -p 5432
""",
            [f"wrong-service {STACK}:3 databases.postgresql"],
            id="another service's entry above one's own number",
        ),
        pytest.param(
            """\
processes:
  ui:
    command: gunicorn -b 127.0.0.1:8080 app
""",
            [f"manager-clash {STACK}:3 8080"],
            id="the manager's port, unregistered",
        ),
        pytest.param(
            """\
processes:
  x:
    command: server --port 70000
    readiness_probe: {http_get: {host: 127.0.0.1, port: 70000}}
""",
            [f"invalid-port {STACK}:3 70000", f"invalid-port {STACK}:4 70000"],
            id="numbers that are no ports",
        ),
        pytest.param(
            """\
processes:
  redis:
    # Port from lib/ports.nix: databases.redis = 6379
    command: redis-server --port 6379
    depends_on: {postgres: {condition: process_healthy}}
  postgres:
    # Port from lib/ports.nix: databases.postgresql = 5432
    command: postgres -p 5432
    liveness_probe: {exec: {command: pg_isready -p 5432}}
  worker:
    command: worker
    depends_on: {postgres: {condition: process_healthy}}
""",
            [f"missing-probe {STACK}:5 postgres", f"missing-probe {STACK}:12 postgres"],
            id="two that wait for one without a probe",
        ),
    ],
)
def test_one_finding(stack: str, expected: list[str]) -> None:
    assert harness.run(project(stack)).shown() == expected


@pytest.mark.parametrize(
    "stack",
    [
        "processes:\n  m:\n    command: mkdir -p 8080\n",
        "processes:\n  m:\n    command: psql -h db.example.com -p 5432\n",
        "processes:\n  m:\n    command: curl https://example.com:8443/\n",
        "processes:\n  m:\n    command: echo 3000\n",
        "processes:\n  m:\n    command: redis-server --port 0 --unixsocket /tmp/r\n",
        # The port is named in a variable that does not say what it is for.
        "processes:\n  m:\n    command: BIND=localhost:3001 M_ADDRESS=localhost:3000 m\n"
        + ASKS_3000,
        # Only a second port is told, so that the first one may be what the probe asks.
        "processes:\n  m:\n    command: m --metrics-listen :3001\n" + ASKS_3000,
        "processes:\n  m:\n    command: GRPC_PORT=3001 m\n" + ASKS_3000,
    ],
)
def test_no_false_alarm(stack: str) -> None:
    shown = harness.run(project(stack)).shown()
    assert [line for line in shown if not line.startswith("hardcoded-port ")] == []


@pytest.mark.parametrize(
    ("registry", "expected"),
    [
        ("{ development = { a = 3000; b = 3000; c = 3000; }; }", ["duplicate-port"] * 2),
        ("{ development = rec { a = 3000; b = a; }; }", []),
        ("{ development = rec { a = 3000; b = a; c = 3000; }; }", ["duplicate-port"]),
        ("{ media = { a = 7400; b = 7400; # udp\n }; }", []),
        ('{ h = { a = { port = 7400; host = "x"; }; b = { port = 7400; host = "y"; }; }; }', []),
        ("{ jobs.a = 40000; }", ["ephemeral-port"]),
        ("{ databases.a = 40000; }", ["ephemeral-port"]),
        ("{ databases.a = 7000; }", ["outside-range"]),
        ("{ development.api = 6379; }", ["borrowed-port"]),
        ("{ databases.mongodb = 5432; }", ["borrowed-port"]),
        ("{ databases.main = 5432; databases.cache = 6379; }", ["outside-range"]),
        ("{ development.web = 6000; }", ["restricted-port"]),
        ("{ RTSP = 8554; development.sip = 5061; }", []),
        ("{ smtp-tls = 465; smtp-starttls = 587; imap-tls = 993; nbt-ns = 137; }", []),
        ("{ web-tls = 465; }", ["restricted-port"]),
        ("{ development.web = 8554; }", ["outside-range"]),
        ("{ telemetry.grafana = 3100; }", []),
        ("{ telemetry.grafana = 3100; telemetry.loki = 3200; }", ["borrowed-port"]),
        ("{ services.blocky = 53; web.teamspeak-query = 10080; }", ["restricted-port"]),
        (
            "{ services.teamspeak-query = 10080; services.olivetin = 10080; }",
            ["duplicate-port", "restricted-port"],
        ),
        ("{ vpn.home = 51821; vpn.work = 51822; }", []),
        ("{ media.sunshine-48002 = 48002; }", []),
        ("{ s.a = 40000; s.b = 40001; s.c = 40002; s.d = 40003; }", ["ephemeral-port"] * 4),
        (
            "{ s.a = 40000; s.b = 40001; s.c = 40002; s.d = 40003; s.e = 40009; }",
            ["ephemeral-port"],
        ),
        ("{ vpn.wireguard = 51820; infrastructure.ssh = 22; mail.smtp = 25; }", []),
        ('{ rtc.media = { from = 50000; to = 50100; protocol = "udp"; }; }', []),
        ("{ a.fooBar = 7001; a.foo-bar = 7002; }", ["duplicate-name"]),
        ("{ a.b.c = 7001; a.bC = 7002; }", ["duplicate-name"]),
        ("{ a.zero = 0; }", ["auto-selected-port"]),
        ("{ a.big = 65536; }", ["invalid-port"]),
    ],
)
def test_the_registry_alone(registry: str, expected: list[str]) -> None:
    found = harness.run({"lib/ports.nix": registry + "\n"})
    assert [finding.rule for finding in found.findings] == expected, found.shown()


def test_a_known_server_on_an_entry_that_is_not_surely_its_own_is_not_annotated_unseen() -> None:
    registry = "{ development.web = 3000; }\n"
    stack = "processes:\n  charts:\n    command: redis-server --port 3000\n"
    found = harness.run({"lib/ports.nix": registry, STACK: stack}).findings
    assert [(one.rule, one.fix and one.fix.safety.value) for one in found] == [
        ("hardcoded-port", "unsafe")
    ]
