"""Addresses of `localhost` in `/etc/hosts` (hosts(5), nsswitch.conf(5))."""

from typing import NamedTuple

from port_registry.system.machine.machine import SystemFacts

_ANSWERS = ("myhostname", "resolve")
"""Sources of names that resolve `localhost` themselves (nss-myhostname(8), nss-resolve(8))."""


class Localhost(NamedTuple):
    """The addresses of `localhost` in the file."""

    lines: tuple[tuple[int, str], ...]
    """The line and the address of each."""
    resolved_without_file: bool
    """Whether the system resolves the name without the file."""

    def addresses(self) -> tuple[str, ...]:
        """Return the addresses, without their lines."""
        return tuple(address for _, address in self.lines)


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
