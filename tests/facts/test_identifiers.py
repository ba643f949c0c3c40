"""Names taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from port_registry.facts.identifiers import normalise, split


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("temporalUI", ["temporal", "ui"]),
        ("minio-console", ["minio", "console"]),
        ("node_exporter", ["node", "exporter"]),
        ("HTTPPort", ["http", "port"]),
        ("userID", ["user", "id"]),
        ("s3", ["s3"]),
        ("", []),
        ("--", []),
    ],
)
def test_words(name: str, words: list[str]) -> None:
    assert split(name) == words


@given(st.text(st.characters(codec="ascii")))
def test_no_letter_is_lost(name: str) -> None:
    assert "".join(split(name)) == normalise(name)
