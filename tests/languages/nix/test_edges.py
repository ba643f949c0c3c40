"""Values of edge cases of the language, compared with those of the real Nix."""

import os
import shutil

import pytest

from port_registry.languages.nix.values import UnknownValue
from tests.languages.nix.plain import Json, Plain, data, disagreement, evaluator, leaves
from tests.languages.nix.realnix import RealNix

KNOWN = r"""
7 / 2
(-7) / 2
7 / (-2)
-7 / 2
(0 - 9223372036854775807 - 1) + 5
007 + 1
1 + 1.5
1.5e2
.5
1.
3.0 * 2
1 == 1.0
1 < 1.5
"a" < "b"
"é" < "z"
"Z" < "a"
[ 1 2 ] < [ 1 3 ]
[ 1 ] < [ 1 0 ]
[ ] == [ ]
{ a = 1; } == { a = 1; b = 2; }
null == false
(x: x) == (x: x)
true -> false
false -> throw "x"
false && throw "x"
true || throw "x"
!true || true
1 + 2 * 3 - 4 / 2
-(1 + 2) * 3
[ 1 ] ++ [ 2 ] ++ [ 3 ]
{ a = 1; b = 2; } // { b = 3; } // { c = 4; }
({ a = 1; } // { a = 2; }).a
{ a = 1; }.a or 2
{ }.a.b or 2
{ a = 1; }.a.b or 2
{ a.b = 1; } ? a.b
{ a = 1; } ? a.b
{ a = 1; } ? "a"
1 ? a
{ } ? a ? b
({ a = throw "x"; } ? a)
{ or = 1; }.or
{ "a b" = 1; "${"c"}" = 2; ${"d"} = 3; ${null} = 4; }
{ "x".y = 1; x.z = 2; }
{ a.b = 1; a.c.d = 2; a.c.e = 3; }
{ a = { b = 1; }; a.c = 2; }
{ a.c = 2; a = { b = 1; }; }
{ a = { b = 1; }; a = { c = 2; }; }
{ a = rec { b = 1; }; a.c = b; }
{ a = rec { b = 1; d = b; }; a.c = 2; }
let b = 5; in { a = { x = b; }; a = rec { b = 1; }; }
let a.b = 1; a.c = 2; in a
rec { a = b; b = c; c = 1; }
rec { inherit (x) y; x.y = 1; }
let x = 1; in rec { inherit x; y = x; }
let x = 1; in { inherit x; y = rec { x = 2; z = x; }; }
let inherit ({ a = 1; }) a; in a
{ inherit ({ a = 1; b = 2; }) a b; }
let ${"a"} = 1; in a
let a = 1; in { inherit ${"a"}; }
let a = 1; in with { a = 2; b = 3; }; [ a b ]
with { a = 1; }; with { a = 2; }; a
with { a = 1; b = 9; }; with { a = 2; }; b
with { map = 1; }; builtins.isFunction map
let { body = x; x = 1; }
(x: y: x - y) 5 3
({ a, b ? a }: b) { a = 1; }
({ a, b ? a, ... }@s: s ? b) { a = 1; c = 2; }
(s@{ a ? 1, ... }: s) { b = 2; }
({ }: 1) { }
({ a ? b, b ? 2 }: a) { }
let f = n: if n == 0 then 1 else n * f (n - 1); in f 10
let f = { __functor = self: x: x + self.n; n = 1; }; in f 2
assert true; 1
if 1 == 1 then "a" else throw "b"
builtins.length [ (throw "x") ]
(x: 1) (throw "x")
"a${"b"}c${toString 1}"
"\n\t\r\\\"\${x}\q\u"
"$${x} $ $$ $a"
"$${toString 1}"
"${"$"}{x}"
''a''
'' a''
''
  a
    b
  c''
''
  a
   ${"b"}
    c
''
''

    a

  b
''
''  ${"x"} y''
''
    ${"x"}
  y
''
''
	tab
  space
''
''a ''' b ''$ ''${x} $${y} ''\n ''\t ''\x \n $ ' c''
''
  ''\n  x
    y
''
''
    x
   ''\   y
''
''
  a
    ''
''

''
''   ''
''''
'' '''''
''
  a\
  b
''
http://localhost:8080/x?y=1
toString 1.5
toString 1000000000
toString [ 1 [ 2 [ ] ] [ ] "x" true false null ]
toString { __toString = s: "q"; }
"${{ outPath = "p"; }}"
{ outPath = "p"; }.outPath + "x"
{ __toString = s: "x"; } + "y"
builtins.substring 2 3 "abcdef"
builtins.substring 2 (-1) "abcdef"
builtins.substring 9 1 "abc"
builtins.stringLength "é"
builtins.concatStringsSep ", " [ "a" "b" ]
builtins.replaceStrings [ "a" "ab" ] [ "x" "y" ] "abab"
builtins.sort builtins.lessThan [ 3 1 2 ]
builtins.sort (a: b: a.k < b.k) [ { k = 2; v = 1; } { k = 1; v = 2; } { k = 2; v = 3; } ]
builtins.attrNames { b = 1; a = 2; "é" = 3; Z = 4; }
builtins.attrValues { b = 1; a = 2; }
builtins.mapAttrs (n: v: n + toString v) { b = 1; a = 2; }
builtins.listToAttrs [ { name = "a"; value = 1; } { name = "a"; value = 2; } ]
builtins.intersectAttrs { a = 1; } { a = 2; b = 3; }
builtins.removeAttrs { a = 1; b = 2; } [ "a" "z" ]
builtins.catAttrs "a" [ { a = 1; } { b = 2; } { a = 3; } ]
builtins.genList (x: x * x) 4
builtins.foldl' (a: b: a + b) 0 [ 1 2 3 ]
builtins.foldl' (a: b: b) (throw "x") [ 1 ]
builtins.concatMap (x: [ x x ]) [ 1 2 ]
builtins.filter (x: x > 1) [ 1 2 3 ]
builtins.partition (x: x > 1) [ 1 2 3 ]
builtins.groupBy (x: if x > 1 then "b" else "a") [ 1 2 3 ]
builtins.all (x: x > 0) [ ]
builtins.any (x: x > 0) [ (-1) 1 ]
builtins.elem 1 [ 2 1.0 ]
builtins.elem (throw "x") [ ]
builtins.typeOf 1.0
map builtins.typeOf [ 1 "a" true null [ ] { } (x: x) ./x ]
builtins.floor (-1.5)
builtins.ceil (-1.5)
builtins.bitAnd 6 3
builtins.seq 1 2
builtins.deepSeq { a = [ 1 ]; } 2
builtins.trace "x" 2
builtins.isFunction { __functor = s: x: x; }
__add 1 2
__isInt 3
[ (f: f) ] == [ ]
(let x = 1; in x)+(let x = 2; in x)
{a=1;b=[2 3];}.b
/* c */ 1 # d
let a = 1; in let b = a; a = 2; in b
rec { a = 1; b = { a = 2; c = a; }; }
{ a = let b = 1; in b; }
[ { a = 1; }.a ({ b = 2; }.b or 3) ]
{ x = a: a; }.x 5
{ f = x: x + 1; }.f 1 + 1
1 == 1 && 2 == 2 || false
!{ a = true; }.a
- - 1
{ a = 1; } // { b = 2; } == { a = 1; b = 2; }
"a" + "b" == "ab"
[ ./a ] == [ ./a ]
./a == ./b/../a
(1 == 1) == true
(1 < 2) == (2 < 3)
let a.b.x = 1; c.y = 2; in [ (a.b//c) (a.b //c) (c// c) (c//a//c) "a//b" ]
let a-b = 2; in a-b
"${toString 8080}" == "8080"
"""

