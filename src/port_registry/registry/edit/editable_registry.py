"""A registry's file prepared for edits: its entries and their bindings."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import takewhile

from port_registry import model
from port_registry.languages.data_tree import Attribute, TableNode, attribute_of
from port_registry.registry.edit.languages import Dialect, dialect_of
from port_registry.registry.edit.text_lines import TextLines
from port_registry.registry.interpret import RawEntry, shortened
from port_registry.registry.read import read_with_layout


class EntryBinding(model.NamedTuple):
    """An entry and its binding in the file."""

    entry: model.Entry
    raw_entry: RawEntry
    start: int
    """The offset of its binding, `databases.redis = 6379;`; equal to `end` where it has none
    of its own in the file."""
    end: int
    """The offset after its binding."""
    name_start: int
    """The offset of the dotted name in its binding: after `start` only for a TOML table,
    `[web.api]`."""

    def is_written(self) -> bool:
        """Return whether the entry has a binding of its own in the registry's file."""
        return self.start < self.end

    def is_structured(self) -> bool:
        """Return whether its value is a set that holds the port."""
        return self.raw_entry.inner is not None

    def is_pair(self) -> bool:
        """Return whether it consists of two bindings, such as `x-start` and `x-end`."""
        return self.raw_entry.range_end is not None

    def is_table(self) -> bool:
        """Return whether it is a TOML table with a header of its own."""
        return self.name_start > self.start

    @property
    def category(self) -> model.Name:
        """The name without its last part."""
        return self.entry.name[:-1]


class RefusedError(model.RegistryError):
    """A change that cannot be made in this file."""


