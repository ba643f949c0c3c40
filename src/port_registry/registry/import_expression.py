"""How other files come to an entry: the expression that gives its port."""

import posixpath
from typing import NamedTuple

from port_registry.model import Name, Source, format_name
from port_registry.registry.edit.editable_registry import EditableRegistry
from port_registry.registry.edit.languages import NIX

_HALVES = ("config", "options")
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+")
"""The characters that Nix takes in a path."""


class ImportExpression(NamedTuple):
    """The way to a registry's entries from other Nix files."""

    path: str
    """The registry, relative to the root."""
    before: str
    """What stands before its path: `import `."""
    after: str
    """What stands behind it: ` { inherit lib; }`; often nothing."""
    attribute: Name
    """Where in what that gives the entries are."""
    is_module: bool
    """Whether it is a module, whose entries are in `config`, and which nobody imports."""

    def value(self, folder: str) -> str:
        """Return the expression for the set of entries, in a file in `folder` of the project."""
        if self.is_module:
            return format_name(self.attribute)
        whole = f"{self.before}{_written(self.path, folder)}{self.after}"
        return f"({whole}).{format_name(self.attribute)}" if self.attribute else whole


def import_expression(registry: EditableRegistry) -> ImportExpression:
    """Return how the entries of the registry are come to."""
    path, prefix = registry.source.path, registry.registry.prefix
    if path.endswith(".toml"):
        return ImportExpression(
            path, "builtins.fromTOML (builtins.readFile ", ")", prefix, is_module=False
        )
    if path.endswith(".json"):
        return ImportExpression(
            path, "builtins.fromJSON (builtins.readFile ", ")", prefix, is_module=False
        )
    if prefix[:1] and prefix[0] in _HALVES:
        return ImportExpression(path, "", "", ("config", *prefix[1:]), is_module=True)
    return ImportExpression(path, "import ", _arguments(registry), prefix, is_module=False)


def _arguments(ground: EditableRegistry) -> str:
    """Return what the file's function is called with; empty where it is no function."""
    from port_registry.languages.nix.parse import parse
    from port_registry.languages.nix.tree import LambdaExpression

    root = parse(_frame(ground)).root
    if not isinstance(root, LambdaExpression):
        return ""
    if root.formals is None:
        return f" {root.parameter}"
    needed = [formal.name for formal in root.formals.formals if formal.default is None]
    return f" {{ inherit {' '.join(needed)}; }}" if needed else " { }"


def _frame(ground: EditableRegistry) -> Source:
    """Return the file without what is between the braces of the entries, which may be much."""
    source, root = ground.source, ground.root
    if root is None or root.span.path != source.path or not source.slice(root.span).endswith("}"):
        return source
    _, start, end = root.span
    opening = source.text.find("{", start, end)
    return Source(source.path, f"{source.text[: opening + 1]}{source.text[end - 1 :]}")


def _written(path: str, folder: str) -> str:
    """Return `path` as Nix writes it in a file in `folder`."""
    way = posixpath.relpath(path, folder or ".")
    if not way.startswith("../"):
        way = f"./{way}"
    if _PLAIN.issuperset(way):
        return way
    below = way[1:] if way.startswith("./") else f"/{way}"
    return f"(./. + {NIX.text(below)})"
