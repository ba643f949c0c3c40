"""The environment variables that carry a registry's ports: `DATABASES_REDIS_PORT`.

Each entry has one by its whole name, and one by its last part (`REDIS_PORT`) where that means
one port only. A range has two of each, `…_PORT_START` and `…_PORT_END`. A variable that two
entries would give different ports is left out.
"""

from collections.abc import Iterable, Iterator

from port_registry.facts.identifiers import split, variable
from port_registry.model import Entry, Name

_PORT = "PORT"
_ENDS = ("_START", "_END")


def variables(entries: Iterable[Entry]) -> dict[str, str]:
    """Return the variables of `entries`, by name."""
    listed = tuple(entries)
    whole = _agreed((name, value) for one in listed for name, value in _values(one.name, one))
    short = _agreed((name, value) for one in listed for name, value in _values(one.name[-1:], one))
    # What another entry is called as a whole, it has before one that is shortened to it.
    taken = {name for one in listed for name, _ in _values(one.name, one)}
    return {
        **{name: value for name, value in short.items() if name not in taken},
        **whole,
    }


def _agreed(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the variables that have one value only."""
    found: dict[str, set[str]] = {}
    for name, value in pairs:
        found.setdefault(name, set()).add(value)
    return {name: next(iter(values)) for name, values in found.items() if len(values) == 1}


def _values(name: Name, entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield the variables that `entry` has under `name`, with their values."""
    made = variable_of(name)
    ports = entry.endpoint.ports
    if made is None:
        return
    if ports.is_single():
        yield made, str(ports.first)
        return
    for end, port in zip(_ENDS, ports, strict=True):
        yield f"{made}{end}", str(port)


def variable_of(name: Name) -> str | None:
    """Return the variable for the entry `name`; None where no shell takes what it gives.

    `PORT` alone is no entry's: programs take it for their own.
    """
    whole = variable(name)
    made = whole if split(name[-1])[-1:] == [_PORT.lower()] else f"{whole}_{_PORT}"
    return made if made != _PORT and made.isascii() and made.isidentifier() else None
