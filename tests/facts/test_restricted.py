"""Ports to avoid, and the names that IANA assigns."""

from port_registry.facts import iana, restricted
from port_registry.model import Port, PortRange, Protocol, single


def test_browsers_refuse_some_ports() -> None:
    block = restricted.browser_block(6000)
    assert block is not None
    assert block.service == "x11"
    assert "chromium" in block.lists
    assert restricted.browser_block(8080) is None


def test_ephemeral_ranges_of_the_systems_asked_for() -> None:
    ranges = restricted.ephemeral(single(Port(49152)))
    assert [ephemeral.system for ephemeral in ranges] == ["linux", "macos", "windows"]
    assert restricted.ephemeral(single(Port(32767))) == ()
    assert restricted.ephemeral(PortRange(Port(32000), Port(32768)), ("linux",))
    assert restricted.ephemeral(single(Port(10000)), ("freebsd",))


def test_squatters_by_protocol() -> None:
    owners = restricted.squatters(single(Port(5000)), (Protocol.TCP,))
    assert [owner.system for owner in owners] == ["macos"]
    assert "AirPlay" in owners[0].owner
    assert restricted.squatters(single(Port(5000)), (Protocol.UDP,)) == ()


def test_iana_names() -> None:
    assert "ssh" in iana.assigned_names(22, Protocol.TCP)
    assert "domain" in iana.assigned_names(53, Protocol.UDP)
    assert iana.assigned_names(3, Protocol.DCCP) == ()
    assert "tcpmux" in iana.assigned_names(1, Protocol.TCP)
