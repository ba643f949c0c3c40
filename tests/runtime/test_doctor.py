"""Each check of the machine, where it has something to say and where it has not."""

import os
import socket
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from port_registry.model import Registry, format_name
from port_registry.project.files import Files
from port_registry.registry.read import read_registry
from port_registry.runtime.doctor.advice import Advice, Level, format_entries
from port_registry.runtime.doctor.diagnose import judge
from port_registry.sources.process_compose.stack import read_stack
from port_registry.system.machine.machine import this_machine
from tests.project.made import write
from tests.system.machine.laid_out import HEALTHY, NO_FIREWALL, USER, machine

_HERE = """
{
  databases = { postgresql = 5432; redis = 6379; };
  web = { api = { port = 3000; address = "127.0.0.1"; }; };
}
"""


def _registry(root: Path, text: str) -> Registry:
    write(root, {"ports.nix": text})
    return read_registry(Files(str(root)), "ports.nix", None)


def _advice(
    root: Path,
    check: str,
    text: str | None = _HERE,
    files: Mapping[str, str] = HEALTHY,
    programs: Mapping[str, str] = NO_FIREWALL,
    platform: str = "linux",
) -> list[Advice]:
    """Return what one check says of a machine that differs from a healthy one in `files`."""
    laid_out = machine(root, {**HEALTHY, **files}, programs, platform)
    registry = None if text is None else _registry(root, text)
    diagnosis = judge(laid_out, registry, ())
    return [advice for name, advice in diagnosis.advice if name == check]


def _levels(advice: list[Advice]) -> list[Level]:
    return [item.level for item in advice]


def _names(advice: Advice) -> list[str]:
    return [format_name(item.name) for item in advice.entries]


