"""Fast creation of named tuples, for what is created by the ten thousands."""

from typing import Protocol, TypeVar

_Made = TypeVar("_Made", bound=tuple[object, ...])


class _Make(Protocol):
    """Creates a named tuple from the values of its fields."""

    def __call__(self, kind: type[_Made], fields: tuple[object, ...], /) -> _Made:
        """Return a tuple of `kind`."""
        ...


make: _Make = vars(tuple)["__new__"]
"""Creates a named tuple in half the time of a call of its class, a fifth of `_replace`."""
