from pathlib import Path

import pytest

from port_registry.model import Port, PortRange
from port_registry.runtime.doctor import ephemeral
from port_registry.runtime.doctor.ephemeral import EphemeralPorts, parse_ranges
from tests.system.machine.laid_out import HEALTHY, machine


def _range(first: int, last: int) -> PortRange:
    return PortRange(Port(first), Port(last))


def test_linux_says_the_range_and_what_is_kept_back(tmp_path: Path) -> None:
    reserved = {"proc/sys/net/ipv4/ip_local_reserved_ports": "41641,50000-50010\n"}
    assert ephemeral.read(machine(tmp_path, {**HEALTHY, **reserved})) == EphemeralPorts(
        _range(32768, 60999), (_range(41641, 41641), _range(50000, 50010))
    )


def test_macos_is_asked(tmp_path: Path) -> None:
    mac = machine(
        tmp_path, {}, {"sysctl -n net.inet.ip.portrange.first": "49152\n65535\n"}, "darwin"
    )
    assert ephemeral.read(mac) == EphemeralPorts(_range(49152, 65535), ())


def test_a_system_that_says_nothing_is_none(tmp_path: Path) -> None:
    assert ephemeral.read(machine(tmp_path / "a", {})) is None
    assert ephemeral.read(machine(tmp_path / "b", {}, {}, "darwin")) is None
    assert ephemeral.read(machine(tmp_path / "c", {}, {}, "win32")) is None


@pytest.mark.parametrize(
    ("first", "last", "reserved", "given"),
    [
        (6379, 6379, "", False),
        (32768, 32768, "", True),
        (60999, 60999, "", True),
        (61000, 61000, "", False),
        (41641, 41641, "41641", False),
        (41641, 41642, "41641", True),
        (41641, 41643, "41643,41641-41642", False),
        (41640, 41643, "41641-41643", True),
        (60000, 65535, "60000-60999", False),
        (60000, 65535, "60000-65535", False),
    ],
)
def test_a_port_is_given_away_unless_it_is_kept_back(
    first: int, last: int, reserved: str, given: bool
) -> None:
    ephemeral_ports = EphemeralPorts(_range(32768, 60999), parse_ranges(reserved))
    assert ephemeral_ports.includes_any(_range(first, last)) is given


@pytest.mark.parametrize("text", ["", "\n", "none", "-", "5-", "9-3", "1-2-3", "٣", "70000"])
def test_what_is_no_list_of_ports_has_none(text: str) -> None:
    assert [ports for ports in parse_ranges(text) if ports != _range(1, 2)] == []
