"""Serialization of facts about Nix files, for other processes and for the cache."""

import io
import pickle
from collections.abc import Callable
from enum import Enum
from functools import cache
from types import ModuleType
from typing import cast

from port_registry import model
from port_registry.sources.nix import module_facts

Reading = module_facts.Module | model.Unknown | None
"""The facts about a file; why they are not known; None for a file without ports."""

_VALUES: tuple[ModuleType, ...] = (model, module_facts)
"""The modules with the classes of readings."""


class PickledItem(model.NamedTuple):
    """A file to read."""

    path: str
    data: bytes


class ReadAnswer(model.NamedTuple):
    """A file with its reading."""

    item: PickledItem
    reading: bytes
    """Packed."""
    lasting: bool
    """Whether another run would have the same result."""


class NotAReadingError(Exception):
    """Bytes that are not a packed reading."""


def unreadable(path: str, why: str) -> model.Unknown:
    """Return the reading of a Nix file that cannot be read."""
    return model.Unknown((), f"the file cannot be read: {why}", model.Span(path, 0, 0))


def pack(reading: Reading) -> bytes:
    """Return `reading` as bytes."""
    packed = io.BytesIO()
    pickler = pickle.Pickler(packed, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = _enum_reducers()
    pickler.dump(reading)
    return packed.getvalue()


@cache
def _enum_reducers() -> dict[type, Callable[[Enum], tuple[type[Enum], tuple[object]]]]:
    """Return what pickles the members of enumerations by their values.

    Python up to 3.11.3 would have `getattr` called for them, which `unpack` refuses.
    """
    kinds = (kind for values in _VALUES for kind in vars(values).values())
    return {kind: _reduced for kind in kinds if isinstance(kind, type) and issubclass(kind, Enum)}


def _reduced(member: Enum) -> tuple[type[Enum], tuple[object]]:
    return type(member), (member.value,)


SILENT = pack(None)
"""The packed reading of a file without ports."""


def unpack(data: bytes) -> Reading:
    """Return the reading that `pack` has packed as `data`.

    A pickle can call any function of the interpreter; this one can use only the classes of
    values, which have no side effects. Raises `NotAReadingError` for anything else.
    """
    try:
        reading = _Unpickler(io.BytesIO(data)).load()
    except Exception as error:
        raise NotAReadingError from error
    if reading is None or isinstance(reading, (module_facts.Module, model.Unknown)):
        return reading
    raise NotAReadingError


class _Unpickler(pickle.Unpickler):
    """An unpickler restricted to the classes of values."""

    def find_class(self, module_name: str, name: str, /) -> type[object]:
        """Return the class `name`, if readings contain it."""
        return _value_class(module_name, name)


@cache
def _value_class(module_name: str, name: str) -> type[object]:
    for values in _VALUES:
        kind: object = vars(values).get(name)
        if isinstance(kind, type) and issubclass(kind, (tuple, Enum)):
            value_class = cast("type[object]", kind)
            if value_class.__module__ == module_name:
                return value_class
    raise NotAReadingError
