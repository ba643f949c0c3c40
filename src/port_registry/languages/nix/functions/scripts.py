"""The functions of nixpkgs for scripts and programs.

A script is the set `{ name; text; outPath; }`, whose text is known and whose path is not. Only
an evaluation with `ExternalValues` reaches these functions.
"""

from typing import TYPE_CHECKING

from port_registry.languages.nix.coerce import join_within_limit
from port_registry.languages.nix.functions import coercion
from port_registry.languages.nix.scope import raise_unknown
from port_registry.languages.nix.values import (
    NOWHERE,
    AttrSet,
    Builtin,
    ExternalValue,
    Interpreter,
    String,
    Thunk,
    UnknownValue,
    Value,
    deferred,
    evaluated,
)
from port_registry.model import Segment, Span

if TYPE_CHECKING:
    from port_registry.languages.nix.functions.coercion import Run

Arguments = tuple[Thunk, ...]


def writer(name: str) -> Builtin | None:
    """Return the function `name` of nixpkgs that writes a script, or None."""
    if name not in _WRITERS:
        return None
    arity, run = _WRITERS[name]
    return Builtin(name, arity, run, (), NOWHERE)


def script_text(value: Value) -> Thunk | None:
    """Return the text of the script `value`; None for another value."""
    if not isinstance(value, AttrSet) or "outPath" not in value.attrs:
        return None
    attr = value.attrs.get("text")
    return None if attr is None else attr.thunk


def _path(name: Thunk | None, span: Span) -> Thunk:
    """Return the path of a script, or of the program `name` in a package."""

    def run(interpreter: Interpreter) -> Value:
        segments = [_unknown(interpreter, "its path is known only when Nix builds it", span)]
        if name is not None:
            segments.append(Segment("/bin/", span, verbatim=False))
            segments.extend(coercion.string(interpreter, name, span).traced.segments)
        return String(join_within_limit(interpreter, segments, span), span)

    return deferred(run)


def _unknown(interpreter: Interpreter, reason: str, span: Span) -> Segment:
    if interpreter.external is None:
        raise_unknown(reason, span)
    return interpreter.external.placeholder(UnknownValue(reason, span), span)


def _script(name: Thunk, text: Thunk, path: Thunk, span: Span) -> Value:
    return coercion.computed_set({"name": name, "text": text, "outPath": path}, span)


def _write_application(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    provided = interpreter.force_set(arguments[0], span).attrs
    if "name" not in provided or "text" not in provided:
        raise_unknown("this script is not understood", span)
    return _script(provided["name"].thunk, provided["text"].thunk, _path(None, span), span)


def _write(_machine: Interpreter, arguments: Arguments, span: Span) -> Value:
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


def _get_exe(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    """Return the main program of a package, which usually has the package's name."""
    package = interpreter.force_or_external(arguments[0])
    text = script_text(package)
    if isinstance(package, AttrSet) and text is not None:
        name = package.attrs["name"].thunk
        return _script(name, text, _path(name, span), span)
    if not isinstance(package, ExternalValue):
        return raise_unknown("packages are not evaluated", span)
    return interpreter.force(_path(main_program(package), span))


def main_program(package: ExternalValue) -> Thunk | None:
    """Return the name of the main program of `package`, derived from its own name."""
    name = package.path[-1]
    if name in _OTHER_PROGRAMS:
        name = _OTHER_PROGRAMS[name]
    elif not name[:1].isalnum() or len(package.path) < _SHORTEST_PATH:
        return None
    return evaluated(coercion.computed_string(name, package.span))


_SHORTEST_PATH = 2
"""The length of the path to a package: `pkgs.redis`."""

_OTHER_PROGRAMS = {"redis": "redis-cli", "valkey": "valkey-cli", "nodejs": "node"}
"""Packages whose main program has another name."""


def _get_exe_of(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    return interpreter.force(_path(arguments[1], span))


LIBRARY: "dict[str, tuple[int, Run]]" = {
    "getExe": (1, _get_exe),
    "getExe'": (2, _get_exe_of),
}
