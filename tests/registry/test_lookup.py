"""Entries by name and by port."""

from tests.registry.helpers import read

from port_registry.registry.lookup import EntryIndex

_TEXT = """
[databases]
redis = 6379
postgresql = 5432
[media]
rtp = "6000-6999"
copy = 6379
[otel.port]
value = 4317
"""


def _index() -> EntryIndex:
    return EntryIndex(read(_TEXT, "ports.toml"))


def test_by_name() -> None:
    entry = _index().named(("databases", "redis"))
    assert entry is not None
    assert entry.endpoint.ports.first == 6379
    assert _index().named(("redis",)) is None


def test_the_port_of_a_leaf_is_the_entry() -> None:
    index = _index()
    assert index.named(("databases", "redis", "port")) is index.named(("databases", "redis"))
    assert index.named(("port",)) is None


def test_by_number() -> None:
    names = [entry.service for entry in _index().holding(6379)]
    assert names == ["redis", "copy", "rtp"]
    assert [entry.service for entry in _index().holding(6999)] == ["rtp"]
    assert _index().holding(1) == ()


def test_similar_names_are_suggested() -> None:
    index = _index()
    assert index.suggest(("databases", "reddis")) == ("databases.redis",)
    assert index.suggest(("infrastructure", "redis")) == ("databases.redis",)
    assert index.suggest(("zzz",)) == ()
