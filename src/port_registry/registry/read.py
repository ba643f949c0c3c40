"""How a registry is read: Nix, TOML or JSON in, entries out."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from port_registry.facts import services
from port_registry.facts.identifiers import split
from port_registry.model import (
    DuplicateDefinition,
    Endpoint,
    Entry,
    InvalidLeaf,
    Name,
    PortRange,
    Position,
    Protocol,
    ProtocolSource,
    Reader,
    Registry,
    RegistryError,
    Source,
    SourceError,
    Span,
    Unknown,
    format_name,
)
from port_registry.registry.comments import (
    NO_REMARK,
    Comments,
    EntryExtent,
    RegistryComment,
    Remark,
)
from port_registry.registry.data_tree import Attribute, Node, TableNode, UnknownNode, attribute_of
from port_registry.registry.entries_prefix import find_prefix
from port_registry.registry.interpret import RawEntry, TreeInterpreter, invalid_leaves


class _Opened(NamedTuple):
    """A registry's file, whichever language it is written in."""

    root: Node
    twins: tuple[DuplicateDefinition, ...]
    comments: Callable[[str], Iterable[RegistryComment]]
    """Gives the comments of the file at a path."""


class RegistryReading(NamedTuple):
    """A registry, and how its file is laid out."""

    registry: Registry
    root: TableNode | None
    """The set that holds the entries; None where nothing of it is known."""
    raw_entries: tuple[RawEntry, ...]
    """What each of the registry's entries was made of, in their order."""


def read_registry(reader: Reader, path: str, attribute: Name | None) -> Registry:
    """Read the registry at `path`, a path of `reader`.

    `attribute` is where in the file the entries are; None, or an empty one, to look at the
    top, and then below `ports`, `config.<any path>.ports` and `options.<any path>.ports`.
    The entries' names are relative to it.

    Raises `RegistryError` where the file cannot be read at all: it is absent, no file, not
    UTF-8, empty, not valid in its language, no set of attributes, or has nothing at
    `attribute`. Whatever can be said of single entries is in the registry that is returned.
    """
    return read_with_layout(reader, path, attribute).registry


def read_with_layout(reader: Reader, path: str, attribute: Name | None) -> RegistryReading:
    """Read the registry as `read_registry` does, and keep how its file is laid out."""
    source = _source(reader, path)
    opened = _open(reader, source)
    root = opened.root
    if isinstance(root, UnknownNode):
        unknown = _unknown(source, root).replace(prefix=attribute or ())
        return RegistryReading(unknown, None, ())
    if not isinstance(root, TableNode):
        raise _error(source, root.span, "it is not a set of attributes", _SHAPE)
    prefix = attribute or find_prefix(root)
    found = _descend(source, root, prefix)
    if isinstance(found, UnknownNode):
        return RegistryReading(_unknown(source, found).replace(prefix=prefix), None, ())
    shapes = TreeInterpreter()
    shapes.category(found, ())
    registry = _assembled(reader, source, opened, prefix, shapes)
    return RegistryReading(registry, found, tuple(shapes.entries))


def read_tree(reader: Reader, path: str, prefix: Name) -> Node:
    """Return what the registry at `path` has at `prefix`, whether it declares ports or not.

    Raises `RegistryError` where `read_registry` does.
    """
    source = _source(reader, path)
    root = _open(reader, source).root
    return _descend(source, root, prefix) if isinstance(root, TableNode) else root


_SHAPE = "a registry is a set of names and ports, such as `{ databases = { redis = 6379; }; }`"


def _error(source: Source, span: Span, message: str, hint: str | None = None) -> RegistryError:
    """Return the error for a place, which may be in another file."""
    if span.path and span.path != source.path:
        return RegistryError(message, path=span.path, hint=hint)
    position = source.position(span.start)
    return RegistryError(message, path=source.path, position=position, hint=hint)


def _source(reader: Reader, path: str) -> Source:
    """Read the file; raises the error for one that is none, or is empty."""
    try:
        source = reader.read(path)
    except SourceError as error:
        raise RegistryError(
            error.message, path=path, position=error.position, hint=error.hint
        ) from error
    if not source.text.strip(" \t\r\n\ufeff"):
        raise RegistryError("it is empty", path=path, position=Position(1, 1), hint=_SHAPE)
    return source


def _open(reader: Reader, source: Source) -> _Opened:
    """Read the file in the language that its suffix names."""
    suffix = source.path.rpartition(".")[2].lower()
    if suffix == "nix":
        from port_registry.registry.nix import read_nix

        return _Opened(*read_nix(reader, source))
    from port_registry.registry.markup import read_json, read_toml

    if suffix not in ("toml", "json"):
        hint = "a registry is a `.nix`, `.toml` or `.json` file"
        raise RegistryError("its language is not known", path=source.path, hint=hint)
    document = read_toml(source) if suffix == "toml" else read_json(source)

    def comments(path: str) -> Iterable[RegistryComment]:
        return document.comments if path == source.path else ()

    return _Opened(document.root, document.twins, comments)


