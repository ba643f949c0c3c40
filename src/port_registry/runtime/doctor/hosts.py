"""Check that `localhost` is the loopback in `/etc/hosts` (hosts(5), nsswitch.conf(5))."""

from collections.abc import Iterator

from port_registry.model import NamedTuple
from port_registry.runtime.doctor.advice import Advice, DoctorContext, Level, ok
from port_registry.system.machine.machine import SystemFacts

NAME: str = "localhost"

_ANSWERS = ("myhostname", "resolve")
"""Sources of names that resolve `localhost` themselves (nss-myhostname(8), nss-resolve(8))."""

_IPV4, _IPV6 = "127.0.0.1", "::1"
_FILE = "/etc/hosts"


class Localhost(NamedTuple):
    """The addresses of `localhost` in the file."""

    lines: tuple[tuple[int, str], ...]
    """The line and the address of each."""
    resolved_without_file: bool
    """Whether the system resolves the name without the file."""


def check(context: DoctorContext) -> Iterator[Advice]:
    """Yield the addresses of `localhost` that are wrong or missing."""
    if context.machine.platform == "win32":
        return
    localhost = read(context.machine) or Localhost((), resolved_without_file=False)
    addresses = tuple(address for _, address in localhost.lines)
    shown = " and ".join(dict.fromkeys(addresses)) or "resolved without a line in /etc/hosts"
    advice = [
        Advice(
            Level.PROBLEM,
            f"{_FILE}:{number} says that localhost is {address}, which is not the loopback",
            (f"remove localhost from that line; the right one is `{_IPV4} localhost`",),
        )
        for number, address in localhost.lines
        if not (address.startswith(("127.", "fe80::1%lo")) or address == _IPV6)
    ]
    if not localhost.resolved_without_file:
        advice += _missing(addresses, shown)
    yield from advice or [ok(f"localhost is {shown}")]


def _missing(addresses: tuple[str, ...], shown: str) -> Iterator[Advice]:
    """Yield what clients miss where `localhost` is only at `addresses`."""
    has_ipv4 = any(address.startswith("127.") for address in addresses)
    remedy = (f"add `{_IPV4} localhost` to {_FILE}",)
    if not has_ipv4:
        ipv6_note = f" (only {_IPV6} has one)" if _IPV6 in addresses else ""
        yield Advice(
            Level.PROBLEM,
            f"{_FILE} has no line {_IPV4} localhost{ipv6_note}: clients of localhost do not"
            f" reach what listens on {_IPV4}",
            remedy,
        )
    elif _IPV4 not in addresses:
        yield Advice(
            Level.PROBLEM,
            f"{_FILE} says that localhost is {shown}, not {_IPV4}: clients of"
            f" localhost do not reach what listens on {_IPV4} only",
            remedy,
        )
    if has_ipv4 and _IPV6 not in addresses:
        yield Advice(
            Level.NOTE,
            f"{_FILE} has no line {_IPV6} localhost: clients of localhost do not reach"
            f" what listens on {_IPV6} only",
            (f"add `{_IPV6} localhost` to {_FILE}, or let services listen on {_IPV4}",),
        )


def read(machine: SystemFacts) -> Localhost | None:
    """Return what the file says; None where it cannot be read."""
    text = machine.text("etc/hosts")
    if text is None:
        return None
    lines: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        address, *names = line.partition("#")[0].split() or [""]
        if "localhost" in (name.lower() for name in names):
            lines.append((number, address))
    return Localhost(tuple(lines), _known_anyhow(machine))


def _known_anyhow(machine: SystemFacts) -> bool:
    if not machine.is_linux():
        return True
    for line in (machine.text("etc/nsswitch.conf") or "").splitlines():
        name, _, sources = line.partition("#")[0].partition(":")
        if name.strip() == "hosts":
            return any(source in _ANSWERS for source in sources.split())
    return False
