"""One place that names a port, and what it says of whose port it is."""

from enum import IntEnum
from typing import NamedTuple

from port_registry.facts.services import KnownService
from port_registry.model import Name, PortRange, Protocol, Span


class Weight(IntEnum):
    """How much a place has to say about whose a port is; the least comes last."""

    NAMELESS = 0
    """Nothing: a firewall is opened."""
    ASKS = 1
    """Something connects there, or a variable speaks of it."""
    SERVES = 2
    """It should be listened on there: a probe asks it."""
    LISTENS = 3
    NAMES = 4
    """A comment names the entry."""


class Home(IntEnum):
    """Where the service runs."""

    PROJECT = 0
    """In a stack or a container, while someone works on the project."""
    MACHINE = 1
    """On a machine that the project configures."""


class Sighting(NamedTuple):
    """One place that names a port."""

    ports: PortRange
    protocols: tuple[Protocol, ...]
    """Sorted by value; empty where the place does not say."""
    service: str
    """What the service is called there; empty where nothing calls it. What nobody has written
    as one word has spaces in it, `node exporter`."""
    known: str
    """The well-known service that it surely is, by its name in the facts; often empty."""
    label: str
    """The variable, flag or attribute that holds it, which tells it from the service's other
    ports; often empty."""
    weight: Weight
    home: Home
    span: Span
    entry: Name = ()
    """The entry that a comment names."""
    target: int | None = None
    """The port inside the container, where there is one."""


def made(service: KnownService) -> str:
    """Return the name of a well-known service as words, for it is written nowhere."""
    return service.name.replace("-", " ")


class Left(NamedTuple):
    """A port that gets no entry."""

    reason: str
    """Why: the other half of a sentence that begins with the port."""
    what: str
    """The port as it is shown, `db.example.org:5432`."""
    number: int
    span: Span


class Unread(NamedTuple):
    """A file, or a part of one, that could not be read."""

    message: str
    span: Span


class Sighted(NamedTuple):
    """What one kind of files comes to."""

    sightings: tuple[Sighting, ...] = ()
    left: tuple[Left, ...] = ()
    unread: tuple[Unread, ...] = ()
