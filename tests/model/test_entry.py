import pytest

from port_registry.model import (
    Entry,
    PortRangeError,
    PortRegistryError,
    Protocol,
    Registry,
    UnknownEntryError,
)
from port_registry.project.files import Files
from port_registry.registry.read import read_registry
from tests.project.made import write

_TEXT = """\
{
  databases.redis = 6379;
  media.rtp = { from = 40000; to = 40100; protocol = "udp"; host = "atlas"; };
  media.control = { port = 40050; address = "::1"; };
  "odd name" = 5000;
}
"""


@pytest.fixture
def registry(tmp_path: object) -> Registry:
    return read_registry(Files(write(tmp_path, {"ports.nix": _TEXT})), "ports.nix", None)


def _names(entries: object) -> list[str]:
    assert isinstance(entries, (tuple, list))
    return [str(entry).partition(" =")[0] for entry in entries if isinstance(entry, Entry)]


def test_entries_by_name(registry: Registry) -> None:
    redis = registry["databases.redis"]
    assert (redis.port, redis.protocols) == (6379, (Protocol.TCP,))
    assert registry["databases", "redis"] is redis
    assert registry['"odd name"'] is registry[("odd name",)]
    assert "databases.redis" in registry
    assert ("databases", "redis") in registry
    assert redis in registry
    assert redis.replace(description="another") not in registry


@pytest.mark.parametrize("name", ["redis", "databases", "databases.redis.", "", "a..b", '"'])
def test_a_name_of_no_entry(registry: Registry, name: str) -> None:
    assert name not in registry
    with pytest.raises(UnknownEntryError) as caught:
        registry[name]
    assert isinstance(caught.value, KeyError)
    assert isinstance(caught.value, PortRegistryError)
    assert str(caught.value) == f"there is no entry `{name}` in ports.nix"


def test_a_registry_is_its_entries(registry: Registry) -> None:
    assert len(registry) == 4
    assert tuple(registry) == registry.entries
    assert Registry(path="ports.nix", entries=())
    assert len(Registry(path="ports.nix", entries=())) == 0


def test_entries_by_port(registry: Registry) -> None:
    assert _names(registry.by_port(6379)) == ["databases.redis"]
    assert _names(registry.by_port(40050)) == ["media.rtp", "media.control"]
    assert _names(registry.by_port(40100)) == ["media.rtp"]
    assert registry.by_port(40101) == ()
    assert registry.by_port(-1) == ()


def test_what_an_entry_says(registry: Registry) -> None:
    rtp, control = registry["media.rtp"], registry["media.control"]
    assert (rtp.ports.first, rtp.ports.last, rtp.host) == (40000, 40100, "atlas")
    assert (rtp.protocols, rtp.address) == ((Protocol.UDP,), None)
    assert (control.port, control.host, control.address) == (40050, None, "::1")


def test_a_range_is_not_one_port(registry: Registry) -> None:
    with pytest.raises(PortRangeError, match=r"media\.rtp is a range of ports, 40000-40100") as got:
        _ = registry["media.rtp"].port
    assert isinstance(got.value, ValueError)
    assert isinstance(got.value, PortRegistryError)
