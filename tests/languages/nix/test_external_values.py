"""Evaluation with values from outside the project."""

import pytest

from port_registry.languages.nix.evaluate import Evaluator
from port_registry.languages.nix.functions.builtins_table import library, root_scope
from port_registry.languages.nix.functions.scripts import writer
from port_registry.languages.nix.scope import delayed
from port_registry.languages.nix.scoped_walk import walk_with_scopes
from port_registry.languages.nix.values import (
    NOWHERE,
    ExternalValue,
    Int,
    UnknownValue,
    Value,
    evaluated,
)
from port_registry.model import Segment, Span, TracedText
from tests.languages.nix.plain import MemoryReader, Plain, plain

FILE = "a.nix"


class World:
    """External values: `ports.http`, nixpkgs' `lib` and the writers of scripts."""

    def value_of(self, external: ExternalValue) -> Value | None:
        if external.path == ("ports", "http"):
            return Int(80, NOWHERE, ())
        if external.path[-2:] == ("pkgs", "lib"):
            return library(ExternalValue(("lib",), NOWHERE)).value
        return writer(external.path[-1])

    def placeholder(self, _unknown: UnknownValue, span: Span) -> Segment:
        return Segment("?", span, verbatim=False)

    def embedded(self, text: TracedText, _span: Span) -> TracedText:
        return text


def body(text: str) -> Plain:
    """Return the value of `text`, in which `pkgs`, `ports` and `all` come from outside."""
    ours = Evaluator(MemoryReader({FILE: f"{{ pkgs, ports, ... }}@all: {text}"}), World())
    root = ours.file(FILE).root
    assert root is not None, ours.file(FILE).errors
    arguments = walk_with_scopes(
        root,
        root_scope(""),
        lambda name, span: evaluated(ExternalValue((name,), span)),
        lambda _: True,
    )
    next(arguments)
    node, scope = next(arguments)
    value = ours.force(delayed(node, scope))
    return ".".join(value.path) if isinstance(value, ExternalValue) else plain(ours, value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pkgs.redis", "pkgs.redis"),
        ("(pkgs.redis.override { a = 1; }).out", "pkgs.redis.override.().out"),
        ("with pkgs; redis", "pkgs.redis"),
        ("all.inputs.x", "all.inputs.x"),
        ("pkgs.${ports.name}.x", "pkgs.*.x"),
        ("(import pkgs.path { }).hello", "pkgs.path.import().().hello"),
        ("pkgs.lib.nothingSuch 1", "lib.nothingSuch.()"),
        ("ports.http + 1", 81),
        (
            '"${pkgs.redis}/bin/redis-server --port ${toString ports.http}"',
            "?/bin/redis-server --port 80",
        ),
        ('pkgs.redis + "/bin/redis-server"', "?/bin/redis-server"),
        ('"a" + pkgs.x + "b"', "a?b"),
        ('"${toString (1 + pkgs.x)}-${throw "no"}"', "?-?"),
        ('pkgs.lib.concatStringsSep "," [ "a" "${pkgs.x}" ]', "a,?"),
        ("pkgs.lib.getExe pkgs.uv", "?/bin/uv"),
        ("pkgs.lib.getExe pkgs.redis", "?/bin/redis-cli"),
        ("pkgs.lib.getExe (pkgs.python3.withPackages (p: [ ]))", "?"),
        ('pkgs.lib.getExe\' pkgs.nodejs "npm"', "?/bin/npm"),
        ('(pkgs.writeShellApplication { name = "a"; text = "b ${pkgs.c}"; }).text', "b ?"),
        ('"${pkgs.writeShellScript "a" "b"}"', "?"),
        ('"${pkgs.lib.getExe (pkgs.writers.writeBashBin "a" "b")} -c"', "?/bin/a -c"),
        ('pkgs.lib.escapeShellArg "a\'b"', "'a'\\''b'"),
        ('pkgs.lib.escapeShellArgs [ 1 "x y" "" ]', "1 'x y' ''"),
        ('builtins.attrNames { a = 1; "b-${pkgs.x}" = 2; ${pkgs.y} = 3; }', ["?", "a", "b-?"]),
        ("builtins.length (pkgs.lib.optionals pkgs.x [ 1 2 ])", 2),
        ("(pkgs.lib.optionalAttrs pkgs.x { a = 1; }).a._type", "if"),
        ("pkgs.lib.optional (1 == 2) 3", []),
    ],
)
def test_values(text: str, expected: Plain) -> None:
    assert body(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "pkgs.x == 1",
        "1 == pkgs.x",
        "pkgs ? x",
        "pkgs.x or 1 + 1",
        "builtins.isString pkgs.x",
        "if pkgs.x then 1 else 2",
        'pkgs.lib.attrByPath [ "a" ] 1 pkgs.x',
        "pkgs.lib.isFunction pkgs.x",
        "{ a = 1; } // pkgs.x",
        "builtins.map (x: x) pkgs.x",
        "-pkgs.x",
        "toString pkgs.x",
    ],
)
def test_nothing_is_guessed(text: str) -> None:
    value = body(text)
    assert isinstance(value, UnknownValue)
    assert "`pkgs.x`" in value.reason or "`pkgs`" in value.reason


def test_every_expression_is_walked_with_its_scope() -> None:
    text = "x: let a = 1; in with x; rec { b = a; c = [ (y: y + b) ]; inherit (x) d; }"
    ours = Evaluator(MemoryReader({FILE: text}), World())
    root = ours.file(FILE).root
    assert root is not None
    seen: dict[str, Plain] = {}
    nodes = walk_with_scopes(
        root,
        root_scope(""),
        lambda name, span: evaluated(ExternalValue((name,), span)),
        lambda _: True,
    )
    for node, scope in nodes:
        value = ours.force(delayed(node, scope))
        expression = text[node.span.start : node.span.end]
        seen[expression] = (
            ".".join(value.path) if isinstance(value, ExternalValue) else plain(ours, value)
        )
    assert seen["a"] == seen["b"] == seen["1"] == 1
    assert seen["d"] == "x.d"
    assert seen["y"] == "y"


def test_without_external_values_an_unknown_part_makes_the_string_unknown() -> None:
    ours = Evaluator(MemoryReader({FILE: '{ pkgs, ... }: "${pkgs.x}/bin"'}))
    value = ours.evaluate_file(FILE)
    assert isinstance(value, UnknownValue)
