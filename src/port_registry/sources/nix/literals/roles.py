"""Roles of ports in a file, by the attributes above them."""

from functools import lru_cache

from port_registry.facts.words import word_set
from port_registry.model import Protocol, Role
from port_registry.sources.nix.literals.names import AddressKind, address_kind, name_words
from port_registry.sources.nix.module_facts import AttrPath
from port_registry.sources.shared.addresses import AddressReach

_OTHER_SERVICE_WORDS = word_set("names", "others")
"""Words of attributes for another service."""

_SERVED_PROTOCOLS = word_set("names", "served-protocols")
"""Those of them that a service may serve as well as use."""

_UNCLEAR_WORDS = word_set("names", "unclear")
_SERVING_WORDS = word_set("names", "serves")
_PROBE_WORDS = word_set("names", "probes")
_ADVERTISED = ("SSH_PORT",)
"""Settings (of gitea and forgejo) for the port that is shown to people."""
_INSTANCE_SETS = word_set("nixos", "instance-holders")
"""Attributes of a service whose own attributes have names that people chose."""
_CLIENTS = word_set("nixos", "client-programs")
"""Programs that only connect to ports."""
_SERVICE_SETS = ("services", "processes", "containers")
"""Attributes whose own attributes are services."""
_CONTAINER_WORDS = word_set("nixos", "about-containers")
_UDP_SETTINGS = word_set("nixos", "udp-settings")
_PLAIN_SCHEMES = ("", "tcp", "udp")
"""Schemes of addresses that are no URL of a page or an interface, which somebody asks."""


class PathContext:
    """The context in the attribute path of a place, without its last step, the label."""

    __slots__ = ("_above", "_service", "container", "probes", "protocol", "serves")

    def __init__(self, setting: AttrPath) -> None:
        above = [step for step in setting[:-1] if step is not None]
        self._service = _service_index(above)
        self._above = above
        steps = [name_words(step) | {step.lower()} for step in above[self._service + 1 :]]
        self.probes = any(not _PROBE_WORDS.isdisjoint(words) for words in steps)
        """Whether it belongs to a health check."""
        self.serves = any(not _SERVING_WORDS.isdisjoint(words) for words in steps[-3:])
        """Whether it belongs to a listener of a service."""
        self.container = any(_is_of_container(step) for step in above)
        """Whether it belongs to a container."""
        self.protocol = _protocol_of(above)

    def has_service(self) -> bool:
        """Return whether the path names the service that it is about."""
        return self._service >= 0

    def other_words(self, label: str) -> frozenset[str]:
        """Return the words of the path and of `label` that are not the service's own."""
        own: frozenset[str] = frozenset()
        below = self._above
        if self._service >= 0:
            own = name_words(self._above[self._service])
            below = self._above[self._service + 1 :]
        words = [
            name_words(step)
            for before, step in zip(["", *below], below, strict=False)
            if before not in _INSTANCE_SETS and step not in _INSTANCE_SETS
        ]
        words.append(name_words(label))
        return frozenset[str]().union(*words) - own

    def is_client(self) -> bool:
        """Return whether the path is about a program or an account that connects to others."""
        pairs = list(zip(self._above, self._above[1:], strict=False))
        return "accounts" in self._above or any(("programs", name) in pairs for name in _CLIENTS)

    def forwards(self) -> bool:
        """Return whether the path is about a forwarded port of the host, or an early shell."""
        above = self._above
        return above[-2:] == ["forwardPorts", "host"] or above[-3:] == ["initrd", "network", "ssh"]


@lru_cache(maxsize=512)
def path_context(setting: AttrPath) -> PathContext:
    """Return the context in the attribute path `setting`."""
    return PathContext(setting)


def _service_index(above: list[str]) -> int:
    """Return the index of the service in a path; -1 where it names none."""
    for index, step in enumerate(above[:-1]):
        if step in _SERVICE_SETS:
            return index + 1
    return -1


def _is_of_container(step: str) -> bool:
    lower = step.lower()
    words = name_words(step)
    if "process" in words:
        return False
    return (
        lower in ("container", "containers")
        or lower in _CONTAINER_WORDS
        or not _CONTAINER_WORDS.isdisjoint(words)
    )


def _protocol_of(above: list[str]) -> Protocol | None:
    for step in reversed(above):
        lower = step.lower()
        if lower in _UDP_SETTINGS:
            return Protocol.UDP
        if lower == "tcp":
            return Protocol.TCP
    return None


def role_of_port(setting: AttrPath, label: str, *, has_other_host: bool) -> Role:
    """Return the role of a number that is the value of an attribute named for a port.

    `has_other_host` is whether a host that is not one to listen on is next to it.
    """
    context = path_context(setting)
    if context.probes:
        return Role.PROBES
    if context.container:
        return Role.CONNECTS if context.other_words(label) & _OTHER_SERVICE_WORDS else Role.REPEATS
    if context.serves or address_kind(label) is AddressKind.LISTENS:
        return Role.LISTENS
    if context.is_client():
        return Role.CONNECTS
    if context.forwards() or label in _ADVERTISED:
        return Role.REPEATS
    others = context.other_words(label)
    if others & _OTHER_SERVICE_WORDS:
        only_label = others & _OTHER_SERVICE_WORDS <= name_words(label) & _SERVED_PROTOCOLS
        if only_label and not has_other_host:
            return Role.REPEATS
        return Role.CONNECTS if has_other_host or context.has_service() else Role.REPEATS
    if has_other_host:
        return Role.CONNECTS
    if not context.has_service() or others & _UNCLEAR_WORDS:
        return Role.REPEATS
    return Role.LISTENS


def role_of_address(setting: AttrPath, key: str, scheme: str, reach: AddressReach) -> Role:
    """Return the role of the port of an address that is the value of `key`."""
    context = path_context(setting)
    kind = address_kind(key)
    if context.probes:
        return Role.PROBES
    if context.container:
        return Role.CONNECTS if scheme or kind is AddressKind.CONNECTS else Role.REPEATS
    is_plain = scheme in _PLAIN_SCHEMES or reach is AddressReach.WILDCARD
    may_serve = is_plain and kind not in (AddressKind.OWN, AddressKind.CONNECTS)
    if kind is AddressKind.LISTENS or (context.serves and may_serve):
        return Role.LISTENS
    if kind is AddressKind.OWN:
        return Role.REPEATS
    if reach is AddressReach.WILDCARD:
        return Role.REPEATS if context.other_words("") & _OTHER_SERVICE_WORDS else Role.LISTENS
    others = context.other_words(key) & _OTHER_SERVICE_WORDS
    if kind is AddressKind.CONNECTS or others or scheme not in _PLAIN_SCHEMES:
        return Role.CONNECTS
    if kind is AddressKind.ADDRESS and reach is AddressReach.LOCAL and context.has_service():
        return Role.LISTENS
    return Role.REPEATS
