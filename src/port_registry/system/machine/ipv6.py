"""Whether IPv6 works (Linux: `net.ipv6.conf.*.disable_ipv6`)."""

import os
from typing import NamedTuple

from port_registry.system.machine.machine import SystemFacts

_FOLDER = "proc/sys/net/ipv6/conf"
_TEMPLATES = ("all", "default")
"""What is in the folder beside the interfaces."""


class Ipv6(NamedTuple):
    """What is known of IPv6."""

    in_kernel: bool
    on: tuple[str, ...]
    """The interfaces that have it."""
    off: tuple[str, ...]
    """Those for which it is disabled."""


def read(machine: SystemFacts) -> Ipv6 | None:
    """Return what is known; None where the system does not say."""
    if not machine.is_linux():
        return None
    if machine.text("proc/net/if_inet6") is None:
        return Ipv6(in_kernel=False, on=(), off=())
    try:
        names = sorted(os.listdir(machine.path(_FOLDER)))
    except OSError:
        return None
    said = {name: machine.text(f"{_FOLDER}/{name}/disable_ipv6") for name in names}
    disabled = {name for name, text in said.items() if (text or "").strip() == "1"}
    interfaces = [name for name in names if name not in _TEMPLATES]
    return Ipv6(
        in_kernel=True,
        on=tuple(name for name in interfaces if name not in disabled),
        off=tuple(name for name in interfaces if name in disabled),
    )
