"""Lookup of values from outside the project.

Without it, an argument that nothing in the project provides is unknown, and so is everything
that depends on it: right for a registry, too little for a command line such as
`"${pkgs.redis}/bin/redis-server --port 6379"`, of which only the first part is unknown.
"""

from port_registry.languages.nix.values import ExternalValue, ExternalValues, Value


def resolve_external(known: ExternalValues | None, external: ExternalValue) -> Value:
    """Return the known value of `external`, or `external` itself."""
    value = None if known is None else known.value_of(external)
    return external if value is None else value
