"""Fixes in the layouts that people write, each accepted by process-compose."""

import pytest

from port_registry.checks.fix import FixSelection
from tests import real
from tests.rules import harness
from tests.rules.samples import STACK, project

NOTE = "# Port from lib/ports.nix: databases.redis = 6379"

HARDCODED = [
    pytest.param(
        "processes:\n  redis:\n    command: redis-server --port 6379\n",
        f"processes:\n  redis:\n    {NOTE}\n    command: redis-server --port 6379\n",
        id="key",
    ),
    pytest.param(
        "processes:\n  redis:\n    command: >-\n      redis-server\n      --port 6379\n",
        f"processes:\n  redis:\n    {NOTE}\n    command: >-\n      redis-server\n"
        "      --port 6379\n",
        id="folded scalar",
    ),
    pytest.param(
        "processes:\n  redis:\n    command: |\n      # start\n      redis-server --port 6379\n",
        f"processes:\n  redis:\n    {NOTE}\n    command: |\n      # start\n"
        "      redis-server --port 6379\n",
        id="literal scalar",
    ),
    pytest.param(
        "processes:\n  redis:\n    command: redis-server\n      --port 6379\n",
        f"processes:\n  redis:\n    {NOTE}\n    command: redis-server\n      --port 6379\n",
        id="plain scalar over two lines",
    ),
    pytest.param(
        "processes:\n  x:\n    command: x\n    environment:\n    - A=1\n    - PORT=6379\n",
        f"processes:\n  x:\n    command: x\n    environment:\n    - A=1\n    {NOTE}\n"
        "    - PORT=6379\n",
        id="list item",
    ),
    pytest.param(
        "processes:\r\n  redis:\r\n    command: redis-server --port 6379\r\n",
        f"processes:\r\n  redis:\r\n    {NOTE}\r\n    command: redis-server --port 6379\r\n",
        id="CRLF",
    ),
    pytest.param(
        "processes:\n  x:\n    command: x\n    environment: [PORT=6379]\n",
        f"processes:\n  x:\n    command: x\n    {NOTE}\n    environment: [PORT=6379]\n",
        id="flow below a key",
    ),
    pytest.param(
        'vars:\n  AT: "localhost:6379"\nprocesses:\n  a:\n    command: a --store {{.AT}}\n',
        f'vars:\n  {NOTE}\n  AT: "localhost:6379"\nprocesses:\n  a:\n'
        "    command: a --store {{.AT}}\n",
        id="variable above the processes",
    ),
    pytest.param(
        "processes:\n  redis: {command: redis-server --port 6379}\n",
        "processes:\n  redis: {command: redis-server --port 6379}\n",
        id="flow process",
    ),
]


@pytest.mark.parametrize(("stack", "fixed"), HARDCODED)
def test_an_annotation_is_put_above_the_place(stack: str, fixed: str) -> None:
    after = harness.fix(project(stack), FixSelection.SAFE)
    assert after.files[STACK] == fixed
    assert (after.findings == ()) == (stack != fixed)


@pytest.mark.parametrize(("stack", "fixed"), HARDCODED)
def test_process_compose_accepts_annotated_files(stack: str, fixed: str) -> None:
    assert stack
    harness.assert_accepted(real.process_compose(), project(fixed))


WAITING = "    depends_on:\n      redis:\n        condition: process_healthy\n"
WORKER = f"  worker:\n    command: echo\n{WAITING}"