class EditableRegistry:
    """A registry with the text and the layout of its file."""

    def __init__(self, reader: model.Reader, path: str, attribute: model.Name | None) -> None:
        """Read the registry at `path`, with its entries at `attribute`, as `read_registry` does."""
        reading = read_with_layout(reader, path, attribute)
        self.reader = reader
        self.attribute = attribute
        self.source = reader.read(path)
        self.dialect: Dialect = dialect_of(path)
        self.registry: model.Registry = reading.registry
        self.root: TableNode | None = reading.root
        """The set that holds the entries; None where nothing of it is known."""
        self.text_lines = TextLines(self.source.text)
        pairs = zip(reading.registry.entries, reading.raw_entries, strict=True)
        self.bindings: tuple[EntryBinding, ...] = tuple(
            [self._leaf(entry, raw_entry) for entry, raw_entry in pairs]
        )

    @cached_property
    def _by_name(self) -> dict[model.Name, EntryBinding]:
        return {binding.entry.name: binding for binding in reversed(self.bindings)}

    @cached_property
    def _categories(self) -> frozenset[model.Name]:
        names = (binding.entry.name for binding in self.bindings)
        return frozenset(name[:depth] for name in names for depth in range(1, len(name)))

    @cached_property
    def _lined(self) -> dict[model.Name, list[EntryBinding]]:
        by_category: dict[model.Name, list[EntryBinding]] = {}
        for binding in self.inline_bindings():
            by_category.setdefault(binding.entry.name[:-1], []).append(binding)
        return by_category

    def find(self, name: model.Name) -> EntryBinding | None:
        """Return the binding of the entry `name`."""
        return self._by_name.get(name)

    def children(self, category: model.Name) -> list[EntryBinding]:
        """Return the bindings of the entries directly in `category`, in the order of the text.

        If some are between the braces of its set, others that are merged into it are omitted.
        """
        bindings = self._lined.get(category, [])
        table = self.table(category)
        inside = [] if table is None else [child for child in bindings if self._is_in(table, child)]
        return sorted(inside or bindings, key=lambda binding: binding.start)

    def inline_bindings(self) -> Iterator[EntryBinding]:
        """Yield the bindings that are in the file and are not tables."""
        return (
            binding for binding in self.bindings if binding.is_written() and not binding.is_table()
        )

    def table(self, category: model.Name) -> TableNode | None:
        """Return the set of `category`; None where it is not a set, or is not known."""
        table = self.root
        for part in category:
            item = None if table is None else attribute_of(table, part)
            table = item.node if item is not None and isinstance(item.node, TableNode) else None
        return table

    def innermost_table(self, category: model.Name) -> tuple[TableNode | None, int]:
        """Return the innermost existing set on the path to `category`, and its depth."""
        for depth in range(len(category), 0, -1):
            table = self.table(category[:depth])
            if table is not None:
                return table, depth
        return self.root, 0

    def braces_of(self, table: TableNode | None) -> tuple[int, int] | None:
        """Return the offsets of the last braces of a set; None where it has none in this file."""
        if table is None:
            return None
        text, (path, start, end) = self.source.text, table.span
        if path != self.source.path or text[end - 1 : end] != "}":
            return None
        opening = text.find("{", start, end - 1)
        return None if opening < 0 else (opening, end - 1)

    def spelled_parts(self, binding: EntryBinding) -> list[str]:
        """Return the parts of the dotted name at the start of `binding`, as they are spelled."""
        parts, quote = [""], ""
        for char in self.source.text[binding.name_start : binding.entry.name_span.end]:
            if quote:
                quote = "" if char == quote else quote
            elif char in "\"'" and (char == '"' or not parts[-1].strip()):
                quote = char
            if char == "." and not quote:
                parts.append("")
            else:
                parts[-1] += char
        return [part.strip() for part in parts]

    def value_span(self, binding: EntryBinding) -> model.Span:
        """Return the span of the value of a binding, without its terminator."""
        text, dialect = self.source.text, self.dialect
        start = text.index(dialect.assignment.strip(), binding.entry.name_span.end) + 1
        end = binding.end - len(dialect.terminator)
        while start < end and text[start].isspace():
            start += 1
        end = len(text[:end].rstrip()) if dialect.terminator else end
        return model.Span(self.source.path, start, end)

    def item(self, name: model.Name) -> Attribute | None:
        """Return the attribute at `name`, whatever it is; None where none is known."""
        parent = self.table(name[:-1])
        return None if parent is None else attribute_of(parent, name[-1])

    def full_path(self, name: model.Name) -> model.Name:
        """Return the attribute path of the entry `name` from the file's top level."""
        return (*self.registry.prefix, *name)

    def common_depth(self, first: model.Name, second: model.Name) -> int:
        """Return how many leading parts the attribute paths of two names have in common."""
        pairs = zip(self.full_path(first), self.full_path(second), strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

    def extent_of(self, item: Attribute) -> tuple[int, int]:
        """Return the start and end of the binding of an attribute; equal where it has none.

        It has none where it is in another file, inherited, or returned by a function.
        """
        if not item.key_span.path == self.source.path == item.extent.path:
            return 0, 0
        return self.dialect.binding(self.source.text, item.key_span, item.extent)

    def after_separator(self, end: int) -> int:
        """Return the offset after a binding that ends at `end`, and after its separator."""
        separator = self.dialect.separator
        return end + len(separator) if self.source.text.startswith(separator, end) else end

    def insertion(self, at: int, text: str) -> model.Edit:
        """Return the edit that inserts `text` at the offset `at`."""
        return model.Edit(model.Span(self.source.path, at, at), text)

    def changed(self, edits: Iterable[model.Edit]) -> model.Source:
        """Return the registry's file with `edits` applied."""
        changes = model.Edits()
        for edit in edits:
            changes.add(edit)
        return model.Source(self.source.path, changes.apply(self.source.text))

    def refusal(self, span: model.Span, message: str, hint: str) -> RefusedError:
        """Return the error for a change that is blocked by the code at `span`.

        A span without a path is a span of the registry's file.
        """
        path = span.path or self.source.path
        position = self.reader.read(path).position(span.start)
        return RefusedError(message, path=path, position=position, hint=hint)

    def excerpt(self, span: model.Span) -> str:
        """Return the text of `span`, on one line and shortened, for a message."""
        return shortened(self.reader.read(span.path).slice(span)) if span.path else ""

    def name_conflict(self, name: model.Name) -> str:
        """Return why no entry can be called `name`; empty where one can."""
        if name in self._by_name:
            entry = self._by_name[name].entry
            return f"`{model.format_name(name)}` already exists ({entry.ports})"
        for depth in range(1, len(name)):
            above = self._by_name.get(name[:depth])
            if above is not None and not (above.is_structured() and self.dialect.terminator):
                ports = above.entry.ports
                return f"`{model.format_name(name[:depth])}` is a port ({ports}), not a category"
        if name in self._categories:
            return f"`{model.format_name(name)}` is a category, not a port"
        if self.item(name) is not None:
            return f"`{model.format_name(name)}` already exists and is not a port"
        return ""

    def name_refusal(self, name: model.Name) -> RefusedError:
        """Return the error for a `name` that is not available."""
        parents = (self.find(name[:depth]) for depth in range(len(name), 0, -1))
        binding, item = next(filter(None, parents), None), self.item(name)
        span = model.Span("", 0, 0) if item is None else item.key_span
        location = binding.entry.name_span if binding is not None else span
        return self.refusal(location, self.name_conflict(name), "choose another name")

    def _leaf(self, entry: model.Entry, raw_entry: RawEntry) -> EntryBinding:
        item = raw_entry.item
        start, end = self.extent_of(item)
        extent, node = item.extent, item.node
        if start < end and extent.start < start and isinstance(node, TableNode):
            inside = [self.extent_of(inner_item) for inner_item in node.items]
            last = max((stop for begin, stop in inside if begin > extent.start), default=end)
            return EntryBinding(entry, raw_entry, extent.start, max(end, last), start)
        return EntryBinding(entry, raw_entry, start, end, start)

    def _is_in(self, table: TableNode, binding: EntryBinding) -> bool:
        path, start, end = table.span
        return path == self.source.path and start < binding.start and binding.end < end
