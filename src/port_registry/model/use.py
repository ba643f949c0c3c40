"""Uses of ports: the places in files where a port is named."""

from enum import Enum

from port_registry.model.entry import Name
from port_registry.model.named_tuple import NamedTuple
from port_registry.model.port import Port, PortRange, Protocol, port_from_int
from port_registry.model.span import Span

Step = str | None
"""One key of a path in a file's structure; None where it is computed."""

KeyPath = tuple[Step, ...]
"""The path of keys to a place in a file's structure, the outermost first."""


def known_keys(keys: KeyPath) -> Name | None:
    """Return `keys` as a name; None where one of them is computed."""
    steps = tuple(step for step in keys if step is not None)
    return steps if len(steps) == len(keys) else None


class Role(Enum):
    """The role of a port in its context."""

    LISTENS = "listens"
    CONNECTS = "connects"
    PROBES = "probes"
    OPENS = "opens"
    """A firewall allows it."""
    PUBLISHES = "publishes"
    """A port of a container is published on the machine."""
    REPEATS = "repeats"
    """None of the others: a number with the name of a port."""


TAKES = (Role.LISTENS, Role.PUBLISHES)
"""The roles that occupy the port."""


class Place(Enum):
    """The kind of context that the number is in."""

    COMMAND = "command"
    """An argument of a command line: `--port 3000`."""
    ENVIRONMENT = "environment"
    PROBE = "probe"
    SHUTDOWN = "shutdown"
    OPTION = "option"
    """The value of a key: `port = 3000;`."""
    ADDRESS = "address"
    """After a host, or alone after a colon, in a text: `127.0.0.1:3000`, a URL."""
    DEFAULT = "default"
    """The default of an option in its declaration."""
    VARIABLE = "variable"


class Certainty(Enum):
    """How certain a fact about the machine is."""

    CERTAIN = "certain"
    LIKELY = "likely"
    """It depends on a condition, or a machine, that is not known."""
    POSSIBLE = "possible"
    """It is inferred only from a name that says port."""


class PortOrigin(Enum):
    """The origin of a port."""

    IMPLIED = "implied"
    """The default of the service; it is not in the machine's files."""
    WRITTEN = "written"
    """A number."""
    REFERENCED = "referenced"
    """A reference to an entry."""


class Use(NamedTuple):
    """One place where a port is named: by its number, by reference, or by implication."""

    number: int
    """The number as written; 0 and numbers above 65535 are kept, for rules to report."""
    last: int
    """The end of a range; the same as `number` for a single port."""
    role: Role
    place: Place
    span: Span
    """The location to show."""
    digits: Span | None
    """The digits to edit; None where the number is computed."""
    protocols: tuple[Protocol, ...] = ()
    """Empty where the file does not say."""
    host: str | None = None
    """The host or address next to the number (`0.0.0.0`, `localhost`), or None."""
    service: str = ""
    """The service or process that it belongs to; empty outside all of them."""
    program: str = ""
    """The program that receives the number, `redis-server`; empty without one."""
    label: str = ""
    """The variable, flag or key that holds it, `METRICS_PORT` or `grpc-port`; empty without
    one."""
    keys: KeyPath = ()
    """Its path in the file's structure; empty for a format without keys."""
    entry: Name = ()
    """The entry it refers to, where it is a reference and not a number."""
    quoted: bool = False
    """Whether it is part of a string, so that a reference must be interpolated."""
    interface: str = ""
    """The network interface that an opening is for; empty for all."""
    origin: PortOrigin = PortOrigin.WRITTEN
    certainty: Certainty = Certainty.CERTAIN
    target: PortRange | None = None
    """The port inside the container for a published one; None elsewhere, or where it is not
    known."""
    overridden_by: Span | None = None
    """The location (see `shown`) of the number that replaces this one, which is only the
    default of a variable."""

    @property
    def ports(self) -> PortRange | None:
        """The number, or the range, as ports; None where it is not a port."""
        first, last = port_from_int(self.number), port_from_int(self.last)
        return None if first is None or last is None else PortRange(Port(first), Port(last))

    @property
    def numbers(self) -> str:
        """The number, or the range, as text: `8080`, `40000-40010`."""
        return str(self.number) if self.last == self.number else f"{self.number}-{self.last}"

    @property
    def shown(self) -> Span:
        """The digits, or else the location to show."""
        return self.digits or self.span


class MisreadPart(NamedTuple):
    """A part of an annotation that looks like a number or an entry, and is not read as one."""

    span: Span
    number: int | None
    """The number in it, if it is one: `(8081)`, `: 8081`."""
    name: Name
    """The name in it, of a second entry; empty for what is in place of the number."""


class Annotation(NamedTuple):
    """A comment that ties numbers in a file to an entry.

    `# Port from lib/ports.nix: databases.redis = 6379`
    """

    name: Name
    """The name of the entry."""
    registry: str
    """The path of the registry, as written in the comment."""
    number: int | None
    """The number that the comment repeats, if any."""
    service: str
    """The service whose block contains it; empty outside all services."""
    name_span: Span
    digits: Span | None
    """The digits of `number`."""
    span: Span
    """The whole comment, from its `#`."""
    covers: Span
    """The node below or next to it; uses in it are tied even if their number differs."""
    misread: MisreadPart | None = None


class WrittenNumber(NamedTuple):
    """An integer as written."""

    value: int
    span: Span


class Reference(NamedTuple):
    """A reference to a registry in the file's own language."""

    registry: str
    """The path of the registry's file."""
    name: KeyPath
    """The name below the prefix, which may be that of an entry, of a category, or unknown;
    None for a computed part."""
    certainty: Certainty
    """LIKELY where it resolves only by the look of its path (`lib.my.ports.x`)."""
    span: Span
    """The selection as written, without its fallback."""
    last: Span
    """Its last attribute, or the inherited name."""
    written: int
    """How many of the last parts of the name are written here."""
    fallback: WrittenNumber | None
    """The number that is used where the entry does not exist."""
    binds: bool
    """Whether it only binds the value to another name, whose uses are references too."""
    direct: bool
    """Whether the file imports the registry itself, and does not get it as an argument."""


class NamedNumber(NamedTuple):
    """A named integer in a file, which may or may not be a port."""

    keys: KeyPath
    number: int
    span: Span


class SourceFile(NamedTuple):
    """The facts about one file alone."""

    path: str
    uses: tuple[Use, ...]
    """The ports in it that are numbers, in the order of the file."""
    annotations: tuple[Annotation, ...]
    numbers: tuple[NamedNumber, ...]
    """All named integers in it."""
    keys: frozenset[KeyPath]
    """The keys that it sets."""
    defaults: frozenset[int]
    """The default ports of options that it declares."""
    fallbacks: frozenset[Span]
    """The numbers that are used where a reference does not resolve."""
    mentions: frozenset[str]
    """Names in references that do not resolve to a registry."""
