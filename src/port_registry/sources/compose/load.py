"""From files to the layers of each service, in the order in which Compose merges them."""

import posixpath
from collections.abc import Iterator, Mapping

from port_registry import model
from port_registry.languages import dotenv, yaml
from port_registry.languages.provenance import UnknownTracker
from port_registry.sources.shared.yaml_annotations import annotations_in

TOP = "services"

_RESET, _OVERRIDE = "!reset", "!override"

_NOT_EXTENDED = "depends_on"
"""What a service does not take over from the one that it extends."""

_MAX_FILES = 100
"""How many files one project may load."""

_MAX_DEPTH = 20
"""How many services may extend one another in a chain."""

_TEMPLATE_SIGNS = ("{{", "{%")
"""What is in a file that another program makes a Compose file of."""

Variables = Mapping[str, model.TracedText]


class Layer(model.NamedTuple):
    """What one file says of a service."""

    key: yaml.Scalar
    """Its name there."""
    fields: Mapping[str, yaml.MergedKey]
    variables: Variables
    """What `${VAR}` stands for in that file."""
    folder: str
    """What paths in it are relative to."""


class ComposeLayers(model.NamedTuple):
    """The files of one project, each read, and its services not yet merged."""

    files: tuple[str, ...]
    services: Mapping[str, tuple[Layer, ...]]
    """The layers of each service, later ones over earlier ones."""
    annotations: tuple[model.Annotation, ...]


class _File(model.NamedTuple):
    """One file."""

    path: str
    services: Mapping[str, yaml.MergedKey]
    variables: Variables
    includes: tuple[model.TracedText, ...]


