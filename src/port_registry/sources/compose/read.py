"""A Compose file read: its services, what they publish and what stays inside."""

import posixpath
import re
from collections.abc import Iterator, Mapping

from port_registry.languages import dotenv, yaml
from port_registry.languages.provenance import UNKNOWN, UnknownTracker
from port_registry.languages.shell_variables import ShellVariables
from port_registry.model import Place, Reader, SourceError, Span, TracedText
from port_registry.sources.compose.interpolate import interpolated
from port_registry.sources.compose.ports import PublishedRange
from port_registry.sources.compose.project import ComposeFile, ComposeService, UnreadableCompose
from port_registry.sources.shared import variables
from port_registry.sources.shared.commands import Script, main_program, read_script, read_words
from port_registry.sources.shared.use_collector import UseCollector, Where

_HOST = "host.docker.internal"
"""What a container calls the machine that it runs on."""


def read_compose(reader: Reader, path: str) -> ComposeFile:
    """Return what the Compose file at `path` says; never raises for what is in it."""
    try:
        source = reader.read(path)
    except SourceError as error:
        return ComposeFile(path, (), (), (UnreadableCompose(error.message, Span(path, 0, 0)),))
    document = yaml.parse(path, source.text)
    unreadable = tuple(UnreadableCompose(one.message, one.span) for one in document.problems)
    doubts = UnknownTracker()
    doubts.grant(len(source.text))
    reading = _ComposeReading(_variables(reader, posixpath.dirname(path)), doubts)
    services = tuple(reading.services(document.root))
    return ComposeFile(path, services, tuple(doubts.unknown), unreadable)


def _variables(reader: Reader, folder: str) -> Mapping[str, TracedText]:
    """Return what the `.env` beside the file says."""
    path = posixpath.join(folder, ".env")
    if not reader.exists(path):
        return {}
    try:
        found = dotenv.read(reader.read(path))
    except SourceError:
        return {}
    return {} if isinstance(found, dotenv.Broken) else found


class _ComposeReading:
    """The reading of one file."""

    def __init__(self, variables: Mapping[str, TracedText], doubts: UnknownTracker) -> None:
        self._variables = variables
        self._doubts = doubts
        self._merger = yaml.Merger()

    def services(self, root: yaml.Node | None) -> Iterator[ComposeService]:
        """Yield the services of the file whose top is `root`."""
        entry = self._fields(root).get("services")
        found = self._fields(None if entry is None else entry.value)
        others = variables.simplified(frozenset(found))
        for name, service in found.items():
            yield self._service(name, service, others)

    def _service(self, name: str, entry: yaml.MergedKey, others: frozenset[str]) -> ComposeService:
        fields = self._fields(entry.value)
        image = _image(self._value(fields, "image"))
        found, inner = UseCollector(self._doubts), UseCollector(self._doubts)
        ports = PublishedRange(Where(name, Place.OPTION, None), image, found, inner)
        for node in self._items(fields, "ports"):
            self._port(node, ports)
        for node in self._items(fields, "expose"):
            text = self._text(node)
            if text is not None:
                ports.inside(text)
        on_host = self._value(fields, "network_mode") == "host"
        named = UseCollector(self._doubts)
        self._said(name, fields, image, named, others)
        uses = [use for use in named.uses if on_host or use.host == _HOST]
        hidden = [use for use in named.uses if not on_host and use.host != _HOST]
        span = entry.key.span
        return ComposeService(
            name,
            span,
            image,
            tuple(ports.published),
            tuple(uses),
            tuple(dict.fromkeys((*inner.uses, *hidden))),
        )

    def _port(self, node: yaml.Node, ports: PublishedRange) -> None:
        given = yaml.resolved(node)
        if isinstance(given, yaml.Mapping):
            fields = self._fields(given)
            texts = {key: self._text(entry.value) for key, entry in fields.items()}
            known = {key: text for key, text in texts.items() if text is not None}
            published = fields.get("published")
            ports.long(known, "" if published is None else _raw(published.value))
            return
        text = self._text(given)
        if text is not None:
            ports.short(text, _raw(given))

    def _said(
        self,
        name: str,
        fields: Mapping[str, yaml.MergedKey],
        image: str,
        found: UseCollector,
        others: frozenset[str],
    ) -> None:
        """Add what the command and the environment of a service name."""
        owner = variables.Owner(name, frozenset(), others).with_programs([image])
        given = dict(self._environment(fields))
        where = Where(name, Place.COMMAND, None)
        script = Script(ShellVariables(given, self._doubts), where, found, owner)
        programs: list[str] = []
        command = fields.get("command")
        if command is not None:
            value = yaml.resolved(command.value)
            if isinstance(value, yaml.Sequence):
                words = [self._text(item) for item in value.items]
                known = tuple(word for word in words if word is not None)
                if found.afford(where, known):
                    programs = read_words(known, script)
            elif (written := self._text(value)) is not None:
                programs = read_script(written, script)
        where = Where(name, Place.ENVIRONMENT, None)
        if found.afford(where, given.values()):
            program = main_program(programs) or image
            for key, text in given.items():
                variables.read_variable(key, text, owner, where, found, program)

    def _environment(
        self, fields: Mapping[str, yaml.MergedKey]
    ) -> Iterator[tuple[str, TracedText]]:
        entry = fields.get("environment")
        if entry is None:
            return
        value = yaml.resolved(entry.value)
        if isinstance(value, yaml.Mapping):
            for name, pair in self._fields(value).items():
                text = self._text(pair.value)
                if text is not None:
                    yield name, text
        elif isinstance(value, yaml.Sequence):
            for item in value.items:
                text = self._text(item)
                name, equals, _ = ("" if text is None else text.text).partition("=")
                if text is not None and equals:
                    yield name, text.cut(len(name) + 1, len(text.text))

    def _fields(self, node: yaml.Node | None) -> dict[str, yaml.MergedKey]:
        value = None if node is None else yaml.resolved(node)
        return self._merger.entries(value) if isinstance(value, yaml.Mapping) else {}

    def _items(self, fields: Mapping[str, yaml.MergedKey], key: str) -> tuple[yaml.Node, ...]:
        entry = fields.get(key)
        value = None if entry is None else yaml.resolved(entry.value)
        return value.items if isinstance(value, yaml.Sequence) else ()

    def _text(self, node: yaml.Node) -> TracedText | None:
        """Return what a scalar says with its variables replaced; None for other nodes."""
        value = yaml.resolved(node)
        if not isinstance(value, yaml.Scalar) or not self._doubts.spend(len(value.value)):
            return None
        return interpolated(value.traced(), self._variables, self._doubts)

    def _value(self, fields: Mapping[str, yaml.MergedKey], key: str) -> str:
        entry = fields.get(key)
        text = None if entry is None else self._text(entry.value)
        return "" if text is None else text.text.strip()


def _raw(node: yaml.Node) -> str:
    value = yaml.resolved(node)
    return value.value if isinstance(value, yaml.Scalar) else ""


def _image(text: str) -> str:
    """Return `postgres` of `docker.io/library/postgres:16@sha256:…`."""
    name = re.split(r"[@]", text)[0].rpartition("/")[2].partition(":")[0]
    return "" if UNKNOWN in name else name
