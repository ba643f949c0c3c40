"""Port numbers, and the ranges that hold them."""

import pytest

from port_registry.model import Port, PortRange, parse_port


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("1", 1),
        ("5432", 5432),
        ("00080", 80),
        ("65535", 65535),
        ("65536", None),
        ("0", None),
        ("000080", None),
        ("9" * 5000, None),
        ("", None),
        ("-1", None),
        (" 80", None),
        ("8_0", None),
        ("\u0664\u0662", None),
        ("\u00b2", None),
    ],
)
def test_a_port_is_parsed_from_ascii_digits(text: str, port: int | None) -> None:
    assert parse_port(text) == port


@pytest.mark.parametrize(("port", "held"), [(0, False), (8000, True), (8010, True), (8011, False)])
def test_a_range_holds_both_of_its_ends(port: int, held: bool) -> None:
    assert PortRange(Port(8000), Port(8010)).holds(port) is held
