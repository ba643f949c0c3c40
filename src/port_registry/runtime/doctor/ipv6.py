"""Check for entries on IPv6 addresses where IPv6 is disabled (`net.ipv6.conf.*.disable_ipv6`)."""

import os
from collections.abc import Iterator

from port_registry.model import NamedTuple
from port_registry.runtime.doctor.advice import Advice, DoctorContext, Level, format_entries, ok
from port_registry.system.machine.machine import SystemFacts

NAME: str = "ipv6"

_FOLDER = "proc/sys/net/ipv6/conf"
_TEMPLATES = ("all", "default")
"""What is in the folder besides the interfaces."""

_MAX_NAMED = 4
_LOOPBACK = "lo"


class Ipv6Support(NamedTuple):
    """Where IPv6 is enabled."""

    in_kernel: bool
    enabled: tuple[str, ...]
    """The interfaces with IPv6."""
    disabled: tuple[str, ...]
    """The interfaces without."""


def check(context: DoctorContext) -> Iterator[Advice]:
    """Yield the entries that cannot be listened on, or cannot be reached."""
    support = read(context.machine)
    if support is None:
        return
    entries = [entry for entry in context.entries if ":" in (entry.address or "")]
    if not support.in_kernel and entries:
        yield Advice(
            Level.PROBLEM,
            f"the kernel has no IPv6, so that nothing can listen on {format_entries(entries)}",
            (
                "start Linux without `ipv6.disable=1` (NixOS: `networking.enableIPv6 = true;`)",
                "give the entry an IPv4 address",
            ),
            tuple(entries),
        )
        return
    if not support.in_kernel:
        yield Advice(Level.NOTE, "the kernel has no IPv6: nothing can listen on ::1 or ::")
        return
    if support.enabled and _LOOPBACK not in support.disabled:
        others = "and on other interfaces" if len(support.enabled) > 1 else "only"
        yield ok(f"IPv6 works on the loopback {others}")
        return
    unusable_addresses = ["::1"] if _LOOPBACK in support.disabled else []
    unusable_addresses += [] if support.enabled else ["::"]
    unusable = [entry for entry in entries if entry.address in unusable_addresses]
    interfaces = ", ".join(support.disabled[:_MAX_NAMED])
    if len(support.disabled) > _MAX_NAMED:
        interfaces += " …"
    remedy = ("`sysctl -w net.ipv6.conf.all.disable_ipv6=0`",)
    if unusable:
        yield Advice(
            Level.PROBLEM,
            f"IPv6 is disabled on {interfaces}: {format_entries(unusable)}",
            (*remedy, "give the entry an IPv4 address"),
            tuple(unusable),
        )
    else:
        yield Advice(
            Level.NOTE, f"IPv6 is disabled on {interfaces}: nothing can listen on ::1", remedy
        )


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
