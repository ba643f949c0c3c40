"""process-compose's own server, as set by the options of a stack."""

from collections.abc import Iterable

from port_registry.languages.nix.values import Bool, Int, Null, Value
from port_registry.model import ManagerServer, Name
from port_registry.sources.nix_stacks.modules import OptionValue, StackModules

_DEFAULT_PORT = 8080
_SWITCHES: tuple[Name, ...] = (
    ("cli", "options", "no-server"),
    ("cli", "options", "use-uds"),
    ("cli", "options", "unix-socket"),
    ("cli", "environment", "PC_NO_SERVER"),
    ("cli", "environment", "PC_SOCKET_PATH"),
    ("httpServer", "uds"),
)
"""The options that take the server off TCP, where they are set to anything but false."""
_PORTS: tuple[Name, ...] = (
    ("cli", "options", "port"),
    ("cli", "environment", "PC_PORT_NUM"),
    ("httpServer", "port"),
    ("settings", "port"),
    ("port",),
)
"""The options for its port, today's and those of earlier versions."""


def manager_server(modules: StackModules, root: Iterable[OptionValue]) -> ManagerServer | None:
    """Return the server of a stack; None where it has none, or may have none.

    services-flake switches it off by default; another module from outside the project may
    do so as well.
    """
    values = list(root)
    if any(not _is_off(modules.values_at(values, switch)) for switch in _SWITCHES):
        return None
    if modules.external_modules and not modules.values_at(values, _SWITCHES[0]):
        return None
    enable = modules.values_at(values, ("httpServer", "enable"))
    if enable and _is_off(enable):
        return None
    for option in _PORTS:
        ports = modules.values_at(values, option)
        if ports and not isinstance(ports[0].value, Null):
            value = ports[0].value
            return ManagerServer(value.value, ports[0].span) if isinstance(value, Int) else None
    return ManagerServer(_DEFAULT_PORT, None)


def _is_off(values: list[OptionValue]) -> bool:
    """Return whether a switch is surely off: not set at all, null, or false."""
    value: Value | None = values[0].value if values else None
    return value is None or isinstance(value, Null) or (isinstance(value, Bool) and not value.value)
