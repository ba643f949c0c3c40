"""Values as plain data, and their comparison with the JSON of Nix."""

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
    """A reader of files in memory."""

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
"""A completely evaluated value."""


def plain(project: Evaluator, value: Value) -> Plain:
    """Return `value` as plain data."""
    if isinstance(value, AttrSet):
        if value.rest is not None:
            return UnknownValue(value.rest.reason, value.rest.span)
        return {
            name: plain(project, project.force(attr.thunk)) for name, attr in value.attrs.items()
        }
    if isinstance(value, List):
        return [plain(project, project.force(item)) for item in value.items]
    if isinstance(value, String):
        return value.traced.text
    if isinstance(value, (Int, Bool, Float)):
        return value.value
    if isinstance(value, Null):
        return None
    if isinstance(value, UnknownValue):
        return value
    return UnknownValue("it is a function or a path", value.span)


def data(text: str, **others: str) -> Plain:
    """Return the value of `text` as plain data."""
    project = evaluator(text, **others)
    return plain(project, project.evaluate_file("ports.nix"))


def leaves(value: Plain) -> list[Plain]:
    """Return the scalars and empty collections in `value`."""
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item)] or [value]
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in leaves(item)] or [value]
    return [value]


def disagreement(computed: Plain, expected: Json, at: str = "") -> str | None:
    """Return the path and the first difference, or None; an unknown value equals any.

    An unknown value that fails differs from any.
    """
    if isinstance(computed, UnknownValue):
        return f"{at}: we say that Nix fails: {computed.reason}" if computed.fails else None
    if isinstance(computed, float):
        same = isinstance(expected, (int, float)) and float(f"{computed:.6g}") == expected
    elif isinstance(computed, dict) and isinstance(expected, dict):
        if computed.keys() != expected.keys():
            return f"{at}: {sorted(computed)} != {sorted(expected)}"
        pairs = ((f"{at}.{name}", computed[name], expected[name]) for name in computed)
        return next((d for a, o, r in pairs if (d := disagreement(o, r, a)) is not None), None)
    elif isinstance(computed, list) and isinstance(expected, list):
        if len(computed) != len(expected):
            return f"{at}: {len(computed)} elements != {len(expected)}"
        items = enumerate(zip(computed, expected, strict=True))
        differences = (disagreement(o, r, f"{at}[{n}]") for n, (o, r) in items)
        return next((d for d in differences if d is not None), None)
    else:
        same = type(computed) is type(expected) and computed == expected
    return None if same else f"{at}: {computed!r} != {expected!r}"
