"""Registries of every shape that people write, made up from a seed.

Each is a small project: the registry, and the files that it imports. The generator knows
the type of every name in scope, so that nearly all of what it writes is valid.
"""

import random
from typing import NamedTuple

KEYWORDS = ("assert", "else", "if", "in", "inherit", "let", "or", "rec", "then", "with")
BARE = [
    "ssh",
    "redis",
    "postgresql",
    "api",
    "web",
    "http",
    "grpc",
    "metrics",
    "node-exporter",
    "temporalUI",
    "db_1",
    "x",
    "a'",
    "minio",
    "console",
    "dns",
    "nats",
    "loki",
    "start-stop",
    "b",
    "c",
    "d",
    "e",
]
QUOTED = ("5d-diplomacy", "web.front", "with space", "ünï", "in", 'a\\"b', "${", "\\${x}", "")
HEADS = (
    "", "", "", "", "{ lib }:", "{ ... }:", "_:", "{ lib, config, ... }:", "{ lib, ... }@args:",
    "args@{ lib, pkgs, ... }:", "{ lib ? null, offset ? 10, ... }:", "{ lib, }:",
)  # fmt: skip


class Made(NamedTuple):
    """One generated project."""

    text: str
    files: dict[str, str]
    """What the registry imports, by path beside it."""


