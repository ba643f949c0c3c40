"""Nix expression for the entries of a registry, for use in other files."""

import posixpath

from port_registry.model import Name, NamedTuple, Source, format_name
from port_registry.registry.edit.editable_registry import EditableRegistry
from port_registry.registry.edit.languages import NIX
from port_registry.registry.entries_prefix import HALVES

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+")
"""The characters of a Nix path literal."""


class ImportExpression(NamedTuple):
    """The expression for a registry's entries in another Nix file."""

    path: str
    """The registry, relative to the root."""
    before: str
    """The text before its path: `import `."""
    after: str
    """The text after its path: ` { inherit lib; }`; often empty."""
    attribute: Name
    """The path of the entries in the imported value."""
    is_module: bool
    """Whether it is a module, which is not imported and has its entries in `config`."""

    def value(self, folder: str) -> str:
        """Return the expression for the set of entries, in a file in `folder` of the project."""
        if self.is_module:
            return format_name(self.attribute)
        whole = f"{self.before}{_written(self.path, folder)}{self.after}"
        return f"({whole}).{format_name(self.attribute)}" if self.attribute else whole


def import_expression(registry: EditableRegistry) -> ImportExpression:
    """Return the expression for the entries of `registry`."""
    path, prefix = registry.source.path, registry.registry.prefix
    for suffix in ("toml", "json"):
        if path.endswith(f".{suffix}"):
            read = f"builtins.from{suffix.upper()} (builtins.readFile "
            return ImportExpression(path, read, ")", prefix, is_module=False)
    if prefix and prefix[0] in HALVES:
        return ImportExpression(path, "", "", ("config", *prefix[1:]), is_module=True)
    return ImportExpression(path, "import ", _arguments(registry), prefix, is_module=False)


def _arguments(registry: EditableRegistry) -> str:
    """Return the arguments to call the file's function with; empty for other files."""
    from port_registry.languages.nix.parse import parse
    from port_registry.languages.nix.tree import LambdaExpression

    root = parse(_frame(registry)).root
    if not isinstance(root, LambdaExpression):
        return ""
    if root.formals is None:
        return f" {root.parameter}"
    needed = [formal.name for formal in root.formals.formals if formal.default is None]
    return f" {{ inherit {' '.join(needed)}; }}" if needed else " { }"


def _frame(registry: EditableRegistry) -> Source:
    """Return the file without the text between the braces of the entries, which may be long."""
    source, braces = registry.source, registry.braces_of(registry.root)
    if braces is None:
        return source
    opening, close = braces
    return Source(source.path, f"{source.text[: opening + 1]}{source.text[close:]}")


def _written(path: str, folder: str) -> str:
    """Return `path` as a Nix path in a file in `folder`."""
    relative = posixpath.relpath(path, folder or ".")
    if not relative.startswith("../"):
        relative = f"./{relative}"
    if _PLAIN.issuperset(relative):
        return relative
    suffix = relative[1:] if relative.startswith("./") else f"/{relative}"
    return f"(./. + {NIX.string(suffix)})"
