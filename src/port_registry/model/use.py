"""What is used: one place in one file where a port is named."""

from enum import Enum
from typing import NamedTuple

from port_registry.model.entry import Name
from port_registry.model.port import Port, PortRange, Protocol, port_from_int
from port_registry.model.span import Span

Step = str | None
"""One key of a path in a file's structure; None where it is computed."""

KeyPath = tuple[Step, ...]
"""The keys that lead to a place in a file's structure, the outermost first."""


def known_keys(keys: KeyPath) -> Name | None:
    """Return `keys` as a name; None where one of them is computed."""
    steps = tuple(step for step in keys if step is not None)
    return steps if len(steps) == len(keys) else None


class Role(Enum):
    """What the file does with the port there."""

    LISTENS = "listens"
    CONNECTS = "connects"
    PROBES = "probes"
    OPENS = "opens"
    """A firewall lets it in."""
    PUBLISHES = "publishes"
    """A container's port is made one of the machine's."""
    REPEATS = "repeats"
    """None of the others: a number that is named like a port."""


TAKES = (Role.LISTENS, Role.PUBLISHES)
"""The roles in which something takes the port."""


class Place(Enum):
    """The kind of place that the number stands in."""

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
    """An option's own default where it is declared."""
    VARIABLE = "variable"


class Certainty(Enum):
    """How sure it is that something is so on the machine."""

    CERTAIN = "certain"
    LIKELY = "likely"
    """Under a condition that cannot be known, or on a machine that cannot be told."""
    POSSIBLE = "possible"
    """By a name alone, which says port."""


class PortOrigin(Enum):
    """How a port came about."""

    IMPLIED = "implied"
    """The service's own default; nothing in the machine's files names it."""
    WRITTEN = "written"
    """By a number."""
    REFERENCED = "referenced"
    """By a reference to an entry."""


class Use(NamedTuple):
    """One place where a port is named: by its number, by reference, or by implication."""

    number: int
    """The number as written: may be 0 or above 65535, which rules report."""
    last: int
    """The end of a range; the same as `number` for a single port."""
    role: Role
    place: Place
    span: Span
    """Where it is, to show."""
    digits: Span | None
    """The digits alone, for an edit; None where they are computed."""
    protocols: tuple[Protocol, ...] = ()
    """Empty where the place does not say."""
    host: str | None = None
    """The host or address next to the number (`0.0.0.0`, `localhost`), or None."""
    service: str = ""
    """The service or process that it belongs to; empty for a place above all of them."""
    program: str = ""
    """The program that takes the number, `redis-server`; empty where there is none."""
    label: str = ""
    """The variable, flag or key that holds it, `METRICS_PORT` or `grpc-port`; empty where
    none does."""
    keys: KeyPath = ()
    """Where it is in the file's structure; empty where the format has none to tell."""
    entry: Name = ()
    """The entry it refers to, where it is written as a reference and not as a number."""
    quoted: bool = False
    """Whether it is part of a string, so that a reference has to be spliced in."""
    interface: str = ""
    """The network interface that an opening is for; empty for all."""
    origin: PortOrigin = PortOrigin.WRITTEN
    certainty: Certainty = Certainty.CERTAIN
    target: PortRange | None = None
    """The port inside the container that a published one leads to; None elsewhere, or where
    it cannot be known."""
    overridden_by: Span | None = None
    """The place (see `shown`) of the number that is taken in place of this one, which is only
    the default of a variable: one port, written twice."""

    @property
    def ports(self) -> PortRange | None:
        """The number, or the range, as ports; None where it is not a port."""
        first, last = port_from_int(self.number), port_from_int(self.last)
        return None if first is None or last is None else PortRange(Port(first), Port(last))

    @property
    def shown(self) -> Span:
        """The digits, or the best place to show."""
        return self.digits or self.span


class Annotation(NamedTuple):
    """A comment that ties numbers in a file to an entry.

    `# Port from lib/ports.nix: databases.redis = 6379`
    """

    name: Name
    """The entry it names."""
    registry: str
    """The registry path as the comment gives it."""
    number: int | None
    """The number that the comment repeats, if any."""
    service: str
    """The service in whose block it is; empty where in none."""
    name_span: Span
    digits: Span | None
    """The digits of `number`."""
    span: Span
    """The whole comment, from its `#`."""
    covers: Span
    """The node that it is above or next to; uses in it are tied even when their number
    differs."""


class WrittenNumber(NamedTuple):
    """An integer as written."""

    value: int
    span: Span


class Reference(NamedTuple):
    """A reference in the file's own language that leads to a registry."""

    registry: str
    """The path of the registry's file."""
    name: KeyPath
    """What it names there, below the prefix: an entry, a category, or less than exists. A
    None stands for what is computed."""
    certainty: Certainty
    """LIKELY where the way was completed by its look (`lib.my.ports.x`)."""
    span: Span
    """The selection as written, without its fallback."""
    last: Span
    """Its last attribute, or the inherited name."""
    written: int
    """How many steps of the name, its last ones, are written here."""
    fallback: WrittenNumber | None
    """The number that is taken where the entry does not exist."""
    binds: bool
    """Whether it only gives the value another name: uses of that name are references of
    their own."""
    direct: bool
    """Whether the file reads the registry itself, and is not handed it."""
