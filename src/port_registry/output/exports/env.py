"""The registry as environment variables, one per line: `DATABASES_REDIS_PORT=6379`."""

from port_registry.model import Reader, Registry
from port_registry.registry.variables import variables

NAME: str = "env"


def export(registry: Registry, _reader: Reader) -> str:
    """Return a line for each variable of the entries, sorted by name."""
    lines = sorted(variables(registry.entries).items())
    return "".join(f"{name}={value}\n" for name, value in lines)
