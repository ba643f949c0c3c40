"""Ports in environment files, whoever reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from port_registry.model import Source
from port_registry.sources.dotenv.format import is_candidate
from port_registry.sources.dotenv.read import read_env


def test_variables_name_ports_where_they_stand() -> None:
    source = Source(".env", "# all\nexport REDIS_PORT=6380\nAPI_URL='http://localhost:3000/x'\n")
    found = read_env(source)
    assert [(use.label, use.number) for use in found.uses()] == [
        ("REDIS_PORT", 6380),
        ("API_URL", 3000),
    ]
    assert [use.digits and source.slice(use.digits) for use in found.uses()] == ["6380", "3000"]


def test_ports_of_other_machines_are_told_apart() -> None:
    found = read_env(Source(".env", "SMTP_URL=smtp://mail.example.org:587\n"))
    assert found.shared == ()
    assert [(one.host, one.number) for one in found.elsewhere] == [("mail.example.org", 587)]


def test_lines_that_are_no_assignment_are_looked_past() -> None:
    text = 'PORT=3000\nwhat is this\nQUOTE="never closed\nAPI_PORT=4000\n'
    found = read_env(Source(".env", text))
    assert {use.number for use in found.uses()} >= {3000}
    assert read_env(Source(".env", "!\n" * 10_000)).shared == ()


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        (".env", True),
        ("a/.env.example", True),
        ("config/local.env", True),
        (".envrc", False),
        (".env.age", False),
        ("env.nix", False),
    ],
)
def test_files_are_known_by_name(path: str, is_one: bool) -> None:
    assert is_candidate(path) is is_one


@given(st.text(alphabet="AB_PORT=:/\"'#$ {}\\\r\n0123456789é", max_size=80))
def test_any_text_is_read(text: str) -> None:
    source = Source(".env", text)
    for use in read_env(source).uses():
        assert use.digits is None or source.slice(use.digits).isdigit()


def _annotated(text: str) -> list[tuple[int, str]]:
    """Return the lines of annotations, with what each covers."""
    source = Source(".env", text)
    return [
        (source.position(one.span.start).line, source.slice(one.covers))
        for one in read_env(source).annotations
    ]


def test_annotations_are_above_a_line_or_at_its_end() -> None:
    text = (
        "# Port from lib/ports.nix: a.b = 1\n\nexport A_PORT=1\n"
        "B_PORT=2 # Port from lib/ports.nix: a.c\n"
        "C_PORT='3' # Port from lib/ports.nix: a.d\n  # Port from lib/ports.nix: a.e\n"
    )
    assert _annotated(text) == [
        (1, "export A_PORT=1"),
        (4, "B_PORT=2"),
        (5, "C_PORT='3'"),
        (6, "# Port from lib/ports.nix: a.e"),
    ]


def test_a_comment_in_a_value_is_no_annotation() -> None:
    assert _annotated("A='x\n# Port from lib/ports.nix: a.b = 1\n'\n") == []
    assert _annotated("A=x# Port from lib/ports.nix: a.b = 1\n") == []


@pytest.mark.parametrize(
    ("host", "uses", "elsewhere"),
    [
        ("SMTP_HOST=mail.example.org", [], [("mail.example.org", 2525)]),
        ("SMTP_HOST=https://mail.example.org/x", [], [("mail.example.org", 2525)]),
        ("SMTP_HOST=mailpit", [("mailpit", 2525)], []),
        ("SMTP_HOST=127.0.0.1", [("127.0.0.1", 2525)], []),
        ("SMTP_HOST=", [(None, 2525)], []),
        ("OTHER_HOST=mail.example.org", [(None, 2525)], []),
    ],
)
def test_the_variable_next_to_a_port_says_whose_it_is(
    host: str, uses: list[object], elsewhere: list[object]
) -> None:
    found = read_env(Source(".env", f"SMTP_PORT=2525\n{host}\n"))
    assert [(use.host, use.number) for use in found.uses()] == uses
    assert [(use.host, use.number) for use in found.elsewhere] == elsewhere


def test_the_host_of_postgresql_has_a_name_of_its_own() -> None:
    found = read_env(Source(".env", "PGHOST=db\nPGPORT=5432\nPOSTGRES_PORT=5432\n"))
    assert [use.host for use in found.uses()] == ["db", "db"]


def test_a_system_port_to_listen_on_is_a_containers() -> None:
    found = read_env(Source(".env", "SITE_ADDRESS=:80\nHTTP_PORT=80\nLISTEN=:8080\n"))
    assert [use.label for use in found.uses()] == ["HTTP_PORT", "LISTEN"]


def test_what_is_spoken_of_already_is_not_said_again() -> None:
    text = "# Port from lib/ports.nix: a.b = 1\nA_PORT=1000\nB_PORT=2000 # Port from x: a.c\n"
    source = Source(".env", text)
    first, second = (use.shown for use in read_env(source).uses())
    machine = read_env(source, {first})
    assert [use.shown for use in machine.uses()] == [second]
    assert [one.name for one in machine.annotations] == [("a", "c")]


@pytest.mark.parametrize(
    ("path", "is_one"),
    [(".env.example", True), ("x/.env.dev.sample", True), (".env", False), ("dev.env", False)],
)
def test_templates_are_known_by_name(path: str, is_one: bool) -> None:
    assert read_env(Source(path, "")).is_template is is_one
