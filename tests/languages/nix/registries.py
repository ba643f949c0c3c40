"""Registries of every shape that people write, made up from a seed.

Each is a small project: the registry, and the files that it imports.
"""

from typing import NamedTuple

from tests.languages.nix.expressions import BARE, Expressions, Names

HEADS = (
    "", "", "", "", "{ lib }:", "{ ... }:", "_:", "{ lib, config, ... }:", "{ lib, ... }@args:",
    "args@{ lib, pkgs, ... }:", "{ lib ? null, offset ? 10, ... }:", "{ lib, }:",
)  # fmt: skip
HELPER = "let modulo = n: n - (n / 70000) * 70000; in "
"""The limit of numbers, so that nothing overflows."""


class Made(NamedTuple):
    """One generated project."""

    text: str
    files: dict[str, str]
    """The files that the registry imports, by their paths next to it."""


class Generator(Expressions):
    """A generator of registries from one seed."""

    def __init__(self, seed: int, prefix: str) -> None:
        super().__init__(seed)
        self.prefix = prefix
        self.files: dict[str, str] = {}

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
        about = f"description = {self.string(names, depth - 1)};"
        return self.random.choice(
            (
                f"{lib}.mkDefault {number}",
                f"{lib}.mkForce {number}",
                f"{lib}.mkOptionDefault {number}",
                f"{lib}.mkOverride {self.random.randrange(2000)} {number}",
                f"{lib}.mkBefore [ {number} ]",
                f"{lib}.mkIf {self.boolean(names, depth - 1)} {number}",
                f"{lib}.mkMerge [ {number} ({lib}.mkDefault 1) ]",
                f"{lib}.mkOption {{ type = {lib}.types.port; default = {number}; {about} }}",
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
                "80.0", "1.5e2", ".5", "true", "null", "[ ]", "{ }", "(-1)", "(1 + 1.5)",
                "(7 / 2.0)",
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
            entry, two = self.leaf(names, depth - 1), self.leaf(names, depth - 1)
            self.forget(key, is_bare=is_bare)
            if self.chance(0.5):
                return f"{key}.{first} = {entry};\n  {key} . {second} = {two};"
            return f"{key} = {{ {first} = {entry}; }}; {key}.{second} = {two};"
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
        """Remove `key`, which has another value now, from the names in scope."""
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
            usable = tuple(key for key in keys if key.isidentifier())
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
        numbered = f"(n: {{ name = toString n; value = modulo {base} + n; }})"
        choices = [
            f"(builtins.mapAttrs (name: value: modulo value + 1) {inner})",
            f"(builtins.listToAttrs (map {numbered} [ 1 {base} 1 ]))",
            f"(builtins.listToAttrs (builtins.genList {numbered} 4))",
            f'(builtins.removeAttrs {inner} [ "ssh" "x" ])',
            f"(builtins.intersectAttrs {{ ssh = 1; x = 2; redis = 3; }} {inner})",
            f"{{ names = builtins.attrNames {inner}; values = builtins.attrValues {inner}; }}",
            f'(builtins.groupBy (n: if n > 5000 then "high" else "low") [ {base} 1 8000 ])',
            self.imported(),
            self.imported(),
        ]
        if names.lib:
            choices += self.library_sets(names, depth, base, inner)
        return self.random.choice(choices)

    def library_sets(self, names: Names, depth: int, base: str, inner: str) -> list[str]:
        """Return sets that functions of `lib` compute."""
        lib = names.lib
        entry, two = self.set(names, depth - 2), self.set(names, depth - 2)
        indexed = f"(i: n: {{ name = n; value = modulo {base} + i; }})"
        lists = (
            f"l = {lib}.flatten [ 1 [ {base} [ 2 ] ] ]",
            f"r = {lib}.range 3 6",
            f"o = {lib}.optional true {base}",
            f"z = {lib}.zipListsWith (a: b: a) [ 1 2 ] [ 3 ]",
            f"u = {lib}.unique [ 1 2 1 ]",
            f"t = {lib}.take 1 [ 1 2 ]",
            f"v = {lib}.reverseList [ 1 2 3 ]",
            f"f = {lib}.foldr (a: b: [ a b ]) 0 [ 1 2 ]",
            f'c = {lib}.concatMapStringsSep "," toString [ 1 2 ]',
        )
        return [
            f"({lib}.recursiveUpdate {entry} {two})",
            f'({lib}.genAttrs [ "a" "b" "a" ] (name: {base}))',
            f'({lib}.mapAttrs\' (n: v: {lib}.nameValuePair (n + "-x") v) {inner})',
            f"({lib}.filterAttrs (n: v: v > 5000) {inner})",
            f'{{ list = {lib}.mapAttrsToList (n: v: "${{n}}=${{toString v}}") {inner}; }}',
            f"({lib}.optionalAttrs {self.boolean(names, 1)} {inner})",
            f'({lib}.concatMapAttrs (n: v: {{ ${{n}} = v; ${{n + "2"}} = v; }}) {inner})',
            f'(builtins.listToAttrs ({lib}.imap0 {indexed} [ "a" "b" ]))',
            f"{{ {'; '.join(lists)}; }}",
        ]

    def imported(self) -> str:
        """Return an import of a new file next to the registry."""
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
        """Return `body` at the top level of a file, or below a prefix."""
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


def generate(seed: int, prefix: str) -> Made:
    """Return the project for `seed`; the names of imported files start with `prefix`."""
    return Generator(seed, prefix).file()
