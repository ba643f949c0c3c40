"""Support of IPv6 (Linux: `net.ipv6.conf.*.disable_ipv6`)."""

import os
from typing import NamedTuple

from port_registry.system.machine.machine import SystemFacts

_FOLDER = "proc/sys/net/ipv6/conf"
_TEMPLATES = ("all", "default")
"""What is in the folder besides the interfaces."""


class Ipv6Support(NamedTuple):
    """Where IPv6 is enabled."""

    in_kernel: bool
    enabled: tuple[str, ...]
    """The interfaces with IPv6."""
    disabled: tuple[str, ...]
    """The interfaces without."""


def read(machine: SystemFacts) -> Ipv6Support | None:
    """Return where IPv6 is enabled; None where the system does not tell."""
    if not machine.is_linux():
        return None
    if machine.text("proc/net/if_inet6") is None:
        return Ipv6Support(in_kernel=False, enabled=(), disabled=())
    try:
        names = sorted(os.listdir(machine.path(_FOLDER)))
    except OSError:
        return None
    settings = {name: machine.text(f"{_FOLDER}/{name}/disable_ipv6") for name in names}
    disabled = {name for name, text in settings.items() if (text or "").strip() == "1"}
    interfaces = [name for name in names if name not in _TEMPLATES]
    return Ipv6Support(
        in_kernel=True,
        enabled=tuple(name for name in interfaces if name not in disabled),
        disabled=tuple(name for name in interfaces if name in disabled),
    )
