"""Environment variables for the ports of a registry: `DATABASES_REDIS_PORT`.

Each entry has one for its whole name, and one for its last part (`REDIS_PORT`) where that is
unambiguous. A range has two of each, `…_PORT_START` and `…_PORT_END`. A variable to which two
entries give different ports is omitted.
"""

from collections.abc import Iterable, Iterator

from port_registry.facts.identifiers import split, variable
from port_registry.model import Entry, Name

_PORT = "PORT"
_ENDS = ("_START", "_END")


def variables(entries: Iterable[Entry]) -> dict[str, str]:
    """Return the variables of `entries`, by name."""
    listed = tuple(entries)
    whole = [pair for entry in listed for pair in _values(entry.name, entry)]
    # The whole name of one entry takes precedence over the shortened name of another.
    whole_names = {name for name, _ in whole}
    short = (pair for entry in listed for pair in _values(entry.name[-1:], entry))
    return {**_agreed(pair for pair in short if pair[0] not in whole_names), **_agreed(whole)}


def _agreed(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the variables that have only one value."""
    values_by_name: dict[str, set[str]] = {}
    for name, value in pairs:
        values_by_name.setdefault(name, set()).add(value)
    return {name: next(iter(values)) for name, values in values_by_name.items() if len(values) == 1}


def _values(name: Name, entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield the variables for `entry` under `name`, with their values."""
    variable_name = variable_of(name)
    ports = entry.ports
    if variable_name is None:
        return
    if ports.is_single():
        yield variable_name, str(ports.first)
        return
    for end, port in zip(_ENDS, ports, strict=True):
        yield f"{variable_name}{end}", str(port)


def variable_of(name: Name) -> str | None:
    """Return the variable for the entry `name`; None where it is not a valid variable name.

    `PORT` is never used, because programs read it as their own port.
    """
    whole = variable(name)
    variable_name = whole if split(name[-1])[-1:] == [_PORT.lower()] else f"{whole}_{_PORT}"
    is_valid = variable_name.isascii() and variable_name.isidentifier()
    return variable_name if is_valid and variable_name != _PORT else None
