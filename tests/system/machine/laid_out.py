"""Machines laid out in folders."""

from collections.abc import Mapping, Sequence

from port_registry.system.machine.machine import ProgramOutput, SystemFacts
from tests.project.made import write

HEALTHY = {
    "etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "etc/nsswitch.conf": "hosts: files dns\n",
    "proc/net/if_inet6": "00000000000000000000000000000001 01 80 10 80 lo\n",
    "proc/net/ip_tables_names": "",
    "proc/net/unix": "Num RefCount Protocol Flags Type St Inode Path\n",
    "proc/self/status": "Name:\tpython\nCapEff:\t000001ffffffffff\n",
    "proc/sys/kernel/osrelease": "6.18.0\n",
    "proc/sys/net/ipv4/ip_local_port_range": "32768\t60999\n",
    "proc/sys/net/ipv4/ip_local_reserved_ports": "\n",
    "proc/sys/net/ipv4/ip_unprivileged_port_start": "1024\n",
    "proc/sys/net/ipv6/conf/all/disable_ipv6": "0\n",
    "proc/sys/net/ipv6/conf/eth0/disable_ipv6": "0\n",
    "proc/sys/net/ipv6/conf/lo/disable_ipv6": "0\n",
}
"""A machine on which nothing is wrong."""

NO_FIREWALL = {"nft": '{"nftables": [{"metainfo": {"json_schema_version": 1}}]}'}

USER = {"proc/self/status": "Name:\tpython\nCapEff:\t0000000000000000\n"}
"""What differs for somebody who is not root."""


def machine(
    root: object,
    files: Mapping[str, str] = HEALTHY,
    programs: Mapping[str, str] = NO_FIREWALL,
    platform: str = "linux",
) -> SystemFacts:
    """Return a machine with these files, in which programs say what `programs` has for them.

    A program is known by the beginning of its command.
    """
    write(root, dict(files))

    def run(command: Sequence[str]) -> ProgramOutput | None:
        line = " ".join(command)
        for beginning, out in programs.items():
            if f"{line} ".startswith(f"{beginning} "):
                return ProgramOutput(0, out)
        return None

    return SystemFacts(str(root), platform, "web1.example.org", run)
