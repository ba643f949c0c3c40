"""process-compose's own server, as the options of a stack set it."""

from collections.abc import Iterable

from port_registry.languages.nix.values import Bool, Int, Null, Value
from port_registry.model import ManagerServer, Name
from port_registry.sources.nix_stacks.modules import HeldModule, StackModules

_DEFAULT = 8080
_SWITCHES: tuple[Name, ...] = (
    ("cli", "options", "no-server"),
    ("cli", "options", "use-uds"),
    ("cli", "options", "unix-socket"),
    ("cli", "environment", "PC_NO_SERVER"),
    ("cli", "environment", "PC_SOCKET_PATH"),
    ("httpServer", "uds"),
)
"""What takes the server off TCP, where it is set to anything but false."""
_PORTS: tuple[Name, ...] = (
    ("cli", "options", "port"),
    ("cli", "environment", "PC_PORT_NUM"),
    ("httpServer", "port"),
    ("settings", "port"),
    ("port",),
)
"""What moves it, today's options and those of former versions."""


def server(modules: StackModules, root: Iterable[HeldModule]) -> ManagerServer | None:
    """Return the server of a stack; None where it has none, or may have none.

    services-flake switches it off, unless told otherwise; another module from outside the
    project may do so.
    """
    held = list(root)
    if any(not _is_off(modules.at(held, switch)) for switch in _SWITCHES):
        return None
    told = modules.at(held, _SWITCHES[0])
    if modules.foreign and not told:
        return None
    if _is_off(modules.at(held, ("httpServer", "enable"))) and modules.at(
        held, ("httpServer", "enable")
    ):
        return None
    for option in _PORTS:
        found = modules.at(held, option)
        if found and not isinstance(found[0].value, Null):
            value = found[0].value
            return ManagerServer(value.value, found[0].place) if isinstance(value, Int) else None
    return ManagerServer(_DEFAULT, None)


def _is_off(held: list[HeldModule]) -> bool:
    """Return whether a switch is surely off: not set at all, null, or false."""
    value: Value | None = held[0].value if held else None
    return value is None or isinstance(value, Null) or (isinstance(value, Bool) and not value.value)
