"""Modules read from text, and what they say in short."""

from port_registry.model import Source, Span
from port_registry.sources.nix.module_facts import (
    AttrPath,
    BoolValue,
    Chain,
    Guard,
    IntValue,
    Items,
    Link,
    Module,
    Opaque,
    StringValue,
    Value,
)
from port_registry.sources.nix.read import read_module


def read(text: str, path: str = "hosts/web.nix") -> Module:
    module = read_module(Source(path, text))
    assert module is not None
    return module


def cut(text: str, span: Span) -> str:
    return text[span.start : span.end]


def dotted(setting: AttrPath) -> str:
    return ".".join("?" if step is None else step for step in setting)


def chain(value: Chain | None) -> str:
    if value is None:
        return "?"
    return f"{value.origin.value}:{'.'.join((value.root, *map(str, value.path)))}"


def guard(value: Guard) -> str:
    return f"{'' if value.wanted else '!'}{chain(value.chain)}"


def value(given: Value | None) -> str:
    match given:
        case IntValue() | BoolValue():
            return str(given.value)
        case StringValue():
            shown = [part if isinstance(part, str) else f"<{chain(part)}>" for part in given.parts]
            return f'"{"".join(shown)}"'
        case Link():
            return chain(given.chain)
        case Items():
            return f"[{' '.join(map(value, given.items))}]{'' if given.complete else '+'}"
        case Opaque():
            return "opaque"
        case None:
            return "none"


def references(text: str, path: str = "hosts/web.nix") -> list[str]:
    """Return `text -> chain @ setting`, with a `*` in front where it only binds a name."""
    return [
        f"{'*' if one.only_renames else ''}{chain(one.chain)} @ {dotted(one.setting)}"
        for one in read(text, path).references
    ]


def definitions(text: str, path: str = "hosts/web.nix") -> list[str]:
    found: list[str] = []
    for one in read(text, path).definitions:
        line = f"{dotted(one.setting)} = {value(one.value)}"
        if one.priority.name != "NORMAL":
            line += f" {one.priority.name}"
        if one.guards:
            line += f" if {' and '.join(map(guard, one.guards))}"
        found.append(line)
    return found


def paths(text: str, path: str = "flake.nix") -> list[str]:
    return [
        f"{one.kind.value} {one.target} @ {dotted(one.setting)}{one.local and ' in ' + one.local}"
        for one in read(text, path).paths
    ]
