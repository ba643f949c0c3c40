"""Ports in environment files, whoever reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from port_registry.model import Source
from port_registry.sources.dotenv import is_candidate, read_env


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
