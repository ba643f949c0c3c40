"""Names with words for ports."""

from functools import cache

from port_registry.facts.identifiers import split
from port_registry.facts.words import word_list, word_set

_ALONE = frozenset(("port", "ports"))
_JOINED = word_list("names", "joined-registries")
_OTHER = word_list("names", "not-ports")
"""The starts of words that end in `ports` and have nothing to do with them."""

STANDARD = word_set("flakes", "standard-arguments")
"""Arguments that everyone's modules and packages take."""


@cache
def names_port(name: str) -> bool:
    """Return whether `name` has a word for a port in it: `ports`, `httpPort`, `portMap`."""
    if "port" not in name.lower():
        return False
    return any(word in _ALONE or _is_joined(word) for word in split(name))


@cache
def names_ports(name: str) -> bool:
    """Return whether `name` is one for many ports: `ports`, `servicePorts`, `portRegistry`."""
    if "port" not in name.lower():
        return False
    words = split(name)
    if any(word == "ports" or _is_joined(word) for word in words):
        return True
    return "port" in words and not {"registry", "map", "list", "table"}.isdisjoint(words)


def _is_joined(word: str) -> bool:
    if word.startswith(_JOINED):
        return True
    return word.endswith("ports") and not word.removesuffix("ports").endswith(_OTHER)
