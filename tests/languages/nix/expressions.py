"""Expressions of every kind that registries hold, made up from a seed.

The generator knows the type of every name in scope, so that nearly all of what it writes
is valid.
"""

import random
from typing import NamedTuple

_BARE = (
    "ssh redis postgresql api web http grpc metrics node-exporter temporalUI db_1 x "
    "a' minio console dns nats loki start-stop b c d e"
)
BARE = _BARE.split()
QUOTED = ("5d-diplomacy", "web.front", "with space", "ünï", "in", 'a\\"b', "${", "\\${x}", "")


class Names(NamedTuple):
    """The names in scope, by what they hold."""

    ints: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()
    sets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Sets of integers, each with its attributes as they are selected."""
    lib: str = ""
    """The expression for `lib`; empty where it is not in scope."""

    def plus(self, other: "Names") -> "Names":
        return Names(
            self.ints + other.ints,
            self.strings + other.strings,
            self.sets + other.sets,
            self.lib or other.lib,
        )

    def without(self, name: str) -> "Names":
        """Return the names that are not shadowed by a new `name` of another type."""
        return Names(
            tuple(n for n in self.ints if n != name),
            tuple(n for n in self.strings if n != name),
            tuple(s for s in self.sets if s[0] != name),
            "" if name == self.lib else self.lib,
        )


class Expressions:
    """A generator of expressions from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
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
        """Return an attribute name as written, and whether it has no quotes."""
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
        argument = self.integer(names, depth)
        other = self.integer(names, depth)
        count = self.random.randrange(12)
        return self.random.choice(
            (
                f"((x: modulo x + 1) {argument})",
                f"((x: y: if x < y then x else y) {argument} {other})",
                f"(({{ a, b ? modulo a + 1 }}: modulo a + modulo b) {{ a = {argument}; }})",
                f"(({{ a, ... }}@s: modulo a + modulo s.c) {{ a = {argument}; c = {other}; }})",
                f"((s@{{ a, b ? 2 }}: if s ? b then b else a) {{ a = {argument}; }})",
                f"(let f = n: if n <= 0 then modulo {argument} else 1 + f (n - 1); in f {count})",
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
        operand, two = self.integer(names, depth), self.integer(names, depth)
        items = f"[ {operand} {two} {self.integer(names, depth)} ]"
        return self.random.choice(
            (
                f"(builtins.length {items})",
                f"(builtins.head {items})",
                f"(builtins.elemAt {items} 1)",
                f"(builtins.foldl' (a: b: modulo a + modulo b) 0 {items})",
                f"(builtins.stringLength {self.string(names, depth)})",
                f"(builtins.add (modulo {operand}) (modulo {two}))",
                f"(builtins.div {operand} 7)",
                f'(builtins.getAttr "k" {{ k = {operand}; }})',
                f"(builtins.head (builtins.sort builtins.lessThan {items}))",
                f"(builtins.head (builtins.tail (map (x: modulo x * 2) {items})))",
                f"(builtins.bitXor (modulo {operand}) 5)",
                f"(builtins.seq {operand} {two})",
                f"(builtins.fromJSON {self.quote_number()})" if self.chance(0.1) else operand,
            )
        )

    def quote_number(self) -> str:
        return f'"{self.random.randrange(1, 65536)}"'

    def _library(self, names: Names, depth: int) -> str:
        if not names.lib:
            return self.integer(names, depth)
        lib = names.lib
        operand, two = self.integer(names, depth), self.integer(names, depth)
        return self.random.choice(
            (
                f"({lib}.max {operand} {two})",
                f"({lib}.min {operand} {two})",
                f"({lib}.id {operand})",
                f"({lib}.const {operand} {two})",
                f"({lib}.pipe {operand} [ modulo (x: x + 1) ])",
                f'({lib}.toInt "{self.random.randrange(1, 65536)}")',
                f"({lib}.last ({lib}.range 5 {self.random.randrange(6, 20)}))",
                f"({lib}.foldl (a: b: modulo a - b) 0 [ {operand} (modulo {two}) ])".replace(
                    f"[ {operand} ", f"[ (modulo {operand}) "
                ),
                f"({lib}.flip builtins.sub 3 (modulo {operand}))",
            )
        )

    integer_makers = (
        _sum, _sum, _sum, _quotient, _negative, _if, _let, _assert, _call, _from_set, _builtin,
        _library,
    )  # fmt: skip

    # Booleans.

    def boolean(self, names: Names, depth: int) -> str:
        operand, two = self.integer(names, depth - 1), self.integer(names, depth - 1)
        operator = self.pick("<", ">", "<=", ">=", "==", "!=")
        return self.random.choice(
            (
                "true",
                "false",
                f"({operand} {operator} {two})",
                f"(!({operand} == {two}))",
                f"({operand} < {two} && true)",
                f"({operand} < {two} || {two} < {operand})",
                f"(false -> {operand} == {two})",
                f'("a" {operator} "{self.random.choice("abAé")}")',
                f"([ {operand} ] {operator} [ {two} ])",
                f"({{ a = {operand}; }} == {{ a = {two}; }})",
                f"({{ a.b = {operand}; }} ? a.b)",
                f"(builtins.elem {operand} [ {two} ])",
                f"(builtins.isInt {operand})",
                f"(null == {operand})",
            )
        )

    def truth(self, names: Names, depth: int) -> str:
        """Return a condition that holds."""
        operand = self.integer(names, depth - 1)
        return self.random.choice(
            ("true", f"({operand} == {operand})", f"({operand} <= {operand})", "!false")
        )

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
            return self.quote_number()
        if kind < 0.35:
            low = self.random.randrange(1024, 60000)
            return f'"{low}-{low + self.random.randrange(100)}"'
        if kind < 0.55 and depth > 0:
            return self.indented(names, depth)
        if kind < 0.75:
            return self.made_string(names, depth)
        parts: list[str] = []
        for _ in range(self.random.randrange(4)):
            if self.chance(0.35):
                parts.append(self.interpolation(names, depth))
            else:
                parts.append(self.fragment())
        text = "".join(parts)
        # `$` before `{` would begin an interpolation.
        return '"' + text.replace("${}", "$ {}").replace("$$$", "$$ $") + '"'

    def made_string(self, names: Names, depth: int) -> str:
        """Return a string that an operator or a function computes."""
        if depth > 0 and self.chance(0.3):
            return f"({self.string(names, depth - 1)} + {self.string(names, depth - 1)})"
        values = '1.5 true null [ 1 [ ] [ 2 3 ] ] "x" false 0.1 1000000000.5'
        return self.random.choice(
            (
                f"(toString {self.integer(names, depth - 1)})",
                f"(toString [ {values} ])",
                f'(builtins.substring {self.random.randrange(4)} 3 "localhost:8080")',
                f'(builtins.concatStringsSep "," [ {self.string(names, 0)} "b" ])',
                '(builtins.replaceStrings [ "a" "bb" ] [ "1" "" ] "abbaabc")',
                "http://localhost:8080/x",
            )
        )

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
