import pytest
from hypothesis import given
from hypothesis import strategies as st

from port_registry.model import Source
from port_registry.project.allow_comments import allowances


def _allowed(text: str) -> list[tuple[tuple[int, ...], list[str]]]:
    source = Source("a", text)
    return [
        (allowance.lines, [name for name, _ in allowance.names]) for allowance in allowances(source)
    ]


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("a: 1 # port-registry: allow x-y -- because", [((1,), ["x-y"])]),
        ("a: 1\nb: 2 #port-registry:allow  x , y-z\nc: 3", [((2,), ["x", "y-z"])]),
        ("# port-registry: allow x\na: 1\nb: 2", [((1, 2), ["x"])]),
        ("\ufeff  # port-registry: allow x\r\n  # more\r\na: 1\r\n", [((1, 2, 3), ["x"])]),
        ("# port-registry: allow x\n\na: 1", [((1, 2), ["x"])]),
        ("# port-registry: allow x", [((1,), ["x"])]),
        ("# port-registry: allow", []),
        ("# port-registry: deny x", []),
        ("port-registry: allow x", []),
    ],
)
def test_what_a_comment_allows(text: str, allowed: list[tuple[tuple[int, ...], list[str]]]) -> None:
    assert _allowed(text) == allowed


@given(st.lists(st.sampled_from(["#", " ", "port-registry:", "allow", "x", ",", "--", "\n", "é"])))
def test_the_names_stand_where_they_are_said_to(pieces: list[str]) -> None:
    source = Source("a", "".join(pieces))
    for allowance in allowances(source):
        assert allowance.names
        for name, start in allowance.names:
            assert source.text[start : start + len(name)] == name
