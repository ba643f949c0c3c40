"""Reader of registries in Nix, TOML and JSON."""

from collections.abc import Callable, Iterable, Iterator

from port_registry import model
from port_registry.facts import identifiers, services
from port_registry.languages import data_tree
from port_registry.registry.comments import NO_REMARK, Comments, EntryExtent, Remark
from port_registry.registry.entries_prefix import find_prefix
from port_registry.registry.interpret import RawEntry, TreeInterpreter, shortened


class _RegistryFile(model.NamedTuple):
    """A parsed registry file in any language."""

    root: data_tree.Node
    duplicates: tuple[model.DuplicateDefinition, ...]
    comments: Callable[[str], Iterable[data_tree.DataComment]]
    """Returns the comments of the file at a path."""


class RegistryReading(model.NamedTuple):
    """A registry with the layout of its file."""

    registry: model.Registry
    root: data_tree.TableNode | None
    """The set that holds the entries; None where nothing of it is known."""
    raw_entries: tuple[RawEntry, ...]
    """The source of each of the registry's entries, in their order."""


def read_registry(reader: model.Reader, path: str, attribute: model.Name | None) -> model.Registry:
    """Read the registry at `path`, a path of `reader`.

    `attribute` is the path of the entries in the file; None, or an empty one, to search the
    top level, and then `ports`, `config.<any path>.ports` and `options.<any path>.ports`.
    The entries' names are relative to it.

    Raises `RegistryError` where the file cannot be read at all: it is absent, not a file, not
    UTF-8, empty, not valid in its language, not a set of attributes, or has nothing at
    `attribute`. Faults of single entries are in the registry that is returned.
    """
    return read_with_layout(reader, path, attribute).registry


def read_with_layout(
    reader: model.Reader, path: str, attribute: model.Name | None
) -> RegistryReading:
    """Read the registry as `read_registry` does, and return the layout of its file too."""
    source = _source(reader, path)
    file = _parse_file(reader, source)
    root, prefix = file.root, attribute or ()
    if isinstance(root, data_tree.TableNode):
        prefix = attribute or find_prefix(root)
        root = _descend(source, root, prefix)
    if isinstance(root, data_tree.UnknownNode):
        if root.fails:
            raise _error(source, root.span, f"the registry cannot be evaluated: {root.reason}")
        unknown = (model.Unknown((), root.reason, root.span),)
        registry = model.Registry(path=source.path, entries=(), unknown=unknown, prefix=prefix)
        return RegistryReading(registry, None, ())
    if not isinstance(root, data_tree.TableNode):
        raise _error(source, root.span, "the registry is not a set of attributes", _SHAPE)
    interpreter = TreeInterpreter()
    interpreter.category(root, ())
    registry = _assembled(reader, source, file, prefix, interpreter)
    return RegistryReading(registry, root, tuple(interpreter.entries))


def read_tree(reader: model.Reader, path: str, prefix: model.Name) -> data_tree.Node:
    """Return the tree at `prefix` in the registry at `path`, whether it has ports or not.

    Raises `RegistryError` where `read_registry` does.
    """
    source = _source(reader, path)
    root = _parse_file(reader, source).root
    return _descend(source, root, prefix) if isinstance(root, data_tree.TableNode) else root


_SHAPE = "a registry is a set of names and ports, such as `{ databases = { redis = 6379; }; }`"


def _error(
    source: model.Source, span: model.Span, message: str, hint: str | None = None
) -> model.RegistryError:
    """Return the error at `span`, which may be in another file."""
    if span.path and span.path != source.path:
        return model.RegistryError(message, path=span.path, hint=hint)
    position = source.position(span.start)
    return model.RegistryError(message, path=source.path, position=position, hint=hint)


def _source(reader: model.Reader, path: str) -> model.Source:
    """Read the file; raises the error for one that is not readable, or is empty."""
    try:
        source = reader.read(path)
    except model.SourceError as error:
        raise model.RegistryError(
            error.message, path=path, position=error.position, hint=error.hint
        ) from error
    if not source.text.strip(" \t\r\n\ufeff"):
        message = "the registry is empty"
        raise model.RegistryError(message, path=path, position=model.Position(1, 1), hint=_SHAPE)
    return source


_MOST_READERS = 4
"""How many readers' files are kept; a run has one, and one more for what it changes."""

_parsed_files: list[tuple[model.Reader, dict[str, _RegistryFile]]] = []
"""The files that the last few readers have read, which read each file only once."""


def _parse_file(reader: model.Reader, source: model.Source) -> _RegistryFile:
    """Parse the file in the language of its suffix, once for each reader."""
    files = next((files for known, files in _parsed_files if known is reader), None)
    if files is None:
        files = {}
        _parsed_files[:] = [(reader, files), *_parsed_files[: _MOST_READERS - 1]]
    if source.path not in files:
        files[source.path] = _parse(reader, source)
    return files[source.path]


def _parse(reader: model.Reader, source: model.Source) -> _RegistryFile:
    suffix = source.path.rpartition(".")[2].lower()
    comments: tuple[data_tree.DataComment, ...] = ()
    root: data_tree.Node
    try:
        if suffix == "nix":
            from port_registry.registry.nix import read_nix

            return _RegistryFile(*read_nix(reader, source))
        if suffix == "toml":
            from port_registry.languages.toml import parse_toml

            root, duplicates, comments = parse_toml(source)
        elif suffix == "json":
            from port_registry.languages.json import parse_json

            root, duplicates = parse_json(source)
        else:
            hint = "a registry is a `.nix`, `.toml` or `.json` file"
            raise model.RegistryError("unknown registry format", path=source.path, hint=hint)
    except data_tree.DataSyntaxError as error:
        position = error.position
        raise model.RegistryError(error.message, path=source.path, position=position) from error

    def comments_of(path: str) -> tuple[data_tree.DataComment, ...]:
        return comments if path == source.path else ()

    return _RegistryFile(root, duplicates, comments_of)


