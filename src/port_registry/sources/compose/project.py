"""What a Docker Compose file says of ports."""

from typing import NamedTuple

from port_registry.model import PortRange, Span, Unknown, Use


class PublishedPort(NamedTuple):
    """A port of the machine that leads into a container."""

    use: Use
    """The machine's side."""
    target: PortRange | None
    """The container's side; None where it cannot be known."""


class ComposeService(NamedTuple):
    """One service of a file."""

    name: str
    span: Span
    """Its key."""
    image: str
    """The image's name without registry, owner and tag: `postgres`; empty where there is none,
    or it cannot be known."""
    published: tuple[PublishedPort, ...]
    uses: tuple[Use, ...]
    """What else of it are ports of the machine: all that it names where it is on the host's
    network, what it asks the host for otherwise."""
    inner: tuple[Use, ...]
    """Ports inside the container, and of other containers."""


class UnreadableCompose(NamedTuple):
    """A file, or a part of one, that cannot be taken in."""

    message: str
    span: Span


class ComposeFile(NamedTuple):
    """One file, read alone."""

    path: str
    services: tuple[ComposeService, ...]
    unknown: tuple[Unknown, ...]
    unreadable: tuple[UnreadableCompose, ...]
