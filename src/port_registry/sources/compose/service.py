"""One service of a Compose project: its image, its ports, and what its variables name."""

import posixpath
import re
from collections.abc import Collection, Iterator, Mapping

from port_registry import model
from port_registry.languages import shell_variables, yaml
from port_registry.languages.provenance import UNKNOWN, UnknownTracker
from port_registry.sources.compose.load import TOP, ComposeLoader, Layer, entries, items, plain_text
from port_registry.sources.compose.ports import PortCollector
from port_registry.sources.shared import addresses, variables
from port_registry.sources.shared.commands import Script, main_program, read_script, read_words
from port_registry.sources.shared.use_collector import UseCollector, UseDefaults

_MAX_DEPTH = 10
"""How deep defaults may stand in one another."""

_MACHINE = "host.docker.internal"
"""What a container calls the machine that it runs on."""


class NamedPorts(model.NamedTuple):
    """What a service says of ports."""

    program: str
    """What its command runs, or else its image's name without registry, owner and tag."""
    uses: tuple[model.Use, ...]
    """Ports of the machine: those that it publishes, those that it asks the machine for, and
    all that it names where it is on the machine's network."""
    elsewhere: tuple[model.Use, ...]
    """Ports inside the container, and of other containers."""
    varying: bool
    """Whether some port of it could not be known."""


class ServiceTrackers(model.NamedTuple):
    """Where what cannot be known is noted."""

    machine: UnknownTracker
    """For ports of the machine."""
    inside: UnknownTracker
    """For those inside containers, of which nobody is told."""


class ServiceReader:
    """Reads the services of one project."""

    def __init__(
        self, loader: ComposeLoader, others: frozenset[str], trackers: ServiceTrackers
    ) -> None:
        """`others` are the names of all services, as `variables.simplified` gives them."""
        self._loader = loader
        self._others = others
        self._trackers = trackers

    def read(self, name: str, layers: tuple[Layer, ...]) -> NamedPorts:
        """Return what the service says that `layers` make."""
        doubts = self._trackers
        image = _image(self._value(layers, "image"))
        on_machine = self._value(layers, "network_mode") == "host"
        named = UseCollector(doubts.machine if on_machine else doubts.inside, TOP)
        program = self._said(name, layers, image, named)
        if on_machine:
            return NamedPorts(program, tuple(named.uses), (), named.varying)
        found, inner = UseCollector(doubts.machine, TOP), UseCollector(doubts.inside, TOP)
        ports = PortCollector(UseDefaults(name, model.Place.OPTION, None), image, found, inner)
        for node, layer in items(layers, "ports"):
            self._port(node, layer, ports)
        for node, layer in items(layers, "expose"):
            text = self._text(node, layer)
            if text is not None:
                ports.inside(text)
        asked = [use for use in named.uses if use.host == _MACHINE]
        hidden = [use for use in named.uses if use.host != _MACHINE]
        elsewhere = tuple(dict.fromkeys((*inner.uses, *hidden)))
        return NamedPorts(program, (*ports.published, *asked), elsewhere, found.varying)

    def _port(self, node: yaml.Node, layer: Layer, ports: PortCollector) -> None:
        given = yaml.resolve_alias(node)
        if isinstance(given, yaml.Mapping):
            fields = self._loader.fields(given)
            texts = {key: self._text(entry.value, layer) for key, entry in fields.items()}
            known = {key: text for key, text in texts.items() if text is not None}
            published = fields.get("published")
            ports.long(known, "" if published is None else plain_text(published.value))
            return
        text = self._text(given, layer)
        if text is not None:
            ports.short(text, plain_text(given))

    def _said(self, name: str, layers: tuple[Layer, ...], image: str, found: UseCollector) -> str:
        """Add what the command and the environment of a service name; return its program."""
        owner = variables.EnvironmentOwner(name, frozenset(), self._others).with_programs([image])
        given = self._environment(layers)
        where = UseDefaults(name, model.Place.COMMAND, None)
        script = Script(shell_variables.ShellVariables(given, found.unknowns), where, found, owner)
        program = main_program(self._command(layers, image, script)) or image
        where = UseDefaults(name, model.Place.ENVIRONMENT, None)
        if found.spend_budget(where, given.values()):
            for key, text in given.items():
                variables.read_variable(key, text, owner, where, found, program)
        return program

    def _command(self, layers: tuple[Layer, ...], image: str, script: Script) -> list[str]:
        """Add what the command names, be it arguments of the image's own; return its programs."""
        found = entries(layers, "command")
        if not found:
            return []
        entry, layer = found[-1]
        value = yaml.resolve_alias(entry.value)
        start = (model.Segment(image, value.span, verbatim=False),) if image else ()
        if isinstance(value, yaml.Sequence):
            words = [self._text(item, layer) for item in value.items]
            known = tuple(word for word in words if word is not None)
            if known and start and known[0].text.startswith("-"):
                known = (model.join_segments(start), *known)
            return (
                read_words(known, script)
                if script.collector.spend_budget(script.defaults, known)
                else []
            )
        written = self._text(value, layer)
        if written is None:
            return []
        if start and written.text.lstrip().startswith("-"):
            space = model.Segment(" ", value.span, verbatim=False)
            written = model.join_segments((*start, space, *written.segments))
        return read_script(written, script)

    def _environment(self, layers: tuple[Layer, ...]) -> dict[str, model.TracedText]:
        """Return the variables of a service: those of its environment files, and its own."""
        found: dict[str, model.TracedText] = {}
        for node, layer in items(layers, "env_file"):
            found.update(self._env_file(node, layer))
        for entry, layer in entries(layers, "env_file"):
            if isinstance(yaml.resolve_alias(entry.value), yaml.Scalar):
                found.update(self._env_file(entry.value, layer))
        for entry, layer in entries(layers, "environment"):
            found.update(self._assignments(entry, layer))
        return found

    def _env_file(self, node: yaml.Node, layer: Layer) -> Mapping[str, model.TracedText]:
        value = yaml.resolve_alias(node)
        if isinstance(value, yaml.Mapping):
            path = self._loader.fields(value).get("path")
            value = value if path is None else yaml.resolve_alias(path.value)
        text = self._text(value, layer)
        if text is None or UNKNOWN in text.text:
            return {}
        return self._loader.variables(
            posixpath.normpath(posixpath.join(layer.folder, text.text.strip()))
        )

    def _assignments(
        self, entry: yaml.MergedKey, layer: Layer
    ) -> Iterator[tuple[str, model.TracedText]]:
        value = yaml.resolve_alias(entry.value)
        if isinstance(value, yaml.Mapping):
            for name, pair in self._loader.fields(value).items():
                text = self._text(pair.value, layer)
                if text is not None:
                    yield name, text
        elif isinstance(value, yaml.Sequence):
            for item in value.items:
                text = self._text(item, layer)
                name, equals, _ = ("" if text is None else text.text).partition("=")
                if text is not None and equals:
                    yield name, text.cut(len(name) + 1, len(text.text))
                elif name in layer.variables:
                    yield name, layer.variables[name]

    def _text(self, node: yaml.Node, layer: Layer) -> model.TracedText | None:
        """Return what a scalar says with its variables replaced; None for other nodes."""
        value = yaml.resolve_alias(node)
        doubts = self._trackers.machine
        if not isinstance(value, yaml.Scalar) or not doubts.spend(len(value.value)):
            return None
        return interpolated(value.traced(), layer.variables, doubts)

    def _value(self, layers: tuple[Layer, ...], key: str) -> str:
        found = entries(layers, key)
        text = self._text(found[-1][0].value, found[-1][1]) if found else None
        return "" if text is None else text.text.strip()


