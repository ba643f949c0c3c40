"""Well-known services: what usually listens where (`data/services.tsv`).

Entries are named as people like: `nodeExporter`, `postgres`, `minioConsole`, `grpc` under
`otel`. Here such names are matched with services, carefully: a name that could be the
project's own (`web`, `api`, `auth`) matches nothing, for no match is better than a wrong
one.
"""

from functools import cache
from typing import NamedTuple

from port_registry.facts import tsv
from port_registry.facts.identifiers import normalise, split
from port_registry.model.entry import Name
from port_registry.model.port import Port, PortRange, Protocol


class ServicePort(NamedTuple):
    """One port that a service listens on unless told otherwise."""

    port: Port
    protocol: Protocol
    role: str
    """What it is for: `main`, `ui`, `metrics`, `grpc` …"""
    scheme: str
    """The URL scheme it speaks, `http`; empty where it has none."""


class Service(NamedTuple):
    """A well-known service."""

    name: str
    """In kebab-case, unique."""
    aliases: tuple[str, ...]
    category: str
    """One of `application`, `database`, `devtool`, `infrastructure`, `messaging`,
    `storage`, `system`, `telemetry`, `webui`, `workflow`."""
    ports: tuple[ServicePort, ...]
    """At least one; the primary port first."""
    description: str
    source: str
    """Where the facts were read, as keys of `data/README.md`."""
    evidence: str
    """The best class of source for the primary port, see `data/README.md`."""
    note: str
    """A known deviation; empty where there is none."""

    def is_default(self) -> bool:
        """Return whether the ports are the program's own defaults.

        Otherwise they are those of its usual container or install script.
        """
        return self.evidence not in ("packager", "user-config")


class Match(NamedTuple):
    """The service that an entry's name means, and which of its ports."""

    service: Service
    ports: tuple[ServicePort, ...]
    """The service's ports with the role that the name speaks of; all where it speaks of
    none."""


_OWN_WORDS = frozenset(
    (
        "auth",
        "dash",
        "discard",
        "distribution",
        "domain",
        "dot",
        "echo",
        "exec",
        "finger",
        "flame",
        "git",
        "homepage",
        "http",
        "https",
        "login",
        "mail",
        "memos",
        "next",
        "outline",
        "panel",
        "phoenix",
        "pika",
        "printer",
        "quart",
        "rack",
        "registry",
        "router",
        "serve",
        "shell",
        "spring",
        "stash",
        "time",
        "turn",
        "unit",
        "web",
        "www",
    )
)
"""Names of services that people also give to programs of their own."""

_FILLERS = frozenset(("port", "ports", "listen", "default", "main", "public", "private"))
"""Words beside a service's name that do not change which one it is."""

_ROLES = {
    "admin": ("admin", "management", "ui"),
    "api": ("api", "http"),
    "console": ("ui", "dashboard", "management", "admin"),
    "dashboard": ("ui", "dashboard", "management", "admin"),
    "frontend": ("ui", "dashboard"),
    "gui": ("ui", "dashboard"),
    "management": ("management", "admin", "ui"),
    "smtp": ("smtp",),
    "ssl": ("tls",),
    "s3": ("s3",),
    "tls": ("tls",),
    "ui": ("ui", "dashboard", "management", "admin"),
    "web": ("ui", "http"),
    "webui": ("ui", "dashboard"),
}
"""The roles that a word in an entry's name may mean, best first; a word that is not here
means the role of its own name."""


class _Index(NamedTuple):
    """The table, with its names and ports looked up in no time."""

    rows: list[list[str]]
    names: dict[str, int]
    """Squeezed names and aliases, each with its row's number."""


def by_name(text: str) -> Service | None:
    """Return the service with this name or alias, however it is cased or hyphened."""
    row = _index().names.get(normalise(text))
    return None if row is None else _service(row)


def by_port(port: int, protocol: Protocol) -> tuple[Service, ...]:
    """Return the services that listen on `port`.

    Those whose primary port it is come first, in each half those with the best evidence.
    """
    primary = f"{port}/"
    rows = _index().rows

    def rank(row: int) -> tuple[bool, int, int]:
        return not rows[row][3].startswith(primary), _EVIDENCE.index(rows[row][6]), row

    found = _ports().get(f"{port}/{protocol.value}", ())
    return tuple(_service(row) for row in sorted(set(found), key=rank))


def knows_port(port: int, protocol: Protocol) -> bool:
    """Return whether any service listens on `port`."""
    return f"{port}/{protocol.value}" in _ports()


def match(name: Name) -> Match | None:
    """Return what the entry name `name` means, if it surely means a well-known service.

    `nodeExporter`, `node-exporter` and `node` under `exporters` are the same; `ui` under
    `jaeger` and `jaegerUI` are the UI of jaeger.
    """
    words = split(name[-1])
    parent = split(name[-2]) if len(name) > 1 else []
    roles = _trimmed(words)
    if not roles:
        return _match_words(parent)
    if parent and (found := _match_words([*parent, *words])):
        return found
    if "exporter" in parent or "exporters" in parent:
        return _match_words([*words, "exporter"]) or _match_words(words)
    return _match_words(words)