class Names(NamedTuple):
    """The names in scope, by what they hold."""

    ints: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()
    sets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Sets of integers, each with its attributes as they are selected."""
    lib: str = ""
    """How `lib` is reached; empty where it is not."""

    def plus(self, other: "Names") -> "Names":
        return Names(
            self.ints + other.ints,
            self.strings + other.strings,
            self.sets + other.sets,
            self.lib or other.lib,
        )

    def without(self, name: str) -> "Names":
        """Return the names that are not shadowed by a new `name` of unlike type."""
        return Names(
            tuple(n for n in self.ints if n != name),
            tuple(n for n in self.strings if n != name),
            tuple(s for s in self.sets if s[0] != name),
            "" if name == self.lib else self.lib,
        )


class Generator:
    """Makes registries up from one seed."""

    def __init__(self, seed: int, prefix: str) -> None:
        self.random = random.Random(seed)
        self.prefix = prefix
        self.files: dict[str, str] = {}
        self.fresh = 0

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def pick(self, *choices: str) -> str:
        return self.random.choice(choices)

    # Names.

    def bare(self, taken: set[str]) -> str:
        while True:
            name = self.random.choice(BARE)
            if name in taken or self.chance(0.3):
                self.fresh += 1
                name = f"{name}{self.fresh}"
            if name not in taken:
                taken.add(name)
                return name

    def key(self, taken: set[str]) -> tuple[str, bool]:
        """Return an attribute name as written, and whether it is a bare one."""
        if self.chance(0.12):
            quoted = self.random.choice(QUOTED)
            if quoted != "${" and quoted not in taken:
                taken.add(quoted)
                return f'"{quoted}"', False
        name = self.bare(taken)
        if self.chance(0.05):
            return f'"{name}"', False
        return name, True

    # Integers.

    def literal(self) -> str:
        kind = self.random.random()
        if kind < 0.9:
            return str(self.random.randrange(1, 65536))
        if kind < 0.95:
            return str(self.random.choice((0, 1, 65535, 65536, 9223372036854775807, 80000)))
        return "0" * self.random.randrange(1, 3) + str(self.random.randrange(1, 9999))

    def integer(self, names: Names, depth: int) -> str:
        if depth <= 0 or self.chance(0.35):
            if names.ints and self.chance(0.6):
                return self.random.choice(names.ints)
            if names.sets and self.chance(0.5):
                name, attrs = self.random.choice(names.sets)
                return f"{name}.{self.random.choice(attrs)}"
            return self.literal()
        maker = self.random.choice(self.integer_makers)
        return maker(self, names, depth - 1)

    def _sum(self, names: Names, depth: int) -> str:
        operator = self.pick("+", "+", "+", "-", "*", " + ", " - ")
        right = self.random.choice((str(self.random.randrange(1, 200)), self.small(names, depth)))
        left = self.small(names, depth)
        text = f"{left} {operator} {right}"
        return f"({text})" if self.chance(0.9) or "-" in operator else f"({text} + 1)"

    def small(self, names: Names, depth: int) -> str:
        """Return an integer whose products stay far from overflow."""
        if names.ints and self.chance(0.5):
            return f"(modulo {self.random.choice(names.ints)})"
        if depth > 0 and self.chance(0.4):
            return f"(modulo {self.integer(names, depth - 1)})"
        return str(self.random.randrange(0, 70000))

    def _quotient(self, names: Names, depth: int) -> str:
        return f"({self.integer(names, depth)} / {self.random.randrange(1, 50)})"

    def _negative(self, names: Names, depth: int) -> str:
        return f"(-{self.small(names, depth)})"

    def _if(self, names: Names, depth: int) -> str:
        condition = self.boolean(names, depth)
        yes, no = self.integer(names, depth), self.integer(names, depth)
        return f"(if {condition} then {yes} else {no})"

    def _let(self, names: Names, depth: int) -> str:
        name = self.bare({names.lib})
        value = self.integer(names, depth)
        inner = names.without(name).plus(Names(ints=(name,)))
        # The value may name an outer variable that the new one hides, hence the inner let.
        hidden = "v" + name.replace("'", "")
        return (
            f"(let {hidden}_ = {value}; in let {name} = {hidden}_; in {self.integer(inner, depth)})"
        )

    def _assert(self, names: Names, depth: int) -> str:
        return f"(assert {self.truth(names, depth)}; {self.integer(names, depth)})"

    def _call(self, names: Names, depth: int) -> str:
        given = self.integer(names, depth)
        other = self.integer(names, depth)
        return self.random.choice(
            (
                f"((x: modulo x + 1) {given})",
                f"((x: y: if x < y then x else y) {given} {other})",
                f"(({{ a, b ? modulo a + 1 }}: modulo a + modulo b) {{ a = {given}; }})",
                f"(({{ a, ... }}@s: modulo a + modulo s.c) {{ a = {given}; c = {other}; }})",
                f"((s@{{ a, b ? 2 }}: if s ? b then b else a) {{ a = {given}; }})",
                f"(let f = n: if n <= 0 then modulo {given} else 1 + f (n - 1); in f "
                f"{self.random.randrange(12)})",
            )
        )

    def _from_set(self, names: Names, depth: int) -> str:
        text, keys = self.int_set(names, depth)
        key = self.random.choice(keys)
        choices = [
            f"{text}.{key}",
            f"({text}.missing.deeper or {self.integer(names, depth)})",
            f"({text}.{key} or 1)",
        ]
        if key.startswith('"'):
            choices.append(f"{text}.${{{key}}}")
        else:
            hidden = f"x-{key}"
            choices.append(f"(with {{ {hidden} = {text}.{key}; }}; {hidden})")
            choices.append(f"(let inherit ({text}) {key}; in {key})")
        return self.random.choice(choices)

    def _builtin(self, names: Names, depth: int) -> str:
        one, two = self.integer(names, depth), self.integer(names, depth)
        items = f"[ {one} {two} {self.integer(names, depth)} ]"
        return self.random.choice(
            (
                f"(builtins.length {items})",
                f"(builtins.head {items})",
                f"(builtins.elemAt {items} 1)",
                f"(builtins.foldl' (a: b: modulo a + modulo b) 0 {items})",
                f"(builtins.stringLength {self.string(names, depth)})",
                f"(builtins.add (modulo {one}) (modulo {two}))",
                f"(builtins.div {one} 7)",
                f'(builtins.getAttr "k" {{ k = {one}; }})',
                f"(builtins.head (builtins.sort builtins.lessThan {items}))",
                f"(builtins.head (builtins.tail (map (x: modulo x * 2) {items})))",
                f"(builtins.bitXor (modulo {one}) 5)",
                f"(builtins.seq {one} {two})",
                f"(builtins.fromJSON {self.quote_number()})" if self.chance(0.1) else one,
            )
        )

    def quote_number(self) -> str:
        return f'"{self.random.randrange(1, 65536)}"'

    def _library(self, names: Names, depth: int) -> str:
        if not names.lib:
            return self.integer(names, depth)
        lib = names.lib
        one, two = self.integer(names, depth), self.integer(names, depth)
        return self.random.choice(
            (
                f"({lib}.max {one} {two})",
                f"({lib}.min {one} {two})",
                f"({lib}.id {one})",
                f"({lib}.const {one} {two})",
                f"({lib}.pipe {one} [ modulo (x: x + 1) ])",
                f'({lib}.toInt "{self.random.randrange(1, 65536)}")',
                f"({lib}.last ({lib}.range 5 {self.random.randrange(6, 20)}))",
                f"({lib}.foldl (a: b: modulo a - b) 0 [ {one} (modulo {two}) ])".replace(
                    f"[ {one} ", f"[ (modulo {one}) "
                ),
                f"({lib}.flip builtins.sub 3 (modulo {one}))",
            )
        )

    integer_makers = (
        _sum, _sum, _sum, _quotient, _negative, _if, _let, _assert, _call, _from_set, _builtin,
        _library,
    )  # fmt: skip

    # Booleans.

    def boolean(self, names: Names, depth: int) -> str:
        one, two = self.integer(names, depth - 1), self.integer(names, depth - 1)
        operator = self.pick("<", ">", "<=", ">=", "==", "!=")
        return self.random.choice(
            (
                "true",
                "false",
                f"({one} {operator} {two})",
                f"(!({one} == {two}))",
                f"({one} < {two} && true)",
                f"({one} < {two} || {two} < {one})",
                f"(false -> {one} == {two})",
                f'("a" {operator} "{self.random.choice("abAé")}")',
                f"([ {one} ] {operator} [ {two} ])",
                f"({{ a = {one}; }} == {{ a = {two}; }})",
                f"({{ a.b = {one}; }} ? a.b)",
                f"(builtins.elem {one} [ {two} ])",
                f"(builtins.isInt {one})",
                f"(null == {one})",
            )
        )

    def truth(self, names: Names, depth: int) -> str:
        """Return a condition that holds."""
        one = self.integer(names, depth - 1)
        return self.random.choice(("true", f"({one} == {one})", f"({one} <= {one})", "!false"))

    # Strings.

    def fragment(self) -> str:
        return self.random.choice(
            (
                "", "api", "port ", "8080", "-", "http://localhost:", ":", "\\n", "\\t", "\\\\",
                '\\"', "\\${a}", "$$", "$", "é", "😀", "'", "''", "# no comment", "\\q", "{}", "/",
            )
        )  # fmt: skip

    def interpolation(self, names: Names, depth: int) -> str:
        if depth > 0 and self.chance(0.4):
            return f"${{{self.string(names, depth - 1)}}}"
        if names.strings and self.chance(0.4):
            return f"${{{self.random.choice(names.strings)}}}"
        return f"${{toString {self.integer(names, depth - 1)}}}"

    def string(self, names: Names, depth: int) -> str:
        kind = self.random.random()
        if kind < 0.25:
            return f'"{self.random.randrange(1, 65536)}"'
        if kind < 0.35:
            low = self.random.randrange(1024, 60000)
            return f'"{low}-{low + self.random.randrange(100)}"'
        if kind < 0.55 and depth > 0:
            return self.indented(names, depth)
        if kind < 0.6 and depth > 0:
            return f"({self.string(names, depth - 1)} + {self.string(names, depth - 1)})"
        if kind < 0.64:
            return f"(toString {self.integer(names, depth - 1)})"
        if kind < 0.67:
            values = '1.5 true null [ 1 [ ] [ 2 3 ] ] "x" false 0.1 1000000000.5'
            return f"(toString [ {values} ])"
        if kind < 0.7:
            return f'(builtins.substring {self.random.randrange(4)} 3 "localhost:8080")'
        if kind < 0.72:
            return f'(builtins.concatStringsSep "," [ {self.string(names, 0)} "b" ])'
        if kind < 0.74:
            return '(builtins.replaceStrings [ "a" "bb" ] [ "1" "" ] "abbaabc")'
        if kind < 0.75:
            return "http://localhost:8080/x"
        parts: list[str] = []
        for _ in range(self.random.randrange(4)):
            if self.chance(0.35):
                parts.append(self.interpolation(names, depth))
            else:
                parts.append(self.fragment())
        text = "".join(parts)
        # `$` before `{` would begin an interpolation.
        return '"' + text.replace("${}", "$ {}").replace("$$$", "$$ $") + '"'

    def indented(self, names: Names, depth: int) -> str:
        lines: list[str] = []
        for _ in range(self.random.randrange(5)):
            pad = " " * self.random.choice((0, 2, 2, 4, 4, 6))
            if self.chance(0.05):
                pad += "\t"
            body = "".join(
                self.interpolation(names, depth)
                if self.chance(0.3)
                else self.random.choice(
                    (
                        "x", "listen 80;", "  ", "''$ ", "'''", "''\\n", "''\\t", "$$ ", "$x",
                        "\\n", "' ", "#", '"', "''\\ ", "''\\''${", "é", "",
                    )
                )
                for _ in range(self.random.randrange(4))
            )  # fmt: skip
            # An apostrophe must not meet what comes next.
            lines.append(pad + body)
        newline = self.pick("\n", "\n", "\n", "\r\n")
        first = self.pick("", "", "  ", newline, newline, "  " + newline)
        last = self.pick("", newline, newline + "  ", "  ")
        text = newline.join(lines)
        if "''${" in text.replace("''${toString", ""):
            text = text.replace("''\\''${", "")
        return f"''{first}{text}{last}''"

    # Sets.

    def int_set(self, names: Names, depth: int) -> tuple[str, list[str]]:
        """Return a set of integers and its attributes as they are selected."""
        taken: set[str] = set()
        keys: list[str] = []
        bindings: list[str] = []
        for _ in range(self.random.randrange(1, 4)):
            key, _ = self.key(taken)
            keys.append(key)
            bindings.append(f"{key} = {self.integer(names, depth - 1)};")
        return "{ " + " ".join(bindings) + " }", keys

    def leaf(self, names: Names, depth: int) -> str:
        maker = self.random.choice(self.leaf_makers)
        return maker(self, names, depth)

    def _int_leaf(self, names: Names, depth: int) -> str:
        return self.integer(names, depth) if self.chance(0.5) else self.literal()

    def _option_leaf(self, names: Names, depth: int) -> str:
        number = self.integer(names, depth - 1)
        if not names.lib:
            return number
        lib = names.lib
        return self.random.choice(
            (
                f"{lib}.mkDefault {number}",
                f"{lib}.mkForce {number}",
                f"{lib}.mkOptionDefault {number}",
                f"{lib}.mkOverride {self.random.randrange(2000)} {number}",
                f"{lib}.mkBefore [ {number} ]",
                f"{lib}.mkIf {self.boolean(names, depth - 1)} {number}",
                f"{lib}.mkMerge [ {number} ({lib}.mkDefault 1) ]",
                f"{lib}.mkOption {{ type = {lib}.types.port; default = {number}; "
                f"description = {self.string(names, depth - 1)}; }}",
                f"{lib}.mkOption {{ default = {number}; readOnly = true; }}",
                f'{lib}.mkEnableOption "it"',
                f"with {lib}; mkOption {{ type = types.attrsOf types.int; default.a = {number}; }}",
            )
        )

    def _structured_leaf(self, names: Names, depth: int) -> str:
        number, string = self.integer(names, depth - 1), self.string(names, depth - 1)
        return self.random.choice(
            (
                f'{{ port = {number}; protocol = "udp"; openFirewall = true; }}',
                f"{{ port = {number}; description = {string}; host = null; }}",
                f'{{ port = {number}; address = "127.0.0.1"; extra.deep = [ {string} ]; }}',
                f"{{ from = {number}; to = {number}; }}",
                f"{{ start = {number}; end = {number}; }}",
                f"{{ start = {number}; count = 10; }}",
                f'rec {{ port = {number}; url = "http://localhost:${{toString port}}"; }}',
            )
        )

    def _string_leaf(self, names: Names, depth: int) -> str:
        return self.string(names, depth)

    def _odd_leaf(self, names: Names, depth: int) -> str:
        number = self.integer(names, depth - 1)
        return self.random.choice(
            (
                "80.0", "1.5e2", ".5", "true", "null", "[ ]", "{ }", "(-1)", "(1 + 1.5)", "(7 / 2.0)",
                "(-7 / 2)", "(-(7 / 2))", f"[ {number} {number} ]", f"[ {number} ]",
                f"(builtins.map (x: modulo x) [ {number} ])",
                f"(builtins.genList (n: modulo {number} + n) 3)",
                f"(builtins.concatLists [ [ 1 ] [ {number} ] ])",
                f"(builtins.filter (x: x > 5000) [ 1 {number} 7000 ])",
                f"([ 1 ] ++ [ {number} ] ++ [ ])",
                f"(builtins.typeOf {number})",
                f"let {{ body = {number}; }}",
                "(builtins.floor 1.5)", "(builtins.ceil 1.5)", "(builtins.isString 1)",
            )
        )  # fmt: skip

    leaf_makers = (
        _int_leaf, _int_leaf, _int_leaf, _int_leaf, _option_leaf, _option_leaf, _structured_leaf,
        _string_leaf, _odd_leaf,
    )  # fmt: skip

    def comment(self) -> str:
        return self.random.choice(
            ("", "", "", " # udp: WireGuard tunnel", " # it's { here", " /* two\n lines */", "\n\n")
        )

    def bindings(self, names: Names, depth: int, *, recursive: bool) -> str:
        """Return the bindings of a set: each may use the ones before it where `recursive`."""
        taken: set[str] = set()
        if recursive:
            # A name from outside, hidden here, would make a set that holds itself.
            taken.update(BARE)
        written: list[str] = []
        for _ in range(self.random.randrange(6)):
            written.append(self.binding(names, depth, taken, recursive=recursive))
            if recursive and self.defined is not None:
                name, kind = self.defined
                names = names.without(name)
                if kind == "int":
                    names = names.plus(Names(ints=(name,)))
                if kind == "string":
                    names = names.plus(Names(strings=(name,)))
        if self.chance(0.3) and not recursive:
            self.random.shuffle(written)
        return "\n  ".join(text + self.comment() for text in written)

    defined: tuple[str, str] | None = None

    def binding(self, names: Names, depth: int, taken: set[str], *, recursive: bool) -> str:
        self.defined = None
        kind = self.random.random()
        if kind < 0.08 and names.ints and not recursive:
            free = [name for name in names.ints if name not in taken]
            if free:
                name = self.random.choice(free)
                taken.add(name)
                return f"inherit {name};"
        if kind < 0.14 and names.sets and not recursive:
            name, attrs = self.random.choice(names.sets)
            free = [attr for attr in attrs if attr not in taken and attr.isidentifier()]
            if free:
                taken.update(free[:2])
                return f"inherit ({name}) {' '.join(free[:2])};"
        key, is_bare = self.key(taken)
        if kind < 0.2:
            first, second = self.bare(set()), self.bare({"or"})
            if first == second:
                second += "9"
            one, two = self.leaf(names, depth - 1), self.leaf(names, depth - 1)
            self.forget(key, is_bare=is_bare)
            if self.chance(0.5):
                return f"{key}.{first} = {one};\n  {key} . {second} = {two};"
            return f"{key} = {{ {first} = {one}; }}; {key}.{second} = {two};"
        if kind < 0.26:
            value = self.leaf(names, depth - 1)
            self.forget(key, is_bare=is_bare)
            return f"{key}.{self.bare(set())}.x = {value};"
        if kind < 0.3 and not recursive:
            number = self.random.randrange(1000)
            return f'${{"dyn{number}_" + {self.quote_number()}}} = {self.leaf(names, depth - 1)};'
        if kind < 0.5 and depth > 0:
            value = self.set(names, depth - 1)
            self.forget(key, is_bare=is_bare)
            return f"{key} = {value};"
        if is_bare and recursive and self.chance(0.6):
            value = self.integer(names, depth)
            self.defined = (key, "int")
            return f"{key} = {value};"
        value = self.leaf(names, depth)
        self.forget(key, is_bare=is_bare)
        return f"{key} = {value};"

    def forget(self, key: str, *, is_bare: bool) -> None:
        """Note that `key` now holds something else, where that could hide a name."""
        if is_bare:
            self.defined = (key, "other")

    def set(self, names: Names, depth: int) -> str:
        kind = self.random.random()
        if kind < 0.55 or depth <= 0:
            return f"{{\n  {self.bindings(names, depth, recursive=False)}\n}}"
        if kind < 0.7:
            return "rec {\n  " + self.recursive(names, depth) + "\n}"
        if kind < 0.78:
            return f"({self.set(names, depth - 1)} // {self.set(names, depth - 1)})"
        if kind < 0.82:
            return f"(if {self.boolean(names, 1)} then {self.set(names, depth - 1)} else {{ }})"
        if kind < 0.86:
            text, keys = self.int_set(names, 1)
            usable = tuple(key for key in keys if key.isidentifier() and key not in KEYWORDS)
            hidden = names.plus(Names(ints=usable)) if usable else names
            # What is bound around wins over `with`, so only what both call an integer is safe.
            return f"(with {text}; {self.set(hidden, depth - 1)})"
        if kind < 0.9:
            return f"(assert {self.truth(names, 1)}; {self.set(names, depth - 1)})"
        return self.computed_set(names, depth)

    def recursive(self, names: Names, depth: int) -> str:
        return self.bindings(names, depth, recursive=True)

    def computed_set(self, names: Names, depth: int) -> str:
        base = self.integer(names, 1)
        inner, _ = self.int_set(names, 1)
        choices = [
            f"(builtins.mapAttrs (name: value: modulo value + 1) {inner})",
            f'(builtins.listToAttrs (map (n: {{ name = "p${{toString n}}"; value = n; }}) '
            f"[ 1 {base} 1 ]))",
            f'(builtins.removeAttrs {inner} [ "ssh" "x" ])',
            f"(builtins.intersectAttrs {{ ssh = 1; x = 2; redis = 3; }} {inner})",
            f"(builtins.listToAttrs (builtins.genList (n: {{ name = toString n; value = "
            f"modulo {base} + n; }}) 4))",
            f"{{ names = builtins.attrNames {inner}; values = builtins.attrValues {inner}; }}",
            f'(builtins.groupBy (n: if n > 5000 then "high" else "low") [ {base} 1 8000 ])',
            self.imported(),
            self.imported(),
        ]
        if lib := names.lib:
            choices += [
                f"({lib}.recursiveUpdate {self.set(names, depth - 2)} {self.set(names, depth - 2)})",
                f'({lib}.genAttrs [ "a" "b" "a" ] (name: {base}))',
                f'({lib}.mapAttrs\' (n: v: {lib}.nameValuePair (n + "-x") v) {inner})',
                f"({lib}.filterAttrs (n: v: v > 5000) {inner})",
                f'{{ list = {lib}.mapAttrsToList (n: v: "${{n}}=${{toString v}}") {inner}; }}',
                f"({lib}.optionalAttrs {self.boolean(names, 1)} {inner})",
                f'({lib}.concatMapAttrs (n: v: {{ ${{n}} = v; ${{n + "2"}} = v; }}) {inner})',
                f"(builtins.listToAttrs ({lib}.imap0 (i: n: {{ name = n; value = modulo {base} + i; "
                '}) [ "a" "b" ]))',
                f"{{ l = {lib}.flatten [ 1 [ {base} [ 2 ] ] ]; r = {lib}.range 3 6; "
                f"o = {lib}.optional true {base}; z = {lib}.zipListsWith (a: b: a) [ 1 2 ] [ 3 ]; "
                f"u = {lib}.unique [ 1 2 1 ]; t = {lib}.take 1 [ 1 2 ]; "
                f"v = {lib}.reverseList [ 1 2 3 ]; f = {lib}.foldr (a: b: [ a b ]) 0 [ 1 2 ]; "
                f'c = {lib}.concatMapStringsSep "," toString [ 1 2 ]; }}',
            ]
        return self.random.choice(choices)

    def imported(self) -> str:
        """Return an import of a new file beside the registry."""
        number = len(self.files)
        text = self.set(Names(), 1)
        kind = self.random.randrange(4)
        if kind == 0:
            path = f"{self.prefix}-{number}/default.nix"
            self.files[path] = HELPER + text
            return f"(import ./{self.prefix}-{number})"
        path = f"{self.prefix}-{number}.nix"
        if kind == 1:
            body = f"{{ x = base + more; s = {text}; }}"
            self.files[path] = f"{{ base ? 3000, more }}: {HELPER}{body}"
            return f"(import ./{path} {{ more = 7; }})"
        self.files[path] = HELPER + text
        return f"(import ./{path})"

    # Files.

    def lets(self, names: Names) -> tuple[str, Names]:
        """Return the bindings of a `let`, and the names that its body has."""
        written: list[str] = []
        taken = {"lib", "args", "config", "pkgs", "modulo", "map"}
        for _ in range(self.random.randrange(4)):
            name = self.bare(taken)
            kind = self.random.random()
            if kind < 0.55:
                written.append(f"{name} = {self.integer(names, 1)};")
                names = names.plus(Names(ints=(name,)))
            elif kind < 0.8:
                text, keys = self.int_set(names, 1)
                written.append(f"{name} = {text};")
                names = names.plus(Names(sets=((name, tuple(keys)),)))
            else:
                written.append(f"{name} = {self.string(names, 1)};")
                names = names.plus(Names(strings=(name,)))
        if self.chance(0.5):
            self.random.shuffle(written)
        return "\n  ".join(written), names

    def file(self) -> Made:
        head = self.random.choice(HEADS)
        names = Names(lib="lib" if "lib" in head and "?" not in head else "")
        if "offset" in head:
            names = names.plus(Names(ints=("offset",)))
        bindings, names = self.lets(names)
        body = self.placed(self.set(names, 3), names)
        if self.chance(0.3):
            body = f"let in {body}"
        text = f"{head}\n{HELPER[:-3]}{bindings}\nin {self.comment()}\n{body}\n"
        if self.chance(0.05):
            text = text.replace("\r\n", "\n").replace("\n", "\r\n")
        if self.chance(0.3):
            text = "# Ports of everything.\n" + text
        return Made(text, self.files)

    def placed(self, body: str, names: Names) -> str:
        """Return `body` where registries have it: at the top or below a prefix."""
        kind = self.random.random()
        if kind < 0.6:
            return body
        if kind < 0.7:
            return f"{{ ports = {body}; }}"
        if kind < 0.8:
            return f"{{ config.my.infra.ports = {body}; meta.layer = 0; }}"
        if kind < 0.9 and names.lib:
            return f"{{ options.my.ports = {names.lib}.mkOption {{ default = {body}; }}; }}"
        return f"{{ imports = [ ]; config = {{ my.ports = {body}; }}; }}"


HELPER = "let modulo = n: n - (n / 70000) * 70000; in "
"""Keeps numbers small, so that nothing overflows by chance."""


def generate(seed: int, prefix: str) -> Made:
    """Return the project that `seed` makes; imported files are named after `prefix`."""
    return Generator(seed, prefix).file()