def told_of(named: NamedPorts, published: Collection[int]) -> Iterator[model.Use]:
    """Yield the ports of the machine that a container is told of for others: for browsers.

    That is an address of `localhost` in its environment with one of the `published` numbers,
    unless the container itself may listen there; then the variable has to say that it is for
    others, as `CORS_ORIGIN` does.
    """
    inside = {
        use.number
        for use in named.elsewhere
        if use.role is model.Role.LISTENS or use.place is not model.Place.ENVIRONMENT
    }
    for use in named.elsewhere:
        is_url = (
            use.place is model.Place.ENVIRONMENT and use.host is not None and bool(use.protocols)
        )
        is_told = use.number not in inside or use.role is model.Role.REPEATS
        is_local = addresses.reach_of(use.host or "") is addresses.AddressReach.LOCAL
        if is_url and is_told and is_local and use.number in published:
            yield use._replace(role=model.Role.REPEATS)


def _image(text: str) -> str:
    """Return `postgres` of `docker.io/library/postgres:16@sha256:…`."""
    name = re.split(r"[@]", text)[0].rpartition("/")[2].partition(":")[0]
    return "" if UNKNOWN in name else name


def interpolated(
    text: model.TracedText, variables: Mapping[str, model.TracedText], doubts: UnknownTracker
) -> model.TracedText:
    """Return `text` with its variables replaced.

    One that is not in `variables` has its default, or is unknown where it has none: the
    environment may set it.
    """
    if "$" not in text.text:
        return text
    return model.join_segments(_pieces(text, variables, doubts, 0))


_variable = model.lazy_pattern(r"\$(?:(\$)|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-?+])|(?=\})))")


def _pieces(
    text: model.TracedText,
    variables: Mapping[str, model.TracedText],
    doubts: UnknownTracker,
    depth: int,
) -> list[model.Segment]:
    pieces: list[model.Segment] = []
    at = 0
    while (found := _variable().search(text.text, at)) is not None:
        pieces.extend(text.cut(at, found.start()).segments)
        at = found.end()
        if found[1]:
            pieces.extend(text.cut(found.start(), found.start() + 1).segments)
            continue
        rest = at
        if found[3]:
            rest = _closing(text.text, at)
            if rest < 0 or depth > _MAX_DEPTH:
                place = text.origin(found.start()) or model.Span("", 0, 0)
                pieces.append(doubts.unknown_segment("a variable is not closed", place))
                return pieces
        otherwise = text.cut(at, rest)
        place = text.origin(found.start()) or model.Span("", 0, 0)
        value = _value_of(found[2] or found[3], found[4] or "", otherwise, variables)
        if value is None:
            reason = f"`{found[2] or found[3]}` is what the environment sets"
            pieces.append(doubts.unknown_segment(reason, place))
        elif value is otherwise:
            pieces.extend(_pieces(value, variables, doubts, depth + 1))
        else:
            pieces.extend(value.segments)
        at = rest + 1 if found[3] else rest
    pieces.extend(text.cut(at, len(text.text)).segments)
    return pieces


def _value_of(
    name: str, operator: str, otherwise: model.TracedText, variables: Mapping[str, model.TracedText]
) -> model.TracedText | None:
    """Return what stands for a variable; None where only the environment could tell."""
    known = variables.get(name)
    if operator.endswith("+"):
        return otherwise if known is not None and known.text else model.join_segments(())
    is_set = known is not None and (bool(known.text) or not operator.startswith(":"))
    if is_set:
        return known
    return otherwise if operator.endswith("-") else None


def _closing(text: str, at: int) -> int:
    """Return where the brace closes that was opened before `at`, or -1."""
    depth = 1
    for brace in re.finditer(r"\$\{|\}", text[at:]):
        depth += 1 if brace[0] == "${" else -1
        if not depth:
            return at + brace.start()
    return -1
