"""Syntax trees, compared with those of the real Nix: what it refuses, and how it reads the rest."""

import os
import random
import re
import subprocess
from pathlib import Path

import pytest

from port_registry.languages.nix.parse import parse
from port_registry.languages.nix.tree import File
from port_registry.model import Source
from tests import real
from tests.languages.nix.meaning import meaning
from tests.languages.nix.registries import generate
from tests.languages.nix.test_fuzz import FRAGMENTS
from tests.sizes import size

ROOT = Path(__file__).parents[3]
FILES = sorted(
    os.path.join(folder, name)
    for start in ("examples", "nix", "templates", "tests")
    for folder, _, names in os.walk(ROOT / start)
    for name in names
    if name.endswith(".nix")
)

VALID = r"""
x: y: x y
{ a, b ? 1, ... }@all: all
all@{ a, b, }: a
a @ { b } : a
{b}@a:	b
{...}@a: a
{ }: 1
{ a ? b, b ? a }: a
a: d: f: a.b.c or d.e or f
a: c: a."b".${c}.d
a: (a.b).c
a: ((a).b).${a}
rec { a = 1; }
rec{}
rec { a = 1; }.a
let{body=1;}
with 1; let { body = 2; }.x or 3
[ let { body = 1; } ]
a: a let { body = 1; }
let in 1
let inherit; inherit (1); in 1
let a = 1; inherit (a) d "e"; in a
let a = 1; ${"b"} = 2; in a
a: (assert a; { }) // a
a: (assert a; assert !a; "b") + "c" + "d"
a: b: c: d: with a; assert b; if c then d else e
a: f: f (-1) -2 [ a (f a) { } ]
!true && { } ? d.e -> true || 1 != [ ] ++ [ ] // { }
a: a + a * a - a / a < a
a: a <= a || a >= a && a > a
-1 ++ [ ]
-(1 + 2)
-!1
!!true
!-1
1 + !true
1 * !1 + 2
[ ] ++ !true // { }
1 - - 1
a: a * -a
a: -a ? b
a: !a ? b
a: a ++ a ? b
a: a ? b == a ? c
a: a?"b".${a}
a: a ? b ? c.d
1 ? a
a: a -> - a
a: a -> a -> a
a: a - a - a
[ ] ++ [ ] ++ [ ]
{ } // { } // { }
a: a<a
a: a<a>a
a: a//a
b: {}//b
a: a.a//a
a: a/*x*/
a: a /* x */ .b /* y */ . /* z */ c # d
a: /**/a/**/.b
/***/ 1
/* * */ 1 /* ** / */
a: a.5
a: [ 1.2.3 .5 0.5 00.5 1.5E-3 1.e2 10 007 ]
[ 1true 1.true 0.5true ]
0.a
1 .a
"a".b
a: [ a.b"c"a ]
a: d: f: ./a + ../b/c.nix + /d + ~/e + f/g
<nixpkgs/lib>
<a-b/c.d>
a: ./x${a}/b.c+d
a: a/${a}b//c + ./${a} + /x/${a}
a: -a/b
a: a +b/c
a: a ++b/c
a: 1/a
a: 1 /a
a: 1/ a
a: a./x
.../x
a: a.b'c/d
a'b: a'b/c
a'b: a'b.c/d
a: { a = ./x; b = ./x/${a}; }
a: (a:b)
a:b
a:"b"
a: a.b:c
a: [ http:a a://b http://a'b x+y:z ]
a: "a ${a} \${c} $${d} $" + "x\n\t\r\"\\"
a: "$${a}$"
a: "$\${a}$$${a}"
a: "${a}"
''''
''$''$''
''''$''
a: ''''${a}''
a: ''$\${a} ''\${ ''' $$${a}''
a: ''  a ${a} b''
{ or = 1; }.or
{ a.or.b = 1; }
a: { inherit (a) "b" or; }
a: { inherit a; b = a; }
{ "a b" = 1; "${"c"}" = 2; ${"d"} = 3; }
{ a.b.c = 1; a.b.d = { }; a.e = f: f; "g h" = 1; }
{ a = { b = 1; }; a.c = 2; }
{ a = rec { b = 1; c = b; }; a.d = 2; }
a: { a.b = 1; a.${a} = 2; ${a}.c = 3; }
{ if' = 1; let_ = 2; in-x = 3; orx = 4; }
a: a.if'
a: __sub a
"""
"""Valid expressions, one per line."""

