"""Comments that tie numbers to entries."""

import pytest

from port_registry.model import Annotation
from tests.sources.process_compose.reading import Files, stack

NOTE = "# Port from lib/ports.nix: databases.redis = 6379"


def only(text: str) -> tuple[Files, Annotation]:
    files, found = stack(text)
    (annotation,) = found.annotations
    return files, annotation


def test_its_parts_are_found_where_they_stand() -> None:
    text = f"processes:\n  redis:\n    {NOTE}\n    command: redis-server --port 6379\n"
    files, found = only(text)
    assert found.name == ("databases", "redis")
    assert (found.registry, found.number, found.service) == ("lib/ports.nix", 6379, "redis")
    assert files.text(found.name_span) == "databases.redis"
    assert found.digits is not None
    assert files.text(found.digits) == "6379"
    assert files.text(found.span) == NOTE
    assert files.text(found.covers) == "command: redis-server --port 6379"


@pytest.mark.parametrize(
    ("comment", "name", "registry", "number"),
    [
        ("# Port from ports.nix: a", ("a",), "ports.nix", None),
        ("#port from ports.toml:a.b=1", ("a", "b"), "ports.toml", 1),
        ('# Ports from ./x/p.nix: a."b.c".d = 2 (tcp)', ("a", "b.c", "d"), "./x/p.nix", 2),
        ("## PORT FROM p.nix : node-exporter.x' = 3", ("node-exporter", "x'"), "p.nix", 3),
        ("# Port from p.nix: a = 3000x", ("a",), "p.nix", None),
        ('# Port from p.nix: "5d-diplomacy".web', ("5d-diplomacy", "web"), "p.nix", None),
    ],
)
def test_the_forms_it_may_have(
    comment: str, name: tuple[str, ...], registry: str, number: int | None
) -> None:
    _, found = only(f"processes:\n  a: {comment}\n    command: x\n")
    assert (found.name, found.registry, found.number) == (name, registry, number)


@pytest.mark.parametrize(
    "comment", ["# Port 6379", "# Port from the registry", "# Support from x: y"]
)
def test_other_comments_are_none(comment: str) -> None:
    assert stack(f"processes:\n  a: {comment}\n    command: x\n")[1].annotations == ()


@pytest.mark.parametrize(
    ("text", "process", "covers"),
    [
        ("processes:\n  @\n  a:\n    command: x\n  b:\n", "a", "a:\n    command: x"),
        ("processes:\n  a:\n    @\n    command: x\n    shutdown:\n", "a", "command: x"),
        ("processes:\n  a:\n    command: x @\n    shutdown:\n", "a", "command: x"),
        ("processes:\n  a: @\n    command: x\n  b:\n", "a", "a: @\n    command: x"),
        ("processes:\n  a:\n    command: x\n    @\n  b:\n", "a", "a:\n    command: x"),
        ("processes:\n  a:\n    command: x\n    @\n", "a", "a:\n    command: x"),
        ("processes:\n  a:\n    environment:\n      - X=1\n      @\n      - Y=2\n", "a", "Y=2"),
        ("processes:\n  a:\n    environment:\n      - X=1 @\n      - Y=2\n", "a", "X=1"),
        ("processes:\n  a:\n    environment:\n      @\n      X: 1\n      Y: 2\n", "a", "X: 1"),
        ("processes:\n  a:\n    environment:\n      X: 1 @\n      Y: 2\n", "a", "X: 1"),
        ("processes:\n  a:\n    command: | @\n      x\n    shutdown:\n", "a",
         "command: | @\n      x\n"),
        ("processes:\n@\n  a:\n    command: x\n", "a", "a:\n    command: x"),
        ("processes:\n  a:\n    entrypoint: [x,\n      y] @\n    command: z\n", "a", "y"),
        ("@\nenvironment: [X]\nprocesses:\n", "", "environment: [X]"),
    ],
)  # fmt: skip
def test_what_it_covers(text: str, process: str, covers: str) -> None:
    files, found = only(text.replace("@", NOTE))
    assert found.service == process
    assert files.text(found.covers) == covers.replace("@", NOTE)


def test_several_above_one_node_all_cover_it() -> None:
    text = f"processes:\n  a:\n    {NOTE}\n    {NOTE}\n    command: x\n"
    files, found = stack(text)
    assert [files.text(note.covers) for note in found.annotations] == ["command: x"] * 2


def test_substitution_does_not_move_it() -> None:
    text = f"x-a: ${{A:-some text}}\nprocesses:\n  a:\n    command: x {NOTE}\n"
    files, found = only(text)
    assert files.text(found.span) == NOTE
    assert files.text(found.covers) == "command: x"
