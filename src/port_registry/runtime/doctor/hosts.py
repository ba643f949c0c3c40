"""Check that `localhost` is this machine's loopback in `/etc/hosts`."""

from collections.abc import Iterator

from port_registry.runtime.doctor.advice import Advice, DoctorContext, Level, ok
from port_registry.system.machine import hosts
from port_registry.system.machine.hosts import Localhost

NAME: str = "localhost"

_IPV4, _IPV6 = "127.0.0.1", "::1"
_FILE = "/etc/hosts"


def check(context: DoctorContext) -> Iterator[Advice]:
    """Yield the addresses of `localhost` that are wrong or missing."""
    if context.machine.platform == "win32":
        return
    localhost = hosts.read(context.machine)
    if localhost is None:
        localhost = Localhost((), resolved_without_file=False)
    advice = [*_elsewhere(localhost), *_missing(localhost)]
    yield from advice or [ok(f"localhost is {_shown(localhost)}")]


def _elsewhere(localhost: Localhost) -> Iterator[Advice]:
    for number, address in localhost.lines:
        if not _is_loopback(address):
            yield Advice(
                Level.PROBLEM,
                f"{_FILE}:{number} says that localhost is {address}, which is not the loopback",
                (f"remove localhost from that line; the right one is `{_IPV4} localhost`",),
            )


def _missing(localhost: Localhost) -> Iterator[Advice]:
    if localhost.resolved_without_file:
        return
    has_ipv4 = any(address.startswith("127.") for address in localhost.addresses())
    if not has_ipv4:
        ipv6_note = f" (only {_IPV6} has one)" if _IPV6 in localhost.addresses() else ""
        yield Advice(
            Level.PROBLEM,
            f"{_FILE} has no line {_IPV4} localhost{ipv6_note}: clients of localhost do not"
            f" reach what listens on {_IPV4}",
            (f"add `{_IPV4} localhost` to {_FILE}",),
        )
    elif _IPV4 not in localhost.addresses():
        yield Advice(
            Level.PROBLEM,
            f"{_FILE} says that localhost is {_shown(localhost)}, not {_IPV4}: clients of"
            f" localhost do not reach what listens on {_IPV4} only",
            (f"add `{_IPV4} localhost` to {_FILE}",),
        )
    if has_ipv4 and _IPV6 not in localhost.addresses():
        yield Advice(
            Level.NOTE,
            f"{_FILE} has no line {_IPV6} localhost: clients of localhost do not reach"
            f" what listens on {_IPV6} only",
            (f"add `{_IPV6} localhost` to {_FILE}, or let services listen on {_IPV4}",),
        )


def _shown(localhost: Localhost) -> str:
    return (
        " and ".join(dict.fromkeys(localhost.addresses()))
        or "resolved without a line in /etc/hosts"
    )


def _is_loopback(address: str) -> bool:
    # macOS has had `fe80::1%lo0 localhost` for years.
    return address.startswith(("127.", "fe80::1%lo")) or address == _IPV6