INVALID = r"""
or: 1
{ or }: 1
{ or, a }: 1
[ or ]
a: map or [ ]
a: a or b
a: (a.b) or 1
a: a or.b
a: a.b or or
a: a.if
a: a. b/c
a: a? b/c
a: a < a < a
a: a == a != a
a: a == !a == a
a: 1 + x: y
a: 1 + { x }: y
a: 1 + if a then a else a
a: a +++b
a: a |> b <| c
{ a }@b:b
{ b }@{ c }: 1
a@b: a
{ ..., a }: 1
{ a ... }: 1
{ , }: 1
{ a, a }: 1
{ a }@a: 1
a: { inherit ${a}; }
a: let ${a} = 1; in 1
{ a = 1;; }
{ a == 1; }
{ a = 1 }
{ a = 1 b = 2; }
{ inherit = 1; }
{ a.let = 1; }
{ a = 1; a = 2; }
{ a.b = 1; a = 1; }
{ a = { b = 1; }; a.b = 2; }
a: { inherit a; a = 1; }
rec 1
let a = 1; a
let a = 1
if 1 then 2
with 1
assert 1 2
<a/b/> 1
./a/
./a//b
a: ./${a}/
~/x/
~
..
...
.
1:a
a: a.b:"c"
a: a_b.c:d
1.5e+
1e5
0.
9223372036854775808
a: ''''''
"a
'' a ''\
"${1"
"${}"
[ 1 -1 ]
[ a: a ]
[ if ]
(1
[ 1
{ a = (1 ]; }
()
1 }
/*/ 1
# only
§
"""
"""Expressions that Nix refuses, one per line."""


def lines(block: str) -> list[str]:
    return block.strip("\n").split("\n")


def ours(text: str, path: str = "a.nix") -> File | None:
    """Return the tree of `text`, or None where Nix should refuse it."""
    file = parse(Source(path, text))
    return None if file.errors or file.duplicates else file


def theirs(folder: Path, text: str) -> str | None:
    """Return what Nix prints of the tree of `text` in a file in `folder`; None if it refuses."""
    path = folder / "a.nix"
    path.write_text(text, encoding="utf-8", newline="")
    done = subprocess.run(
        [real.nix_instantiate(), "--parse", os.fspath(path)], capture_output=True, text=True
    )
    return done.stdout if done.returncode == 0 else None


def difference(folder: Path, text: str) -> str | None:
    """Return how our tree of `text` differs from that of Nix; None if it does not."""
    read, printed = ours(text), theirs(folder, text)
    if read is None or read.root is None or printed is None:
        is_same = read is None and printed is None
        return None if is_same else f"{text!r}: only one of us refuses it: {printed}"
    # It prints 1e+09 for 1e9, and could not read that again.
    printed = re.sub(r"\b(\d)(e\+\d+)", r"\1.0\2", printed)
    again = parse(Source("printed.nix", printed)).root
    if again is None:
        # Nix 2.8 prints an `assert` without parentheses, and a name like "in" without quotes.
        return None
    computed, expected = (meaning(root, os.fspath(folder)) for root in (read.root, again))
    return None if computed == expected else f"{text!r}:\n{computed}\n{expected}"


@pytest.mark.slow
@pytest.mark.parametrize("block", [VALID, INVALID], ids=["valid", "invalid"])
def test_edge_cases_are_read_as_by_nix(tmp_path: Path, block: str) -> None:
    texts = lines(block)
    assert [text for text in texts if (ours(text) is None) != (block is INVALID)] == []
    texts += [
        '"a\r\nb\rc"', "# a\r1", "''\r\n  a\r\n  b\r\n''", "1\r\n", "\r\n", "{ a = 1; # x\r}",
        "''\n  a\n   ${\"b\"}\n    c\n''", "{ #x\n }: 1", "{ a # x\n, b }: 1", "a # x\n: a",
    ]  # fmt: skip
    assert [found for text in texts if (found := difference(tmp_path, text))] == []


@pytest.mark.slow
def test_files_are_read_as_by_nix(tmp_path: Path) -> None:
    texts = [Path(path).read_text(encoding="utf-8") for path in FILES]
    texts += [generate(seed, "r").text for seed in range(size(50, 500))]
    assert [found for text in texts if (found := difference(tmp_path, text))] == []


@pytest.mark.slow
def test_any_heap_of_fragments_is_read_as_by_nix(tmp_path: Path) -> None:
    pick = random.Random(0)
    # Nix 2.8 reads a file up to its first null character, later ones refuse it. Each version
    # has other names that start with `__`: we accept all.
    fragments = [fragment for fragment in FRAGMENTS if fragment not in ("\x00", "__add")]
    found: list[str] = []
    for _ in range(size(200, 2_000)):
        text = pick.choice(("", " ")).join(pick.choices(fragments, k=pick.randint(1, 8)))
        found += [one for one in [difference(tmp_path, text)] if one is not None]
    assert found == []
