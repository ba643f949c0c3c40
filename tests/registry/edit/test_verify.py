"""Of a large registry only a part is read again; the outcome is that of reading all of it."""

import random
from collections.abc import Callable

import pytest
from tests.registry.edit.asks import ask
from tests.registry.helpers import Texts

from port_registry.model import Edit
from port_registry.registry.edit import verify
from port_registry.registry.edit.editable_registry import RefusedError, open_editable

_CATEGORIES = 12
_EACH = 30
_SHARED = 4
"""How many entries others are computed from."""


def _plain(chance: random.Random, category: int, at: int) -> str:
    comments = ("", "", " # what it is", " # udp: odd", " /* block */")
    port = 1024 + category * _EACH + at
    if category == 0:
        return f"{port};"
    value = chance.choice((str(port), str(port), f'"{port}"', f"{{ port = {port}; }}"))
    return f"{value};{chance.choice(comments)}"


def _body(chance: random.Random, computed: Callable[[], str]) -> list[str]:
    lines: list[str] = []
    for category in range(_CATEGORIES):
        lines += [f"  # Category {category}", f"  c{category} = {{"]
        for at in range(_EACH):
            is_computed = category > 0 and chance.random() < 0.03
            value = f"{computed()};" if is_computed else _plain(chance, category, at)
            if chance.random() < 0.1:
                lines.append(f"    # about p{at}")
            lines.append(f"    p{at} = {value}")
        lines += ["  };", ""]
    return lines


def _selecting(chance: random.Random) -> str:
    def computed() -> str:
        return f"ports.c0.p{chance.randrange(_SHARED)} + {chance.randint(20000, 30000)}"

    lines = _body(chance, computed)
    return "\n".join(["let ports = {", *lines, "}; in ports", ""])


def _recursive(chance: random.Random) -> str:
    bases = [f"  base{at} = {30000 + at};" for at in range(_SHARED)]

    def computed() -> str:
        return f"base{chance.randrange(_SHARED)} + {chance.randint(1, 9)}"

    return "\n".join(["rec {", *bases, "", *_body(chance, computed), "}", ""])


def _attached(chance: random.Random) -> str:
    shared = " ".join(f"s{at} = {31000 + at};" for at in range(_SHARED))

    def computed() -> str:
        return f"s{chance.randrange(_SHARED)}"

    body = ["{", *_body(chance, computed), "}"]
    return "\n".join([f"let shared = {{ {shared} }}; in with shared;", *body, ""])


def _request(chance: random.Random, text: str) -> str:
    category = chance.choice((0, chance.randrange(_CATEGORIES)))
    at = chance.randrange(_EACH if category else _SHARED)
    name = f"c{category}/p{at}"
    if "base1 =" in text and chance.random() < 0.5:
        name = f"base{chance.randrange(_SHARED)}"
    return chance.choice(
        (
            f"add c{category}/new 40000",
            f"add c{category}/p{at} 40000",
            "add fresh/new 40000 description=why",
            "add base3 40000",
            "add s3 40000",
            f"remove {name}",
            f"rename {name} c{category}/renamed",
            f"rename {name} c{(category + 5) % _CATEGORIES}/moved",
            f"rename {name} base7",
            f"set {name} 41000",
            f"describe {name} else",
            f"protocol {name} udp",
        )
    )


def _outcome(text: str, request: str) -> tuple[Edit, ...] | str:
    try:
        return ask({"ports.nix": text}, "ports.nix", request)[1]
    except RefusedError as error:
        return str(error)


@pytest.mark.parametrize("make", [_selecting, _recursive, _attached])
def test_a_part_tells_what_the_whole_does(
    make: Callable[[random.Random], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(20):
        chance = random.Random(f"{make.__name__} {seed}")
        text = make(chance)
        request = _request(chance, text)
        assert len(text) > verify._LARGE
        with monkeypatch.context() as whole:
            whole.setattr(verify, "_LARGE", len(text) + 1)
            expected = _outcome(text, request)
        assert _outcome(text, request) == expected, request


def test_only_a_part_is_read_where_that_tells_enough() -> None:
    text = _attached(random.Random(1))
    ground = open_editable(Texts({"ports.nix": text}), "ports.nix", None)
    leaf = ground.leaves[0]
    around, (edit,) = verify.narrowed(ground, (Edit(leaf.entry.name_span, "other"),))
    assert len(around.source.text) < len(text) * 0.7
    assert len(around.leaves) < len(ground.leaves) / 2
    assert around.source.slice(edit.span) == leaf.entry.name[-1]


def test_what_is_computed_is_proved_with_all_of_the_file() -> None:
    text = _recursive(random.Random(2))
    ground = open_editable(Texts({"ports.nix": text}), "ports.nix", None)
    span = ground.leaves[0].entry.value_span
    for value in ("= base1;", "= base1 + 1;", '= "${base1}";', "= f (1);"):
        around, _ = verify.narrowed(ground, (Edit(span, value),))
        assert around is ground
