"""Verification of a change of a large registry by reading a part of it."""

import random
from collections.abc import Callable

import pytest
from tests.registry.edit.change_requests import ask
from tests.registry.helpers import Texts
from tests.sizes import size

from port_registry.model import Edit
from port_registry.registry.edit import verify
from port_registry.registry.edit.editable_registry import EditableRegistry, RefusedError

_CATEGORIES = 12
_EACH = 30
_SHARED = 4
"""The number of entries that others are computed from."""


def _plain(rng: random.Random, category: int, at: int) -> str:
    comments = ("", "", " # what it is", " # udp: odd", " /* block */")
    port = 1024 + category * _EACH + at
    if category == 0:
        return f"{port};"
    value = rng.choice((str(port), str(port), f'"{port}"', f"{{ port = {port}; }}"))
    return f"{value};{rng.choice(comments)}"


def _body(rng: random.Random, computed: Callable[[], str]) -> list[str]:
    lines: list[str] = []
    for category in range(_CATEGORIES):
        lines += [f"  # Category {category}", f"  c{category} = {{"]
        for at in range(_EACH):
            is_computed = category > 0 and rng.random() < 0.03
            value = f"{computed()};" if is_computed else _plain(rng, category, at)
            if rng.random() < 0.1:
                lines.append(f"    # about p{at}")
            lines.append(f"    p{at} = {value}")
        lines += ["  };", ""]
    return lines


def _selecting(rng: random.Random) -> str:
    def computed() -> str:
        return f"ports.c0.p{rng.randrange(_SHARED)} + {rng.randint(20000, 30000)}"

    lines = _body(rng, computed)
    return "\n".join(["let ports = {", *lines, "}; in ports", ""])


def _recursive(rng: random.Random) -> str:
    bases = [f"  base{at} = {30000 + at};" for at in range(_SHARED)]

    def computed() -> str:
        return f"base{rng.randrange(_SHARED)} + {rng.randint(1, 9)}"

    return "\n".join(["rec {", *bases, "", *_body(rng, computed), "}", ""])


def _attached(rng: random.Random) -> str:
    shared = " ".join(f"s{at} = {31000 + at};" for at in range(_SHARED))

    def computed() -> str:
        return f"s{rng.randrange(_SHARED)}"

    body = ["{", *_body(rng, computed), "}"]
    return "\n".join([f"let shared = {{ {shared} }}; in with shared;", *body, ""])


def _request(rng: random.Random, text: str) -> str:
    category = rng.choice((0, rng.randrange(_CATEGORIES)))
    at = rng.randrange(_EACH if category else _SHARED)
    name = f"c{category}/p{at}"
    if "base1 =" in text and rng.random() < 0.5:
        name = f"base{rng.randrange(_SHARED)}"
    return rng.choice(
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


@pytest.mark.slow
@pytest.mark.parametrize("make", [_selecting, _recursive, _attached])
def test_reading_a_part_has_the_result_of_reading_the_whole(
    make: Callable[[random.Random], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(size(5, 20)):
        rng = random.Random(f"{make.__name__} {seed}")
        text = make(rng)
        request = _request(rng, text)
        assert len(text) > verify._LARGE
        with monkeypatch.context() as whole:
            whole.setattr(verify, "_LARGE", len(text) + 1)
            expected = _outcome(text, request)
        assert _outcome(text, request) == expected, request


def test_only_a_part_is_read_for_a_plain_edit() -> None:
    text = _attached(random.Random(1))
    editable = EditableRegistry(Texts({"ports.nix": text}), "ports.nix", None)
    binding = editable.bindings[0]
    reduced, (edit,) = verify.narrow(editable, (Edit(binding.entry.name_span, "other"),))
    assert len(reduced.source.text) < len(text) * 0.7
    assert len(reduced.bindings) < len(editable.bindings) / 2
    assert reduced.source.slice(edit.span) == binding.entry.name[-1]


def test_the_whole_is_read_for_a_computed_value() -> None:
    text = _recursive(random.Random(2))
    editable = EditableRegistry(Texts({"ports.nix": text}), "ports.nix", None)
    span = editable.bindings[0].entry.value_span
    for value in ("= base1;", "= base1 + 1;", '= "${base1}";', "= f (1);"):
        reduced, _ = verify.narrow(editable, (Edit(span, value),))
        assert reduced is editable
