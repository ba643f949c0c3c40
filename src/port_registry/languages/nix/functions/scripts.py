"""The functions of nixpkgs for scripts and programs.

A script is the set `{ name; text; outPath; }`, whose text is known and whose path is not. Only
an evaluation with `ExternalValues` reaches these functions.
"""

from port_registry.languages.nix.functions.call import Call, Table, binary, computed_string, unary
from port_registry.languages.nix.scope import raise_unknown
from port_registry.languages.nix.values import (
    NOWHERE,
    AttrSet,
    Builtin,
    ExternalValue,
    Interpreter,
    Thunk,
    UnknownValue,
    Value,
    deferred,
    evaluated,
)
from port_registry.model import Segment


def writer(name: str) -> Builtin | None:
    """Return the function `name` of nixpkgs that writes a script, or None."""
    if name not in _WRITERS:
        return None
    return Builtin(name, *_WRITERS[name], (), NOWHERE)


def script_text(value: Value) -> Thunk | None:
    """Return the text of the script `value`; None for another value."""
    if not isinstance(value, AttrSet) or "outPath" not in value.attrs:
        return None
    attr = value.attrs.get("text")
    return None if attr is None else attr.thunk


def _path(call: Call, name: Thunk | None) -> Thunk:
    """Return the path of a script, or of the program `name` in a package."""

    def run(interpreter: Interpreter) -> Value:
        unknown = UnknownValue("its path is known only when Nix builds it", call.span)
        if interpreter.external is None:
            raise_unknown(unknown.reason, unknown.span)
        segments = [interpreter.external.placeholder(unknown, call.span)]
        inner = Call(interpreter, call.span)
        if name is not None:
            segments.append(Segment("/bin/", call.span, verbatim=False))
            segments.extend(inner.string(name).traced.segments)
        return inner.joined(segments)

    return deferred(run)


def _script(call: Call, name: Thunk, text: Thunk, program: Thunk | None = None) -> Value:
    return call.new_set({"name": name, "text": text, "outPath": _path(call, program)})


def _write_application(call: Call, options: Thunk) -> Value:
    provided = call.attribute_set(options).attrs
    if "name" not in provided or "text" not in provided:
        raise_unknown("this script is not understood", call.span)
    return _script(call, provided["name"].thunk, provided["text"].thunk)


_WRITERS: Table = {
    "writeShellApplication": unary(_write_application),
    **{
        name + ending: binary(_script)
        for name in ("writeShellScript", "writeBash", "writeDash", "writeScript")
        for ending in ("", "Bin")
    },
}


def _get_exe(call: Call, argument: Thunk) -> Value:
    """Return the main program of a package, which usually has the package's name."""
    package = call.interpreter.force_or_external(argument)
    text = script_text(package)
    if isinstance(package, AttrSet) and text is not None:
        name = package.attrs["name"].thunk
        return _script(call, name, text, name)
    if not isinstance(package, ExternalValue):
        return raise_unknown("packages are not evaluated", call.span)
    return call.force(_path(call, main_program(package)))


def main_program(package: ExternalValue) -> Thunk | None:
    """Return the name of the main program of `package`, derived from its own name."""
    name = package.path[-1]
    if name in _OTHER_PROGRAMS:
        name = _OTHER_PROGRAMS[name]
    elif not name[:1].isalnum() or len(package.path) < _SHORTEST_PATH:
        return None
    return evaluated(computed_string(name, package.span))


_SHORTEST_PATH = 2
"""The length of the path to a package: `pkgs.redis`."""

_OTHER_PROGRAMS = {"redis": "redis-cli", "valkey": "valkey-cli", "nodejs": "node"}
"""Packages whose main program has another name."""


def _get_exe_of(call: Call, _package: Thunk, name: Thunk) -> Value:
    return call.force(_path(call, name))


LIBRARY: Table = {
    "getExe": unary(_get_exe),
    "getExe'": binary(_get_exe_of),
}
