"""Functions on numbers, strings and types, and those that steer evaluation."""

import re
from typing import TYPE_CHECKING

from port_registry.languages.nix import operators
from port_registry.languages.nix.coerce import interpolate, joined, to_text
from port_registry.languages.nix.external_values import found
from port_registry.languages.nix.functions import coercion
from port_registry.languages.nix.scope import fail, stuck
from port_registry.languages.nix.values import (
    AttrSet,
    Bool,
    Builtin,
    ExternalValue,
    Float,
    Int,
    Lambda,
    List,
    Null,
    PathValue,
    String,
    Thunk,
    Value,
    known,
)
from port_registry.model import Segment, Span

if TYPE_CHECKING:
    from port_registry.languages.nix.functions.coercion import Run
    from port_registry.languages.nix.interpreter import Interpreter

Arguments = tuple[Thunk, ...]

_TYPES: dict[str, tuple[str, tuple[type, ...]]] = {
    "isInt": ("int", (Int,)),
    "isFloat": ("float", (Float,)),
    "isBool": ("bool", (Bool,)),
    "isNull": ("null", (Null,)),
    "isString": ("string", (String,)),
    "isPath": ("path", (PathValue,)),
    "isList": ("list", (List,)),
    "isAttrs": ("set", (AttrSet,)),
    "isFunction": ("lambda", (Lambda, Builtin)),
}


