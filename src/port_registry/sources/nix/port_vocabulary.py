"""Names that speak of ports."""

from functools import cache

from port_registry.facts.identifiers import split

_ALONE = frozenset(("port", "ports"))
_JOINED = ("portmap", "portregistry", "portsregistry", "portlist", "porttable", "portdb")
_OTHER = ("im", "ex", "re", "sup", "trans", "pass", "view", "s", "air", "rap")
"""What stands before `ports` in words that have nothing to do with them."""

STANDARD = frozenset(
    "config lib pkgs options modulesPath inputs self self' inputs' system osConfig nixosConfig"
    " specialArgs extendModules utils nixpkgs stdenv callPackage baseModules moduleType"
    " pkgs' final prev super withSystem flake-parts-lib getSystem moduleWithSystem".split()
)
"""Arguments that everyone's modules and packages take."""


@cache
def speaks(name: str) -> bool:
    """Return whether `name` has a word for a port in it: `ports`, `httpPort`, `portMap`."""
    if "port" not in name.lower():
        return False
    return any(word in _ALONE or _is_joined(word) for word in split(name))


@cache
def speaks_of_many(name: str) -> bool:
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
