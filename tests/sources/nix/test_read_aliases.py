"""Names to reach a registry by, and the place for a new one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from port_registry.languages.nix.parse import parse
from port_registry.model import Source
from tests.sources.nix.reading import chain, cut, read


def _handles(text: str, name: str) -> list[tuple[str, str]]:
    return [
        (chain(one.chain), cut(text, one.scope)) for one in read(text).aliases if one.name == name
    ]


def test_names_and_where_they_hold() -> None:
    text = "{ config, ports, ... }: let db = ports.databases; in { a = db.x; }"
    body = "let db = ports.databases; in { a = db.x; }"
    assert _handles(text, "ports") == [("argument:ports", body)]
    assert _handles(text, "config") == [("argument:config", body)]
    assert _handles(text, "db") == [("argument:ports.databases", body)]


def test_what_binds_the_name_again_is_left_out() -> None:
    text = "{ ports, ... }: { a = ports.x; b = ports: ports; c = let ports = 1; in ports; d = 2; }"
    assert _handles(text, "ports") == [
        ("argument:ports", "{ a = ports.x; b = ports: "),
        ("argument:ports", "; c = "),
        ("argument:ports", "; d = 2; }"),
    ]


def test_a_recursive_set_and_inherited_names() -> None:
    text = "let inherit (import ./p.nix) ports; in rec { x = ports.a; y = { ports = 2; }; }"
    ((found, scope),) = _handles(text, "ports")
    assert (found, scope) == ("file:hosts/p.nix.ports", text)


PLACES = [
    # The `let` that is there.
    ("{ lib, ... }:\nlet\n  x = 1;\nin\n{ a.port = x; }",
     "{ lib, ... }:\nlet\n  NEW\n  x = 1;\nin\n{ a.port = x; }"),
    ("let\n\tx = 1; # one\nin { a.port = x; }", "let\n\tNEW\n\tx = 1; # one\nin { a.port = x; }"),
    ("let # why\n    # what\n    x = 1;\nin { a.port = x; }",
     "let # why\n    NEW\n    # what\n    x = 1;\nin { a.port = x; }"),
    ("let x = 1; in { a.port = x; }", "let NEW x = 1; in { a.port = x; }"),
    ("let\r\n  inherit (y) x;\r\n  y = { x = 1; };\r\nin { a.port = x; }",
     "let\r\n  NEW\r\n  inherit (y) x;\r\n  y = { x = 1; };\r\nin { a.port = x; }"),
    ("let /* a\n b */ x = 1; in { a.port = x; }", None),
    # A new one.
    ("{ a.port = 1; }", "let\n  NEW\nin\n{ a.port = 1; }"),
    ("{ lib, ... }:\n\n{\n    a.port = 1;\n}\n",
     "{ lib, ... }:\n\nlet\n    NEW\nin\n{\n    a.port = 1;\n}\n"),
    ("{ lib, ... }: {\n\ta.port = 1;\n}", "{ lib, ... }: let\n\tNEW\nin {\n\ta.port = 1;\n}"),
    ("{ lib, ... }:\r\n  {\r\n    a.port = 1;\r\n  }",
     "{ lib, ... }:\r\n  let\r\n    NEW\r\n  in\r\n  {\r\n    a.port = 1;\r\n  }"),
    ("{ lib, ... }: with lib; mkMerge [ { a.port = 1; } ]",
     "{ lib, ... }: with lib; let\n  NEW\nin mkMerge [ { a.port = 1; } ]"),
    ("a: b: ({ x.port = 1; })", "a: b: (let\n  NEW\nin { x.port = 1; })"),
]  # fmt: skip


def _with_binding(text: str, path: str = "hosts/web.nix", new: str = "NEW") -> str | None:
    place = read(text, path).insertion_point
    if place is None:
        return None
    assert place.at.start == place.at.end
    at = place.at.start
    return f"{text[:at]}{place.before}{new}{place.after}{text[at:]}"


@pytest.mark.parametrize(("text", "expected"), PLACES)
def test_the_place_of_a_new_binding(text: str, expected: str | None) -> None:
    assert _with_binding(text) == expected


def test_a_flake_stays_a_plain_set() -> None:
    text = "{\n  outputs = { self, ... }: {\n    a.port = 1;\n  };\n}\n"
    assert _with_binding(text, "flake.nix") == (
        "{\n  outputs = { self, ... }: let\n    NEW\n  in {\n    a.port = 1;\n  };\n}\n"
    )
    assert _with_binding("{ inputs.a.port = 1; }", "flake.nix") is None


_BLANK = st.sampled_from([" ", "\n", "\r\n", "\n  ", "\t", " # c\n", " /* c */ ", "\n\n    "])
_FRAMES = ["{0}", "x:{0}", "{{ a, ... }}:{0}", "with 1;{0}", "assert true;{0}"]
_BODIES = ["{{{0}a.port = 1;{0}}}", "let{0}x = 1;{0}y = 2;{0}in{0}{{ a.port = x; }}"]


@given(st.sampled_from(_FRAMES), st.sampled_from(_BODIES), _BLANK, _BLANK)
def test_a_new_binding_can_be_read(frame: str, body: str, outer: str, inner: str) -> None:
    text = frame.format(outer + body.format(inner))
    made = _with_binding(text, new="ports = 1;")
    if made is not None:
        before, after = parse(Source("x", text)), parse(Source("x", made))
        assert not after.errors
        assert len(after.comments) == len(before.comments)
