"""The registry as environment variables, one a line: `DATABASES_REDIS_PORT=6379`."""

from collections.abc import Iterable

from port_registry.model import Entry
from port_registry.registry.variables import variables


def registry_env(entries: Iterable[Entry]) -> str:
    """Return a line for each variable of `entries`, sorted by name."""
    return "".join(f"{name}={value}\n" for name, value in sorted(variables(entries).items()))
