"""Conversion of a registry to another language."""

import os
from collections.abc import Collection

from port_registry import model
from port_registry.project.governing_registry import load_registry
from port_registry.project.workspace import Workspace
from port_registry.project.write import create
from port_registry.registry.edit import entry_spec, languages
from port_registry.registry.read import read_registry

LANGUAGES = ("nix", "toml", "json")

_STEP = "  "


class ConvertedRegistry(model.NamedTuple):
    """A registry in another language."""

    registry: model.Registry
    text: str
    computed: int
    """The number of its ports that were computed, and are plain numbers now."""


def convert(workspace: Workspace, language: str) -> ConvertedRegistry:
    """Return the registry of the project in `language`; raises `RegistryError`."""
    registry = load_registry(workspace)
    computed = sum(not entry.digits for entry in registry.entries)
    return ConvertedRegistry(registry, _converted(registry, language), computed)


def write_new(start: str, path: str, text: str) -> None:
    """Write a file that does not exist yet, at `path` relative to `start`."""
    absolute = os.path.join(start, path)
    if os.path.lexists(absolute):
        raise model.UsageError(f"`{path}` is there already", hint="remove it, or name another file")
    if not os.path.isdir(os.path.dirname(absolute)):
        raise model.WriteError("its folder does not exist", path=path)
    create(absolute, path, text)


def _converted(registry: model.Registry, language: str) -> str:
    """Return the text of a file in `language` that has the entries of `registry`.

    Computed ports become numbers. Raises `RegistryError` where the registry is not completely
    known, or `language` cannot express it.
    """
    _refuse_incomplete(registry, language)
    path, root = f"ports.{language}", _tree(registry)
    dialect = languages.dialect_of(path)
    is_toml = dialect.comment_sign and not dialect.terminator
    structured: frozenset[model.Name] = frozenset()
    for _ in range(2):
        writer = _Writer(dialect, structured)
        lines = writer.tables((), root) if is_toml else ["{", *writer.block(root, _STEP), "}"]
        text = "\n".join(lines).rstrip() + "\n"
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
        """Return the file, which imports no other."""
        del path
        return self._source

    def exists(self, path: str) -> bool:
        """Return whether `path` is the file."""
        return path == self._source.path


def _differing(registry: model.Registry, source: model.Source) -> frozenset[model.Name]:
    """Return the names of the entries that differ between `registry` and `source`."""
    converted_entries = frozenset(
        map(entry_spec.spec_of, read_registry(_OneFile(source), source.path, None).entries)
    )
    original = frozenset(map(entry_spec.spec_of, registry.entries))
    return frozenset(entry.name for entry in original ^ converted_entries)


class _Writer:
    """A writer of nodes as lines."""

    def __init__(self, dialect: languages.Dialect, structured: Collection[model.Name]) -> None:
        self._dialect = dialect
        self._structured = structured
        """The entries that need more than a number and a comment."""

    def block(self, node: _Node, indent: str) -> list[str]:
        """Return the lines between the braces of a set."""
        dialect, end = self._dialect, self._dialect.terminator or self._dialect.separator
        lines = [f"{indent}{line}{end}" for line in self._fields(node)]
        for key, child in node.children.items():
            if child.entry is not None and not child.children:
                lines.append(f"{indent}{self._line(key, child.entry, end)}")
                continue
            lines.append(f"{indent}{dialect.key(key)}{dialect.assignment}{{")
            lines += [*self.block(child, indent + _STEP), f"{indent}}}{end}"]
            if dialect.terminator and indent == _STEP:
                lines.append("")
        if lines and not lines[-1]:
            lines.pop()
        if lines and not dialect.terminator:
            lines[-1] = lines[-1].removesuffix(end)
        return lines

    def tables(self, name: model.Name, node: _Node) -> list[str]:
        """Return the lines of the table of `node`, then of the tables below it."""
        lines = self._fields(node)
        for key, child in node.children.items():
            if child.entry is not None and not child.children:
                lines.append(self._line(key, child.entry, ""))
        if lines:
            header = [f"[{self._dialect.path(name)}]"] if name else []
            lines = [*header, *lines, ""]
        for key, child in node.children.items():
            if child.children:
                lines += self.tables((*name, key), child)
        return lines

    def _fields(self, node: _Node) -> list[str]:
        """Return the attributes of a leaf that has other entries next to its port."""
        if node.entry is None:
            return []
        dialect = self._dialect
        fields = entry_spec.leaf_fields(entry_spec.stated_spec(node.entry), dialect)
        return [f"{dialect.key(field.name)}{dialect.assignment}{field.value}" for field in fields]

    def _line(self, key: str, entry: model.Entry, end: str) -> str:
        dialect, spec = self._dialect, entry_spec.stated_spec(entry)
        rendered = entry_spec.RenderedValue(dialect.leaf(entry_spec.leaf_fields(spec, dialect)))
        is_structured = entry.name in self._structured or not spec.description.isprintable()
        if not is_structured and not spec.needs_leaf(dialect):
            styles = list(
                entry_spec.commented_values(
                    spec, entry_spec.port_value(spec.ports, dialect), dialect
                )
            )
            rendered = styles[-1 if spec.protocols or spec.internal else 0]
        line = f"{dialect.key(key)}{dialect.assignment}{rendered.value}{end}"
        return f"{line} {dialect.comment_sign}{rendered.comment}" if rendered.comment else line
