"""The functions of nixpkgs that write scripts and name programs.

A script is the set `{ name; text; outPath; }`: its text is known, and the path that it will
have is not. Only an evaluation with a `World` reaches these functions.
"""

from typing import TYPE_CHECKING

from port_registry.languages.nix.coerce import joined
from port_registry.languages.nix.functions import coercion
from port_registry.languages.nix.scope import stuck
from port_registry.languages.nix.values import (
    NOWHERE,
    AttrSet,
    Builtin,
    ExternalValue,
    String,
    Thunk,
    UnknownValue,
    Value,
    known,
    later,
)
from port_registry.model import Segment, Span

if TYPE_CHECKING:
    from port_registry.languages.nix.functions.coercion import Run
    from port_registry.languages.nix.interpreter import Interpreter

Arguments = tuple[Thunk, ...]


def writer(name: str) -> Builtin | None:
    """Return the function of nixpkgs that is called `name` and writes a script."""
    if name not in _WRITERS:
        return None
    arity, run = _WRITERS[name]
    return Builtin(name, arity, run, (), NOWHERE)


def script_text(value: Value) -> Thunk | None:
    """Return the text of `value` where that is a script."""
    if not isinstance(value, AttrSet) or "outPath" not in value.attrs:
        return None
    attr = value.attrs.get("text")
    return None if attr is None else attr.thunk


def _path(name: Thunk | None, span: Span) -> Thunk:
    """Return the path of a script, or of the program `name` in a package."""

    def run(machine: "Interpreter") -> Value:
        pieces = [_unknown(machine, "Nix gives it a path when it builds it", span)]
        if name is not None:
            pieces.append(Segment("/bin/", span, verbatim=False))
            pieces.extend(coercion.string(machine, name, span).traced.segments)
        return String(joined(machine, pieces, span), span)

    return later(run)


def _unknown(machine: "Interpreter", reason: str, span: Span) -> Segment:
    if machine.world is None:
        stuck(reason, span)
    return machine.world.stand_in(UnknownValue(reason, span), span)


def _script(name: Thunk, text: Thunk, path: Thunk, span: Span) -> Value:
    return coercion.made_set({"name": name, "text": text, "outPath": path}, span)


def _write_application(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    given = machine.attrs(arguments[0], span).attrs
    if "name" not in given or "text" not in given:
        stuck("this script is not understood", span)
    return _script(given["name"].thunk, given["text"].thunk, _path(None, span), span)


def _write(_machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    return _script(arguments[0], arguments[1], _path(None, span), span)


_WRITERS: "dict[str, tuple[int, Run]]" = {
    "writeShellApplication": (1, _write_application),
    "writeShellScript": (2, _write),
    "writeShellScriptBin": (2, _write),
    "writeBash": (2, _write),
    "writeBashBin": (2, _write),
    "writeDash": (2, _write),
    "writeDashBin": (2, _write),
    "writeScript": (2, _write),
    "writeScriptBin": (2, _write),
}


def _get_exe(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    """Return the main program of a package, which most often has the package's name."""
    package = machine.reach(arguments[0])
    text = script_text(package)
    if isinstance(package, AttrSet) and text is not None:
        name = package.attrs["name"].thunk
        return _script(name, text, _path(name, span), span)
    if not isinstance(package, ExternalValue):
        return stuck("packages are not evaluated", span)
    return machine.force(_path(main_program(package), span))


def main_program(package: ExternalValue) -> Thunk | None:
    """Return the name of the main program of `package`, as far as its own name tells."""
    name = package.way[-1]
    if name in _OTHERWISE:
        name = _OTHERWISE[name]
    elif not name[:1].isalnum() or len(package.way) < _SHORTEST:
        return None
    return known(coercion.text(name, package.span))


_SHORTEST = 2
"""The steps to a package: `pkgs.redis`."""

_OTHERWISE = {"redis": "redis-cli", "valkey": "valkey-cli", "nodejs": "node"}
"""Packages whose main program has another name."""


def _get_exe_of(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    return machine.force(_path(arguments[1], span))


LIBRARY: "dict[str, tuple[int, Run]]" = {
    "getExe": (1, _get_exe),
    "getExe'": (2, _get_exe_of),
}
