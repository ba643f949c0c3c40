"""Values, their origins, and the reasons of unknown values."""

import sys

import pytest

from port_registry.languages.nix.evaluate import Evaluator
from port_registry.languages.nix.values import AttrSet, Int, String, UnknownValue, Value
from tests.bounded import within
from tests.languages.nix.plain import MemoryReader, data, evaluator


def at(text: str, *name: str, **others: str) -> Value:
    """Return the value of the attribute `name` of `text`."""
    project = evaluator(text, **others)
    value = project.select(project.evaluate_file("ports.nix"), name)
    assert value is not None
    return value


def unknown(text: str, *name: str, **others: str) -> UnknownValue:
    value = at(text, *name, **others)
    assert isinstance(value, UnknownValue)
    return value


def test_a_literal_is_its_own_origin() -> None:
    text = "{ redis = 6379; }"
    value = at(text, "redis")
    assert isinstance(value, Int)
    assert text[value.span.start : value.span.end] == "6379"
    assert value.origins == (value.span,)


def test_a_name_has_the_span_of_its_literal() -> None:
    text = "let base = 8000; in { web = base; }"
    value = at(text, "web")
    assert isinstance(value, Int)
    assert text[value.span.start : value.span.end] == "8000"


def test_a_sum_has_the_origins_of_both_numbers() -> None:
    text = "let base = 8000; in { web = base + 1; }"
    value = at(text, "web")
    assert isinstance(value, Int)
    assert value.value == 8001
    assert text[value.span.start : value.span.end] == "base + 1"
    assert [text[o.start : o.end] for o in value.origins] == ["8000", "1"]


def test_digits_in_a_string_are_located_at_their_literal() -> None:
    text = '{ port = 8080; url = "http://x:${toString ports}/"; }'.replace("ports", "8081")
    value = at(text, "url")
    assert isinstance(value, String)
    assert value.traced.text == "http://x:8081/"
    place = value.traced.locate(9, 13)
    assert place is not None
    assert text[place.start : place.end] == "8081"


def test_digits_with_leading_zeros_are_not_verbatim() -> None:
    value = at('{ url = "${toString 0080}"; }', "url")
    assert isinstance(value, String)
    assert value.traced.text == "80"
    assert value.traced.locate(0, 2) is None


def test_an_imported_value_has_a_span_in_the_imported_file() -> None:
    value = at("import ./more.nix", "a", **{"more.nix": "{ a = 80; }"})
    assert isinstance(value, Int)
    assert value.span.path == "more.nix"


def test_imports_follow_the_folder_of_the_file() -> None:
    files = {
        "lib/ports.nix": "{ a = (import ./x).b; c = (import ../top.nix { n = 1; }).d; }",
        "lib/x/default.nix": "{ b = import ./y.nix; }",
        "lib/x/y.nix": "8080",
        "top.nix": "{ n }: { d = n + 1; }",
    }
    project = Evaluator(MemoryReader(files))
    value = project.evaluate_file("lib/ports.nix")
    for name, number in (("a", 8080), ("c", 2)):
        attribute = project.select(value, (name,))
        assert isinstance(attribute, Int)
        assert attribute.value == number


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{ lib, config, ... }: { a = config.x; }", "the argument `config` is given by the caller"),
        ("x: { a = x.y; }", "the argument is given by the caller"),
        ("{ pkgs, ... }: { a = pkgs.redis; }", "packages are not evaluated"),
        ("{ lib }: { a = lib.nothing 1; }", "this function of `lib` is not evaluated without Nix"),
        ("{ a = builtins.currentTime; }", "this builtin is not evaluated without Nix"),
        ("{ a = import ../x.nix; }", "`../x.nix` is outside the project"),
        ("{ a = import /etc/x.nix; }", "`/etc/x.nix` is outside the project"),
        ("{ a = import <x>; }", "`<x>` is outside the project"),
        ("{ a = import ./none.nix; }", "there is no file `none.nix` in the project"),
        ("{ a = import ./ports.nix; }", "infinite recursion: `ports.nix` imports itself"),
        ("rec { a = b; b = a; }", "infinite recursion: it needs its own value"),
        ("{ a = throw \"no\"; }", "it throws: no"),
        ("{ a = assert 1 == 2; 3; }", "this assertion fails"),
        ("{ a = let f = n: 1 + f n; in f 0; }", "the evaluation is nested too deeply"),
        ("{ a = { b = 1; }.c; }", "there is no attribute `c`"),
        ("{ a = 1 + \"x\"; }", "a string is not a number to add"),
        ("{ a = 9223372036854775807 + 1; }",
         "this integer overflows, which depends on the version of Nix"),
        ('{ a = "${./x}"; }', "Nix copies this path into its store for the string"),
    ],
)  # fmt: skip
def test_the_reason_of_an_unknown_value(text: str, reason: str) -> None:
    value = (
        unknown(text if "ports.nix" not in text else "(import ./ports.nix) // { }")
        if "ports.nix" in text
        else unknown(text, "a")
    )
    assert value.reason == reason
    assert value.span.path == "ports.nix"