def _descend(
    source: model.Source, root: data_tree.TableNode, prefix: model.Name
) -> data_tree.TableNode | data_tree.UnknownNode:
    """Return the set at `prefix`; raises the error where there is no set."""
    branch = root
    for depth, part in enumerate(prefix, 1):
        item = data_tree.attribute_of(branch, part)
        path = model.format_name(prefix[:depth])
        if item is None:
            if branch.rest is not None:
                return branch.rest
            names = ", ".join(f"`{model.format_name((other.key,))}`" for other in branch.items[:8])
            hint = f"it has {names}" if names else None
            raise _error(source, branch.span, f"the registry has no attribute `{path}`", hint)
        if isinstance(item.node, data_tree.UnknownNode):
            return item.node
        if not isinstance(item.node, data_tree.TableNode):
            message = f"`{path}` is not a set of attributes"
            raise _error(source, item.key_span, message, _SHAPE)
        branch = item.node
    return branch


def _assembled(
    reader: model.Reader,
    source: model.Source,
    file: _RegistryFile,
    prefix: model.Name,
    interpreter: TreeInterpreter,
) -> model.Registry:
    """Return the registry with the entries in `interpreter`."""
    remarks = _remarks(reader, file, interpreter.entries)
    entries = [entry_of(raw, *both) for raw, both in zip(interpreter.entries, remarks, strict=True)]
    invalid_leaves = [
        model.InvalidLeaf(name, flaw, shortened(reader.read(span.path).slice(span)), span)
        for name, flaw, span in interpreter.invalid
    ]
    return model.Registry(
        path=source.path,
        entries=tuple(entries),
        invalid_leaves=tuple(invalid_leaves),
        duplicates=tuple(_relative(duplicate, prefix) for duplicate in file.duplicates),
        unknown=tuple(interpreter.unknown),
        notes=tuple(interpreter.notes),
        prefix=prefix,
    )


def _relative(
    duplicate: model.DuplicateDefinition, prefix: model.Name
) -> model.DuplicateDefinition:
    """Return `duplicate` with its name relative to `prefix`, if it is below `prefix`."""
    if len(duplicate.name) > len(prefix) and duplicate.name[: len(prefix)] == prefix:
        return duplicate._replace(name=duplicate.name[len(prefix) :])
    return duplicate


def _remarks(
    reader: model.Reader, file: _RegistryFile, raw_entries: list[RawEntry]
) -> Iterator[tuple[Remark, Remark | None]]:
    """Yield the remarks on each of `raw_entries` and on its inner attribute."""
    extents = [_extent(entry.item) for entry in raw_entries]
    comments_by_path: dict[str, Comments] = {}

    def remark(extent: EntryExtent) -> Remark:
        path = extent.name.path
        if path not in comments_by_path:
            comments_by_path[path] = Comments(reader.read(path), file.comments(path), extents)
        return comments_by_path[path].remark_on(extent)

    for entry, extent in zip(raw_entries, extents, strict=True):
        yield remark(extent), None if entry.inner is None else remark(_extent(entry.inner))


def _extent(item: data_tree.Attribute) -> EntryExtent:
    name, extent = item.key_span, item.extent
    end = extent.end if extent.path == name.path and extent.end > name.end else name.end
    return EntryExtent(name, end)


def entry_of(
    raw_entry: RawEntry, outer: Remark = NO_REMARK, inner_remark: Remark | None = None
) -> model.Entry:
    """Return the entry with the attributes of `raw_entry` and the remarks on it."""
    attributes, value = raw_entry.attributes, raw_entry.value
    inner = inner_remark or outer
    protocols = attributes.protocols or outer.protocols or inner.protocols
    protocol_source = model.ProtocolSource.STATED
    if not protocols:
        protocols, protocol_source = default_protocols(raw_entry.name, value.ports)
    return model.Entry(
        name=raw_entry.name,
        endpoint=model.Endpoint(value.ports, protocols, attributes.host, attributes.address),
        protocol_source=protocol_source,
        description=attributes.description or outer.description or inner.description,
        internal=attributes.internal or outer.internal or inner.internal,
        name_span=raw_entry.item.key_span,
        value_span=value.span,
        digits=value.digits,
    )


def default_protocols(
    name: model.Name, ports: model.PortRange
) -> tuple[tuple[model.Protocol, ...], model.ProtocolSource]:
    """Return the protocols of an entry whose value and comments give none."""
    if named := _named_protocols(name[-1]):
        return named, model.ProtocolSource.STATED
    if known := services.protocols_on(name, ports):
        return known, model.ProtocolSource.KNOWN
    return (model.Protocol.TCP,), model.ProtocolSource.ASSUMED


def _named_protocols(service: str) -> tuple[model.Protocol, ...]:
    """Return the protocols among the words of a name such as `dns-udp`."""
    if not any(map(service.lower().__contains__, _PROTOCOLS)):
        return ()
    words = identifiers.split(service)
    return tuple(protocol for protocol in model.Protocol if words[1:] and protocol.value in words)


_PROTOCOLS = tuple(protocol.value for protocol in model.Protocol)
