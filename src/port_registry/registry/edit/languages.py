"""Syntax of bindings in the languages of registries."""

from port_registry.model import Name, NamedTuple, RegistryError, Span, is_bare


class Field(NamedTuple):
    """An attribute of a structured leaf, with its value in the syntax of the language."""

    name: str
    value: str


class Dialect(NamedTuple):
    """The syntax of one language."""

    assignment: str
    """Between a name and its value, with the spaces around it."""
    terminator: str
    """After each binding: `;` in Nix, nothing elsewhere."""
    separator: str
    """Between two bindings in one set: `,` where `terminator` is empty and they share a line."""
    comment_sign: str
    """Before a comment, with the space after it; empty for a language without comments."""
    has_dotted_names: bool
    """Whether `a.b = 1` is a binding."""

    def key(self, part: str) -> str:
        """Return `part` as the name of an attribute."""
        if self.assignment == ": ":
            return self.string(part)
        if self.terminator:
            return part if is_bare(part) else self.string(part)
        bare = part.replace("_", "a").replace("-", "a")
        return part if bare.isascii() and bare.isalnum() else self.string(part)

    def spelled_like(self, old: str, part: str) -> str:
        """Return `part` as a key, in quotes where the key `old` has unnecessary quotes."""
        needless = old.startswith('"') and self.key(old[1:-1]) != old
        return self.string(part) if needless else self.key(part)

    def path(self, name: Name) -> str:
        """Return `name` as a dotted name."""
        return ".".join(map(self.key, name))

    def string(self, text: str) -> str:
        """Return `text` as a string."""
        quoted = text.replace("\\", "\\\\").replace('"', '\\"')
        for char, letter in (("\n", "n"), ("\r", "r"), ("\t", "t")):
            quoted = quoted.replace(char, f"\\{letter}")
        if self.terminator:
            quoted = quoted.replace("${", "\\${")
        elif not quoted.isprintable():
            quoted = "".join(f"\\u{ord(char):04x}" if char < " " else char for char in quoted)
        return f'"{quoted}"'

    def leaf(self, fields: list[Field]) -> str:
        """Return a structured leaf on one line."""
        between = " " if self.terminator else ", "
        rendered = between.join(
            f"{self.key(f.name)}{self.assignment}{f.value}{self.terminator}" for f in fields
        )
        return f"{{ {rendered} }}"

    def binding(self, text: str, key: Span, extent: Span) -> tuple[int, int]:
        """Return the start and end of the binding of an attribute; both 0 where it has none.

        `extent` is that of its `Attribute`.
        """
        if not self.terminator:
            return _dotted_name_start(text, key.start), extent.end
        _, start, end = extent
        is_own = start <= key.start and key.end < end and text[end - 1] == ";"
        return (start, end) if is_own and not text.startswith("inherit", start) else (0, 0)


def _dotted_name_start(text: str, at: int) -> int:
    """Return the offset of the dotted name whose last part is at `at`."""
    while at > 0 and text[at - 1] == ".":
        at -= 1
        quote = text[at - 1 : at]
        if quote in ("'", '"'):
            at = text.rfind(quote, 0, at - 1)
        else:
            while at > 0 and (text[at - 1].isalnum() or text[at - 1] in "_-"):
                at -= 1
    return at


NIX = Dialect(" = ", ";", "", "# ", has_dotted_names=True)
TOML = Dialect(" = ", "", ",", "# ", has_dotted_names=True)
JSON = Dialect(": ", "", ",", "", has_dotted_names=False)


def dialect_of(path: str) -> Dialect:
    """Return the language of the registry at `path`; raises `RegistryError` for another."""
    suffix = path.rpartition(".")[2].lower()
    dialect = {"nix": NIX, "toml": TOML, "json": JSON}.get(suffix)
    if dialect is None:
        raise RegistryError("unknown registry format", path=path)
    return dialect
