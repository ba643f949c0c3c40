"""Well-known services and their ports (`data/services.tsv`).

Names of entries vary: `nodeExporter`, `postgres`, `minioConsole`, `grpc` under `otel`. They
are matched with services conservatively: a name that could be a program of the project's
own (`web`, `api`, `auth`) matches nothing, because no match is better than a wrong one.
"""

from functools import cache

from port_registry.facts import identifiers, tsv
from port_registry.facts.words import word_set
from port_registry.model import Name, NamedTuple, Port, PortRange, Protocol


class ServicePort(NamedTuple):
    """A port that a service listens on by default."""

    port: Port
    protocol: Protocol
    role: str
    """Its purpose: `main`, `ui`, `metrics`, `grpc` …"""
    scheme: str
    """Its URL scheme, `http`; empty without one."""


class KnownService(NamedTuple):
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
    """The sources of the facts, as keys of `data/README.md`."""
    evidence: str
    """The best class of source for the primary port, see `data/README.md`."""

    def is_default(self) -> bool:
        """Return whether the ports are the program's own defaults.

        Otherwise they are those of its usual container or install script.
        """
        return self.evidence not in ("packager", "user-config")


class Match(NamedTuple):
    """The service that an entry's name refers to, with the ports it refers to."""

    service: KnownService
    ports: tuple[ServicePort, ...]
    """The service's ports with the role in the name; all where the name has no role."""


_OWN_WORDS = word_set("services", "common-words")
"""Names of services that people also give to programs of their own."""

_FILLERS = word_set("services", "fillers")
"""Words in a name that do not change which service it refers to."""


def by_name(text: str) -> KnownService | None:
    """Return the service with this name or alias, in any case or hyphenation."""
    row = _names().get(identifiers.normalise(text))
    return None if row is None else _service(row)


def by_port(port: int, protocol: Protocol) -> tuple[KnownService, ...]:
    """Return the services that listen on `port`.

    Those whose primary port it is come first; then the best evidence comes first.
    """
    primary = f"{port}/"
    rows = tsv.rows("services")

    def rank(row: int) -> tuple[bool, int, int]:
        return not rows[row][3].startswith(primary), _EVIDENCE.index(rows[row][6]), row

    on_port = _ports().get(f"{port}/{protocol.value}", ())
    return tuple(_service(row) for row in sorted(set(on_port), key=rank))


def knows_port(port: int, protocol: Protocol) -> bool:
    """Return whether any service listens on `port`."""
    return f"{port}/{protocol.value}" in _ports()


def match(name: Name) -> Match | None:
    """Return the well-known service that `name` refers to beyond doubt, or None.

    `nodeExporter`, `node-exporter` and `node` under `exporters` are the same; `ui` under
    `jaeger` and `jaegerUI` are the UI of jaeger.
    """
    words = identifiers.split(name[-1])
    parent = identifiers.split(name[-2]) if len(name) > 1 else []
    roles = _trimmed(words)
    if not roles:
        return _match_words(parent)
    if parent and (qualified := _match_words([*parent, *words])):
        return qualified
    if "exporter" in parent or "exporters" in parent:
        return _match_words([*words, "exporter"]) or _match_words(words)
    return _match_words(words)


def service_for(name: Name) -> KnownService | None:
    """Return the service that `name` refers to beyond doubt; see `match`."""
    matched = match(name)
    return None if matched is None else matched.service


def on_default(name: Name, ports: PortRange) -> KnownService | None:
    """Return the service that `name` refers to, if `ports` is a default port of it.

    The port confirms the name, so names that `match` rejects count too: `http`, and
    `castMdns`, in which only one word names the service.
    """
    matched = _on_default_port(name, ports)
    return matched.service if matched else None


def protocols_on(name: Name, ports: PortRange) -> tuple[Protocol, ...]:
    """Return the protocols of the service that `name` refers to on its default port `ports`.

    They are sorted by value; empty where it is not a well-known service on a default port.
    """
    matched = _on_default_port(name, ports)
    protocols = {port.protocol for port in matched.ports} if matched else ()
    return tuple(sorted(protocols, key=lambda protocol: protocol.value))