FAILING = r"""
1 / 0
1 + "a"
"a" + 1
null + "x"
"${1}"
"${null}"
1 && true
if 1 then 2 else 3
assert false; 1
throw "x"
abort "x"
{ a = 1; }.b
1.a
1 2
(x: y: x) 1 2 3
({ a }: a) { }
({ a }: a) { a = 1; b = 2; }
({ a, b ? 1 }: a) { a = 1; c = 1; }
let x = x; in x
rec { a = b; b = a; }.a
rec { a = a + 1; }.a
[ 1 ] + [ 2 ]
{ } + "a"
1 // { }
1 ++ [ ]
[ ] < { }
true < false
(x: x) + 1
builtins.head [ ]
builtins.elemAt [ 1 ] 1
builtins.length { }
builtins.getAttr "a" { }
builtins.attrNames [ ]
builtins.substring (-1) 2 "abc"
builtins.listToAttrs [ { name = 1; value = 2; } ]
builtins.genList (x: x) (-1)
{ ${1} = 2; }
{ x = 1; "${"x"}" = 2; }
{ a = 1; a = 2; }
{ a.b = 1; a = 2; }
{ a.b = 1; a.b = 2; }
{ a = { b.c = 1; }; a = { b.d = 2; }; }
{ a = { b = 1; }; a.b = 2; }
{ inherit ({ a = 1; }) a; a = 2; }
let a = 1; a = 2; in a
builtins.foldl' (a: b: b) 0 [ (throw "x") 1 ]
[ 1 -1 ]
let or = 1; in [ or ]
let ${toString 1} = 1; in a
{ inherit ${toString 1}; }
﻿{ }
{ a, a }: a
{ a }@a: a
undefinedName
{ a = undefinedName; b = 1; }
x: undefinedName
with { }; undefinedName
9223372036854775808
-9223372036854775808
{ a = 1 b = 2; }
{ a = 1; b = 2 }
{ a = ; }
[ 1 2
(1
"a
''a
{ a = 1; } }
/* a
{ a = ./x/; }
a: b: {
let a = 1; a
if true then 1
1 1 =
{ a = x: ; }
{ rec = 1; }
1 <
1 == 1 == true
1 < 2 < 3
a.b.
§
{ a = b: 1; }.a.b
with 1; a
- "a"
!1
toString (x: x)
"${x: x}"
import ./nothing.nix
builtins.add 1 "a"
-true
"""