PROBES = [
    pytest.param(
        f"processes:\n{WORKER}  redis:\n    {NOTE}\n    command: redis-server --port 6379\n",
        id="last process",
    ),
    pytest.param(
        f"processes:\n{WORKER}  redis:\n    {NOTE}\n    command: redis-server --port 6379",
        id="no newline at the end",
    ),
    pytest.param(
        f"processes:\n  redis:\n    {NOTE}\n    command: redis-server --port 6379\n\n"
        f"  # the worker\n{WORKER}",
        id="comment between",
    ),
    pytest.param(
        f"processes:\n  redis:\n    {NOTE}\n    command: |\n      redis-server --port 6379\n\n"
        f"{WORKER}",
        id="literal scalar last",
    ),
    pytest.param(
        f"processes:\n  {NOTE}\n  redis: {{command: redis-server --port 6379}}\n{WORKER}",
        id="flow process",
    ),
    pytest.param(
        f"processes:\n    redis:\n        {NOTE}\n        command: redis-server --port 6379\n"
        "    worker:\n        command: echo\n        depends_on:\n            redis:\n"
        "                condition: process_healthy\n",
        id="four spaces",
    ),
    pytest.param(
        f"processes:\r\n  redis:\r\n    {NOTE}\r\n    command: redis-server --port 6379\r\n"
        + WORKER.replace("\n", "\r\n"),
        id="CRLF",
    ),
    pytest.param(
        f"processes:\n  redis:\n    {NOTE}\n    command: redis-server --port 6379\n"
        f"    readiness_probe: {{}}\n{WORKER}",
        id="empty probe in flow style",
    ),
    pytest.param(
        f"processes:\n  redis:\n    {NOTE}\n    command: redis-server --port 6379\n"
        f"    readiness_probe:\n      initial_delay_seconds: 2\n{WORKER}",
        id="probe without a question",
    ),
    pytest.param(
        f"processes:\n  redis:\n    {NOTE}\n    command: redis-server --port 6379\n"
        f"    liveness_probe:\n      exec:\n        command: redis-cli -p 6379 ping\n{WORKER}",
        id="liveness probe alone",
    ),
    pytest.param(
        f"processes:\n  redis:\n    {NOTE}\n    command: redis-server --port 6379\n"
        f"    ready_log_line: Ready\n{WORKER}",
        id="log line",
    ),
    pytest.param(
        f"processes:\n  redis:\n    {NOTE}\n    command: redis-server --port 6379\n{WORKER}"
        f"{WORKER.replace('worker', 'other')}",
        id="two that wait",
    ),
]


@pytest.mark.parametrize("stack", PROBES)
def test_a_missing_probe_is_added(stack: str) -> None:
    assert "missing-probe" in {f.rule for f in harness.run(project(stack)).findings}
    after = harness.fix(project(stack), FixSelection.ALL)
    assert after.findings == (), after.shown()


@pytest.mark.parametrize("stack", PROBES)
def test_process_compose_accepts_the_probe(stack: str) -> None:
    after = harness.fix(project(stack), FixSelection.ALL)
    harness.assert_accepted(real.process_compose(), after.files)


JSON = """\
{
  "processes": {
    "redis": {
      "command": "redis-server --port 6379"
    },
    "worker": {
      "command": "echo",
      "depends_on": { "redis": { "condition": "process_healthy" } }
    }
  }
}
"""


def test_json_gets_a_probe_and_no_comment() -> None:
    files = {"lib/ports.nix": "{ databases.redis = 6379; }\n", "process-compose.json": JSON}
    after = harness.fix(files, FixSelection.ALL)
    assert [finding.rule for finding in after.findings] == ["hardcoded-port"]
    assert "redis-cli -p 6379 ping" in after.files["process-compose.json"]
    harness.assert_accepted(real.process_compose(), after.files)


@pytest.mark.parametrize(
    ("command", "probe"),
    [
        ("postgres -p 5432", "command: pg_isready -h 127.0.0.1 -p 5432"),
        ("mysqld --port 3306", "command: mysqladmin ping -h 127.0.0.1 -P 3306"),
        ("gunicorn -b 0.0.0.0:4555 app", "command: nc -z 127.0.0.1 4555"),
        ("minio server --address :9000 /data", "path: /minio/health/live"),
    ],
)
def test_the_probe_suits_the_program(command: str, probe: str) -> None:
    stack = f"processes:\n  redis:\n    command: {command}\n{WORKER}"
    registry = "{ a = { p = 5432; m = 3306; o = 4555; s = 9000; }; }\n"
    after = harness.fix(project(stack, registry), FixSelection.ALL)
    assert probe in after.files[STACK]
    harness.assert_accepted(real.process_compose(), after.files)
