"""Conversion of a registry to another language."""

from collections.abc import Collection, Iterator

from port_registry import model
from port_registry.registry.edit.entry_spec import (
    RenderedValue,
    commented_values,
    leaf_fields,
    port_value,
    spec_of,
    stated_spec,
)
from port_registry.registry.edit.languages import Dialect, dialect_of
from port_registry.registry.read import read_registry

LANGUAGES = ("nix", "toml", "json")

_STEP = "  "


def converted(registry: model.Registry, language: str) -> str:
    """Return the text of a file in `language` that has the entries of `registry`.

    Computed ports become numbers. Raises `RegistryError` where the registry is not completely
    known, or `language` cannot express it.
    """
    _refuse_incomplete(registry, language)
    path = f"ports.{language}"
    dialect = dialect_of(path)
    root = _tree(registry)
    structured: frozenset[model.Name] = frozenset()
    for _ in range(2):
        lines = "\n".join(_document(root, dialect, structured))
        text = f"{lines.rstrip()}\n"
        structured = _differing(registry, model.Source(path, text))
        if not structured:
            return text
    names = ", ".join(model.format_name(name) for name in sorted(structured)[:4])
    raise model.RegistryError(
        f"{language.upper()} cannot express the values of {names}", path=registry.path
    )


def _refuse_incomplete(registry: model.Registry, language: str) -> None:
    """Raise the error for a registry with unknown or invalid values."""
    if registry.unknown:
        name = model.format_name(registry.unknown[0].name) or "the registry"
        raise model.RegistryError(
            f"{name} cannot be known: {registry.unknown[0].reason}",
            path=registry.path,
            hint=f"`port-registry convert --to {language} --eval` asks nix-instantiate",
        )
    names = [leaf.name for leaf in registry.invalid_leaves]
    names += [duplicate.name for duplicate in registry.duplicates]
    if names:
        raise model.RegistryError(
            f"{model.format_name(names[0])} is not a valid entry",
            path=registry.path,
            hint="`port-registry check` shows what is wrong",
        )


class _Node(model.NamedTuple):
    """An entry, a category, or both: a leaf with other entries next to its port."""

    entry: model.Entry | None
    children: "dict[str, _Node]"


def _tree(registry: model.Registry) -> _Node:
    """Return the root of a tree of the registry's entries."""
    root = _Node(None, {})
    for entry in registry.entries:
        node = root
        for part in entry.name[:-1]:
            node = node.children.setdefault(part, _Node(None, {}))
        existing = node.children.get(entry.service, _Node(None, {}))
        node.children[entry.service] = existing._replace(entry=entry)
    return root


class _OneFile:
    """A reader of a file that does not exist yet."""

    def __init__(self, source: model.Source) -> None:
        self._source = source

    def read(self, path: str) -> model.Source:
        """Return the file."""
        if path != self._source.path:
            raise model.SourceError("there is no such file", path=path)
        return self._source

    def exists(self, path: str) -> bool:
        """Return whether `path` is the file."""
        return path == self._source.path


def _differing(registry: model.Registry, source: model.Source) -> frozenset[model.Name]:
    """Return the names of the entries that differ between `registry` and `source`."""
    converted_entries = frozenset(
        map(spec_of, read_registry(_OneFile(source), source.path, None).entries)
    )
    original = frozenset(map(spec_of, registry.entries))
    return frozenset(entry.name for entry in original ^ converted_entries)


def _document(root: _Node, dialect: Dialect, structured: Collection[model.Name]) -> Iterator[str]:
    """Yield the lines of a file with the entries of `root`."""
    writer = _Writer(dialect, structured)
    if dialect.comment_sign and not dialect.terminator:
        yield from writer.tables((), root)
    else:
        yield "{"
        yield from writer.block(root, _STEP)
        yield "}"


class _Writer:
    """A writer of nodes as lines."""

    def __init__(self, dialect: Dialect, structured: Collection[model.Name]) -> None:
        self._dialect = dialect
        self._structured = structured
        """The entries that need more than a number and a comment."""

    def block(self, node: _Node, indent: str) -> Iterator[str]:
        """Yield the lines between the braces of a set."""
        dialect = self._dialect
        attributes = [] if node.entry is None else leaf_fields(stated_spec(node.entry), dialect)
        remaining = len(attributes) + len(node.children)
        for attribute in attributes:
            remaining -= 1
            end = dialect.terminator or (dialect.separator if remaining else "")
            yield f"{indent}{dialect.key(attribute.name)}{dialect.assignment}{attribute.value}{end}"
        for key, child in node.children.items():
            remaining -= 1
            end = dialect.terminator or (dialect.separator if remaining else "")
            if child.entry is not None and not child.children:
                yield f"{indent}{self._line(key, child.entry, end)}"
                continue
            yield f"{indent}{dialect.key(key)}{dialect.assignment}{{"
            yield from self.block(child, indent + _STEP)
            yield f"{indent}}}{end}"
            if dialect.terminator and indent == _STEP and remaining:
                yield ""

    def tables(self, name: model.Name, node: _Node) -> Iterator[str]:
        """Yield the lines of the table of `node`, then of the tables below it."""
        dialect = self._dialect
        attributes = [] if node.entry is None else leaf_fields(stated_spec(node.entry), dialect)
        lines = [
            f"{dialect.key(attribute.name)}{dialect.assignment}{attribute.value}"
            for attribute in attributes
        ]
        lines += [
            self._line(key, child.entry, "")
            for key, child in node.children.items()
            if child.entry is not None and not child.children
        ]
        if lines:
            if name:
                yield f"[{dialect.path(name)}]"
            yield from lines
            yield ""
        for key, child in node.children.items():
            if child.children:
                yield from self.tables((*name, key), child)

    def _line(self, key: str, entry: model.Entry, end: str) -> str:
        dialect, spec = self._dialect, stated_spec(entry)
        rendered = RenderedValue(dialect.leaf(leaf_fields(spec, dialect)))
        is_structured = entry.name in self._structured or not spec.description.isprintable()
        if not is_structured and not spec.needs_leaf(dialect):
            styles = list(commented_values(spec, port_value(spec.ports, dialect), dialect))
            rendered = styles[-1 if spec.protocols or spec.internal else 0]
        line = f"{dialect.key(key)}{dialect.assignment}{rendered.value}{end}"
        return f"{line} {dialect.comment_sign}{rendered.comment}" if rendered.comment else line