def split(block: str) -> list[str]:
    """Return the expressions in a block: one per line, or an indented string on several."""
    expressions: list[str] = []
    for line in block.strip("\n").split("\n"):
        if expressions and "''" in expressions[-1] and not closed(expressions[-1]):
            expressions[-1] += "\n" + line
        else:
            expressions.append(line)
    return expressions


def closed(text: str) -> bool:
    """Return whether the indented strings in `text` end (`'''` and `''$` are escapes)."""
    bare = text.replace("'''''", "''").replace("'''", "") if text != "''''" else ""
    for escape in ("''$", "''\\"):
        bare = bare.replace(escape, "")
    return bare.count("''") % 2 == 0


@pytest.fixture(scope="module")
def nix(tmp_path_factory: pytest.TempPathFactory) -> RealNix:
    folder = os.fspath(tmp_path_factory.mktemp("nix"))
    shutil.copy(os.path.join(os.path.dirname(__file__), "lib.nix"), folder)
    return RealNix(folder)


def ours(text: str) -> Plain:
    duplicates = evaluator(text).file("ports.nix").duplicates
    if duplicates:
        return UnknownValue("defined twice", duplicates[0].span, fails=True)
    return data(text)


def unwrapped(real: Json | None) -> Json:
    assert isinstance(real, list), "Nix fails on it"
    return real[0]


def test_values_known_to_nix_are_known_and_equal(nix: RealNix) -> None:
    texts = [
        *split(KNOWN),
        "''$''",
        "''$$''",
        "''\n    a\n  \n  b\n''",
        "''\r\n  a\r\n  b\r\n''",
        '"a\r\nb\rc"',
        "1\r\n",
    ]
    reals = nix.expressions(texts)
    wrong: list[str] = []
    for text in texts:
        computed = ours(text)
        unknown = [leaf for leaf in leaves(computed) if isinstance(leaf, UnknownValue)]
        if reals[text] is None:
            wrong.append(f"{text!r}: Nix fails; ours: {computed!r}")
        elif unknown:
            wrong.append(f"{text!r}: unknown: {unknown[0].reason}")
        elif (difference := disagreement(computed, unwrapped(reals[text]))) is not None:
            wrong.append(f"{text!r}{difference}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
def test_values_that_fail_in_nix_are_unknown(nix: RealNix) -> None:
    texts = FAILING.strip("\n").split("\n")
    reals = nix.expressions(texts)
    wrong: list[str] = []
    for text in texts:
        if reals[text] is not None:
            wrong.append(f"{text!r}: Nix says {reals[text]!r}")
        failures = [u for u in leaves(ours(text)) if isinstance(u, UnknownValue) and u.fails]
        if not failures and "a }" not in text and not text.startswith("x:"):
            wrong.append(f"{text!r}: ours: {ours(text)!r}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "9223372036854775807 + 1",
        "9223372036854775807 * 2",
        "-9223372036854775807 - 2",
        "(0 - 9223372036854775807 - 1) / (-1)",
    ],
)
def test_an_overflow_is_unknown_because_versions_of_nix_differ(text: str) -> None:
    assert isinstance(data(text), UnknownValue)
