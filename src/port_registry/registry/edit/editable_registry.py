"""The file that is changed: its entries, and where each of them is written."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from port_registry.languages.data_tree import Attribute, TableNode, attribute_of
from port_registry.model import (
    Edit,
    Edits,
    Entry,
    Name,
    Reader,
    Registry,
    RegistryError,
    Source,
    Span,
    format_name,
)
from port_registry.registry.edit.languages import Dialect, dialect_of
from port_registry.registry.edit.text_lines import TextLines
from port_registry.registry.interpret import RawEntry
from port_registry.registry.read import read_with_layout


class EntryBinding(NamedTuple):
    """An entry and where it is written."""

    entry: Entry
    draft: RawEntry
    start: int
    """Where its binding begins, `databases.redis = 6379;`; equal to `end` where it has none
    of its own in the file."""
    end: int
    """Behind its binding."""
    head: int
    """Where the dotted name begins that its binding begins with: behind `start` only for a
    TOML table, `[web.api]`."""

    def is_written(self) -> bool:
        """Return whether the entry has a binding of its own in the registry's file."""
        return self.start < self.end

    def is_structured(self) -> bool:
        """Return whether its value is a set that holds the port."""
        return self.draft.inner is not None

    def is_pair(self) -> bool:
        """Return whether two bindings make it, such as `x-start` and `x-end`."""
        return self.draft.range_end is not None

    def is_table(self) -> bool:
        """Return whether it is a table with a header of its own."""
        return self.head > self.start

    @property
    def category(self) -> Name:
        """The name without its last part."""
        return self.entry.name[:-1]