def _unknown(source: Source, mystery: UnknownNode) -> Registry:
    """Return the registry of which nothing is known."""
    if mystery.fails:
        raise _error(source, mystery.span, f"it cannot be evaluated: {mystery.reason}")
    return Registry(
        path=source.path, entries=(), unknown=(Unknown((), mystery.reason, mystery.span),)
    )


def _descend(source: Source, root: TableNode, prefix: Name) -> TableNode | UnknownNode:
    """Return the set at `prefix`; raises the error for a path that leads to none."""
    branch = root
    for depth, part in enumerate(prefix, 1):
        item = attribute_of(branch, part)
        here = format_name(prefix[:depth])
        if item is None:
            if branch.rest is not None:
                return branch.rest
            known = ", ".join(f"`{format_name((one.key,))}`" for one in branch.items[:8])
            hint = f"what is there: {known}" if known else None
            raise _error(source, branch.span, f"it has no attribute `{here}`", hint)
        if isinstance(item.node, UnknownNode):
            return item.node
        if not isinstance(item.node, TableNode):
            message = f"`{here}` is not a set of attributes"
            raise _error(source, item.key_span, message, _SHAPE)
        branch = item.node
    return branch


def _assembled(
    reader: Reader, source: Source, opened: _Opened, prefix: Name, shapes: TreeInterpreter
) -> Registry:
    """Return the registry of what `shapes` found."""
    remarks = _remarks(reader, opened, shapes.entries)
    entries = tuple(map(_entry, shapes.entries, remarks))
    texts = [_text(reader, span) for _, _, span in shapes.invalid]
    flawed: list[InvalidLeaf] = invalid_leaves(shapes.invalid, texts)
    twins = tuple(_below(twin, prefix) for twin in opened.twins)
    return Registry(
        path=source.path,
        entries=entries,
        invalid_leaves=tuple(flawed),
        duplicates=twins,
        unknown=tuple(shapes.unknown),
        notes=tuple(shapes.notes),
        prefix=prefix,
    )


def _below(twin: DuplicateDefinition, prefix: Name) -> DuplicateDefinition:
    """Return `twin` with its name as seen from `prefix`, where it is below it."""
    if len(twin.name) > len(prefix) and twin.name[: len(prefix)] == prefix:
        return twin._replace(name=twin.name[len(prefix) :])
    return twin


def _text(reader: Reader, span: Span) -> str:
    return reader.read(span.path).slice(span)


class _Marked(NamedTuple):
    """What the comments say of an entry: behind and above it, and its inner attribute."""

    outer: Remark
    inner: Remark | None


def _remarks(reader: Reader, opened: _Opened, drafts: list[RawEntry]) -> list[_Marked]:
    """Read the comments of `entries`, in their order."""
    outer = [_place(draft.item) for draft in drafts]
    inner = [None if draft.inner is None else _place(draft.inner) for draft in drafts]
    books: dict[str, Comments] = {}

    def remark(place: EntryExtent) -> Remark:
        path = place.name.path
        book = books.get(path)
        if book is None:
            book = books[path] = Comments(reader.read(path), opened.comments(path), outer)
        return book.remark_on(place)

    return [
        _Marked(remark(first), None if second is None else remark(second))
        for first, second in zip(outer, inner, strict=True)
    ]


def _place(item: Attribute) -> EntryExtent:
    name, extent = item.key_span, item.extent
    end = extent.end if extent.path == name.path and extent.end > name.end else name.end
    return EntryExtent(name, end)


def entry_without_comments(draft: RawEntry) -> Entry:
    """Return the entry of a draft that has no comments."""
    return _entry(draft, _Marked(NO_REMARK, None))


def _entry(draft: RawEntry, marked: _Marked) -> Entry:
    """Return the entry of a draft and its comments."""
    said, shown, outer = draft.attributes, draft.value, marked.outer
    inner = outer if marked.inner is None else marked.inner
    protocols = said.protocols or outer.protocols or inner.protocols
    source = ProtocolSource.STATED
    if not protocols:
        protocols, source = default_protocols(draft.name, shown.ports)
    return Entry(
        name=draft.name,
        endpoint=Endpoint(shown.ports, protocols, said.host, said.address),
        protocol_source=source,
        description=said.description or outer.description or inner.description,
        internal=said.internal or outer.internal or inner.internal,
        name_span=draft.item.key_span,
        value_span=shown.span,
        digits=shown.digits,
    )


def default_protocols(name: Name, ports: PortRange) -> tuple[tuple[Protocol, ...], ProtocolSource]:
    """Return the protocols of an entry of which neither a value nor a comment says any."""
    if named := _named(name[-1]):
        return named, ProtocolSource.STATED
    if known := services.protocols_on(name, ports):
        return known, ProtocolSource.KNOWN
    return (Protocol.TCP,), ProtocolSource.ASSUMED


def _named(service: str) -> tuple[Protocol, ...]:
    """Return the protocols that a name such as `dns-udp` has among its words."""
    spoken = service.lower()
    if not any(map(spoken.__contains__, _PROTOCOLS)):
        return ()
    words = split(service)
    return tuple(protocol for protocol in Protocol if words[1:] and protocol.value in words)


_PROTOCOLS = tuple(protocol.value for protocol in Protocol)
