"""Files that were made to hurt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from port_registry.model import Source
from port_registry.sources.nix.read import read_module
from tests.bounded import within

MANY = 2_000
HOSTILE = {
    "deep sets": "{a=" * 10_000 + "80" + ";}" * 10_000,
    "deep lists": "[" * 10_000 + "]" * 10_000,
    "nested sets": "{a=" * 1_900 + "80" + ";}" * 1_900,
    "nested conditions": "{c}:{x=" + "if c then 80 else " * 1_500 + "1;}",
    "nested selections": "{ports}:" + "(" * 1_500 + "ports" + ".a)" * 1_500,
    "long path": f"{{ports}}:{{x=ports{'.a' * 1_000};b{'.c' * 1_000}=80;}}",
    "long sum": "{ports}:[" + "+ ".join(["ports.a "] * MANY) + "]",
    "long update": "let ports=import ./p.nix; in " + " // ".join(["ports"] * MANY),
    "aliases": "{ports}:let a0=ports;"
    + "".join(f"a{n + 1}=a{n}.x;" for n in range(MANY)) + f"in a{MANY}",
    "aliases, the last first": "{ports}:let "
    + "".join(f"a{n + 1}=a{n}.x;" for n in reversed(range(MANY))) + f"a0=ports; in a{MANY}",
    "doubled texts": 'let a0="x";'
    + "".join(f'a{n + 1}="${{a{n}}}${{a{n}}}";' for n in range(60)) + "in {x=./. + a60;port=a60;}",
    "doubled calls": "let f0=x: x;"
    + "".join(f"f{n + 1}=x: f{n} (f{n} x);" for n in range(60))
    + "in {x=f60 1;y=import (f60 ./x);}",
    "doubled sets": "let a0={x=1;};"
    + "".join(f"a{n + 1}={{x=a{n};y=a{n};}};" for n in range(60)) + "in a60",
    "updates of updates": "{ports}:let a0=ports;"
    + "".join(f"a{n + 1}=a{n} // {{x{n}=1;}};" for n in range(MANY)) + f"in a{MANY}.y",
    "many withs": "".join(f"with {{a{n}=1;}}; " for n in range(1_500)) + f"[{'foo ' * MANY}]",
    "names that mean themselves": "let a=a;b={c=b;};f=x: f x;ports=ports.x;g=f (g 1);"
    "in {x=a;y=b;z=ports.y;w=b.c.c.c;v=f 1;u=g;p=import (f ./x);}",
    "maps of maps": "let f=x: {a=map f [1 2 3 4 5 6 7 8];}; in map f [1 2 3 4 5 6 7 8]",
    "one subject for many": "{ports}:let inherit (import ./x {"
    + "".join(f"b{n}=ports.a;" for n in range(MANY)) + "}) "
    + " ".join(f"a{n}" for n in range(MANY)) + "; in a1",
    "many scopes": "{ports}:[" + "(ports: ports.x) " * MANY + "]",
    "many parts of a condition": "{a}:{x=if " + " && ".join(["a.b"] * MANY) + " then 1 else 2;}",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_read_in_little_time(name: str) -> None:
    with within(3):
        read_module(Source("x.nix", HOSTILE[name]))


_WORD = st.sampled_from(
    "ports config lib self x a import ./p.nix ../lib ./. { } [ ] ( ) = ; : . , ? @ // ++ + && !"
    " let in with rec inherit if then else \"${x}:80\" '' or 80 mkIf mkDefault map assert ... -> =="
    " mkOption { default=80; } { ports, ... }: ports.web toString".split()
)


@given(st.lists(_WORD, max_size=40))
def test_any_text_is_read(words: list[str]) -> None:
    module = read_module(Source("a/x.nix", " ".join(words)))
    assert module is None or module.path == "a/x.nix"


@given(st.recursive(
    st.sampled_from("80 ports.web x \"${x}:80\" ./a (import(./p.nix)) ports true".split()),
    lambda inner: st.one_of(
        st.builds("[ {} {} ]".format, inner, inner),
        st.builds("{{ a = {}; port = {}; }}".format, inner, inner),
        st.builds("rec {{ x = {}; b = {}; }}".format, inner, inner),
        st.builds("(let x = {}; ports = {}; in x)".format, inner, inner),
        st.builds("(with {}; {})".format, inner, inner),
        st.builds("(x: {}) ({})".format, inner, inner),
        st.builds("(if {} then {} else x)".format, inner, inner),
        st.builds("(({}) // {{ x = {}; }})".format, inner, inner),
        st.builds("(map (x: {}) [ ({}) ])".format, inner, inner),
        st.builds("({{ a ? {}, ... }}@x: {{ y = {}; }})".format, inner, inner),
        st.builds("(({}).a or ({}))".format, inner, inner),
        st.builds("(mkIf ({}) ({}))".format, inner, inner),
        st.builds("(mkMerge [ ({}) (mkDefault ({})) ])".format, inner, inner),
        st.builds("(mkOption {{ default = {}; type = {}; }})".format, inner, inner),
        st.builds("{{ imports = [ ({}) ]; ${{{}}}.port = 1; }}".format, inner, inner),
    ),
    max_leaves=20,
))  # fmt: skip
def test_any_expression_is_read(body: str) -> None:
    arguments = "ports, x, map, mkIf, mkMerge, mkDefault, mkOption, ..."
    text = f"{{ {arguments} }}: {{ p.port = 1; q = {body}; }}"
    module = read_module(Source("a/x.nix", text))
    assert module is not None
    spans = [one.span for one in module.references]
    spans += [one.span for one in module.definitions]
    spans += [one.span for one in module.paths]
    assert all(0 <= span.start <= span.end <= len(text) for span in spans)
    starts = [one.span.start for one in module.references]
    assert starts == sorted(starts)
