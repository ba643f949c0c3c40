"""Names of attributes, variables and flags: which speak of ports, and which of addresses."""

from enum import Enum
from functools import cache

from port_registry.facts.identifiers import split
from port_registry.facts.words import word_set

_BEFORE_OTHERS = word_set("names", "hardware-before-port")
"""What stands before `port` where it is no port of a machine's network."""

_BESIDE_OTHERS = word_set("names", "about-ports")
"""Words of names that speak of ports and hold something else."""

_MAKERS = word_set("names", "function-verbs")
"""First words of names of functions and switches."""

_JOINED = word_set("names", "joined-ports")
"""Names in one word."""

_BEHIND = word_set("names", "after-port")
"""What may stand behind `port` in a longer name."""

_TABLE_OTHERS = word_set("names", "next-to-ports")
"""What a table of ports may say of a port besides its number."""


@cache
def parts(name: str) -> frozenset[str]:
    """Return the words of `name`."""
    return frozenset(split(name))


@cache
def is_port(name: str) -> bool:
    """Return whether `name` is that of a port, or of several: `port`, `httpPort`, `DB_PORT`."""
    lower = name.lower()
    if "port" not in lower:
        return False
    pieces = split(name)
    if not pieces or pieces[0] in _MAKERS or not _BESIDE_OTHERS.isdisjoint(pieces):
        return False
    if pieces[-1] in ("port", "ports") or pieces[-1] in _JOINED:
        return pieces[-2:-1] == [] or pieces[-2] not in _BEFORE_OTHERS
    at = pieces.index("port") if "port" in pieces else -1
    return at == 0 or (at > 0 and _BEHIND.issuperset(pieces[at + 1 :]))


@cache
def is_range(name: str) -> bool:
    """Return whether `name` is that of ranges of ports, `allowedTCPPortRanges`."""
    pieces = split(name)
    return pieces[-1:] in (["range"], ["ranges"]) and not {"port", "ports"}.isdisjoint(pieces)


@cache
def is_firewall(name: str) -> bool:
    """Return whether `name` is that of the ports that a firewall lets in."""
    found = parts(name)
    return "allowed" in found and not {"port", "ports"}.isdisjoint(found)


@cache
def is_publishing(name: str) -> bool:
    """Return whether `name` is that of ports of a container, each with one of the host."""
    found = parts(name)
    return (
        name.lower() in ("ports", "publish")
        or ("publish" in found and not {"port", "ports"}.isdisjoint(found))
        or (bool({"port", "ports"} & found) and bool({"mapping", "mappings"} & found))
        or (name.lower() == "forwardports")
    )


@cache
def is_inner(name: str) -> bool:
    """Return whether `name` is that of a port inside a container or another machine."""
    found = parts(name)
    if "loadbalancer.server.port" in name.lower():
        return True
    return not {"container", "guest", "target"}.isdisjoint(found) and "port" in found


@cache
def holds_a_port(name: str) -> bool:
    """Return whether an attribute of a table of ports is one of them, not something beside."""
    return _TABLE_OTHERS.isdisjoint(split(name)) and name.lower() not in _TABLE_OTHERS


class AddressKind(Enum):
    """What a name says of the address that it holds."""

    LISTENS = "listens"
    CONNECTS = "connects"
    OWN = "own"
    """The address by which others know the service."""
    ADDRESS = "address"
    """It says no more than that it is one."""
    NOTHING = "nothing"


_LISTENS = word_set("names", "listen-addresses")
_CONNECTS = word_set("names", "connect-addresses")
_OWN = word_set("names", "own-address-options")
_URLS = word_set("names", "urls")
_ADDRESSES = word_set("names", "address-words")


@cache
def kind_of(name: str) -> AddressKind:
    """Return what `name` says of an address."""
    found = parts(name)
    if not _LISTENS.isdisjoint(found):
        return AddressKind.LISTENS
    if not _OWN.isdisjoint(found) and not _URLS.isdisjoint(found):
        return AddressKind.OWN
    if not _CONNECTS.isdisjoint(found):
        return AddressKind.CONNECTS
    if not _ADDRESSES.isdisjoint(found):
        return AddressKind.ADDRESS
    return AddressKind.NOTHING
