"""Used ports: the places in files where a port is named."""

from enum import Enum
from typing import NamedTuple

from port_registry.model.entry import Name
from port_registry.model.port import PortRange, Protocol
from port_registry.model.span import Span


class Role(Enum):
    """The role of a port in its context."""

    LISTENS = "listens"
    CONNECTS = "connects"
    PROBES = "probes"
    UNKNOWN = "unknown"


class Place(Enum):
    """The kind of context that the number is in."""

    COMMAND = "command"
    ENVIRONMENT = "environment"
    PROBE = "probe"
    SHUTDOWN = "shutdown"
    OPTION = "option"
    VARIABLE = "variable"


class Use(NamedTuple):
    """One place where a port is named by its number."""

    number: int
    """The number as written; 0 and numbers above 65535 are kept, for rules to report."""
    ports: PortRange | None
    """The number as a port; None where it is not a valid port."""
    protocol: Protocol | None
    """None where the file does not say."""
    role: Role
    place: Place
    process: str
    """The process it belongs to; empty outside all processes."""
    program: str
    """The program that receives the number, `redis-server`; empty without one."""
    host: str | None
    """The host or address next to the number (`0.0.0.0`, `localhost`), or None."""
    span: Span
    """The location to show."""
    digits: Span | None
    """The digits to edit; None where the number is computed."""
    label: str = ""
    """The variable or flag that holds it, `METRICS_PORT` or `grpc-port`; empty without
    one."""
    entry: Name = ()
    """The entry it refers to, where it is a reference and not a number."""


class Annotation(NamedTuple):
    """A comment that links numbers in a file to an entry.

    `# Port from lib/ports.nix: databases.redis = 6379`
    """

    name: Name
    """The name of the entry."""
    registry: str
    """The path of the registry, as written in the comment."""
    number: int | None
    """The number that the comment repeats, if any."""
    process: str
    """The process whose block contains it; empty outside all processes."""
    name_span: Span
    digits: Span | None
    """The digits of `number`."""
    span: Span
    """The whole comment, from its `#`."""
    covers: Span
    """The node below or next to it; uses in it are linked even if their number differs."""
