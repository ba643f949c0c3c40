"""Who listens where at the same time."""

import pytest

from tests.rules import harness
from tests.rules.samples import STACK, project

API = "# Port from lib/ports.nix: development.api = 3000"


def _rules(stack: str, registry: str = "{ development.api = 3000; }\n") -> list[str]:
    return harness.run(project(stack, registry)).shown()


def test_two_processes_clash_once() -> None:
    stack = f"""\
processes:
  web:
    command: bun run web --port 3000
    environment: [PORT=3000]
  api:
    {API}
    command: bun run dev --port 3000
    environment: [PORT=3000]
"""
    found = _rules(stack)
    assert found == [f"port-clash {STACK}:3 3000"]


def test_of_many_each_is_blamed_once() -> None:
    names = ["api", "one", "two", "three"]
    processes = "".join(
        f"  {name}:\n    {API}\n    command: serve\n    environment: [PORT=3000]\n"
        for name in names
    )
    found = _rules(f"processes:\n{processes}")
    assert [line.split()[0] for line in found] == ["port-clash"] * 3


def _pair(extra: str, first: str = "0.0.0.0:3000", second: str = "0.0.0.0:3000") -> str:
    return f"""\
processes:
  api:
    {API}
    command: gunicorn -b {first} app
  web:
    {API}
    command: gunicorn -b {second} app
{extra}"""


@pytest.mark.parametrize(
    "extra",
    [
        "    disabled: true\n",
        "    depends_on: {api: {condition: process_completed}}\n",
        "    depends_on: {api: {condition: process_completed_successfully}}\n",
        (
            "    depends_on: {mid: {condition: process_started}}\n"
            "  mid:\n    command: sleep 1\n"
            "    depends_on: {api: {condition: process_completed}}\n"
        ),
    ],
)
def test_processes_that_never_run_at_once_do_not_clash(extra: str) -> None:
    assert _rules(_pair(extra)) == []


@pytest.mark.parametrize(
    "extra",
    [
        "",
        "    depends_on: {api: {condition: process_started}}\n",
        (
            "    depends_on: {mid: {condition: process_completed}}\n"
            "  mid:\n    command: sleep 1\n"
            "    depends_on: {api: {condition: process_started}}\n"
        ),
    ],
)
def test_processes_that_may_run_at_once_clash(extra: str) -> None:
    assert [line.split()[0] for line in _rules(_pair(extra))] == ["port-clash"]


@pytest.mark.parametrize(
    ("first", "second", "clash"),
    [
        ("127.0.0.1:3000", "127.0.0.2:3000", False),
        ("127.0.0.1:3000", "0.0.0.0:3000", True),
        ("127.0.0.1:3000", "localhost:3000", True),
    ],
)
def test_addresses_keep_apart(first: str, second: str, clash: bool) -> None:
    assert bool(_rules(_pair("", first, second))) == clash


def test_replicas_on_a_fixed_port_clash_among_themselves() -> None:
    stack = f"""\
processes:
  api:
    {API}
    command: gunicorn -b 0.0.0.0:3000 app
    replicas: 2
"""
    assert _rules(stack) == [f"port-clash {STACK}:4 3000"]


def test_replicas_on_ports_of_their_own_do_not() -> None:
    stack = """\
processes:
  api:
    command: gunicorn -b 0.0.0.0:300{{.PC_REPLICA_NUM}} app
    replicas: 2
"""
    found = _rules(stack, "{ development.api = { from = 3000; to = 3001; }; }\n")
    assert [line for line in found if line.startswith("port-clash")] == []


def test_an_inherited_environment_is_no_evidence() -> None:
    stack = f"""\
x-base: &base
  environment:
    {API}
    PORT: "3000"
processes:
  api:
    <<: *base
    command: bun run dev
  worker:
    <<: *base
    command: bun run worker
"""
    assert [line for line in _rules(stack) if line.startswith("port-clash")] == []


def test_entries_that_clash_are_reported_in_the_registry_alone() -> None:
    stack = """\
processes:
  api:
    # Port from lib/ports.nix: development.api = 3000
    command: bun run dev --port 3000
  web:
    # Port from lib/ports.nix: development.web = 3000
    command: bun run web --port 3000
"""
    found = _rules(stack, "{ development.api = 3000; development.web = 3000; }\n")
    assert [line.split()[0] for line in found] == ["duplicate-port"]


def test_one_number_under_two_names_still_clashes() -> None:
    stack = """\
processes:
  api:
    # Port from lib/ports.nix: development.api = 3000
    command: bun run dev --port 3000
  web:
    # Port from lib/ports.nix: development.web = 3000
    command: bun run web --port 3000
"""
    found = _rules(stack, "{ development = rec { api = 3000; web = api; }; }\n")
    assert [line.split()[0] for line in found] == ["port-clash"]


def test_a_clash_with_the_manager_follows_its_port() -> None:
    stack = """\
processes:
  ui:
    # Port from lib/ports.nix: ui.main = 8080
    command: bun run ui --port 8080
"""
    files = project(stack, "{ ui.main = 8080; }\n")
    assert harness.run(files).shown() == [f"manager-clash {STACK}:4 8080"]
    assert harness.run({**files, ".pc_env": "PC_PORT_NUM=8099\n"}).shown() == []
    assert harness.run({**files, ".pc_env": "PC_NO_SERVER=1\n"}).shown() == []
    files[STACK] += "    disabled: true\n"
    assert harness.run(files).shown() == []


def test_connecting_to_the_manager_is_in_order() -> None:
    stack = """\
processes:
  watch:
    command: curl http://localhost:8080/processes
"""
    assert _rules(stack) == []


UNKNOWN = """\
processes:
  a: {{ command: "node server.js --port 4000" }}
  b: {{ command: "python app.py --port {port}"{rest} }}
"""


def test_two_programs_that_are_given_one_port_may_both_listen() -> None:
    stack = UNKNOWN.format(port=4000, rest="")
    found = harness.run(project(stack, "{ development.api = 3000; }\n"), ("port-clash",))
    (finding,) = found.findings
    assert finding.severity.value == "warning"
    assert finding.message == (
        "b and a are both given 4000; give one of them another port, or let the one that"
        " connects wait for the other (`depends_on`)"
    )


@pytest.mark.parametrize(
    ("port", "rest"),
    [
        (4001, ""),
        (4000, ", disabled: true"),
        (4000, ", depends_on: {a: {condition: process_started}}"),
    ],
)
def test_a_client_of_the_other_is_no_clash(port: int, rest: str) -> None:
    stack = UNKNOWN.format(port=port, rest=rest)
    found = harness.run(project(stack, "{ development.api = 3000; }\n"), ("port-clash",))
    assert found.findings == ()


def test_a_known_server_and_a_program_that_is_given_its_port() -> None:
    stack = 'processes:\n  r: {command: "redis-server --port 4000"}\n'
    stack += '  c: {command: "./client --port 4000"}\n'
    found = harness.run(project(stack, "{ development.api = 3000; }\n"), ("port-clash",))
    assert found.findings == ()