def test_a_healthy_machine_is_well(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(dir=tmp_path) as root:
        diagnosis = judge(machine(root), _registry(tmp_path, _HERE), ())
    assert diagnosis.is_well()
    assert {advice.level for _, advice in diagnosis.advice} == {Level.OK}
    assert diagnosis.entries == 3


def test_the_machine_alone_is_looked_at_without_a_registry(tmp_path: Path) -> None:
    diagnosis = judge(machine(tmp_path), None, ())
    assert diagnosis.is_well()
    assert {name for name, _ in diagnosis.advice} >= {"ephemeral-range", "localhost", "firewall"}


def test_this_machine_is_looked_at_without_a_crash(tmp_path: Path) -> None:
    diagnosis = judge(this_machine(), _registry(tmp_path, _HERE), ())
    assert all(advice.message for _, advice in diagnosis.advice)
    assert {name for name, _ in diagnosis.advice} >= {"localhost", "unix-sockets"}


def test_an_entry_of_another_host_is_none_of_this_machines_business(tmp_path: Path) -> None:
    text = '{ a.x = { port = 50123; host = "web2"; }; a.y = { port = 50124; host = "web1"; }; }'
    advice = _advice(tmp_path, "ephemeral-range", text)
    assert [_names(item) for item in advice] == [["a.y"]]


def test_an_entry_that_connections_may_take_is_a_problem(tmp_path: Path) -> None:
    advice = _advice(tmp_path, "ephemeral-range", "{ jobs.runner = 50123; jobs.web = 8080; }")
    assert _levels(advice) == [Level.PROBLEM]
    assert _names(advice[0]) == ["jobs.runner"]
    assert "32768-60999" in advice[0].message
    assert "`sysctl -w net.ipv4.ip_local_reserved_ports=50123`" in " ".join(advice[0].remedy)
    assert (
        'on NixOS: `boot.kernel.sysctl."net.ipv4.ip_local_reserved_ports" = "50123";`'
        in advice[0].remedy
    )


def test_a_well_known_service_on_its_own_high_port_is_a_note(tmp_path: Path) -> None:
    advice = _advice(tmp_path, "ephemeral-range", "{ net.tailscale = 41641; }")
    assert _levels(advice) == [Level.NOTE]


def test_a_range_that_was_made_to_begin_low_takes_every_entry(tmp_path: Path) -> None:
    low = {"proc/sys/net/ipv4/ip_local_port_range": "1024 65535\n"}
    advice = _advice(tmp_path, "ephemeral-range", files=low)
    assert _levels(advice) == [Level.PROBLEM]
    assert _names(advice[0]) == ["databases.postgresql", "databases.redis", "web.api"]


def test_a_port_that_is_kept_from_connections_is_in_order(tmp_path: Path) -> None:
    reserved = {"proc/sys/net/ipv4/ip_local_reserved_ports": "50123\n"}
    assert _levels(_advice(tmp_path, "ephemeral-range", "{ a.b = 50123; }", reserved)) == [Level.OK]


def test_the_line_to_write_keeps_what_was_kept_before(tmp_path: Path) -> None:
    reserved = {"proc/sys/net/ipv4/ip_local_reserved_ports": "40000,50124-50130\n"}
    (grave, spare) = _advice(tmp_path, "ephemeral-range", "{ a.b = 50123; }", reserved)
    assert "ip_local_reserved_ports=40000,50123-50130`" in " ".join(grave.remedy)
    assert (grave.level, spare.level) == (Level.PROBLEM, Level.NOTE)
    assert "40000, 50124-50130" in spare.message


def test_a_system_that_does_not_say_its_range_is_not_called_well(tmp_path: Path) -> None:
    assert _levels(_advice(tmp_path, "ephemeral-range", platform="win32")) == [Level.UNSEEN]


def test_a_low_port_is_a_note_for_who_is_not_root(tmp_path: Path) -> None:
    text = "{ system.ssh = 22; web.api = 3000; }"
    advice = _advice(tmp_path, "privileged-ports", text, USER)
    assert _levels(advice) == [Level.NOTE]
    assert _names(advice[0]) == ["system.ssh"]
    assert "`sysctl -w net.ipv4.ip_unprivileged_port_start=22`" in advice[0].remedy[1]


def test_root_and_a_lower_limit_make_low_ports_well(tmp_path: Path) -> None:
    text = "{ system.http = 80; }"
    assert _levels(_advice(tmp_path / "root", "privileged-ports", text)) == [Level.OK]
    lower = {**USER, "proc/sys/net/ipv4/ip_unprivileged_port_start": "80\n"}
    assert _levels(_advice(tmp_path / "user", "privileged-ports", text, lower)) == [Level.OK]


def test_a_low_port_that_process_compose_should_start_is_a_problem(tmp_path: Path) -> None:
    stack = "processes:\n  web:\n    command: python3 -m http.server 80\n"
    write(tmp_path, {"process-compose.yaml": stack})
    registry = _registry(tmp_path, "{ system.http = 80; system.ssh = 22; }")
    stacks = [read_stack(Files(str(tmp_path)), ("process-compose.yaml",))]
    diagnosis = judge(machine(tmp_path, {**HEALTHY, **USER}), registry, stacks)
    advice = [item for name, item in diagnosis.advice if name == "privileged-ports"]
    assert [(item.level, _names(item)) for item in advice] == [
        (Level.PROBLEM, ["system.http"]),
        (Level.NOTE, ["system.ssh"]),
    ]
    assert not diagnosis.is_well()


def test_an_address_that_is_nobodys_here_is_a_note_and_of_this_host_a_problem(
    tmp_path: Path,
) -> None:
    text = """
    {
      a.x = { port = 3000; address = "203.0.113.7"; };
      a.y = { port = 3001; address = "203.0.113.8"; host = "web1"; };
      a.z = { port = 3002; address = "0.0.0.0"; };
    }
    """
    advice = _advice(tmp_path, "addresses", text)
    assert [(item.level, _names(item)) for item in advice] == [
        (Level.NOTE, ["a.x"]),
        (Level.PROBLEM, ["a.y"]),
    ]


def test_airplay_takes_5000_and_7000_until_it_is_off(tmp_path: Path) -> None:
    text = '{ web.api = 5000; web.rtc = { port = 7000; protocol = "udp"; }; }'
    advice = _advice(tmp_path, "airplay", text, platform="darwin")
    assert _levels(advice) == [Level.PROBLEM]
    assert _names(advice[0]) == ["web.api"]
    off = _advice(tmp_path, "airplay", text, programs={"defaults": "0\n"}, platform="darwin")
    assert _levels(off) == [Level.OK]
    assert _advice(tmp_path, "airplay", text) == []
    assert _levels(_advice(tmp_path, "airplay", platform="darwin")) == [Level.OK]


def test_what_windows_keeps_is_a_problem(tmp_path: Path) -> None:
    wsl = {"proc/sys/kernel/osrelease": "5.15-microsoft-standard-WSL2\n"}
    programs = {**NO_FIREWALL, "netsh.exe": "Start End\n---- ----\n 6300 6400\n 3000 3000 *\n"}
    advice = _advice(tmp_path, "windows-excluded", files=wsl, programs=programs)
    assert _levels(advice) == [Level.PROBLEM]
    assert _names(advice[0]) == ["databases.redis"]
    assert "protocol=tcp startport=6379 numberofports=1" in advice[0].remedy[0]
    none = {**NO_FIREWALL, "netsh.exe": "Start End\n---- ----\n 1 9\n"}
    assert _levels(_advice(tmp_path, "windows-excluded", files=wsl, programs=none)) == [Level.OK]
    assert _levels(_advice(tmp_path, "windows-excluded", files=wsl)) == [Level.UNSEEN]


def test_a_firewall_that_keeps_others_out_is_a_note(tmp_path: Path) -> None:
    rules = "-P INPUT DROP\n-A INPUT -i lo -j ACCEPT\n-A INPUT -p tcp --dport 6379 -j ACCEPT\n"
    listed = {"iptables -S": rules, "ip6tables -S": rules}
    text = """
    {
      databases = { postgresql = 5432; redis = 6379; };
      web.own = { port = 3000; address = "127.0.0.1"; };
      web.quiet = 3001; # internal: metrics
      web.calls = { from = 40000; to = 40100; protocol = "udp"; };
    }
    """
    advice = _advice(tmp_path, "firewall", text, programs=listed)
    assert [(item.level, _names(item)) for item in advice] == [
        (Level.NOTE, ["databases.postgresql", "web.calls"])
    ]
    assert "`networking.firewall.allowedTCPPorts = [ 5432 ];`" in advice[0].remedy[0]


def test_one_version_of_ip_that_is_open_is_enough(tmp_path: Path) -> None:
    listed = {"iptables -S": "-P INPUT DROP\n-A INPUT -i lo -j ACCEPT\n"}
    text = '{ a.x = 3000; a.y = { port = 3001; address = "0.0.0.0"; }; }'
    (advice,) = _advice(tmp_path, "firewall", text, programs=listed)
    assert _names(advice) == ["a.y"]


def test_a_firewall_that_closes_the_loopback_is_a_problem(tmp_path: Path) -> None:
    rules = "-P INPUT DROP\n-A INPUT -p tcp --dport 22 -j ACCEPT\n"
    listed = {"iptables -S": rules, "ip6tables -S": rules}
    (advice,) = _advice(tmp_path, "firewall", programs=listed)
    assert advice.level is Level.PROBLEM
    assert _names(advice) == ["databases.postgresql", "databases.redis", "web.api"]


def test_a_firewall_that_cannot_be_seen_is_not_called_well(tmp_path: Path) -> None:
    (user,) = _advice(tmp_path / "user", "firewall", files=USER)
    assert (user.level, "without root" in user.message) == (Level.UNSEEN, True)
    (bare,) = _advice(tmp_path / "bare", "firewall", programs={})
    assert (bare.level, "nft" in bare.message) == (Level.UNSEEN, True)


def test_a_socket_that_was_left_is_a_problem_only_where_the_next_server_stumbles() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        root = Path(folder)
        (root / "tmp").mkdir()
        for name in (".s.PGSQL.5432", ".s.PGSQL.5433"):
            with socket.socket(socket.AF_UNIX) as server:
                server.bind(f"{folder}/tmp/{name}")
        advice = _advice(root, "unix-sockets")
        assert [(item.level, _names(item)) for item in advice] == [
            (Level.NOTE, ["databases.postgresql"]),
            (Level.NOTE, []),
        ]
        assert advice[0].remedy == ("`rm -f /tmp/.s.PGSQL.5432 /tmp/.s.PGSQL.5432.lock`",)
        running = f"{os.getpid()}\n/var/lib/postgresql\n"
        lock = {"tmp/.s.PGSQL.5432.lock": running, f"proc/{os.getpid()}/comm": "other\n"}
        advice = _advice(root, "unix-sockets", files=lock)
        assert _levels(advice) == [Level.PROBLEM, Level.NOTE]
        assert f"process {os.getpid()}, which runs" in advice[0].message


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("127.0.0.1 localhost\n::1 localhost\n", [Level.OK]),
        ("127.0.0.1 localhost\nfe80::1%lo0 localhost\n::1 localhost\n", [Level.OK]),
        ("127.0.0.1 localhost\n", [Level.NOTE]),
        ("::1 localhost\n", [Level.PROBLEM]),
        ("", [Level.PROBLEM]),
        ("127.0.0.1 vm\n::1 vm\n", [Level.PROBLEM]),
        ("127.0.0.2 localhost\n::1 localhost\n", [Level.PROBLEM]),
        ("127.0.0.1 localhost\n::1 localhost\n10.0.0.4 localhost\n", [Level.PROBLEM]),
    ],
)
def test_localhost_is_the_loopback_in_both_versions(
    tmp_path: Path, text: str, levels: list[Level]
) -> None:
    assert _levels(_advice(tmp_path, "localhost", files={"etc/hosts": text})) == levels


