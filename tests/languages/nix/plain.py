"""Values of ours as plain data, and how they compare with what Nix says in JSON."""

from typing import Union

from port_registry.languages.nix.evaluate import Evaluator
from port_registry.languages.nix.values import (
    AttrSet,
    Bool,
    Float,
    Int,
    List,
    Null,
    String,
    UnknownValue,
    Value,
)
from port_registry.model import Source, SourceError

Json = Union[None, bool, int, float, str, "list[Json]", "dict[str, Json]"]


class MemoryReader:
    """A project that is all in memory."""

    def __init__(self, files: dict[str, str]) -> None:
        self._sources = {path: Source(path, text) for path, text in files.items()}

    def read(self, path: str) -> Source:
        source = self._sources.get(path)
        if source is None:
            raise SourceError("no such file", path=path)
        return source

    def exists(self, path: str) -> bool:
        return path in self._sources


def evaluator(text: str, **others: str) -> Evaluator:
    """Return an evaluator of a project whose `ports.nix` is `text`."""
    return Evaluator(MemoryReader({"ports.nix": text, **others}))


Plain = Union[None, bool, int, float, str, UnknownValue, "list[Plain]", "dict[str, Plain]"]
"""A value, forced all through."""


def plain(ours: Evaluator, found: Value) -> Plain:
    """Return `found` as plain data."""
    if isinstance(found, AttrSet):
        if found.rest is not None:
            return UnknownValue(found.rest.reason, found.rest.span)
        return {name: plain(ours, ours.force(attr.thunk)) for name, attr in found.attrs.items()}
    if isinstance(found, List):
        return [plain(ours, ours.force(item)) for item in found.items]
    if isinstance(found, String):
        return found.traced.text
    if isinstance(found, (Int, Bool, Float)):
        return found.value
    if isinstance(found, Null):
        return None
    if isinstance(found, UnknownValue):
        return found
    return UnknownValue("it is a function or a path", found.span)


def data(text: str, **others: str) -> Plain:
    """Return the value of `text` as plain data."""
    ours = evaluator(text, **others)
    return plain(ours, ours.evaluate_file("ports.nix"))


def leaves(found: Plain) -> list[Plain]:
    """Return everything in `found` that holds nothing else."""
    if isinstance(found, list):
        return [leaf for item in found for leaf in leaves(item)] or [found]
    if isinstance(found, dict):
        return [leaf for item in found.values() for leaf in leaves(item)] or [found]
    return [found]


def disagreement(ours: Plain, real: Json, at: str = "") -> str | None:
    """Return where and how the two differ; an unknown differs from nothing.

    An unknown that says that Nix fails differs from everything.
    """
    if isinstance(ours, UnknownValue):
        return f"{at}: we say that Nix fails: {ours.reason}" if ours.fails else None
    if isinstance(ours, float):
        same = isinstance(real, (int, float)) and float(f"{ours:.6g}") == real
    elif isinstance(ours, dict) and isinstance(real, dict):
        if ours.keys() != real.keys():
            return f"{at}: {sorted(ours)} != {sorted(real)}"
        pairs = ((f"{at}.{name}", ours[name], real[name]) for name in ours)
        return next((d for a, o, r in pairs if (d := disagreement(o, r, a)) is not None), None)
    elif isinstance(ours, list) and isinstance(real, list):
        if len(ours) != len(real):
            return f"{at}: {len(ours)} elements != {len(real)}"
        items = enumerate(zip(ours, real, strict=True))
        found = (disagreement(o, r, f"{at}[{n}]") for n, (o, r) in items)
        return next((d for d in found if d is not None), None)
    else:
        same = type(ours) is type(real) and ours == real
    return None if same else f"{at}: {ours!r} != {real!r}"
