"""What rules come to, in the words of `nft -j list ruleset` and of `iptables -S`."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from port_registry.system.machine import firewall
from port_registry.system.machine.firewall import Firewall, nft
from port_registry.system.machine.firewall.rules import Family, Packet, PacketOrigin
from port_registry.system.machine.machine import ProgramOutput, this_machine
from tests.system.machine.laid_out import HEALTHY, USER, machine

_IPTABLES = """
-P INPUT ACCEPT
-P FORWARD ACCEPT
-N nixos-fw
-N nixos-fw-accept
-N nixos-fw-log-refuse
-N nixos-fw-refuse
-A INPUT -j nixos-fw
-A nixos-fw -i lo -j nixos-fw-accept
-A nixos-fw -m conntrack --ctstate RELATED,ESTABLISHED -j nixos-fw-accept
-A nixos-fw -p tcp -m tcp --dport 22 -j nixos-fw-accept
-A nixos-fw -p tcp -m multiport --dports 80,8000:8010 -j nixos-fw-accept
-A nixos-fw -i wg0 -p udp -m udp --dport 53 -j nixos-fw-accept
-A nixos-fw -s 10.0.0.0/8 -p tcp -m tcp --dport 5432 -m comment --comment "the office" -j ACCEPT
-A nixos-fw -p icmp -m icmp --icmp-type 8 -j nixos-fw-accept
-A nixos-fw -p tcp -m tcp ! --dport 1:9999 -j nixos-fw-accept
-A nixos-fw -j nixos-fw-log-refuse
-A nixos-fw-accept -j ACCEPT
-A nixos-fw-log-refuse -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j LOG --log-prefix "refused: "
-A nixos-fw-log-refuse -m pkttype ! --pkt-type unicast -j nixos-fw-refuse
-A nixos-fw-log-refuse -j nixos-fw-refuse
-A nixos-fw-refuse -j DROP
"""

_NFT = """
table inet fw {
  set more { type inet_service; flags interval; elements = { 8000-8010 }; }
  chain input {
    type filter hook input priority filter; policy drop;
    iifname "lo" accept
    ct state vmap { invalid : drop, established : accept, new : jump allow, untracked : jump allow }
    tcp flags & (fin | syn | rst | ack) == syn log prefix "refused: "
  }
  chain allow {
    tcp dport { 22, 80 } accept
    tcp dport @more accept
    iifname "wg0" udp dport 53 accept
    ip saddr 10.0.0.0/8 tcp dport 5432 accept
    icmp type echo-request limit rate 1/second accept
    meta l4proto tcp th dport 10000-65535 accept
  }
}
"""


def _newcomer(
    port: int,
    protocol: str = "tcp",
    family: Family = Family.IPV4,
    origin: PacketOrigin = PacketOrigin.ELSEWHERE,
) -> Packet:
    return Packet(protocol, port, family, origin)


def _judge_like_a_person(found: Firewall) -> None:
    """Ask for what both rulesets above come to."""
    for port in (22, 80, 8000, 8010, 5432, 12000):
        assert not found.blocks(_newcomer(port)), port
    for port in (23, 53, 81, 7999, 8011, 6379):
        assert found.blocks(_newcomer(port)), port
    assert found.blocks(_newcomer(22, "udp"))
    assert not found.blocks(_newcomer(53, "udp"))
    for port in (23, 6379):
        assert not found.blocks(_newcomer(port, origin=PacketOrigin.HERE)), port


def _real(*names: str) -> list[str]:
    """Return where the programs are; skip the test if one of them is missing."""
    path = "/usr/sbin:/sbin:/usr/bin:/bin"
    found = [shutil.which(name) or shutil.which(name, path=path) for name in names]
    for name, place in zip(names, found, strict=True):
        if place is None:
            pytest.skip(f"{name} is not installed")
    return [place for place in found if place is not None]


def _apart(script: str, *arguments: str) -> str:
    """Return what a script says in a network namespace of its own."""
    (unshare,) = _real("unshare")
    try_it = subprocess.run([unshare, "-n", "true"], capture_output=True, timeout=60)
    if try_it.returncode != 0:
        pytest.skip("network namespaces cannot be made here")
    done = subprocess.run(
        [unshare, "-n", "sh", "-ec", script, "sh", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_iptables_as_nixos_writes_it(tmp_path: Path) -> None:
    listed = {"iptables -S": _IPTABLES, "ip6tables -S": _IPTABLES}
    found = firewall.read(machine(tmp_path, programs=listed))
    assert found is not None
    _judge_like_a_person(found)
    assert found.blocks(_newcomer(6379, family=Family.IPV6))


def test_iptables_closes_its_own_version_of_ip_alone(tmp_path: Path) -> None:
    found = firewall.read(machine(tmp_path, programs={"iptables -S": "-P INPUT DROP\n"}))
    assert found is not None
    assert found.blocks(_newcomer(22))
    assert not found.blocks(_newcomer(22, family=Family.IPV6))


@pytest.mark.parametrize(
    ("rules", "closed"),
    [
        ("-P INPUT DROP\n-A INPUT -p udp -j ACCEPT\n", True),
        ("-P INPUT DROP\n-A INPUT -j ACCEPT\n", False),
        ("-P INPUT DROP\n-A INPUT ! -p udp -j ACCEPT\n", False),
        ("-P INPUT DROP\n-A INPUT -m set --match-set office src -j ACCEPT\n", False),
        ("-P INPUT DROP\n-A INPUT -j NFQUEUE --queue-num 0\n", False),
        ("-P INPUT DROP\n-A INPUT -j LOG\n", True),
        ("-P INPUT DROP\n-N a\n-A INPUT -j a\n-A a -j RETURN\n", True),
        ("-P INPUT ACCEPT\n-A INPUT -p tcp -j REJECT --reject-with tcp-reset\n", True),
        ("-P INPUT ACCEPT\n-A INPUT -s 10.0.0.1/32 -j DROP\n", False),
        ("-P INPUT ACCEPT\n-A INPUT -i eth0 -j DROP\n", False),
        ("-P INPUT ACCEPT\n-A INPUT ! -i lo -j DROP\n", True),
        ("-P INPUT ACCEPT\n-A INPUT -i e+ -j DROP\n", False),
        ("-P INPUT ACCEPT\n-N a\n-A INPUT -g a\n-A a -p udp -j DROP\n", False),
        ("-P INPUT DROP\n-N a\n-A INPUT -g a\n-A INPUT -j ACCEPT\n", True),
        ("-P INPUT DROP\n-A INPUT -d 127.0.0.1/32 -j ACCEPT\n", True),
        ("-P INPUT DROP\n-A INPUT -m conntrack --ctstate NEW -j ACCEPT\n", False),
        ('-P INPUT DROP\n-A INPUT -m comment --comment "not closed\n', True),
        ("", False),
    ],
)
def test_a_port_is_closed_only_where_nothing_lets_anyone_in(
    tmp_path: Path, rules: str, closed: bool
) -> None:
    found = firewall.read(machine(tmp_path, programs={"iptables -S": rules}))
    assert found is not None
    assert found.blocks(_newcomer(8080)) is closed


def test_many_jumps_take_no_time(tmp_path: Path) -> None:
    chains = "".join(f"-N c{number}\n" for number in range(60))
    jumps = "".join(f"-A c{number} -j c{number + 1}\n" * 3 for number in range(59))
    rules = f"-P INPUT DROP\n{chains}-A INPUT -j c0\n{jumps}"
    found = firewall.read(machine(tmp_path, programs={"iptables -S": rules}))
    assert found is not None
    assert found.blocks(_newcomer(8080))


def test_chains_that_jump_in_a_circle_end(tmp_path: Path) -> None:
    rules = "-P INPUT DROP\n-N a\n-N b\n-A INPUT -j a\n-A a -j b\n-A b -j a\n"
    found = firewall.read(machine(tmp_path, programs={"iptables -S": rules}))
    assert found is not None
    assert not found.blocks(_newcomer(8080))


def test_without_rules_everyone_gets_in(tmp_path: Path) -> None:
    found = firewall.read(machine(tmp_path))
    assert found == Firewall(())
    assert not found.blocks(_newcomer(8080))


def test_without_root_or_a_program_nothing_is_known(tmp_path: Path) -> None:
    assert firewall.read(machine(tmp_path / "user", {**HEALTHY, **USER})) is None
    assert firewall.read(machine(tmp_path / "bare", programs={})) is None
    assert firewall.read(machine(tmp_path / "mac", platform="darwin")) is None


def test_iptables_is_not_run_where_nft_says_it_all(tmp_path: Path) -> None:
    programs_run: list[str] = []
    base = machine(tmp_path)

    def run(command: object) -> ProgramOutput | None:
        assert isinstance(command, tuple)
        programs_run.append(command[0])
        return base.run(command)

    firewall.read(base._replace(run=run))
    assert programs_run == ["nft"]


def test_the_older_tables_are_asked_for_too(tmp_path: Path) -> None:
    both = {"nft": '{"nftables": []}', "iptables -S": "-P INPUT DROP\n"}
    tables = {"proc/net/ip_tables_names": "nat\nfilter\n"}
    found = firewall.read(machine(tmp_path, {**HEALTHY, **tables}, both))
    assert found is not None
    assert found.blocks(_newcomer(22))


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "[" * 20_000, '{"nftables": 3}'])
def test_what_is_no_ruleset_is_none(text: str) -> None:
    assert nft.hook_chains(text) is None


@pytest.mark.parametrize(
    "expression",
    [
        [{"queue": {"num": 0}}],
        [{"xt": {"type": "target", "name": "ULOG"}}],
        [{"vmap": {"key": {"ct": {"key": "state"}}, "data": "@somewhere"}}],
        [{"match": {"op": "in", "left": {"ct": {"key": "state"}}, "right": 7}}, {"accept": None}],
        [{"match": {"op": ">", "left": {"meta": {"key": "mark"}}, "right": 7}}, {"accept": None}],
        [
            {
                "match": {
                    "op": "==",
                    "left": {"payload": {"protocol": "tcp", "field": "dport"}},
                    "right": "@missing",
                }
            },
            {"accept": None},
        ],
        [{"jump": {"target": "missing"}}],
    ],
)
def test_what_cannot_be_told_of_a_rule_may_let_in(expression: object) -> None:
    place = {"family": "inet", "table": "fw"}
    chain = {**place, "name": "input", "type": "filter", "hook": "input", "policy": "drop"}
    rule = {**place, "chain": "input", "expr": expression}
    closed = nft.hook_chains(json.dumps({"nftables": [{"chain": chain}]}))
    opened = nft.hook_chains(json.dumps({"nftables": [{"chain": chain}, {"rule": rule}]}))
    assert closed is not None
    assert opened is not None
    assert Firewall(closed).blocks(_newcomer(22))
    assert not Firewall(opened).blocks(_newcomer(22))


def test_the_real_nft(tmp_path: Path) -> None:
    (program,) = _real("nft")
    (tmp_path / "rules").write_text(_NFT, encoding="utf-8")
    listed = _apart('"$1" -f "$2" && "$1" -j list ruleset', program, str(tmp_path / "rules"))
    found = firewall.read(machine(tmp_path, programs={"nft": listed}))
    assert found is not None
    _judge_like_a_person(found)


def test_the_real_iptables(tmp_path: Path) -> None:
    (program,) = _real("iptables-restore")
    (lister,) = _real("iptables")
    rules = _IPTABLES.replace("-P INPUT ACCEPT", ":INPUT ACCEPT").replace(
        "-P FORWARD ACCEPT", ":FORWARD ACCEPT"
    )
    lines = [
        f":{line.removeprefix('-N ')} -" if line.startswith("-N ") else line
        for line in rules.strip().splitlines()
    ]
    (tmp_path / "rules").write_text("\n".join(["*filter", *lines, "COMMIT", ""]), encoding="utf-8")
    listed = _apart('"$1" < "$3" && "$2" -S', program, lister, str(tmp_path / "rules"))
    found = firewall.read(machine(tmp_path, programs={"iptables -S": listed}))
    assert found is not None
    _judge_like_a_person(found)


def test_this_machines_own_rules_are_read_or_unknown() -> None:
    found = firewall.read(this_machine())
    assert found is None or not found.blocks(_newcomer(1, "udp", origin=PacketOrigin.HERE))
