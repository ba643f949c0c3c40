"""Names of attributes, variables and flags for ports and addresses."""

from enum import Enum
from functools import cache

from port_registry.facts.identifiers import split
from port_registry.facts.words import word_set

_HARDWARE_WORDS = word_set("names", "hardware-before-port")
"""Words before `port` where it is not a network port."""

_ABOUT_PORTS = word_set("names", "about-ports")
"""Words of names that mention ports and hold something else."""

_FUNCTION_VERBS = word_set("names", "function-verbs")
"""First words of names of functions and switches."""

_JOINED_NAMES = word_set("names", "joined-ports")
"""Names in one word."""

_AFTER_PORT = word_set("names", "after-port")
"""Words that may be after `port` in a longer name."""

_NOT_PORTS_OF_TABLE = word_set("names", "next-to-ports")
"""Names in a table of ports of what is not a port."""


@cache
def name_words(name: str) -> frozenset[str]:
    """Return the words of `name`."""
    return frozenset(split(name))


@cache
def is_port(name: str) -> bool:
    """Return whether `name` is that of a port, or of several: `port`, `httpPort`, `DB_PORT`."""
    lower = name.lower()
    if "port" not in lower:
        return False
    words = split(name)
    if not words or words[0] in _FUNCTION_VERBS or not _ABOUT_PORTS.isdisjoint(words):
        return False
    if words[-1] in ("port", "ports") or words[-1] in _JOINED_NAMES:
        return words[-2:-1] == [] or words[-2] not in _HARDWARE_WORDS
    index = words.index("port") if "port" in words else -1
    return index == 0 or (index > 0 and _AFTER_PORT.issuperset(words[index + 1 :]))


@cache
def is_port_range(name: str) -> bool:
    """Return whether `name` is that of ranges of ports, `allowedTCPPortRanges`."""
    words = split(name)
    return words[-1:] in (["range"], ["ranges"]) and not {"port", "ports"}.isdisjoint(words)


@cache
def opens_firewall(name: str) -> bool:
    """Return whether `name` is that of the ports that a firewall lets in."""
    words = name_words(name)
    return "allowed" in words and not {"port", "ports"}.isdisjoint(words)


@cache
def publishes_ports(name: str) -> bool:
    """Return whether `name` is that of ports of a container, each with one of the host."""
    words = name_words(name)
    return (
        name.lower() in ("ports", "publish")
        or ("publish" in words and not {"port", "ports"}.isdisjoint(words))
        or (bool({"port", "ports"} & words) and bool({"mapping", "mappings"} & words))
        or (name.lower() == "forwardports")
    )


@cache
def is_inner_port(name: str) -> bool:
    """Return whether `name` is that of a port inside a container or another machine."""
    words = name_words(name)
    if "loadbalancer.server.port" in name.lower():
        return True
    return not {"container", "guest", "target"}.isdisjoint(words) and "port" in words


@cache
def is_port_of_table(name: str) -> bool:
    """Return whether an attribute of a table of ports is a port, and not something else."""
    return _NOT_PORTS_OF_TABLE.isdisjoint(split(name)) and name.lower() not in _NOT_PORTS_OF_TABLE


class AddressKind(Enum):
    """The kind of address that a name is for."""

    LISTENS = "listens"
    CONNECTS = "connects"
    OWN = "own"
    """The address by which others know the service."""
    ADDRESS = "address"
    """Any address."""
    NOTHING = "nothing"
    """The name is not for an address."""


_LISTENS = word_set("names", "listen-addresses")
_CONNECTS = word_set("names", "connect-addresses")
_OWN = word_set("names", "own-address-options")
_URLS = word_set("names", "urls")
_ADDRESSES = word_set("names", "address-words")


@cache
def address_kind(name: str) -> AddressKind:
    """Return the kind of address that `name` is for."""
    words = name_words(name)
    if not _LISTENS.isdisjoint(words):
        return AddressKind.LISTENS
    if not _OWN.isdisjoint(words) and not _URLS.isdisjoint(words):
        return AddressKind.OWN
    if not _CONNECTS.isdisjoint(words):
        return AddressKind.CONNECTS
    if not _ADDRESSES.isdisjoint(words):
        return AddressKind.ADDRESS
    return AddressKind.NOTHING
