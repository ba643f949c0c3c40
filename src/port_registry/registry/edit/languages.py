"""How bindings are written in the languages of registries."""

from typing import NamedTuple

from port_registry.model import Name, RegistryError, Span, is_bare


class Field(NamedTuple):
    """One attribute of a structured leaf, its value as the language writes it."""

    name: str
    value: str


class Dialect(NamedTuple):
    """The signs of one language."""

    assign: str
    """Between a name and its value, with the spaces around it."""
    end: str
    """Behind each binding: `;` in Nix, nothing elsewhere."""
    between: str
    """Between two bindings in one set: `,` where `end` is empty and they share a line."""
    comment: str
    """Before a comment, with the space behind it; empty where there are none."""
    joins_names: bool
    """Whether `a.b = 1` is a binding."""

    def key(self, part: str) -> str:
        """Return `part` as it stands before an assignment."""
        if self.assign == ": ":
            return self.text(part)
        if self.end:
            return part if is_bare(part) else self.text(part)
        bare = part.replace("_", "a").replace("-", "a")
        return part if bare.isascii() and bare.isalnum() else self.text(part)

    def path(self, name: Name) -> str:
        """Return `name` as it stands before an assignment, its parts joined."""
        return ".".join(map(self.key, name))

    def text(self, said: str) -> str:
        """Return `said` as a string."""
        quoted = said.replace("\\", "\\\\").replace('"', '\\"')
        for char, letter in (("\n", "n"), ("\r", "r"), ("\t", "t")):
            quoted = quoted.replace(char, f"\\{letter}")
        if self.end:
            quoted = quoted.replace("${", "\\${")
        elif not quoted.isprintable():
            quoted = "".join(f"\\u{ord(one):04x}" if one < " " else one for one in quoted)
        return f'"{quoted}"'

    def leaf(self, fields: list[Field]) -> str:
        """Return a structured leaf on one line."""
        between = " " if self.end else ", "
        written = between.join(
            f"{self.key(f.name)}{self.assign}{f.value}{self.end}" for f in fields
        )
        return f"{{ {written} }}"

    def binding(self, text: str, key: Span, extent: Span) -> tuple[int, int]:
        """Return where the binding of an attribute begins and ends.

        Both are 0 where it has none of its own. `extent` is as in `tree.Item`.
        """
        if not self.end:
            return _front(text, key.start), extent.end
        _, start, end = extent
        is_own = start <= key.start and key.end < end and text[end - 1] == ";"
        return (start, end) if is_own and not text.startswith("inherit", start) else (0, 0)


def _front(text: str, at: int) -> int:
    """Return where the dotted name begins whose last part is at `at`."""
    while at > 0 and text[at - 1] == ".":
        at -= 1
        quote = text[at - 1 : at]
        if quote in ("'", '"'):
            at = text.rfind(quote, 0, at - 1)
        else:
            while at > 0 and (text[at - 1].isalnum() or text[at - 1] in "_-"):
                at -= 1
    return at


NIX = Dialect(" = ", ";", "", "# ", joins_names=True)
TOML = Dialect(" = ", "", ",", "# ", joins_names=True)
JSON = Dialect(": ", "", ",", "", joins_names=False)


def dialect_of(path: str) -> Dialect:
    """Return the language of the registry at `path`; raises `RegistryError` for another."""
    suffix = path.rpartition(".")[2].lower()
    found = {"nix": NIX, "toml": TOML, "json": JSON}.get(suffix)
    if found is None:
        raise RegistryError("its language is not known", path=path)
    return found