def test_an_unknown_spreads_only_where_it_is_needed() -> None:
    text = "{ config, ... }: { a = config.x + 1; b = 2; c = [ config.y 3 ]; }"
    value = data(text)
    assert isinstance(value, dict)
    assert isinstance(value["a"], UnknownValue)
    assert value["b"] == 2
    assert isinstance(value["c"], list)
    assert isinstance(value["c"][0], UnknownValue)
    assert value["c"][1] == 3


@pytest.mark.parametrize("number", ["1.0e308 * 10", "(1.0e308 * 10 - 1.0e308 * 10)"])
def test_a_float_that_is_no_number_is_not_rounded(number: str) -> None:
    for function in ("floor", "ceil"):
        found = unknown(f"{{ a = builtins.{function} ({number}); }}", "a")
        assert found.reason == "this float is too large to round"


def test_an_unknown_value_says_whether_nix_fails_too() -> None:
    assert unknown('{ a = throw "x"; }', "a").fails
    assert not unknown("{ config }: { a = config; }", "a").fails


def test_modules_get_the_lib_of_nixpkgs() -> None:
    text = "{ config, pkgs, lib, ... }: { options.x.ports = lib.mkOption { default.a = 1; }; }"
    value = at(text, "options", "x", "ports", "default", "a")
    assert isinstance(value, Int)
    text = "let lib = import <nixpkgs/lib>; in { a = (import <nixpkgs> { }).lib.id (lib.max 1 2); }"
    assert data(text) == {"a": 2}


def test_defaults_of_arguments_count() -> None:
    assert data("{ lib ? null, offset ? 10, ... }: { a = offset; }") == {"a": 10}


def test_names_come_in_the_order_they_are_defined() -> None:
    value = at("{ z = 1; a.y = 2; b = 3; a.x = 4; }")
    assert isinstance(value, AttrSet)
    assert list(value.attrs) == ["z", "a", "b"]


def test_a_computed_name_has_the_span_of_its_string() -> None:
    text = '{ lib }: lib.genAttrs [ "redis" ] (name: 6379)'
    value = at(text)
    assert isinstance(value, AttrSet)
    span = value.attrs["redis"].name_span
    assert text[span.start : span.end] == '"redis"'


def test_the_first_of_two_definitions_counts() -> None:
    assert data("{ a = 1; a = 2; }") == {"a": 1}


def test_an_import_of_a_broken_file_is_unknown() -> None:
    value = unknown("{ a = import ./b.nix; }", "a", **{"b.nix": "{ a = ; }"})
    assert value.reason == "`b.nix` cannot be read as Nix: expected a value here, not `;`"
    value = unknown("{ a = import ./b.nix; }", "a", **{"b.nix": "{ x = 1; x = 2; }"})
    assert value.reason == "`b.nix` defines `x` twice"


def test_a_file_that_is_not_there_is_unknown() -> None:
    value = Evaluator(MemoryReader({})).evaluate_file("ports.nix")
    assert isinstance(value, UnknownValue)
    assert value.reason == "`ports.nix` cannot be read: no such file"


def test_import_cycles_end() -> None:
    files = {"b.nix": "import ./ports.nix"}
    assert "imports itself" in unknown("import ./b.nix", **files).reason
    lazy = {"b.nix": "{ y = (import ./ports.nix).z; }"}
    assert data("{ x = (import ./b.nix).y; z = 1; }", **lazy) == {"x": 1, "z": 1}


BOMBS = {
    "doubled string": 'let f = n: if n == 0 then "a" else let x = f (n - 1); in x + x; in f 60',
    "doubled list": "let f = n: if n == 0 then [ 1 ] else let x = f (n - 1); in x ++ x; in f 60",
    "exponential": "let f = n: if n == 0 then 1 else f (n - 1) + f (n - 1); in f 60",
    "long list": "builtins.genList (x: x) 1000000000",
    "many long lists": "with builtins; concatLists (genList (x: genList (y: y) 9999) 9999)",
    "endless set": "let f = n: { x = f (n + 1); }; in builtins.deepSeq (f 0) 1",
    "endless list": "let l = [ l ]; in l == [ l ]",
    "nested folds": "{ lib }: lib.foldl (a: b: a + b) 0 (lib.range 1 90000)",
    "self call": "let f = { __functor = self: x: self x; }; in f 1",
    "replacement": f"builtins.replaceStrings [ \"a\" ] [ ''{'b' * 9999}'' ] ''{'a' * 99999}''",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_unknown_in_bounded_time(name: str) -> None:
    limit = sys.getrecursionlimit()
    with within(10):
        value = unknown(BOMBS[name])
    assert not value.fails
    assert sys.getrecursionlimit() == limit


def test_values_next_to_a_bomb_are_known() -> None:
    text = "{ a = let f = n: f (n - 1) + f (n + 1); in f 1; b = 80; }"
    project = evaluator(text)
    value = project.evaluate_file("ports.nix")
    assert isinstance(project.select(value, ("a",)), UnknownValue)
    assert isinstance(project.select(value, ("b",)), Int)


@pytest.mark.slow
def test_ten_thousand_entries_are_evaluated_quickly() -> None:
    lines = (f"  group{n // 100}.service{n} = lib.mkDefault {n}; # it's\n" for n in range(10_000))
    text = "{ lib, ... }:\n{\n" + "".join(lines) + "}\n"
    with within(5):
        value = data(text)
    assert isinstance(value, dict)
    assert len(value) == 100
