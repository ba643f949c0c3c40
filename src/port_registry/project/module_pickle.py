"""What a Nix file was found to say, and as bytes that another process can take."""

import io
import pickle
from enum import Enum
from functools import cache
from types import ModuleType
from typing import NamedTuple, cast

from port_registry import model
from port_registry.model import Span, Unknown
from port_registry.sources.nix import module_facts
from port_registry.sources.nix.module_facts import Module

Reading = Module | Unknown | None
"""What a file says; why that cannot be known; None where it says nothing of ports."""

_VALUES: tuple[ModuleType, ...] = (model, module_facts)
"""Where the classes are that a reading is made of."""


class PickledItem(NamedTuple):
    """A file to read."""

    path: str
    data: bytes


class ReadAnswer(NamedTuple):
    """A file and what it says."""

    item: PickledItem
    reading: bytes
    """Packed."""
    lasting: bool
    """Whether another run would come to the same."""


class NotAReadingError(Exception):
    """The bytes are not those of a reading."""


def unreadable(path: str, why: str) -> Unknown:
    """Return what to say of a Nix file that could not be read."""
    return Unknown((), f"the file cannot be read: {why}", Span(path, 0, 0))


def pack(reading: Reading) -> bytes:
    """Return `reading` as bytes."""
    return pickle.dumps(reading, pickle.HIGHEST_PROTOCOL)


SILENT = pack(None)
"""Of a file that says nothing."""


def unpack(data: bytes) -> Reading:
    """Return the reading that `pack` made `data` of.

    A pickle can name any function of the interpreter and have it called; this one may name
    the classes of values alone, which do nothing but hold what they are given. Raises
    `NotAReadingError` for anything else.
    """
    try:
        made = _Unpickler(io.BytesIO(data)).load()
    except Exception as error:
        raise NotAReadingError from error
    if made is None or isinstance(made, (Module, Unknown)):
        return made
    raise NotAReadingError


class _Unpickler(pickle.Unpickler):
    """Knows no names but those of values."""

    def find_class(self, module_name: str, name: str, /) -> type[object]:
        """Return the class `name`, if a reading can hold it."""
        return _value_class(module_name, name)


@cache
def _value_class(module_name: str, name: str) -> type[object]:
    for values in _VALUES:
        kind: object = vars(values).get(name)
        if isinstance(kind, type) and _is_value(cast("type[object]", kind), module_name):
            return cast("type[object]", kind)
    raise NotAReadingError


def _is_value(kind: type[object], module_name: str) -> bool:
    return issubclass(kind, (tuple, Enum)) and kind.__module__ == module_name