def service_for(name: Name) -> Service | None:
    """Return the service that the entry name `name` surely means; see `match`."""
    found = match(name)
    return None if found is None else found.service


def on_default(name: Name, ports: PortRange) -> Service | None:
    """Return the service whose own port `ports` is, if `name` means such a service.

    The port speaks for the name here, so names that `match` leaves alone count too: `http`,
    and `castMdns`, in which only some word is the service's.
    """
    found = _own_ports(name, ports)
    return found.service if found else None


def protocols_on(name: Name, ports: PortRange) -> tuple[Protocol, ...]:
    """Return the protocols that the service of this name uses on its own port `ports`.

    They are sorted by value; empty where it is no well-known service on a port of its own.
    """
    found = _own_ports(name, ports)
    if found is None:
        return ()
    return tuple(sorted({port.protocol for port in found.ports}, key=lambda one: one.value))


def _own_ports(name: Name, ports: PortRange) -> Match | None:
    """Return the service that `name` means with those of its ports that `ports` is."""
    if not ports.is_single() or str(ports.first) not in _numbers():
        return None
    above = name[:-1]
    found = match(name) or (match(above) if above else None)
    if found is None:
        words = _trimmed(split(name[-1]))
        service = by_name("".join(words)) or _said_among(words, ports.first)
        if service is None:
            return None
        found = Match(service, service.ports)
    own = tuple(port for port in found.ports if port.port == ports.first)
    return Match(found.service, own) if own else None


def _said_among(words: list[str], port: Port) -> Service | None:
    """Return the service on `port` that a single one of `words` names."""
    for word in words:
        service = None if word in _OWN_WORDS else by_name(word)
        if service is not None and any(own.port == port for own in service.ports):
            return service
    return None


def _match_words(words: list[str]) -> Match | None:
    """Match a run of words: a service's name, then words for one of its roles."""
    names = _index().names
    words = _trimmed(words)
    for end in range(len(words), 0, -1):
        squeezed = "".join(words[:end])
        row = names.get(squeezed)
        if row is None or squeezed in _OWN_WORDS:
            continue
        if end > 1 and names.get("".join(words[: end - 1])) == row:
            continue  # an alias that ends in a role, as jaeger-ui does
        return _narrowed(_service(row), words[end:])
    return None


def _narrowed(service: Service, words: list[str]) -> Match | None:
    """Keep the ports of `service` with the role that `words` mean; None where it has none."""
    if not words:
        return Match(service, service.ports)
    role = "".join(words)
    for wanted in _ROLES.get(role, (role,)):
        kept = tuple(port for port in service.ports if wanted in (port.role, port.scheme))
        if kept:
            return Match(service, kept)
    return None


def _trimmed(words: list[str]) -> list[str]:
    """Return `words` without the ones that do not change the service."""
    return [word for word in words if word not in _FILLERS]


@cache
def _index() -> _Index:
    """Read the table."""
    rows = tsv.rows("services")
    names: dict[str, int] = {}
    for number, row in enumerate(rows):
        names[row[0].replace("-", "")] = number
        if row[1]:
            for alias in row[1].split(","):
                names[alias.replace("-", "")] = number
    return _Index(rows, names)


@cache
def _service(row: int) -> Service:
    """Return the service of a row."""
    name, aliases, category, ports, description, source, evidence, note = _index().rows[row]
    return Service(
        name,
        tuple(aliases.split(",")) if aliases else (),
        category,
        tuple(_service_port(port) for port in ports.split(" ")),
        description,
        source,
        evidence,
        note,
    )


def _service_port(text: str) -> ServicePort:
    """Read `8233/tcp/ui/http`."""
    port, protocol, role, *scheme = text.split("/")
    return ServicePort(Port(int(port)), Protocol(protocol), role, scheme[0] if scheme else "")


_EVIDENCE = ("upstream", "registry", "distro", "nix-module", "docs", "packager", "user-config")
"""The classes of evidence, best first."""


@cache
def _numbers() -> frozenset[str]:
    """Return the digits of every port that some service has."""
    ports = " ".join([row[3] for row in _index().rows])
    return frozenset([port.split("/", 1)[0] for port in ports.split(" ")])


@cache
def _ports() -> dict[str, list[int]]:
    """Return the rows of each port and protocol (`53/udp`)."""
    found: dict[str, list[int]] = {}
    for number, row in enumerate(_index().rows):
        for text in row[3].split(" "):
            port, protocol, _ = text.split("/", 2)
            found.setdefault(f"{port}/{protocol}", []).append(number)
    return found
