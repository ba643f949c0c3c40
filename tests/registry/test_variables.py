"""Environment variables for the ports of a registry."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from port_registry.model import (
    Endpoint,
    Entry,
    Name,
    Port,
    PortRange,
    Protocol,
    ProtocolSource,
    Span,
)
from port_registry.registry.variables import variable_of, variables

_SPAN = Span("lib/ports.nix", 0, 0)


def _entry(name: str | Name, first: int, last: int | None = None) -> Entry:
    parts = tuple(name.split(".")) if isinstance(name, str) else name
    ports = PortRange(Port(first), Port(last or first))
    endpoint = Endpoint(ports, (Protocol.TCP,))
    return Entry(
        name=parts,
        endpoint=endpoint,
        protocol_source=ProtocolSource.ASSUMED,
        description="",
        internal=False,
        name_span=_SPAN,
        value_span=_SPAN,
        digits=(),
    )


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("databases.redis", "DATABASES_REDIS_PORT"),
        ("development.temporalUI", "DEVELOPMENT_TEMPORAL_UI_PORT"),
        ("storage.minio-console", "STORAGE_MINIO_CONSOLE_PORT"),
        ("node_exporter", "NODE_EXPORTER_PORT"),
        ("web.httpPort", "WEB_HTTP_PORT"),
        ("web.port", "WEB_PORT"),
        ("3d.api", None),
        ("größe.web", None),
        ("port", None),
        ("日本", None),
    ],
)
def test_names(name: str, variable: str | None) -> None:
    assert variable_of(tuple(name.split("."))) == variable


def test_a_short_name_is_unambiguous() -> None:
    entries = [_entry("a.redis", 1), _entry("b.redis", 2), _entry("c.web", 3), _entry("d.web", 3)]
    environment = variables(entries)
    assert "REDIS_PORT" not in environment
    assert environment["WEB_PORT"] == "3"
    assert (environment["A_REDIS_PORT"], environment["B_REDIS_PORT"]) == ("1", "2")


def test_a_whole_name_takes_precedence_over_a_short_one() -> None:
    environment = variables([_entry("databases.redis", 1), _entry("redis", 2)])
    assert environment == {"DATABASES_REDIS_PORT": "1", "REDIS_PORT": "2"}


def test_a_variable_with_two_values_is_omitted() -> None:
    environment = variables([_entry("a.xY", 1), _entry("a.x_y", 2), _entry("b", 3)])
    assert environment == {"B_PORT": "3"}


def test_a_range_has_two_variables() -> None:
    environment = variables([_entry("media.rtp", 10, 19)])
    assert environment["MEDIA_RTP_PORT_START"] == "10"
    assert environment["MEDIA_RTP_PORT_END"] == "19"
    assert "MEDIA_RTP_PORT" not in environment


@given(
    st.lists(st.tuples(st.lists(st.text(min_size=1), min_size=1, max_size=3), st.integers(1, 9)))
)
def test_every_variable_has_a_valid_name(pairs: list[tuple[list[str], int]]) -> None:
    environment = variables([_entry(tuple(name), port) for name, port in pairs])
    assert all(re.fullmatch(r"[A-Z_][A-Z0-9_]*", name) for name in environment)
    assert "PORT" not in environment