def _is_a(classes: tuple[type, ...]) -> "Run":
    def run(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
        return Bool(isinstance(machine.force(arguments[0]), classes), span)

    return run


def _type_of(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    value = machine.force(arguments[0])
    for name, classes in _TYPES.values():
        if isinstance(value, classes):
            return coercion.text(name, span)
    return stuck("its type is not known", span)


# Numbers.


def _arithmetic(operator: str) -> "Run":
    def run(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
        left, right = machine.force(arguments[0]), machine.force(arguments[1])
        return operators.arithmetic(operator, left, right, span)

    return run


def _less_than(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    left, right = machine.force(arguments[0]), machine.force(arguments[1])
    return Bool(operators.less(machine, left, right, span), span)


def _bits(operator: str) -> "Run":
    def run(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
        left, right = (coercion.integer(machine, thunk, span) for thunk in arguments)
        if operator == "and":
            result = left.value & right.value
        else:
            result = left.value | right.value if operator == "or" else left.value ^ right.value
        return Int(result, span, left.origins + right.origins)

    return run


def _rounded(direction: int) -> "Run":
    def run(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
        value = machine.force(arguments[0])
        if isinstance(value, Int):
            return value
        if not isinstance(value, Float):
            fail("only a number can be rounded", span)
        if abs(value.value) > 2**52:
            stuck("this float is too large to round", span)
        return Int(-int(-value.value // 1) if direction > 0 else int(value.value // 1), span, ())

    return run


# Strings.


def _to_string(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    return String(to_text(machine, machine.force(arguments[0]), span), span)


def _concat_strings_sep(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    separator = coercion.string(machine, arguments[0], span).traced.segments
    pieces: list[Segment] = []
    for number, item in enumerate(coercion.items(machine, arguments[1], span)):
        if number:
            pieces.extend(separator)
        element = interpolate(machine, machine.force(item), span).segments
        machine.spend(len(separator) + len(element), span)
        pieces.extend(element)
    return String(joined(machine, pieces, span), span)


def _string_length(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    text = coercion.string(machine, arguments[0], span).traced.text
    return coercion.number(len(text.encode()), span)


def _substring(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    start = coercion.integer(machine, arguments[0], span).value
    length = coercion.integer(machine, arguments[1], span).value
    string = interpolate(machine, machine.force(arguments[2]), span)
    if start < 0:
        fail("a substring starts before the string", span)
    if not string.text.isascii():
        stuck("Nix cuts strings by bytes, and this one is not ASCII", span)
    end = len(string.text) if length < 0 else start + length
    machine.spend(len(string.segments) + (min(end, len(string.text)) - start) // 100, span)
    return String(string.cut(start, end), span)


def _replace_strings(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    old = [
        coercion.string(machine, t, span).traced.text
        for t in coercion.items(machine, arguments[0], span)
    ]
    new = [
        coercion.string(machine, t, span).traced.text
        for t in coercion.items(machine, arguments[1], span)
    ]
    text = coercion.string(machine, arguments[2], span).traced.text
    if len(old) != len(new):
        fail("the lists of old and new strings differ in length", span)
    if "" in old:
        stuck("the replacement of an empty string is not modelled", span)
    done: list[Segment] = []
    at = 0
    while at < len(text):
        machine.spend(1 + len(old), span)
        for before, after in zip(old, new, strict=True):
            if text.startswith(before, at):
                done.append(Segment(after, span, verbatim=False))
                at += len(before)
                break
        else:
            done.append(Segment(text[at], span, verbatim=False))
            at += 1
    return coercion.text(joined(machine, done, span).text, span)


# Evaluation.


def _seq(machine: "Interpreter", arguments: Arguments, _span: Span) -> Value:
    machine.force(arguments[0])
    return machine.force(arguments[1])


def _deep_seq(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    pending = [arguments[0]]
    seen: set[int] = set()
    while pending:
        machine.spend(1, span)
        value = machine.force(pending.pop())
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, List):
            pending.extend(value.items)
        elif isinstance(value, AttrSet):
            if value.rest is not None:
                stuck(value.rest.reason, span)
            pending.extend([attr.thunk for attr in value.attrs.values()])
    return machine.force(arguments[1])


def _throw(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    message = interpolate(machine, machine.force(arguments[0]), span).text
    return fail(f"it gives up with: {message[:200]}", span)


def _second(machine: "Interpreter", arguments: Arguments, _span: Span) -> Value:
    return machine.force(arguments[1])


def _import(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    value = machine.reach(arguments[0])
    if isinstance(value, ExternalValue):
        return found(machine.world, ExternalValue((*value.way, "import()"), span))
    if not isinstance(value, PathValue):
        stuck("what is imported is not written as a path", span)
    machine.deeper(span)
    try:
        return machine.import_path(machine, value, span)
    finally:
        machine.shallower()


def _read_file(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    value = machine.force(arguments[0])
    if not isinstance(value, PathValue):
        stuck("what is read is not written as a path", span)
    return machine.read_path(value, span)


def _is_function(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    value = machine.force(arguments[0])
    functor = isinstance(value, AttrSet) and "__functor" in value.attrs
    return Bool(functor or isinstance(value, (Lambda, Builtin)), span)


BUILTINS: "dict[str, tuple[int, Run]]" = {
    **{name: (1, _is_a(classes)) for name, (_, classes) in _TYPES.items()},
    "typeOf": (1, _type_of),
    "add": (2, _arithmetic("+")),
    "sub": (2, _arithmetic("-")),
    "mul": (2, _arithmetic("*")),
    "div": (2, _arithmetic("/")),
    "lessThan": (2, _less_than),
    "bitAnd": (2, _bits("and")),
    "bitOr": (2, _bits("or")),
    "bitXor": (2, _bits("xor")),
    "floor": (1, _rounded(-1)),
    "ceil": (1, _rounded(1)),
    "toString": (1, _to_string),
    "concatStringsSep": (2, _concat_strings_sep),
    "stringLength": (1, _string_length),
    "substring": (3, _substring),
    "replaceStrings": (3, _replace_strings),
    "seq": (2, _seq),
    "deepSeq": (2, _deep_seq),
    "throw": (1, _throw),
    "abort": (1, _throw),
    "trace": (2, _second),
    "import": (1, _import),
    "readFile": (1, _read_file),
}


# nixpkgs' `lib`.


def _concat_strings(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    return _concat_strings_sep(machine, (known(coercion.text("", span)), arguments[0]), span)


def _concat_map_strings_sep(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    items = coercion.items(machine, arguments[2], span)
    made = [coercion.application(arguments[1], (item,), span) for item in items]
    return _concat_strings_sep(machine, (arguments[0], known(List(tuple(made), span))), span)


def _optional_string(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    if coercion.truth(machine, arguments[0], span):
        return machine.force(arguments[1])
    return coercion.text("", span)


def _escape_shell_arg(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    text = to_text(machine, machine.force(arguments[0]), span)
    if re.fullmatch(r"[A-Za-z0-9,._+:@%/-]+", text.text):
        return String(text, span)
    quote = Segment("'", span, verbatim=False)
    inside = [
        Segment(piece.text.replace("'", "'\\''"), piece.span, verbatim=False)
        if "'" in piece.text
        else piece
        for piece in text.segments
    ]
    return String(joined(machine, [quote, *inside, quote], span), span)


def _escape_shell_args(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    items = coercion.items(machine, arguments[0], span)
    escaped = [known(_escape_shell_arg(machine, (item,), span)) for item in items]
    separator = known(coercion.text(" ", span))
    return _concat_strings_sep(machine, (separator, known(List(tuple(escaped), span))), span)


def _to_int(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    string = coercion.string(machine, arguments[0], span).traced
    digits = string.text.strip(" \t\r\n")
    negative = digits.startswith("-")
    bare = digits[1:] if negative else digits
    if not (bare.isascii() and bare.isdigit() and len(bare) < 19) or bare != str(int(bare)):
        fail(f"`{string.text[:40]}` is no integer", span)
    start = string.text.index(digits)
    place = string.locate(start, start + len(digits))
    value = -int(bare) if negative else int(bare)
    return Int(value, span if place is None else place, () if place is None else (place,))


def _extremum(*, smaller: bool) -> "Run":
    def run(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
        left, right = machine.force(arguments[0]), machine.force(arguments[1])
        below = operators.less(machine, left, right, span)
        return left if below == smaller else right

    return run


def _identity(machine: "Interpreter", arguments: Arguments, _span: Span) -> Value:
    return machine.force(arguments[0])


def _flip(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    return coercion.applied(machine, arguments[0], (arguments[2], arguments[1]), span)


def _pipe(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    value = arguments[0]
    for function in coercion.items(machine, arguments[1], span):
        value = coercion.application(function, (value,), span)
    return machine.force(value)


def _warn_if(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    coercion.truth(machine, arguments[0], span)
    return machine.force(arguments[2])


def _throw_if(*, wanted: bool) -> "Run":
    def run(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
        if coercion.truth(machine, arguments[0], span) == wanted:
            _throw(machine, (arguments[1],), span)
        return machine.force(arguments[2])

    return run


def _assert_message(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    if not coercion.truth(machine, arguments[0], span):
        _throw(machine, (arguments[1],), span)
    return Bool(value=True, span=span)


LIBRARY: "dict[str, tuple[int, Run]]" = {
    "concatStrings": (1, _concat_strings),
    "concatMapStringsSep": (3, _concat_map_strings_sep),
    "optionalString": (2, _optional_string),
    "escapeShellArg": (1, _escape_shell_arg),
    "escapeShellArgs": (1, _escape_shell_args),
    "toInt": (1, _to_int),
    "min": (2, _extremum(smaller=True)),
    "max": (2, _extremum(smaller=False)),
    "id": (1, _identity),
    "const": (2, _identity),
    "flip": (3, _flip),
    "pipe": (2, _pipe),
    "isFunction": (1, _is_function),
    "warn": (2, _second),
    "warnIf": (3, _warn_if),
    "warnIfNot": (3, _warn_if),
    "throwIf": (3, _throw_if(wanted=True)),
    "throwIfNot": (3, _throw_if(wanted=False)),
    "assertMsg": (2, _assert_message),
}
