"""What a file does with a port, by the attributes that it stands below."""

from functools import lru_cache

from port_registry.facts.words import word_set
from port_registry.model import Protocol, Role
from port_registry.sources.nix.literals.names import AddressKind, kind_of, parts
from port_registry.sources.nix.module_facts import AttrPath
from port_registry.sources.shared.addresses import AddressReach

_OTHERS = word_set("names", "others")
"""Words of attributes below which another service is spoken of."""

_PROTOCOLS = word_set("names", "served-protocols")
"""Those of them that a service may serve as well as use."""

_UNCLEAR = word_set("names", "unclear")
_SERVES = word_set("names", "serves")
_PROBES = word_set("names", "probes")
_ADVERTISED = ("SSH_PORT",)
"""Settings (of gitea and forgejo) that say what is shown to people, not what is taken."""
_NAMED = word_set("nixos", "instance-holders")
"""Attributes of a service whose own attributes have names that people chose."""
_CLIENTS = word_set("nixos", "client-programs")
"""Programs whose ports are those of others."""
_HOLDERS = ("services", "processes", "containers")
"""Attributes whose own attributes are services."""
_INSIDE = word_set("nixos", "about-containers")
_UDP = word_set("nixos", "udp-settings")


class LiteralSurroundings:
    """What the attribute path of a place says; the last step is left to its label."""

    __slots__ = ("_above", "_service", "container", "probes", "protocol", "serves")

    def __init__(self, setting: AttrPath) -> None:
        above = [step for step in setting[:-1] if step is not None]
        self._service = _service_at(above)
        self._above = above
        found = [parts(step) | {step.lower()} for step in above[self._service + 1 :]]
        self.probes = any(not _PROBES.isdisjoint(one) for one in found)
        """Whether it belongs to a check of health."""
        self.serves = any(not _SERVES.isdisjoint(one) for one in found[-3:])
        """Whether it belongs to what a service listens on."""
        self.container = any(_is_inside(step) for step in above)
        """Whether it is said of a container."""
        self.protocol = _protocol_of(above)

    def has_service(self) -> bool:
        """Return whether the path names the service that it is about."""
        return self._service >= 0

    def others(self, label: str) -> frozenset[str]:
        """Return the words that speak of another service than that of the path."""
        own: frozenset[str] = frozenset()
        below = self._above
        if self._service >= 0:
            own = parts(self._above[self._service])
            below = self._above[self._service + 1 :]
        said = [
            parts(step)
            for before, step in zip(["", *below], below, strict=False)
            if before not in _NAMED and step not in _NAMED
        ]
        said.append(parts(label))
        return frozenset[str]().union(*said) - own

    def is_client(self) -> bool:
        """Return whether the path is about a program or an account that asks others."""
        pairs = list(zip(self._above, self._above[1:], strict=False))
        return "accounts" in self._above or any(("programs", name) in pairs for name in _CLIENTS)

    def forwards(self) -> bool:
        """Return whether the path is about a forwarded port of the host, or an early shell."""
        above = self._above
        return above[-2:] == ["forwardPorts", "host"] or above[-3:] == ["initrd", "network", "ssh"]


@lru_cache(maxsize=512)
def surroundings(setting: AttrPath) -> LiteralSurroundings:
    """Return what the attribute path `setting` says."""
    return LiteralSurroundings(setting)


def _service_at(above: list[str]) -> int:
    """Return where the name of the service stands that a path is about; -1 where nowhere."""
    for at, step in enumerate(above[:-1]):
        if step in _HOLDERS:
            return at + 1
    return -1


def _is_inside(step: str) -> bool:
    lower = step.lower()
    found = parts(step)
    if "process" in found:
        return False
    return lower in ("container", "containers") or lower in _INSIDE or not _INSIDE.isdisjoint(found)


def _protocol_of(above: list[str]) -> Protocol | None:
    for step in reversed(above):
        lower = step.lower()
        if lower in _UDP:
            return Protocol.UDP
        if lower == "tcp":
            return Protocol.TCP
    return None


def role_of_port(setting: AttrPath, label: str, *, hosted: bool) -> Role:
    """Return the role of a number given to an attribute that is named for a port.

    `hosted` tells that a host stands beside it that is not one to listen on.
    """
    around = surroundings(setting)
    if around.probes:
        return Role.PROBES
    if around.container:
        return Role.CONNECTS if around.others(label) & _OTHERS else Role.REPEATS
    if around.serves or kind_of(label) is AddressKind.LISTENS:
        return Role.LISTENS
    if around.is_client():
        return Role.CONNECTS
    if around.forwards() or label in _ADVERTISED:
        return Role.REPEATS
    others = around.others(label)
    if others & _OTHERS:
        only_label = others & _OTHERS <= parts(label) & _PROTOCOLS
        if only_label and not hosted:
            return Role.REPEATS
        return Role.CONNECTS if hosted or around.has_service() else Role.REPEATS
    if hosted:
        return Role.CONNECTS
    if not around.has_service() or others & _UNCLEAR:
        return Role.REPEATS
    return Role.LISTENS


def role_of_address(setting: AttrPath, key: str, scheme: str, reach: AddressReach) -> Role:
    """Return the role of the port of an address that the name `key` holds."""
    around = surroundings(setting)
    kind = kind_of(key)
    if around.probes:
        return Role.PROBES
    if around.container:
        return Role.CONNECTS if scheme or kind is AddressKind.CONNECTS else Role.REPEATS
    if kind is AddressKind.LISTENS or (around.serves and kind is not AddressKind.OWN):
        return Role.LISTENS
    if kind is AddressKind.OWN:
        return Role.REPEATS
    if reach is AddressReach.WILDCARD:
        return Role.REPEATS if around.others("") & _OTHERS else Role.LISTENS
    others = around.others(key) & _OTHERS
    if kind is AddressKind.CONNECTS or others or scheme not in ("", "tcp", "udp"):
        return Role.CONNECTS
    if kind is AddressKind.ADDRESS and reach is AddressReach.LOCAL and around.has_service():
        return Role.LISTENS
    return Role.REPEATS
