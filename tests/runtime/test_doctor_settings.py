"""Hosts, IPv6, privileged ports, AirPlay, what Windows keeps, and addresses."""

import socket
from pathlib import Path

from port_registry.model import Port, PortRange, Protocol
from port_registry.runtime.doctor import airplay, excluded, hosts, ipv6, privileged
from port_registry.runtime.doctor.excluded import ExcludedRange
from port_registry.runtime.doctor.hosts import Localhost
from port_registry.runtime.doctor.ipv6 import Ipv6Support
from port_registry.system import host
from tests.system.machine.laid_out import HEALTHY, USER, machine

_NETSH = """
Protokoll tcp Portausschlussbereiche

Startport    Endport
----------    --------
      5357        5357
     50000       50059     *

* - Verwaltete Portausschlüsse.
"""


def test_every_line_of_localhost_counts(tmp_path: Path) -> None:
    text = "# 1.1.1.1 localhost\n127.0.0.1 vm LocalHost # localhost.x\n\n::1 localhost\n2.2.2.2 x\n"
    found = hosts.read(machine(tmp_path, {**HEALTHY, "etc/hosts": text}))
    assert found == Localhost(((2, "127.0.0.1"), (4, "::1")), resolved_without_file=False)


def test_a_machine_without_the_file_has_no_lines(tmp_path: Path) -> None:
    assert hosts.read(machine(tmp_path, {})) is None


def test_systemd_knows_localhost_by_itself(tmp_path: Path) -> None:
    sources = {"etc/nsswitch.conf": "passwd: files\nhosts:  files myhostname # dns\n"}
    found = hosts.read(machine(tmp_path, {**HEALTHY, **sources}))
    assert found is not None
    assert found.resolved_without_file


def test_ipv6_is_on_or_off_by_interface(tmp_path: Path) -> None:
    off = {"proc/sys/net/ipv6/conf/lo/disable_ipv6": "1\n"}
    assert ipv6.read(machine(tmp_path, {**HEALTHY, **off})) == Ipv6Support(True, ("eth0",), ("lo",))


def test_a_kernel_without_ipv6_has_no_table_of_its_addresses(tmp_path: Path) -> None:
    assert ipv6.read(machine(tmp_path, {})) == Ipv6Support(False, (), ())


def test_root_may_listen_everywhere_and_others_from_a_port_on(tmp_path: Path) -> None:
    assert privileged.lowest_allowed_port(machine(tmp_path / "root")) == 1
    assert privileged.lowest_allowed_port(machine(tmp_path / "user", {**HEALTHY, **USER})) == 1024
    lower = {**HEALTHY, **USER, "proc/sys/net/ipv4/ip_unprivileged_port_start": "80\n"}
    assert privileged.lowest_allowed_port(machine(tmp_path / "lower", lower)) == 80
    assert privileged.lowest_allowed_port(machine(tmp_path / "mac", {}, {}, "darwin")) == 1


def test_airplay_is_on_until_it_is_switched_off(tmp_path: Path) -> None:
    key = "defaults -currentHost read com.apple.controlcenter AirplayRecieverEnabled"
    assert airplay.is_receiving(machine(tmp_path, {}, {}, "darwin"))
    assert airplay.is_receiving(machine(tmp_path, {}, {key: "1\n"}, "darwin"))
    assert not airplay.is_receiving(machine(tmp_path, {}, {key: "0\n"}, "darwin"))
    assert not airplay.is_receiving(machine(tmp_path))


def test_the_ranges_of_windows_are_read_in_any_language(tmp_path: Path) -> None:
    command = "netsh interface ipv4 show excludedportrange"
    windows = machine(tmp_path, {}, {f"{command} protocol=tcp": _NETSH, command: "\n"}, "win32")
    ports = PortRange(Port(5357), Port(5357))
    assert excluded.has_windows(windows)
    assert excluded.read(windows) == (ExcludedRange(ports, Protocol.TCP),)


def test_wsl_asks_the_windows_outside(tmp_path: Path) -> None:
    release = {"proc/sys/kernel/osrelease": "5.15.90.1-microsoft-standard-WSL2\n"}
    wsl = machine(tmp_path / "wsl", release, {"netsh.exe": _NETSH})
    assert excluded.has_windows(wsl)
    found = excluded.read(wsl)
    assert found is not None
    assert {excluded_range.protocol for excluded_range in found} == {Protocol.TCP, Protocol.UDP}
    assert excluded.read(machine(tmp_path / "mute", release, {})) is None
    assert not excluded.has_windows(machine(tmp_path / "linux"))


def test_an_address_is_here_where_it_can_be_bound() -> None:
    assert host.has_address("127.0.0.1")
    assert host.has_address("0.0.0.0")
    assert not host.has_address("203.0.113.7")


def test_the_loopback_of_ipv6_is_here_where_the_system_has_it() -> None:
    try:
        with socket.socket(socket.AF_INET6) as tried:
            tried.bind(("::1", 0))
        has_it = True
    except OSError:
        has_it = False
    assert host.has_address("::1") is has_it


def test_a_name_is_no_address_and_is_not_looked_up() -> None:
    assert host.is_numeric("::1")
    assert host.is_numeric("127.0.0.1")
    for text in ("web1", "web1.example.org", "*", "", "a b", "x" * 300):
        assert not host.is_numeric(text)
        assert not host.has_address(text)