class EditableRegistry:
    """A registry and its file."""

    def __init__(self, reader: Reader, path: str, attribute: Name | None) -> None:
        """Read the registry at `path`; `attribute` is where in it the entries are asked for.

        Raises what `read_registry` does.
        """
        reading = read_with_layout(reader, path, attribute)
        self.reader = reader
        self.attribute = attribute
        self.source = reader.read(path)
        self.dialect: Dialect = dialect_of(path)
        self.registry: Registry = reading.registry
        self.root: TableNode | None = reading.root
        """The set that holds the entries; None where nothing of it is known."""
        self.page = TextLines(self.source.text)
        pairs = zip(reading.registry.entries, reading.raw_entries, strict=True)
        self.leaves: tuple[EntryBinding, ...] = tuple(
            [self._leaf(entry, draft) for entry, draft in pairs]
        )

    @cached_property
    def _by_name(self) -> dict[Name, EntryBinding]:
        return {leaf.entry.name: leaf for leaf in reversed(self.leaves)}

    @cached_property
    def _categories(self) -> frozenset[Name]:
        names = (leaf.entry.name for leaf in self.leaves)
        return frozenset(name[:depth] for name in names for depth in range(1, len(name)))

    @cached_property
    def _lined(self) -> dict[Name, list[EntryBinding]]:
        found: dict[Name, list[EntryBinding]] = {}
        for leaf in self.lined():
            found.setdefault(leaf.entry.name[:-1], []).append(leaf)
        return found

    def leaf(self, name: Name) -> EntryBinding | None:
        """Return the entry called `name`."""
        return self._by_name.get(name)

    def children(self, category: Name) -> list[EntryBinding]:
        """Return the written entries right in `category`, in the order of the text.

        Those that stand between the braces of its set go before others that it is merged of.
        """
        found = self._lined.get(category, [])
        branch = self.branch(category)
        inside = [] if branch is None else [one for one in found if self._is_in(branch, one)]
        return sorted(inside or found, key=lambda leaf: leaf.start)

    def lined(self) -> Iterator[EntryBinding]:
        """Yield the entries that have a binding in the file, and are no tables."""
        return (leaf for leaf in self.leaves if leaf.is_written() and not leaf.is_table())

    def branch(self, category: Name) -> TableNode | None:
        """Return the set of `category`; None where it is none, or is not known."""
        branch = self.root
        for part in category:
            item = None if branch is None else attribute_of(branch, part)
            branch = item.node if item is not None and isinstance(item.node, TableNode) else None
        return branch

    def whole(self, name: Name) -> Name:
        """Return the attribute path of `name` from the file's top."""
        return (*self.registry.prefix, *name)

    def binding(self, item: Attribute) -> tuple[int, int]:
        """Return where the binding of an attribute begins and ends; the same where it has none.

        It has none where it stands in another file, is inherited or made by a function.
        """
        if not item.key_span.path == self.source.path == item.extent.path:
            return 0, 0
        return self.dialect.binding(self.source.text, item.key_span, item.extent)

    def behind(self, end: int) -> int:
        """Return the offset behind a binding that ends at `end`, and what parts it from others."""
        between = self.dialect.between
        return end + len(between) if between and self.source.text.startswith(between, end) else end

    def shown(self, span: Span) -> str:
        """Return what `span` covers, on one line and shortened, for a message."""
        text = " ".join(self.reader.read(span.path).slice(span).split()) if span.path else ""
        return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 1]}…"

    def taken(self, name: Name) -> str:
        """Return why no entry can be called `name`; empty where nothing is in its way."""
        if name in self._by_name:
            entry = self._by_name[name].entry
            return f"`{format_name(name)}` is there already ({entry.endpoint.ports})"
        for depth in range(1, len(name)):
            above = self._by_name.get(name[:depth])
            if above is not None and not (above.is_structured() and self.dialect.end):
                ports = above.entry.endpoint.ports
                return f"`{format_name(name[:depth])}` is a port ({ports}), not a category"
        if name in self._categories:
            return f"`{format_name(name)}` is a category, not a port"
        parent = self.branch(name[:-1])
        if parent is not None and attribute_of(parent, name[-1]) is not None:
            return f"`{format_name(name)}` is there already, and is no port"
        return ""

    def _leaf(self, entry: Entry, draft: RawEntry) -> EntryBinding:
        item = draft.item
        start, end = self.binding(item)
        extent, node = item.extent, item.node
        if start < end and extent.start < start and isinstance(node, TableNode):
            inside = [self.binding(one) for one in node.items]
            last = max((stop for begin, stop in inside if begin > extent.start), default=end)
            return EntryBinding(entry, draft, extent.start, max(end, last), start)
        return EntryBinding(entry, draft, start, end, start)

    def _is_in(self, branch: TableNode, leaf: EntryBinding) -> bool:
        path, start, end = branch.span
        return path == self.source.path and start < leaf.start and leaf.end < end


_MOST_SHOWN = 40


def open_editable(reader: Reader, path: str, attribute: Name | None) -> EditableRegistry:
    """Read the registry at `path` to change it; raises what `read_registry` does."""
    return EditableRegistry(reader, path, attribute)


class RefusedError(RegistryError):
    """The change cannot be made in this file, and why."""


def refuse(ground: EditableRegistry, span: Span, message: str, hint: str) -> RefusedError:
    """Return the error for a change that what stands at `span` is in the way of.

    A span of no file stands for the registry's.
    """
    path = span.path or ground.source.path
    position = ground.reader.read(path).position(span.start)
    return RefusedError(message, path=path, position=position, hint=hint)


def apply_edits(ground: EditableRegistry, edits: Iterable[Edit]) -> Source:
    """Return the registry's file with `edits` carried out."""
    changes = Edits()
    for edit in edits:
        changes.add(edit)
    return Source(ground.source.path, changes.apply(ground.source.text))


class Meaning(NamedTuple):
    """What an entry says, wherever it stands."""

    name: Name
    first: int
    last: int
    protocols: tuple[str, ...]
    host: str | None
    address: str | None
    description: str
    internal: bool


def meaning(entry: Entry) -> Meaning:
    """Return what `entry` says."""
    return Meaning(
        name=entry.name,
        first=entry.ports.first,
        last=entry.ports.last,
        protocols=tuple([protocol.value for protocol in entry.protocols]),
        host=entry.host,
        address=entry.address,
        description=entry.description,
        internal=entry.internal,
    )
