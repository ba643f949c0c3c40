"""What is used: one place in one file where a port is named."""

from enum import Enum
from typing import NamedTuple

from port_registry.model.entry import Name
from port_registry.model.port import PortRange, Protocol
from port_registry.model.span import Span


class Role(Enum):
    """What the file does with the port there."""

    LISTENS = "listens"
    CONNECTS = "connects"
    PROBES = "probes"
    UNKNOWN = "unknown"


class Place(Enum):
    """The kind of place that the number stands in."""

    COMMAND = "command"
    ENVIRONMENT = "environment"
    PROBE = "probe"
    SHUTDOWN = "shutdown"
    OPTION = "option"
    VARIABLE = "variable"


class Use(NamedTuple):
    """One place where a port is named by its number."""

    number: int
    """The number as written: may be 0 or above 65535, which rules report."""
    ports: PortRange | None
    """The number as a port, or None where it is none."""
    protocol: Protocol | None
    """None where the place does not say."""
    role: Role
    place: Place
    process: str
    """The process it belongs to; empty for a place above all processes."""
    program: str
    """The program that takes the number, `redis-server`; empty where there is none."""
    host: str | None
    """The host or address beside the number (`0.0.0.0`, `localhost`), or None."""
    span: Span
    """Where it stands, to show."""
    digits: Span | None
    """The digits alone, for an edit; None where they are computed."""
    label: str = ""
    """The variable or flag that holds it, `METRICS_PORT` or `grpc-port`; empty where none
    does."""
    entry: Name = ()
    """The entry it refers to, where it is written as a reference and not as a number."""


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
    process: str
    """The process in whose block it stands; empty where in none."""
    name_span: Span
    digits: Span | None
    """The digits of `number`."""
    span: Span
    """The whole comment, from its `#`."""
    covers: Span
    """The node that it stands above or beside; uses in it are tied even when their
    number differs."""
