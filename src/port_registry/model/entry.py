"""What is declared: entries, and the registry that holds them."""

from enum import Enum
from typing import NamedTuple

from port_registry.model.port import PortRange, Protocol
from port_registry.model.span import Span

Name = tuple[str, ...]
"""An attribute path; as an entry's name, `("databases", "redis")`, never empty."""


def format_name(name: Name) -> str:
    """Return `name` as people write it: `databases.redis`, quoted where Nix needs it."""
    return ".".join(part if is_bare(part) else f'"{part}"' for part in name)


def is_bare(part: str) -> bool:
    """Return whether Nix takes `part` as an attribute without quotes."""
    rest = part.replace("_", "a").replace("'", "1").replace("-", "1")
    is_word = bool(rest) and rest.isascii() and rest.isalnum() and not rest[0].isdigit()
    return is_word and part not in _KEYWORDS


_KEYWORDS = frozenset("assert else if in inherit let or rec then with".split())
"""What Nix takes for something else than a name."""


class ProtocolSource(Enum):
    """How an entry's protocols became known."""

    STATED = "stated"
    """The registry says so, in a leaf or a comment."""
    KNOWN = "known"
    """The entry's service is a well-known one, on the port it is known for."""
    ASSUMED = "assumed"
    """Nothing says otherwise: TCP."""


class Endpoint(NamedTuple):
    """What a listener needs for itself."""

    ports: PortRange
    protocols: tuple[Protocol, ...]
    """At least one; sorted by value, no duplicates."""
    host: str | None = None
    """The machine it is on; None where the registry does not say (then it is on any)."""
    address: str | None = None
    """The address it binds, `127.0.0.1` or `::`; None where the registry does not say
    (then it is the wildcard)."""


class Entry(NamedTuple):
    """One declared name with its endpoint."""

    name: Name
    endpoint: Endpoint
    protocol_source: ProtocolSource
    description: str
    """What the registry's comment or `description` says of it; empty where nothing."""
    internal: bool
    """Whether the registry says that it must not be opened in a firewall
    (`openFirewall = false;`, or the comment word `internal`)."""
    name_span: Span
    """The attribute (its last part) that gives the entry its name."""
    value_span: Span
    """Where the number is shown: the digits, or the expression that computes them."""
    digits: tuple[Span, ...]
    """Where the digits stand that alone make the number, for an edit: one span for a
    port, two (first, last) for a range of two numbers; empty where it is computed."""

    def __str__(self) -> str:
        return f"{format_name(self.name)} = {self.endpoint.ports}"

    @property
    def category(self) -> str:
        """The first part of the name, or an empty string for an entry at the top."""
        return self.name[0] if len(self.name) > 1 else ""

    @property
    def service(self) -> str:
        """The last part of the name."""
        return self.name[-1]


class Flaw(Enum):
    """Why a leaf of the registry is no entry though it stands where one belongs."""

    ZERO = "zero"
    """Port 0: the system would choose."""
    OUT_OF_BOUNDS = "out-of-bounds"
    """A number outside 1 to 65535."""
    NOT_A_PORT = "not-a-port"
    """A value that cannot be a port: `80.0`, `"http"`, a list, in a leaf that says port."""
    REVERSED = "reversed"
    """A range whose end is below its start."""


class InvalidLeaf(NamedTuple):
    """A leaf that should be an entry and cannot be one."""

    name: Name
    flaw: Flaw
    text: str
    """The value as written, shortened to at most 40 characters."""
    span: Span


class DuplicateDefinition(NamedTuple):
    """An attribute that one file defines twice, which Nix, JSON and TOML refuse."""

    name: Name
    span: Span
    """The second definition's name."""
    first: Span
    """The first definition's name."""


class Note(NamedTuple):
    """Something left alone on purpose, worth a word in verbose output."""

    message: str
    span: Span


class Unknown(NamedTuple):
    """Something that cannot be known without running it, and why."""

    name: Name
    """The attribute path it stands at; empty where it is not at one."""
    reason: str
    """Ends a sentence that begins with "cannot be known:"."""
    span: Span


class Registry(NamedTuple):
    """The source of truth, as read."""

    path: str
    """The file it was read from, relative to the project's root."""
    entries: tuple[Entry, ...]
    """In the order they stand in the file."""
    flawed: tuple[InvalidLeaf, ...] = ()
    twins: tuple[DuplicateDefinition, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    notes: tuple[Note, ...] = ()
    prefix: Name = ()
    """Where in the file the entries are, `("config", "my", "ports")`; empty for its top."""
    considered: tuple[str, ...] = ()
    """Other files that could have been the registry and were not taken."""
