"""What Compose files publish, and what stays inside."""

import tempfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from port_registry.model import Machine, Role, Service, Use
from port_registry.project.files import Files
from port_registry.sources.compose.format import is_candidate, looks_like
from port_registry.sources.compose.read import read_compose
from tests.project.made import write
from tests.sizes import size


def _read(text: str, **others: str) -> tuple[Machine, Files]:
    with tempfile.TemporaryDirectory() as root:
        write(root, {"compose.yaml": text, **{f".{name}": said for name, said in others.items()}})
        files = Files(root)
        return read_compose(files, ("compose.yaml",)), files


def _service(ports: str, **others: str) -> tuple[Machine, Files]:
    return _read(f"services:\n  web:\n    image: nginx\n    ports:\n{ports}", **others)


def _published(service: Service) -> list[Use]:
    return [use for use in service.uses if use.role is Role.PUBLISHES]


def _said(use: Use) -> str:
    protocol = "".join(protocol.value for protocol in use.protocols)
    return f"{use.host or ''}:{use.ports}/{protocol} {use.role.value}"


@pytest.mark.parametrize(
    ("written", "published", "target"),
    [
        ('"8080:80"', ":8080/tcp publishes", "80"),
        ("127.0.0.1:8080:80", "127.0.0.1:8080/tcp publishes", "80"),
        ('"[::1]:6001:6000/udp"', "::1:6001/udp publishes", "6000"),
        ("9000-9010:9000-9010", ":9000-9010/tcp publishes", "9000-9010"),
        ('"${WEB_PORT:-8081}:80"', ":8081/tcp publishes", "80"),
        ('"${WEB_PORT-8081}:${INNER:-${OTHER:-81}}"', ":8081/tcp publishes", "81"),
        (
            '{ target: 80, published: "8082", host_ip: 127.0.0.1, protocol: tcp }',
            "127.0.0.1:8082/tcp publishes",
            "80",
        ),
        ("{ target: 80, published: 8083 }", ":8083/tcp publishes", "80"),
    ],
)
def test_a_published_port_is_listened_on_here(written: str, published: str, target: str) -> None:
    machine, files = _service(f"      - {written}\n")
    (use,) = machine.uses()
    assert (_said(use), str(use.target)) == (published, target)
    if use.digits is not None:
        assert files.read("compose.yaml").slice(use.digits) == str(use.ports)


@pytest.mark.parametrize("written", ["80", '"80/tcp"', '"127.0.0.1::80"', "{ target: 80 }"])
def test_a_port_without_a_side_here_stays_inside(written: str) -> None:
    machine, _ = _service(f"      - {written}\n")
    assert list(machine.uses()) == []
    assert [_said(use) for use in machine.elsewhere] == [":80/tcp listens"]


@pytest.mark.parametrize("written", ["nonsense", '"1:2:3:4:5"', "[a]", '"80/none"', "~"])
def test_what_is_no_port_publishes_nothing(written: str) -> None:
    machine, _ = _service(f"      - {written}\n")
    assert list(machine.uses()) == []


def test_a_variable_is_what_env_says_and_stands_there() -> None:
    machine, files = _service('      - "${WEB_PORT:-1}:80"\n', env="WEB_PORT=8099\n")
    (use,) = _published(machine.services[0])
    assert (use.number, use.label) == (8099, "WEB_PORT")
    assert use.digits is not None
    assert files.read(use.digits.path).slice(use.digits) == "8099"
    assert use.digits.path == ".env"


def test_a_variable_that_only_the_environment_sets_is_unknown() -> None:
    file, _ = _read('services:\n  web:\n    ports: ["${WEB_PORT}:80", "${OPEN"]\n')
    assert file.services[0].uses == ()
    assert file.services[0].varying
    assert file.unknown[0].reason == "`WEB_PORT` is what the environment sets"


def test_environment_and_command_speak_of_the_container() -> None:
    file, _ = _read(
        "services:\n  api:\n    image: ghcr.io/acme/api:1.2@sha256:0\n"
        "    command: serve --port 7000\n"
        "    environment: [PORT=7001, 'DATABASE_URL=postgres://db:5432/x',"
        " 'CACHE_URL=redis://host.docker.internal:6380']\n    expose: ['7002']\n"
    )
    service = file.services[0]
    assert service.program == "serve"
    assert [use.number for use in service.uses] == [6380]
    assert {use.number for use in file.elsewhere} == {7000, 7001, 7002, 5432}


def test_on_the_hosts_network_they_speak_of_the_machine() -> None:
    file, _ = _read(
        "services:\n  api:\n    network_mode: host\n    command: [redis-server, --port, '6390']\n"
        "    environment: { PORT: 7001 }\n"
    )
    assert {use.number for use in file.services[0].uses} == {6390, 7001}


def test_anchors_and_merges_lead_to_where_the_digits_stand() -> None:
    file, files = _read(
        "x-web: &web\n  ports: ['8080:80']\nservices:\n  a:\n    <<: *web\n  b: *web\n"
    )
    spans = {use.digits for use in file.uses()}
    (span,) = spans
    assert span is not None
    assert files.read("compose.yaml").slice(span) == "8080"


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("compose.yaml", True),
        ("a/docker-compose.prod.yml", True),
        ("dev-compose.yaml", True),
        ("process-compose.yaml", True),
        ("composer.yaml", False),
        ("compose.json", False),
    ],
)
def test_files_are_known_by_name(path: str, is_one: bool) -> None:
    assert is_candidate(path) is is_one


def test_files_are_known_by_what_they_hold() -> None:
    assert looks_like("version: '3'\nservices:\n  a: {}\n")
    assert not looks_like("processes:\n  a: {}\nservices:\n")
    assert not looks_like("  services:\n")


@pytest.mark.parametrize(
    "text",
    ["", "services:", "services: []", "services: {a: 1, b: [], c: {ports: 1}}", "[", "\t- x"],
)
def test_odd_files_say_nothing(text: str) -> None:
    file, _ = _read(text)
    assert list(file.uses()) == []


@settings(max_examples=size(30, 150), deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "${",
                "}",
                ":-",
                "$$",
                "A",
                "80",
                ":",
                "8080",
                "-",
                "/udp",
                "[",
                "]",
                "{",
                '"',
                "'",
                " ",
            ]
        ),
        max_size=12,
    ).map("".join)
)
def test_any_port_at_all_is_read(text: str) -> None:
    file, _ = _read(f"services:\n  a:\n    ports:\n      - {text}\n      - '1:2'\n")
    for use in file.uses():
        assert use.ports is not None


def test_hostile_files_end_soon() -> None:
    nested = "services: {a: {ports: ['" + "${A:-" * 5000 + "1" + "}" * 5000 + ":80']}}"
    assert list(_read(nested)[0].uses()) == []
    many = "x: &p [" + ",".join(f"'{n}:80'" for n in range(1, 2000)) + "]\nservices:\n"
    many += "".join(f"  s{n}: {{ports: *p}}\n" for n in range(2000))
    assert _read(many)[0].unreadable[0].message == "the document expands aliases excessively"
