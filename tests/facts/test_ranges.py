"""The convention of ranges."""

import pytest

from port_registry.facts import services
from port_registry.facts.ranges import default_convention
from port_registry.model import Port, PortRange, single

_PATTERN = {
    ("infrastructure", "ssh"): 22,
    ("infrastructure", "tailscale"): 41641,
    ("infrastructure", "nodeExporter"): 9100,
    ("infrastructure", "promtail"): 9080,
    ("databases", "redis"): 6379,
    ("databases", "postgresql"): 5432,
    ("databases", "temporal"): 7233,
    ("development", "api"): 3000,
    ("development", "web"): 3001,
    ("development", "temporalUI"): 8233,
    ("development", "storybook"): 6006,
    ("otel", "grpc"): 4317,
    ("otel", "http"): 4318,
    ("otel", "jaegerUI"): 16686,
    ("storage", "minio"): 9000,
    ("storage", "minioConsole"): 9001,
}
"""The registry that the convention comes with."""


@pytest.mark.parametrize(("name", "port"), _PATTERN.items())
def test_the_patterns_own_entries_are_in_order(name: tuple[str, ...], port: int) -> None:
    ports = single(Port(port))
    ranges = default_convention().ranges_for(name)
    assert ranges
    inside = any(allowed.contains(ports) for allowed in ranges)
    assert inside or services.on_default(name, ports)


@pytest.mark.parametrize(
    ("category", "first"),
    [
        ("databases", 5000),
        ("Database", 5000),
        ("db", 5000),
        ("app", 3000),
        ("web-ui", 8000),
        ("webUI", 8000),
        ("workflow_engines", 7000),
        ("tools", 6000),
        ("tracing", 4000),
        ("infra", 9000),
        ("system", 1),
    ],
)
def test_categories_by_any_spelling(category: str, first: int) -> None:
    assert default_convention().ranges_of(category)[0].first == first


def test_other_categories_have_no_range() -> None:
    convention = default_convention()
    assert convention.ranges_of("games") == ()
    assert convention.ranges_for(("redis",)) == ()
    assert convention.ranges_for(("databases",)) == ()


def test_the_innermost_category_counts() -> None:
    convention = default_convention()
    databases = convention.ranges_of("databases")
    assert convention.ranges_for(("development", "databases", "x")) == databases
    assert convention.ranges_for(("databases", "primary", "x")) == databases


def test_configuration_changes_some_categories() -> None:
    custom = PortRange(Port(20000), Port(20099))
    convention = default_convention().with_ranges({"web-ui": [custom], "games": [custom], "db": []})
    assert convention.ranges_of("webUI") == (custom,)
    assert convention.ranges_of("games") == (custom,)
    assert convention.ranges_of("db") == ()
    assert convention.ranges_of("databases") == default_convention().ranges_of("databases")
    assert default_convention().ranges_of("games") == ()
