"""A registry written anew in another language, with the same entries."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from port_registry.model import (
    Entry,
    Name,
    ProtocolSource,
    Registry,
    RegistryError,
    Source,
    SourceError,
    format_name,
)
from port_registry.registry.edit.editable_registry import meaning
from port_registry.registry.edit.entry_spec import EntrySpec, RenderedValue, fields, number, plain
from port_registry.registry.edit.languages import Dialect, dialect_of
from port_registry.registry.read import read_registry

LANGUAGES = ("nix", "toml", "json")

_STEP = "  "


def converted(registry: Registry, language: str) -> str:
    """Return the text of a file in `language` that has the entries of `registry`.

    What is computed becomes a number. Raises `RegistryError` where not all of the registry is
    known, or `language` cannot say it.
    """
    _refuse_gaps(registry)
    path = f"ports.{language}"
    dialect = dialect_of(path)
    tree = _tree(registry)
    odd: frozenset[Name] = frozenset()
    for _ in range(2):
        lines = "\n".join(_document(tree, dialect, odd))
        text = f"{lines.rstrip()}\n"
        odd = _differing(registry, Source(path, text))
        if not odd:
            return text
    names = ", ".join(format_name(name) for name in sorted(odd)[:4])
    raise RegistryError(
        f"{language.upper()} cannot say what it says of {names}", path=registry.path
    )


def _refuse_gaps(registry: Registry) -> None:
    if registry.unknown:
        what = format_name(registry.unknown[0].name) or "it"
        raise RegistryError(
            f"{what} cannot be known: {registry.unknown[0].reason}",
            path=registry.path,
            hint="`--eval` asks nix-instantiate",
        )
    names = [one.name for one in registry.invalid_leaves] + [
        one.name for one in registry.duplicates
    ]
    if names:
        raise RegistryError(
            f"{format_name(names[0])} is no entry that could be written elsewhere",
            path=registry.path,
            hint="`port-registry check` says what is wrong with it",
        )


class _Node(NamedTuple):
    """An entry, a category, or both: a leaf that has others beside its port."""

    entry: Entry | None
    below: "dict[str, _Node]"


def _tree(registry: Registry) -> _Node:
    root = _Node(None, {})
    for entry in registry.entries:
        node = root
        for part in entry.name[:-1]:
            node = node.below.setdefault(part, _Node(None, {}))
        there = node.below.get(entry.service, _Node(None, {}))
        node.below[entry.service] = there._replace(entry=entry)
    return root


class _OneFile:
    """A reader of a file that is not written yet."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def read(self, path: str) -> Source:
        """Return the file."""
        if path != self._source.path:
            raise SourceError("there is no such file", path=path)
        return self._source

    def exists(self, path: str) -> bool:
        """Return whether `path` is the file."""
        return path == self._source.path


def _differing(registry: Registry, source: Source) -> frozenset[Name]:
    """Return the entries that are not the same in `source`."""
    there = frozenset(map(meaning, read_registry(_OneFile(source), source.path, None).entries))
    here = frozenset(map(meaning, registry.entries))
    return frozenset(one.name for one in here ^ there)


def _document(root: _Node, dialect: Dialect, odd: Collection[Name]) -> Iterator[str]:
    writer = _Writer(dialect, odd)
    if dialect.comment and not dialect.end:
        yield from writer.tables((), root)
    else:
        yield "{"
        yield from writer.block(root, _STEP)
        yield "}"


class _Writer:
    """Writes nodes as lines."""

    def __init__(self, dialect: Dialect, odd: Collection[Name]) -> None:
        self._dialect = dialect
        self._odd = odd
        """The entries that a number and a comment do not say well enough."""

    def block(self, node: _Node, indent: str) -> Iterator[str]:
        """Yield what stands between the braces of a set."""
        dialect = self._dialect
        made = [] if node.entry is None else fields(_wish(node.entry), dialect)
        left = len(made) + len(node.below)
        for one in made:
            left -= 1
            end = dialect.end or (dialect.between if left else "")
            yield f"{indent}{dialect.key(one.name)}{dialect.assign}{one.value}{end}"
        for key, below in node.below.items():
            left -= 1
            end = dialect.end or (dialect.between if left else "")
            if below.entry is not None and not below.below:
                yield f"{indent}{self._line(key, below.entry, end)}"
                continue
            yield f"{indent}{dialect.key(key)}{dialect.assign}{{"
            yield from self.block(below, indent + _STEP)
            yield f"{indent}}}{end}"
            if dialect.end and indent == _STEP and left:
                yield ""

    def tables(self, name: Name, node: _Node) -> Iterator[str]:
        """Yield the table of a node, then those below it."""
        dialect = self._dialect
        made = [] if node.entry is None else fields(_wish(node.entry), dialect)
        lines = [f"{dialect.key(one.name)}{dialect.assign}{one.value}" for one in made]
        lines += [
            self._line(key, below.entry, "")
            for key, below in node.below.items()
            if below.entry is not None and not below.below
        ]
        if lines:
            if name:
                yield f"[{dialect.path(name)}]"
            yield from lines
            yield ""
        for key, below in node.below.items():
            if below.below:
                yield from self.tables((*name, key), below)

    def _line(self, key: str, entry: Entry, end: str) -> str:
        dialect, wish = self._dialect, _wish(entry)
        written = RenderedValue(dialect.leaf(fields(wish, dialect)))
        is_odd = entry.name in self._odd or not wish.description.isprintable()
        if not is_odd and not wish.needs_leaf(dialect):
            ways = list(plain(wish, number(wish.ports, dialect), dialect))
            written = ways[-1 if wish.protocols or wish.internal else 0]
        line = f"{dialect.key(key)}{dialect.assign}{written.value}{end}"
        return f"{line} {dialect.comment}{written.comment}" if written.comment else line


def _wish(entry: Entry) -> EntrySpec:
    """Return what has to be said of `entry`; protocols only where its name does not tell."""
    endpoint = entry.endpoint
    is_said = entry.protocol_source is ProtocolSource.STATED
    return EntrySpec(
        entry.name,
        endpoint.ports,
        endpoint.protocols if is_said else (),
        entry.description,
        endpoint.host,
        endpoint.address,
        entry.internal,
    )
