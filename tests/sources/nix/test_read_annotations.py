"""Comments in Nix that name an entry."""

import pytest

from tests.sources.nix.reading import cut, read

SAID = "lib/ports.nix: db.redis = 6379"
COVERED = [
    (f"{{\n  # Port from {SAID}\n  redis.port = 6379;\n}}", "redis.port = 6379;"),
    (f"{{\n  redis.port = 6379; # port from {SAID}\n}}", "redis.port = 6379;"),
    (f"{{\n  a = [\n    # Port from {SAID}\n    6379\n    80\n  ];\n}}", "6379"),
    (f"let\n  # Port from {SAID}\n  p = 6379;\nin {{ a = p; }}", "p = 6379;"),
    (f"{{\n  a = {{\n    b = 1;\n    # Port from {SAID}\n  }};\n}}",
     f"a = {{\n    b = 1;\n    # Port from {SAID}\n  }};"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "covered"), COVERED)
def test_what_an_annotation_covers(text: str, covered: str) -> None:
    (found,) = read(text).annotations
    assert (found.name, found.registry, found.number) == (("db", "redis"), "lib/ports.nix", 6379)
    assert cut(text, found.name_span) == "db.redis"
    assert found.digits is not None
    assert cut(text, found.digits) == "6379"
    assert cut(text, found.covers) == covered
    assert cut(text, found.span).startswith("#")


def test_other_comments_are_none() -> None:
    text = "{\n  # ports of the web\n  # lib/ports.nix: db.redis\n  a.port = 1;\n}"
    assert read(text).annotations == ()
