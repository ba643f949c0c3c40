"""Identification of well-known services, and the category of each."""

from port_registry.facts import identifiers, programs, services
from port_registry.facts.programs import program as facts_of
from port_registry.facts.words import word_set
from port_registry.matching import service_affinity
from port_registry.model import Protocol

DATABASES = "databases"
DEVELOPMENT = "development"
SERVICES = "services"
"""The category of the project's own services and of all others; it has no range."""

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

_BY_SERVICE_CATEGORY = {
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

_FRAMEWORK_CATEGORIES = word_set("services", "frame-categories")
"""Categories whose programs run one's own programs, or represent them."""

FRONT_SERVERS = word_set("services", "fronts")
"""Servers that are put in front of one's own programs."""

_GENERIC_WORDS = word_set("names", "service-kinds")
"""Words for kinds of services."""

_DATABASE_WORDS = word_set("names", "database-kinds")


def leading_service(text: str) -> tuple[services.KnownService | None, str]:
    """Return the service that the first words of `text` name, and the words after them."""
    words = text.split()
    for end in range(len(words), 0, -1):
        service = by_label(" ".join(words[:end]))
        if service is not None:
            return service, " ".join(words[end:])
    return None, ""


def by_label(text: str) -> services.KnownService | None:
    """Return the service that `text` surely names."""
    return services.service_for((text,)) if text else None


def by_program(program: str) -> services.KnownService | None:
    """Return the server that `program` is, or connects to."""
    known = facts_of(program) if program else None
    if known is not None and known.kind is not programs.ParameterKind.RUNS and known.service:
        service = services.by_name(known.service)
    else:
        service = service_affinity.service_of_program(program) if program else None
    return None if service is None or _is_framework(service) else service


def _is_framework(service: services.KnownService) -> bool:
    return service.category in _FRAMEWORK_CATEGORIES or service.name in FRONT_SERVERS


def by_image(image: str) -> services.KnownService | None:
    """Return the service in a container's image."""
    return service_affinity.service_named(image) if image else None


def by_number(number: int) -> services.KnownService | None:
    """Return the only database or broker to which IANA assigned `number`."""
    assigned = [
        service
        for service in _services_on(number)
        if service.evidence == "registry" and service.category in ("database", "messaging")
    ]
    return assigned[0] if len(assigned) == 1 else None


def system_service(number: int) -> services.KnownService | None:
    """Return the service of the system port `number`, if it is one."""
    system_services = [
        service
        for service in _services_on(number)
        if service.ports[0].port == number and service.category == "system"
    ]
    return system_services[0] if number < 1024 and system_services else None


def service_on_port(number: int) -> services.KnownService | None:
    """Return the service that a firewall is surely opened for at `number`."""
    system = system_service(number)
    if system is not None:
        return system
    owners = [service for service in _services_on(number) if service.ports[0].port == number]
    return owners[0] if len(owners) == 1 and owners[0].is_default() else None


def _services_on(number: int) -> list[services.KnownService]:
    by_name: dict[str, services.KnownService] = {}
    for protocol in Protocol:
        for service in services.by_port(number, protocol):
            by_name.setdefault(service.name, service)
    return list(by_name.values())


def is_generic_name(name: str) -> bool:
    """Return whether `name` only names a kind of service."""
    words = identifiers.split(name)
    return bool(words) and all(word in _GENERIC_WORDS for word in words)


def generic_words(text: str) -> str:
    """Return the words of `text` for kinds of services."""
    return " ".join(word for word in identifiers.split(text) if word in _GENERIC_WORDS)


def is_database(name: str) -> bool:
    """Return whether `name` only says that it is a database."""
    return is_generic_name(name) and not _DATABASE_WORDS.isdisjoint(identifiers.split(name))


def category_of(service: services.KnownService) -> str:
    """Return the category of `service`."""
    if service.name in _TRACING:
        return "otel"
    return _BY_SERVICE_CATEGORY[service.category]


def are_same_service(first: str, second: str) -> bool:
    """Return whether two names may be of one service: `grafana` and `grafana-server`."""
    if not identifiers.normalise(first) or not identifiers.normalise(second):
        return False
    first_words, second_words = set(identifiers.split(first)), set(identifiers.split(second))
    is_subset = first_words <= second_words or second_words <= first_words
    return is_subset or identifiers.normalise(first) == identifiers.normalise(second)
