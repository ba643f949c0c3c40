"""Well-known services and how entry names mean them."""

import pytest

from port_registry.facts import services, tsv
from port_registry.facts.services import Match
from port_registry.model import Port, PortRange, Protocol, single


def _name(text: str) -> tuple[str, ...]:
    return tuple(text.split("."))


def _match(text: str) -> Match:
    match = services.match(_name(text))
    assert match is not None
    return match


@pytest.mark.parametrize(
    ("name", "service", "port"),
    [
        ("infrastructure.nodeExporter", "node-exporter", 9100),
        ("infrastructure.node_exporter", "node-exporter", 9100),
        ("infrastructure.node-exporter", "node-exporter", 9100),
        ("exporters.node", "node-exporter", 9100),
        ("prometheus.exporters.node", "node-exporter", 9100),
        ("databases.postgresql", "postgresql", 5432),
        ("databases.postgres", "postgresql", 5432),
        ("databases.pg", "postgresql", 5432),
        ("databases.PostgreSQL", "postgresql", 5432),
        ("postgresPort", "postgresql", 5432),
        ("storage.minio", "minio", 9000),
        ("storage.minioConsole", "minio", 9001),
        ("minio.console", "minio", 9001),
        ("otel.jaegerUI", "jaeger", 16686),
        ("jaeger.ui", "jaeger", 16686),
        ("otel.grpc", "otlp", 4317),
        ("otel.http", "otlp", 4318),
        ("loki.private", "loki", 3100),
        ("redis.port", "redis", 6379),
        ("redis.exporter", "redis-exporter", 9121),
        ("rabbitmq.management", "rabbitmq", 15672),
        ("infrastructure.tailscale", "tailscale", 41641),
    ],
)
def test_a_name_means_a_service(name: str, service: str, port: int) -> None:
    match = _match(name)
    assert match.service.name == service
    assert match.ports[0].port == port


@pytest.mark.parametrize(
    "name",
    [
        "development.api",
        "development.web",
        "development.auth",
        "databases.postgresTest",
        "databases.redisCache",
        "databases.redisUI",
        "redis.metrics",
        "databases.private",
        "http",
        "ports",
        "?",
        "Ünïcode",
    ],
)
def test_a_name_that_may_be_anything_means_nothing(name: str) -> None:
    assert services.match(_name(name)) is None
    assert services.service_for(_name(name)) is None


@pytest.mark.parametrize(
    ("name", "port", "service"),
    [
        ("development.temporalUI", 8233, "temporal-ui"),
        ("databases.temporal", 7233, "temporal"),
        ("infrastructure.http", 80, "http"),
        ("development.http", 3000, None),
        ("databases.redis", 6380, None),
        ("storage.minioConsole", 9000, None),
        ("development.api", 3000, None),
    ],
)
def test_the_port_may_speak_for_the_name(name: str, port: int, service: str | None) -> None:
    on_default = services.on_default(_name(name), single(Port(port)))
    assert (on_default and on_default.name) == service


def test_a_range_is_no_default() -> None:
    ports = PortRange(Port(6379), Port(6380))
    assert services.on_default(("databases", "redis"), ports) is None
    assert services.protocols_on(("databases", "redis"), ports) == ()


def test_protocols_of_a_service_on_its_own_port() -> None:
    dns = services.protocols_on(("infrastructure", "dns"), single(Port(53)))
    assert dns == (Protocol.TCP, Protocol.UDP)
    assert services.protocols_on(("x", "tailscale"), single(Port(41641))) == (Protocol.UDP,)
    assert services.protocols_on(("x", "tailscale"), single(Port(41642))) == ()
    assert services.protocols_on(("castMdns",), single(Port(5353))) == (Protocol.UDP,)
    assert services.protocols_on(("castMdns",), single(Port(5354))) == ()
    assert services.protocols_on(("proxyHttps",), single(Port(443))) == ()


def test_by_port_puts_the_primary_and_the_best_known_first() -> None:
    assert services.by_port(5432, Protocol.TCP)[0].name == "postgresql"
    assert services.by_port(5432, Protocol.UDP) == ()
    primary = [service.ports[0].port == 8080 for service in services.by_port(8080, Protocol.TCP)]
    assert primary == sorted(primary, reverse=True)
    assert any(primary)
    assert not all(primary)


def test_by_name_takes_any_spelling() -> None:
    for text in ("node-exporter", "nodeExporter", "Node_Exporter", "prometheus-node-exporter"):
        service = services.by_name(text)
        assert service is not None
        assert service.name == "node-exporter"
    assert services.by_name("no such service") is None


def test_every_row_is_whole() -> None:
    names: list[str] = []
    for row in tsv.rows("services"):
        service = services.by_name(row[0])
        assert service is not None
        assert service.name == row[0]
        assert all(1 <= port.port <= 65535 for port in service.ports)
        assert service.description
        assert service.source
        names += [service.name, *service.aliases]
    assert len(names) > 1300
    assert len(names) == len(set(names))


def test_evidence_tells_defaults_from_habits() -> None:
    redis, activepieces = services.by_name("redis"), services.by_name("activepieces")
    assert redis is not None
    assert activepieces is not None
    assert redis.is_default()
    assert not activepieces.is_default()