def test_a_line_that_is_missing_harms_nobody_where_systemd_knows_the_name(tmp_path: Path) -> None:
    known = {"etc/hosts": "", "etc/nsswitch.conf": "hosts: mymachines resolve files myhostname\n"}
    assert _levels(_advice(tmp_path, "localhost", files=known)) == [Level.OK]
    wrong = {**known, "etc/hosts": "192.168.1.4 localhost\n"}
    assert _levels(_advice(tmp_path, "localhost", files=wrong)) == [Level.PROBLEM]


def test_ipv6_that_is_off_is_a_problem_for_entries_on_it(tmp_path: Path) -> None:
    off = {f"proc/sys/net/ipv6/conf/{name}/disable_ipv6": "1\n" for name in ("all", "lo", "eth0")}
    text = (
        '{ a.own = { port = 3000; address = "::1"; }; a.any = { port = 3001; address = "::"; }; }'
    )
    (advice,) = _advice(tmp_path, "ipv6", text, off)
    assert (advice.level, _names(advice)) == (Level.PROBLEM, ["a.own", "a.any"])
    assert _levels(_advice(tmp_path, "ipv6", files=off)) == [Level.NOTE]


def test_ipv6_that_is_off_on_one_interface_leaves_the_others(tmp_path: Path) -> None:
    off = {"proc/sys/net/ipv6/conf/eth0/disable_ipv6": "1\n"}
    text = (
        '{ a.own = { port = 3000; address = "::1"; }; a.any = { port = 3001; address = "::"; }; }'
    )
    assert _levels(_advice(tmp_path, "ipv6", text, off)) == [Level.OK]


def test_a_kernel_without_ipv6_is_a_problem_for_entries_on_it(tmp_path: Path) -> None:
    without = {name: text for name, text in HEALTHY.items() if "inet6" not in name}
    bare = machine(tmp_path, without)
    text = '{ a.own = { port = 3000; address = "::1"; }; }'
    with_entry = judge(bare, _registry(tmp_path, text), ())
    assert [item.level for name, item in with_entry.advice if name == "ipv6"] == [Level.PROBLEM]
    without_entry = judge(bare, _registry(tmp_path, _HERE), ())
    assert [item.level for name, item in without_entry.advice if name == "ipv6"] == [Level.NOTE]


def test_a_long_list_of_entries_is_shortened(tmp_path: Path) -> None:
    entries = _registry(
        tmp_path, f"{{ {''.join(f'a.e{n} = {n + 3000}; ' for n in range(9))} }}"
    ).entries
    assert format_entries(entries).endswith("a.e5 = 3005 and 3 more")