def _on_default_port(name: Name, ports: PortRange) -> Match | None:
    """Match `name` with a service of which `ports` is a default port."""
    if not ports.is_single() or str(ports.first) not in _numbers():
        return None
    parent = name[:-1]
    matched = match(name) or (match(parent) if parent else None)
    if matched is None:
        words = _trimmed(identifiers.split(name[-1]))
        service = by_name("".join(words)) or _named_by_word(words, ports.first)
        if service is None:
            return None
        matched = Match(service, service.ports)
    on_port = tuple(port for port in matched.ports if port.port == ports.first)
    return Match(matched.service, on_port) if on_port else None


def _named_by_word(words: list[str], port: Port) -> KnownService | None:
    """Return the service on `port` that a single one of `words` names."""
    named = (by_name(word) for word in words if word not in _OWN_WORDS)
    on_port = (one for one in named if one and any(own.port == port for own in one.ports))
    return next(on_port, None)


def _match_words(words: list[str]) -> Match | None:
    """Match words that are the name of a service and then one of its roles."""
    names = _names()
    words = _trimmed(words)
    for end in range(len(words), 0, -1):
        normalised = "".join(words[:end])
        row = names.get(normalised)
        if row is None or normalised in _OWN_WORDS:
            continue
        if end > 1 and names.get("".join(words[: end - 1])) == row:
            continue  # an alias that ends in a role, as jaeger-ui does
        return _match_role(_service(row), words[end:])
    return None


def _match_role(service: KnownService, words: list[str]) -> Match | None:
    """Return the ports of `service` with the role in `words`, or None without such ports."""
    if not words:
        return Match(service, service.ports)
    role = "".join(words)
    for candidate in _roles().get(role, (role,)):
        if ports := tuple(own for own in service.ports if candidate in (own.role, own.scheme)):
            return Match(service, ports)
    return None


def _trimmed(words: list[str]) -> list[str]:
    """Return `words` without those that do not change the service."""
    return [word for word in words if word not in _FILLERS]


@cache
def _names() -> dict[str, int]:
    """Return the row's number of each normalised name and alias."""
    names: dict[str, int] = {}
    for number, row in enumerate(tsv.rows("services")):
        for name in (row[0], *filter(None, row[1].split(","))):
            names[name.replace("-", "")] = number
    return names


@cache
def _roles() -> dict[str, tuple[str, ...]]:
    """Return the roles that a word in an entry's name may mean, best first.

    Any other word means the role of the same name.
    """
    return {word: tuple(roles.split(",")) for word, roles in tsv.rows("service_roles")}


@cache
def _service(row: int) -> KnownService:
    """Return the service in row number `row`."""
    name, aliases, category, ports, description, source, evidence, *_ = tsv.rows("services")[row]
    return KnownService(
        name=name,
        aliases=tuple(aliases.split(",")) if aliases else (),
        category=category,
        ports=tuple(_service_port(port) for port in ports.split(" ")),
        description=description,
        source=source,
        evidence=evidence,
    )


def _service_port(text: str) -> ServicePort:
    """Parse a port of the table, `8233/tcp/ui/http`."""
    port, protocol, role, *scheme = text.split("/")
    return ServicePort(Port(int(port)), Protocol(protocol), role, scheme[0] if scheme else "")


_EVIDENCE = ("upstream", "registry", "distro", "nix-module", "docs", "packager", "user-config")
"""The classes of evidence, best first."""


@cache
def _numbers() -> frozenset[str]:
    """Return every port of the table, in digits."""
    ports = " ".join([row[3] for row in tsv.rows("services")])
    return frozenset([port.split("/", 1)[0] for port in ports.split(" ")])


@cache
def _ports() -> dict[str, list[int]]:
    """Return the row numbers of each port and protocol (`53/udp`)."""
    rows: dict[str, list[int]] = {}
    for number, row in enumerate(tsv.rows("services")):
        for text in row[3].split(" "):
            port, protocol, _ = text.split("/", 2)
            rows.setdefault(f"{port}/{protocol}", []).append(number)
    return rows
