"""Declared ports: entries, and the registry that holds them."""

from collections.abc import Iterator
from enum import Enum

from port_registry.model.errors import PortRangeError, UnknownEntryError
from port_registry.model.named_tuple import NamedTuple
from port_registry.model.port import Port, PortRange, Protocol
from port_registry.model.record import Record
from port_registry.model.span import Span

Name = tuple[str, ...]
"""An attribute path; as an entry's name, `("databases", "redis")`, never empty."""


def format_name(name: Name) -> str:
    """Return `name` with dots, `databases.redis`, quoted where Nix needs quotes."""
    return ".".join(part if is_bare(part) else f'"{part}"' for part in name)


def parse_name(text: str) -> Name | None:
    """Parse an attribute path such as `a.b."c.d"`; None where `text` is not valid."""
    parts: list[str] = []
    rest = text.strip()
    while True:
        if rest.startswith('"'):
            part, quote, rest = rest[1:].partition('"')
            if not quote:
                return None
        else:
            end = rest.find(".")
            part, rest = (rest, "") if end < 0 else (rest[:end], rest[end:])
            if not part or '"' in part or part != part.strip():
                return None
        parts.append(part)
        if not rest:
            return tuple(parts)
        if not rest.startswith("."):
            return None
        rest = rest[1:]


def is_bare(part: str) -> bool:
    """Return whether Nix accepts `part` as an attribute name without quotes."""
    letters = part.replace("_", "a").replace("'", "1").replace("-", "1")
    is_word = letters.isascii() and letters.isalnum() and not letters[0].isdigit()
    return is_word and part not in _KEYWORDS


_KEYWORDS = frozenset("assert else if in inherit let or rec then with".split())
"""Words that Nix reserves."""


class ProtocolSource(Enum):
    """How the protocols of an entry are known."""

    STATED = "stated"
    """Stated by the registry, in a leaf or a comment."""
    KNOWN = "known"
    """Those of a well-known service, on its default port."""
    ASSUMED = "assumed"
    """TCP, for want of other information."""


class Endpoint(NamedTuple):
    """The ports, protocols, host and address that a listener occupies."""

    ports: PortRange
    protocols: tuple[Protocol, ...]
    """At least one; sorted by value, no duplicates."""
    host: str | None = None
    """The machine it is on; None where the registry does not say, which means any."""
    address: str | None = None
    """The address it binds, `127.0.0.1` or `::`; None where the registry does not say,
    which means the wildcard."""


class Entry(Record):
    """A declared name with its endpoint."""

    name: Name
    endpoint: Endpoint
    protocol_source: ProtocolSource
    description: str
    """From the registry's comment or its `description` attribute; empty without one."""
    internal: bool
    """Whether the registry forbids opening it in a firewall
    (`openFirewall = false;`, or the comment word `internal`)."""
    name_span: Span
    """The last part of the attribute path that names the entry."""
    value_span: Span
    """The value to show: the digits, or the expression that computes them."""
    digits: tuple[Span, ...]
    """The digits to edit: one span for a port, two (first, last) for a range of two
    numbers; empty where the value is computed."""

    def __str__(self) -> str:
        return f"{format_name(self.name)} = {self.endpoint.ports}"

    @property
    def ports(self) -> PortRange:
        """Its ports; a range of one for an entry with a single port."""
        return self.endpoint.ports

    @property
    def port(self) -> Port:
        """Its port; raises `PortRangeError`, a `ValueError`, where it has several."""
        ports = self.endpoint.ports
        if not ports.is_single():
            raise PortRangeError(
                f"{format_name(self.name)} is a range of ports, {ports}",
                hint="`ports` gives the range",
            )
        return ports.first

    @property
    def protocols(self) -> tuple[Protocol, ...]:
        """Its protocols: at least one."""
        return self.endpoint.protocols

    @property
    def host(self) -> str | None:
        """The machine it is on; None where the registry does not say."""
        return self.endpoint.host

    @property
    def address(self) -> str | None:
        """The address it binds; None where the registry does not say."""
        return self.endpoint.address

    @property
    def category(self) -> str:
        """The first part of the name; an empty string for an entry at the top level."""
        return self.name[0] if len(self.name) > 1 else ""

    @property
    def service(self) -> str:
        """The last part of the name."""
        return self.name[-1]


class Flaw(Enum):
    """Why a leaf of the registry is not a valid entry."""

    ZERO = "zero"
    """Port 0, with which the system chooses a port."""
    OUT_OF_BOUNDS = "out-of-bounds"
    """A number outside 1 to 65535."""
    NOT_A_PORT = "not-a-port"
    """A value that cannot be a port, `80.0`, `"http"` or a list, with the name of a port."""
    REVERSED = "reversed"
    """A range whose last port is below its first."""


class InvalidLeaf(NamedTuple):
    """A leaf that is meant as an entry and is not a valid one."""

    name: Name
    flaw: Flaw
    text: str
    """The value as written, shortened to at most 40 characters."""
    span: Span


class DuplicateDefinition(NamedTuple):
    """An attribute that one file defines twice, which Nix, JSON and TOML refuse."""

    name: Name
    span: Span
    """The name in the second definition."""
    first: Span
    """The name in the first definition."""


class Note(NamedTuple):
    """Something ignored on purpose, reported in verbose output."""

    message: str
    span: Span


class Unknown(NamedTuple):
    """Something that cannot be known without evaluation, and why."""

    name: Name
    """Its attribute path; empty where it has none."""
    reason: str
    """Ends a sentence that begins with "cannot be known:"."""
    span: Span


class Registry(Record):
    """The contents of a registry file."""

    path: str
    """The file it was read from, relative to the project's root."""
    entries: tuple[Entry, ...]
    """In the order of the file."""
    invalid_leaves: tuple[InvalidLeaf, ...] = ()
    duplicates: tuple[DuplicateDefinition, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    notes: tuple[Note, ...] = ()
    prefix: Name = ()
    """The attribute path of the entries in the file, `("config", "my", "ports")`; empty
    where they are at its top level."""
    considered: tuple[str, ...] = ()
    """Other candidate files, which were not chosen."""

    def __getitem__(self, name: str | Name) -> Entry:
        """Return the entry called `name`, written `databases.redis` or as its parts.

        Raises `UnknownEntryError`, a `KeyError`, where there is none.
        """
        entry = self._named(name)
        if entry is None:
            shown = name if isinstance(name, str) else format_name(name)
            raise UnknownEntryError(f"there is no entry `{shown}` in {self.path}")
        return entry

    def __contains__(self, item: str | Name | Entry) -> bool:
        """Return whether it has an entry called `item`, or the entry itself."""
        return item in self.entries if isinstance(item, Entry) else self._named(item) is not None

    def __iter__(self) -> Iterator[Entry]:
        """Yield the entries in the order of the file."""
        return iter(self.entries)

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self.entries)

    def __bool__(self) -> bool:
        """Return True, also for a registry without entries."""
        return True

    def by_port(self, port: int) -> tuple[Entry, ...]:
        """Return the entries that have `port`, alone or in a range, in the file's order."""
        return tuple(entry for entry in self.entries if entry.ports.holds(port))

    def _named(self, name: str | Name) -> Entry | None:
        path = parse_name(name) if isinstance(name, str) else name
        return next((entry for entry in self.entries if entry.name == path), None)
