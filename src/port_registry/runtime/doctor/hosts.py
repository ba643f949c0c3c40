"""An `/etc/hosts` in which `localhost` is not this machine's loopback."""

from collections.abc import Iterator

from port_registry.runtime.doctor.advice import Advice, DoctorContext, Level, ok
from port_registry.system.machine import hosts
from port_registry.system.machine.hosts import Localhost

NAME: str = "localhost"

_IPV4, _IPV6 = "127.0.0.1", "::1"
_FILE = "/etc/hosts"


def check(case: DoctorContext) -> Iterator[Advice]:
    """Yield what is unusual about the name."""
    if case.machine.platform == "win32":
        return
    found = hosts.read(case.machine)
    if found is None:
        found = Localhost((), resolved_without_file=False)
    said = [*_elsewhere(found), *_missing(found)]
    yield from said or [ok(f"localhost is {_shown(found)}")]


def _elsewhere(found: Localhost) -> Iterator[Advice]:
    for number, address in found.lines:
        if not _is_loopback(address):
            yield Advice(
                Level.PROBLEM,
                f"{_FILE}:{number} says that localhost is {address}, which is not the loopback",
                (f"take localhost out of that line; `{_IPV4} localhost` is what it is",),
            )


def _missing(found: Localhost) -> Iterator[Advice]:
    if found.resolved_without_file:
        return
    has_ipv4 = any(address.startswith("127.") for address in found.addresses())
    if not has_ipv4:
        but = f" ({_IPV6} alone has it)" if _IPV6 in found.addresses() else ""
        yield Advice(
            Level.PROBLEM,
            f"{_FILE} has no line {_IPV4} localhost{but}: who connects to localhost does not"
            f" find what listens on {_IPV4}",
            (f"add `{_IPV4} localhost` to {_FILE}",),
        )
    elif _IPV4 not in found.addresses():
        yield Advice(
            Level.PROBLEM,
            f"{_FILE} says that localhost is {_shown(found)}, not {_IPV4}: who connects to"
            f" localhost does not find what listens on {_IPV4} alone",
            (f"add `{_IPV4} localhost` to {_FILE}",),
        )
    if has_ipv4 and _IPV6 not in found.addresses():
        yield Advice(
            Level.NOTE,
            f"{_FILE} has no line {_IPV6} localhost: who connects to localhost does not find"
            f" what listens on {_IPV6} alone",
            (f"add `{_IPV6} localhost` to {_FILE}, or let services listen on {_IPV4}",),
        )


def _shown(found: Localhost) -> str:
    return " and ".join(dict.fromkeys(found.addresses())) or "known without a line in /etc/hosts"


def _is_loopback(address: str) -> bool:
    # macOS has had `fe80::1%lo0 localhost` for years.
    return address.startswith(("127.", "fe80::1%lo")) or address == _IPV6
