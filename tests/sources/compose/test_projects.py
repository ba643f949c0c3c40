"""Which Compose files are run together, and how Compose merges what they say."""

import tempfile

import pytest

from port_registry.model import Machine, Role, Service, StartCondition
from port_registry.project.files import Files
from port_registry.sources.compose.format import projects_in
from port_registry.sources.compose.read import read_compose
from tests.project.made import write

_MAIN = "services:\n  web:\n    image: nginx\n    ports: ['8080:80']\n"


def _read(files: dict[str, str], *paths: str) -> Machine:
    with tempfile.TemporaryDirectory() as root:
        return read_compose(Files(write(root, files)), paths)


def _published(machine: Machine, name: str) -> list[int]:
    service = _service(machine, name)
    return [use.number for use in service.uses if use.role is Role.PUBLISHES]


def _service(machine: Machine, name: str) -> Service:
    return next(service for service in machine.services if service.name == name)


def _over(layer: str) -> Machine:
    files = {"compose.yaml": _MAIN, "compose.override.yaml": f"services:\n  web:\n{layer}"}
    return _read(files, "compose.yaml", "compose.override.yaml")


def test_an_override_goes_with_the_file_that_compose_starts_from() -> None:
    paths = (
        "a/compose.yaml",
        "a/docker-compose.yml",
        "a/docker-compose.override.yml",
        "a/docker-compose.prod.yml",
        "b/docker-compose.prod.override.yml",
    )
    assert projects_in(paths) == (
        ("a/compose.yaml", "a/docker-compose.override.yml"),
        ("a/docker-compose.prod.yml",),
        ("a/docker-compose.yml",),
        ("b/docker-compose.prod.override.yml",),
    )


@pytest.mark.parametrize(
    ("layer", "published"),
    [
        ("    ports: ['8081:81']\n", [8080, 8081]),
        ("    ports: !override ['8081:81']\n", [8081]),
        ("    ports: !reset []\n", []),
        ("    ports: !reset null\n", []),
        ("    image: caddy\n", [8080]),
    ],
)
def test_ports_are_appended_replaced_or_cleared(layer: str, published: list[int]) -> None:
    assert _published(_over(layer), "web") == published


def test_a_service_can_be_replaced_or_cleared_as_a_whole() -> None:
    over = "services:\n  web: !override\n    image: caddy\n"
    files = {"compose.yaml": _MAIN, "compose.override.yaml": over}
    assert _published(_read(files, *files), "web") == []
    files["compose.override.yaml"] = "services:\n  web: !reset null\n"
    assert _read(files, *files).services == ()


def test_a_later_network_counts() -> None:
    machine = _over("    network_mode: host\n    environment: {PORT: 7000}\n")
    assert [(use.number, use.role) for use in machine.uses()] == [(7000, Role.LISTENS)]


def test_what_a_service_extends_comes_before_it() -> None:
    files = {
        "base.yml": "services:\n  base:\n    ports: ['7000:70']\n    depends_on: [other]\n",
        "compose.yaml": "services:\n  a:\n    extends: {file: base.yml, service: base}\n"
        "    ports: ['7001:71']\n  b:\n    extends: a\n  c:\n    extends: c\n",
    }
    machine = _read(files, "compose.yaml")
    assert [_published(machine, name) for name in "abc"] == [[7000, 7001], [7000, 7001], []]
    assert _service(machine, "a").dependencies == ()
    assert machine.files == ("compose.yaml", "base.yml")


def test_what_a_file_includes_belongs_to_the_project() -> None:
    files = {
        "compose.yaml": "include:\n  - path: db/compose.yaml\n" + _MAIN,
        "db/compose.yaml": "services:\n  db:\n    ports: ['${DB_PORT:-5432}:5432']\n",
        "db/.env": "DB_PORT=5433\n",
    }
    machine = _read(files, "compose.yaml")
    assert _published(machine, "db") == [5433]
    assert _published(machine, "web") == [8080]


def test_a_file_that_is_not_there_is_told_where_it_is_named() -> None:
    text = "services:\n  a:\n    extends: {file: base.yml, service: base}\n"
    (part,) = _read({"compose.yaml": text}, "compose.yaml").unreadable
    assert part.message.startswith("base.yml: cannot be read")
    assert text[part.span.start : part.span.end] == "base.yml"


def test_what_another_program_makes_a_compose_file_of_is_unknown() -> None:
    machine = _read({"compose.yaml": _MAIN + "{% if x %}\n    - [\n"}, "compose.yaml")
    assert machine.unreadable == ()
    assert machine.unknown[0].reason == "another program makes a Compose file of it"


def test_profiles_scale_and_the_order_of_starting() -> None:
    text = (
        "services:\n  seed:\n    image: seed\n  web:\n    image: nginx\n    scale: 3\n"
        "    profiles: [a, '']\n    depends_on:\n      seed:\n"
        "        condition: service_completed_successfully\n"
    )
    service = _service(_read({"compose.yaml": text}, "compose.yaml"), "web")
    assert (service.replicas, service.profiles) == (3, frozenset("a"))
    assert [(one.service, one.condition) for one in service.dependencies] == [
        ("seed", StartCondition.COMPLETED_SUCCESSFULLY)
    ]


def test_the_default_of_a_variable_that_is_set_is_a_copy() -> None:
    files = {
        "compose.yaml": "services:\n  web:\n    ports: ['${WEB_PORT:-8080}:80']\n",
        ".env": "WEB_PORT=8080\n",
    }
    taken, default = _read(files, "compose.yaml").uses()
    assert (taken.role, taken.shown.path) == (Role.PUBLISHES, ".env")
    assert (default.role, default.shown.path) == (Role.REPEATS, "compose.yaml")
    assert default.overridden_by == taken.shown


def test_what_browsers_are_told_is_the_machines() -> None:
    text = (
        "services:\n  api:\n    ports: ['3001:3000']\n    environment:\n"
        "      - BIND=0.0.0.0:3000\n      - SELF=http://localhost:3000\n"
        "      - CORS_ORIGIN=http://localhost:3002\n"
        "  web:\n    ports: ['3002:80']\n    environment:\n"
        "      API_URL: http://localhost:3001\n      DB_URL: postgres://db:3001/x\n"
    )
    machine = _read({"compose.yaml": text}, "compose.yaml")
    told = [(use.service, use.label, use.number) for use in machine.uses() if use.label]
    assert told == [("api", "CORS_ORIGIN", 3002), ("web", "API_URL", 3001)]


def test_variables_of_environment_files_are_the_containers() -> None:
    files = {
        "compose.yaml": "services:\n  api:\n    env_file: [app.env, {path: gone.env}]\n"
        "    environment: [METRICS_PORT]\n",
        "app.env": "PORT=3000\n",
        ".env": "METRICS_PORT=9464\n",
    }
    machine = _read(files, "compose.yaml")
    assert list(machine.uses()) == []
    assert {(use.shown.path, use.number) for use in machine.elsewhere} == {
        ("app.env", 3000),
        (".env", 9464),
    }


def test_arguments_alone_are_those_of_the_image() -> None:
    text = "services:\n  cache:\n    image: redis-server\n    network_mode: host\n    command: {}\n"
    for command in ("--port 6390", "['--port', '6390']"):
        machine = _read({"compose.yaml": text.format(command)}, "compose.yaml")
        (use,) = machine.uses()
        assert (use.number, use.program) == (6390, "redis-server")
