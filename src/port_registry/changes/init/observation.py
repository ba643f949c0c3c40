"""Observations: places that name a port, with the service that they name for it."""

from enum import IntEnum

from port_registry.facts.services import KnownService
from port_registry.model import Name, NamedTuple, PortRange, Protocol, Span


class Weight(IntEnum):
    """The certainty with which a place names the service of a port."""

    NAMELESS = 0
    """It names no service, as an opening of a firewall."""
    CONNECTS = 1
    """Something connects there, or a variable mentions it."""
    PROBED = 2
    """A probe expects a service there."""
    LISTENS = 3
    ANNOTATED = 4
    """A comment names the entry."""


class Deployment(IntEnum):
    """The place where a service runs."""

    PROJECT = 0
    """In a stack or a container, during development of the project."""
    MACHINE = 1
    """On a machine that the project configures."""


class Observation(NamedTuple):
    """One place that names a port."""

    ports: PortRange
    protocols: tuple[Protocol, ...]
    """Sorted by value; empty where the place does not say."""
    service: str
    """The name of the service there; empty where there is none. A name that is not written as
    one word in the file has spaces in it, `node exporter`."""
    known_service: KnownService | None
    """The well-known service that it surely is."""
    label: str
    """The variable, flag or attribute that holds it, which tells it from the service's other
    ports; often empty."""
    weight: Weight
    deployment: Deployment
    span: Span
    entry: Name = ()
    """The entry that a comment names."""
    container_port: int | None = None
    """The port inside the container, where there is one."""


def spaced_name(service: KnownService) -> str:
    """Return the name of a well-known service as words, as it is not written in a file."""
    return service.name.replace("-", " ")


class SkippedPort(NamedTuple):
    """A port that gets no entry."""

    reason: str
    """The reason; ends a sentence that begins with the port."""
    text: str
    """The port as it is shown, `db.example.org:5432`."""
    number: int
    span: Span


Observed = Observation | SkippedPort
