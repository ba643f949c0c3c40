"""Locality: whether a use speaks of this machine."""

from port_registry.facts.words import word_set
from port_registry.model import TAKES, Use

_LOCAL_NAMES = word_set("addresses", "this-machine")


def is_local(use: Use) -> bool:
    """Return whether `use` speaks of a port of this machine.

    A port that is taken does, and so does one to connect to unless another machine is named
    next to it.
    """
    return use.role in TAKES or use.host is None or is_local_host(use.host)


def is_local_host(host: str) -> bool:
    """Return whether `host` is this machine.

    It is a loopback or wildcard address then, or a name that always means this machine.
    """
    bare = host.strip("[]").lower().removesuffix(".").removeprefix("::ffff:")
    is_wildcard = not bare.strip(":0.")
    return (
        is_wildcard
        or bare in _LOCAL_NAMES
        or bare.startswith("127.")
        or bare.endswith(".localhost")
    )
