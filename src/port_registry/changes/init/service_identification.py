"""Which well-known service something is, and the category that it belongs to."""

from port_registry.facts import services
from port_registry.facts.identifiers import normalise, split
from port_registry.facts.programs import ParameterKind
from port_registry.facts.programs import program as facts_of
from port_registry.facts.services import KnownService
from port_registry.facts.words import word_set
from port_registry.matching import service_affinity
from port_registry.model import Protocol

DATABASES = "databases"
DEVELOPMENT = "development"
SERVICES = "services"
"""The category of what is the project's own, or nobody's in particular: it has no range."""

CATEGORIES = (
    "infrastructure",
    DATABASES,
    "messaging",
    "storage",
    "workflows",
    "otel",
    "monitoring",
    DEVELOPMENT,
    SERVICES,
)
"""In the order in which they are written."""

_OF_SERVICES = {
    "application": SERVICES,
    "database": DATABASES,
    "devtool": DEVELOPMENT,
    "infrastructure": "infrastructure",
    "messaging": "messaging",
    "storage": "storage",
    "system": "infrastructure",
    "telemetry": "monitoring",
    "webui": SERVICES,
    "workflow": "workflows",
}

_TRACING = word_set("services", "tracing")

_FRAMES = word_set("services", "frame-categories")
"""Categories whose programs run, or stand for, programs of one's own."""

FRONTS = word_set("services", "fronts")
"""Servers that stand before programs of one's own."""

_KINDS = word_set("names", "service-kinds")
"""Names that say what kind of thing a service is, and not which one."""


_DATABASES = word_set("names", "database-kinds")


def led_by(text: str) -> tuple[KnownService | None, str]:
    """Return the service that the first words of `text` name, and the words behind them."""
    words = text.split()
    for end in range(len(words), 0, -1):
        found = by_label(" ".join(words[:end]))
        if found is not None:
            return found, " ".join(words[end:])
    return None, ""


def by_label(text: str) -> KnownService | None:
    """Return the service that `text` surely names."""
    return services.service_for((text,)) if text else None


def by_program(program: str) -> KnownService | None:
    """Return the server that `program` is, or asks."""
    known = facts_of(program) if program else None
    if known is not None and known.kind is not ParameterKind.RUNS and known.service:
        found = services.by_name(known.service)
    else:
        found = service_affinity.service_of_program(program) if program else None
    return None if found is None or _is_frame(found) else found


def _is_frame(service: KnownService) -> bool:
    return service.category in _FRAMES or service.name in FRONTS


def by_image(image: str) -> KnownService | None:
    """Return the service that a container's image is made of."""
    return service_affinity.service_named(image) if image else None


def by_number(number: int) -> KnownService | None:
    """Return the database or broker that `number` is IANA's own port of."""
    found = [
        one
        for one in _claiming(number)
        if one.evidence == "registry" and one.category in ("database", "messaging")
    ]
    return found[0] if len(found) == 1 else None


def on_door(number: int) -> KnownService | None:
    """Return the service that a firewall is surely opened for at `number`."""
    owners = [one for one in _claiming(number) if one.ports[0].port == number]
    plain = [one for one in owners if one.category == "system"]
    if number < 1024 and plain:
        return plain[0]
    return owners[0] if len(owners) == 1 and owners[0].is_default() else None


def _claiming(number: int) -> list[KnownService]:
    found: dict[str, KnownService] = {}
    for protocol in Protocol:
        for one in services.by_port(number, protocol):
            found.setdefault(one.name, one)
    return list(found.values())


def is_kind(name: str) -> bool:
    """Return whether `name` says no more than what kind of thing a service is."""
    words = split(name)
    return bool(words) and all(word in _KINDS for word in words)


def kind_in(text: str) -> str:
    """Return the words of `text` that say what kind of thing a service is."""
    return " ".join(word for word in split(text) if word in _KINDS)


def is_database(name: str) -> bool:
    """Return whether `name` says that it is some database."""
    return is_kind(name) and not _DATABASES.isdisjoint(split(name))


def category_of(service: KnownService) -> str:
    """Return the category that `service` goes into."""
    if service.name in _TRACING:
        return "otel"
    return _OF_SERVICES[service.category]


def same(one: str, other: str) -> bool:
    """Return whether two names may be of one service: `grafana` and `grafana-server`."""
    mine, theirs = normalise(one), normalise(other)
    if not mine or not theirs:
        return False
    words = set(split(one)), set(split(other))
    return mine == theirs or words[0] <= words[1] or words[1] <= words[0]
