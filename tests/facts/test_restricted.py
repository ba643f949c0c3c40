"""Ports better left alone, and the names that IANA gives."""

from port_registry.facts import iana, restricted
from port_registry.model.port import Port, PortRange, Protocol, single


def test_browsers_refuse_some_ports() -> None:
    block = restricted.browser_block(6000)
    assert block is not None
    assert block.service == "x11"
    assert "chromium" in block.lists
    assert restricted.browser_block(8080) is None


def test_ephemeral_ranges_of_the_systems_asked_for() -> None:
    systems = [found.system for found in restricted.ephemeral(single(Port(49152)))]
    assert systems == ["linux", "macos", "windows"]
    assert restricted.ephemeral(single(Port(32767))) == ()
    assert restricted.ephemeral(PortRange(Port(32000), Port(32768)), ("linux",))
    assert restricted.ephemeral(single(Port(10000)), ("freebsd",))


def test_squatters_by_protocol() -> None:
    owners = restricted.squatters(single(Port(5000)), (Protocol.TCP,))
    assert [owner.system for owner in owners] == ["macos"]
    assert "AirPlay" in owners[0].owner
    assert restricted.squatters(single(Port(5000)), (Protocol.UDP,)) == ()


def test_named_ranges() -> None:
    found = restricted.named_ranges(single(Port(30500)), (Protocol.TCP,))
    assert [one.name for one in found] == ["registered-ports", "kubernetes-nodeport"]
    mosh = restricted.named_ranges(single(Port(60500)), (Protocol.UDP,))
    assert "mosh" in [one.name for one in mosh]
    assert "mosh" not in [
        one.name for one in restricted.named_ranges(single(Port(60500)), (Protocol.TCP,))
    ]


def test_iana_names() -> None:
    assert "ssh" in iana.assigned_names(22, Protocol.TCP)
    assert "domain" in iana.assigned_names(53, Protocol.UDP)
    assert iana.assigned_names(3, Protocol.DCCP) == ()
    assert "tcpmux" in iana.assigned_names(1, Protocol.TCP)