class ComposeLoader:
    """Loads the files of one project."""

    def __init__(
        self, reader: model.Reader, doubts: UnknownTracker, unreadable: list[model.UnreadablePart]
    ) -> None:
        self._reader = reader
        self._doubts = doubts
        self._unreadable = unreadable
        self._merger = yaml.Merger()
        self._annotations: list[model.Annotation] = []
        self._files: dict[str, _File | None] = {}
        """Those read so far; None for one that cannot be."""
        self._length = 0

    def load(self, paths: tuple[str, ...]) -> ComposeLayers:
        """Return what `docker compose -f PATH -f PATH …` would load."""
        variables = self.variables(posixpath.join(posixpath.dirname(paths[0]), ".env"))
        services: dict[str, tuple[Layer, ...]] = {}
        for path in paths:
            file = self._file(path, variables, None)
            if file is not None:
                self._include(file, services)
                self._lay(file, services)
        files = tuple(path for path, file in self._files.items() if file is not None)
        return ComposeLayers(files, services, tuple(self._annotations))

    def granted(self) -> UnknownTracker:
        """Return a tracker that allows for reading as much as the files hold."""
        doubts = UnknownTracker()
        doubts.add_budget(self._length)
        return doubts

    def fields(self, node: yaml.Node | None) -> Mapping[str, yaml.MergedKey]:
        """Return what a mapping holds, merge keys resolved; nothing for other nodes."""
        value = None if node is None else yaml.resolve_alias(node)
        return self._merger.entries(value) if isinstance(value, yaml.Mapping) else {}

    def variables(self, path: str) -> Variables:
        """Return what the environment file at `path` says; nothing where there is none."""
        if not self._reader.exists(path):
            return {}
        try:
            found = dotenv.parse(dotenv.without_byte_order_mark(self._reader.read(path)))
        except model.SourceError:
            return {}
        return {} if isinstance(found, dotenv.InvalidEnvFile) else found

    def _lay(self, file: _File, services: dict[str, tuple[Layer, ...]]) -> None:
        """Put what `file` says of each service over what is known of it."""
        for name, entry in file.services.items():
            tag = yaml.resolve_alias(entry.value).tag
            if tag == _RESET:
                services.pop(name, None)
                continue
            before = () if tag == _OVERRIDE else services.get(name, ())
            services[name] = (*before, *self._layers(file, name, 0))

    def _include(self, file: _File, services: dict[str, tuple[Layer, ...]]) -> None:
        for included in file.includes:
            path = _joined(posixpath.dirname(file.path), included.text)
            if path in self._files:
                continue
            around = self.variables(posixpath.join(posixpath.dirname(path), ".env"))
            found = self._file(path, {**around, **file.variables}, included.origin(0))
            if found is not None:
                self._include(found, services)
                self._lay(found, services)

    def _layers(self, file: _File, name: str, depth: int) -> Iterator[Layer]:
        """Yield what a service of `file` extends, the outermost first, and what it says."""
        entry = file.services.get(name)
        if entry is None or depth > _MAX_DEPTH:
            return
        fields = self.fields(entry.value)
        if "extends" in fields:
            for layer in self._extended(file, fields["extends"], depth):
                kept = {key: found for key, found in layer.fields.items() if key != _NOT_EXTENDED}
                yield layer._replace(fields=kept)
        yield Layer(entry.key, fields, file.variables, posixpath.dirname(file.path))

    def _extended(self, file: _File, extends: yaml.MergedKey, depth: int) -> Iterator[Layer]:
        value = yaml.resolve_alias(extends.value)
        if isinstance(value, yaml.Scalar):
            yield from self._layers(file, value.value, depth + 1)
            return
        fields = self.fields(value)
        service, other = _text(fields.get("service")), _text(fields.get("file"))
        if service is None:
            return
        base: _File | None = file
        if other is not None and "$" not in other.value:
            path = _joined(posixpath.dirname(file.path), other.value)
            base = self._file(path, file.variables, other.span)
        if base is not None:
            yield from self._layers(base, service.value, depth + 1)

    def _file(self, path: str, variables: Variables, asked: model.Span | None) -> _File | None:
        """Return the file at `path`, which the text at `asked` names, with its includes."""
        if path not in self._files:
            too_many = len(self._files) >= _MAX_FILES
            self._files[path] = None if too_many else self._read(path, variables, asked)
        return self._files[path]

    def _read(self, path: str, variables: Variables, asked: model.Span | None) -> _File | None:
        try:
            source = self._reader.read(path)
        except model.SourceError as error:
            place = model.Span(path, 0, 0) if asked is None else asked
            message = error.message if asked is None else f"{path}: {error.message}"
            self._unreadable.append(model.UnreadablePart(message, place))
            return None
        document = yaml.parse(path, source.text)
        if document.problems and any(sign in source.text for sign in _TEMPLATE_SIGNS):
            self._doubts.add(
                (), "another program makes a Compose file of it", model.Span(path, 0, 0)
            )
            return None
        self._unreadable += [
            model.UnreadablePart(one.message, one.span) for one in document.problems
        ]
        self._doubts.add_budget(len(source.text))
        self._length += len(source.text)
        self._annotations += annotations_in(document, source.text, TOP)
        top = self.fields(document.root)
        services = self.fields(None if TOP not in top else top[TOP].value)
        return _File(path, services, variables, tuple(self._included(top.get("include"))))

    def _included(self, entry: yaml.MergedKey | None) -> Iterator[model.TracedText]:
        """Yield the paths that `include` names."""
        for item in _items(entry):
            value = yaml.resolve_alias(item)
            if isinstance(value, yaml.Mapping):
                path = self.fields(value).get("path")
                nodes = _items(path) or (() if path is None else (path.value,))
                found = [yaml.resolve_alias(node) for node in nodes]
            else:
                found = [value]
            for node in found:
                if isinstance(node, yaml.Scalar) and "$" not in node.value and node.value:
                    yield node.traced()


def items(layers: tuple[Layer, ...], key: str) -> list[tuple[yaml.Node, Layer]]:
    """Return the items of the lists that `layers` have at `key`, one after the other."""
    found: list[tuple[yaml.Node, Layer]] = []
    for entry, layer in entries(layers, key):
        found += [(item, layer) for item in _items(entry)]
    return found


def entries(layers: tuple[Layer, ...], key: str) -> list[tuple[yaml.MergedKey, Layer]]:
    """Return what `layers` have at `key` and no later layer resets or overrides."""
    found: list[tuple[yaml.MergedKey, Layer]] = []
    for layer in layers:
        entry = layer.fields.get(key)
        if entry is None:
            continue
        tag = yaml.resolve_alias(entry.value).tag
        if tag in (_RESET, _OVERRIDE):
            found.clear()
        if tag != _RESET:
            found.append((entry, layer))
    return found


def _items(entry: yaml.MergedKey | None) -> tuple[yaml.Node, ...]:
    value = None if entry is None else yaml.resolve_alias(entry.value)
    return value.items if isinstance(value, yaml.Sequence) else ()


def _text(entry: yaml.MergedKey | None) -> yaml.Scalar | None:
    value = None if entry is None else yaml.resolve_alias(entry.value)
    return value if isinstance(value, yaml.Scalar) and value.value else None


def plain_text(node: yaml.Node) -> str:
    """Return what a scalar says, its variables as written; nothing for other nodes."""
    value = yaml.resolve_alias(node)
    return value.value if isinstance(value, yaml.Scalar) else ""


def _joined(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(folder, path))
