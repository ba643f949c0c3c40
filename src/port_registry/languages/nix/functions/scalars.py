"""Functions on numbers, strings and types, and those that control evaluation."""

import re
from typing import TYPE_CHECKING

from port_registry.languages.nix import operators
from port_registry.languages.nix.coerce import interpolate, join_within_limit, to_text
from port_registry.languages.nix.external_values import resolve_external
from port_registry.languages.nix.functions import coercion
from port_registry.languages.nix.scope import raise_eval_error, raise_unknown
from port_registry.languages.nix.values import (
    AttrSet,
    Bool,
    Builtin,
    ExternalValue,
    Float,
    Int,
    Interpreter,
    Lambda,
    List,
    Null,
    PathValue,
    String,
    Thunk,
    Value,
    evaluated,
)
from port_registry.model import Segment, Span

if TYPE_CHECKING:
    from port_registry.languages.nix.functions.coercion import Run

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
    def run(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
        return Bool(isinstance(interpreter.force(arguments[0]), classes), span)

    return run


def _type_of(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    value = interpreter.force(arguments[0])
    for name, classes in _TYPES.values():
        if isinstance(value, classes):
            return coercion.computed_string(name, span)
    return raise_unknown("its type is not known", span)


# Numbers.


def _arithmetic(operator: str) -> "Run":
    def run(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
        left, right = interpreter.force(arguments[0]), interpreter.force(arguments[1])
        return operators.arithmetic(operator, left, right, span)

    return run


def _less_than(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    left, right = interpreter.force(arguments[0]), interpreter.force(arguments[1])
    return Bool(operators.less(interpreter, left, right, span), span)


def _bits(operator: str) -> "Run":
    def run(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
        left, right = (coercion.integer(interpreter, thunk, span) for thunk in arguments)
        if operator == "and":
            result = left.value & right.value
        else:
            result = left.value | right.value if operator == "or" else left.value ^ right.value
        return Int(result, span, left.origins + right.origins)

    return run


def _rounded(direction: int) -> "Run":
    def run(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
        value = interpreter.force(arguments[0])
        if isinstance(value, Int):
            return value
        if not isinstance(value, Float):
            raise_eval_error("only a number can be rounded", span)
        if abs(value.value) > 2**52:
            raise_unknown("this float is too large to round", span)
        return Int(-int(-value.value // 1) if direction > 0 else int(value.value // 1), span, ())

    return run


# Strings.


def _to_string(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    return String(to_text(interpreter, interpreter.force(arguments[0]), span), span)


def _concat_strings_sep(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    separator = coercion.string(interpreter, arguments[0], span).traced.segments
    segments: list[Segment] = []
    for number, item in enumerate(coercion.items(interpreter, arguments[1], span)):
        if number:
            segments.extend(separator)
        element = interpolate(interpreter, interpreter.force(item), span).segments
        interpreter.spend(len(separator) + len(element), span)
        segments.extend(element)
    return String(join_within_limit(interpreter, segments, span), span)


def _string_length(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    text = coercion.string(interpreter, arguments[0], span).traced.text
    return coercion.computed_int(len(text.encode()), span)


def _substring(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    start = coercion.integer(interpreter, arguments[0], span).value
    length = coercion.integer(interpreter, arguments[1], span).value
    string = interpolate(interpreter, interpreter.force(arguments[2]), span)
    if start < 0:
        raise_eval_error("a substring starts before the string", span)
    if not string.text.isascii():
        raise_unknown("Nix cuts strings by bytes, and this one is not ASCII", span)
    end = len(string.text) if length < 0 else start + length
    interpreter.spend(len(string.segments) + (min(end, len(string.text)) - start) // 100, span)
    return String(string.cut(start, end), span)


def _replace_strings(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    old = [
        coercion.string(interpreter, t, span).traced.text
        for t in coercion.items(interpreter, arguments[0], span)
    ]
    new = [
        coercion.string(interpreter, t, span).traced.text
        for t in coercion.items(interpreter, arguments[1], span)
    ]
    text = coercion.string(interpreter, arguments[2], span).traced.text
    if len(old) != len(new):
        raise_eval_error("the lists of old and new strings differ in length", span)
    if "" in old:
        raise_unknown("the replacement of an empty string is not modelled", span)
    result: list[Segment] = []
    offset = 0
    while offset < len(text):
        interpreter.spend(1 + len(old), span)
        for pattern, replacement in zip(old, new, strict=True):
            if text.startswith(pattern, offset):
                result.append(Segment(replacement, span, verbatim=False))
                offset += len(pattern)
                break
        else:
            result.append(Segment(text[offset], span, verbatim=False))
            offset += 1
    return coercion.computed_string(join_within_limit(interpreter, result, span).text, span)


# Evaluation.


def _seq(interpreter: Interpreter, arguments: Arguments, _span: Span) -> Value:
    interpreter.force(arguments[0])
    return interpreter.force(arguments[1])


def _deep_seq(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    pending = [arguments[0]]
    seen: set[int] = set()
    while pending:
        interpreter.spend(1, span)
        value = interpreter.force(pending.pop())
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, List):
            pending.extend(value.items)
        elif isinstance(value, AttrSet):
            if value.rest is not None:
                raise_unknown(value.rest.reason, span)
            pending.extend([attr.thunk for attr in value.attrs.values()])
    return interpreter.force(arguments[1])


def _throw(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    message = interpolate(interpreter, interpreter.force(arguments[0]), span).text
    return raise_eval_error(f"it throws: {message[:200]}", span)


def _second(interpreter: Interpreter, arguments: Arguments, _span: Span) -> Value:
    return interpreter.force(arguments[1])


def _import(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    value = interpreter.force_or_external(arguments[0])
    if isinstance(value, ExternalValue):
        return resolve_external(
            interpreter.external, ExternalValue((*value.path, "import()"), span)
        )
    if not isinstance(value, PathValue):
        raise_unknown("the argument of `import` is not a path", span)
    interpreter.enter_level(span)
    try:
        return interpreter.import_path(value, span)
    finally:
        interpreter.leave_level()


def _read_file(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    value = interpreter.force(arguments[0])
    if not isinstance(value, PathValue):
        raise_unknown("the argument of `readFile` is not a path", span)
    return interpreter.read_path(value, span)


def _is_function(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    value = interpreter.force(arguments[0])
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


def _concat_strings(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    return _concat_strings_sep(
        interpreter, (evaluated(coercion.computed_string("", span)), arguments[0]), span
    )


def _concat_map_strings_sep(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    items = coercion.items(interpreter, arguments[2], span)
    mapped = [coercion.deferred_call(arguments[1], (item,), span) for item in items]
    return _concat_strings_sep(
        interpreter, (arguments[0], evaluated(List(tuple(mapped), span))), span
    )


def _optional_string(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    if coercion.truth(interpreter, arguments[0], span):
        return interpreter.force(arguments[1])
    return coercion.computed_string("", span)


def _escape_shell_arg(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    text = to_text(interpreter, interpreter.force(arguments[0]), span)
    if re.fullmatch(r"[A-Za-z0-9,._+:@%/-]+", text.text):
        return String(text, span)
    quote = Segment("'", span, verbatim=False)
    inside = [
        Segment(segment.text.replace("'", "'\\''"), segment.span, verbatim=False)
        if "'" in segment.text
        else segment
        for segment in text.segments
    ]
    return String(join_within_limit(interpreter, [quote, *inside, quote], span), span)


def _escape_shell_args(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    items = coercion.items(interpreter, arguments[0], span)
    escaped = [evaluated(_escape_shell_arg(interpreter, (item,), span)) for item in items]
    separator = evaluated(coercion.computed_string(" ", span))
    return _concat_strings_sep(
        interpreter, (separator, evaluated(List(tuple(escaped), span))), span
    )


def _to_int(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    string = coercion.string(interpreter, arguments[0], span).traced
    digits = string.text.strip(" \t\r\n")
    negative = digits.startswith("-")
    bare = digits[1:] if negative else digits
    if not (bare.isascii() and bare.isdigit() and len(bare) < 19) or bare != str(int(bare)):
        raise_eval_error(f"`{string.text[:40]}` is not an integer", span)
    start = string.text.index(digits)
    digits_span = string.locate(start, start + len(digits))
    value = -int(bare) if negative else int(bare)
    return Int(
        value,
        span if digits_span is None else digits_span,
        () if digits_span is None else (digits_span,),
    )


def _extremum(*, smaller: bool) -> "Run":
    def run(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
        left, right = interpreter.force(arguments[0]), interpreter.force(arguments[1])
        below = operators.less(interpreter, left, right, span)
        return left if below == smaller else right

    return run


def _identity(interpreter: Interpreter, arguments: Arguments, _span: Span) -> Value:
    return interpreter.force(arguments[0])


def _flip(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    return coercion.call(interpreter, arguments[0], (arguments[2], arguments[1]), span)


def _pipe(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    value = arguments[0]
    for function in coercion.items(interpreter, arguments[1], span):
        value = coercion.deferred_call(function, (value,), span)
    return interpreter.force(value)


def _warn_if(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    coercion.truth(interpreter, arguments[0], span)
    return interpreter.force(arguments[2])


def _throw_if(*, wanted: bool) -> "Run":
    def run(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
        if coercion.truth(interpreter, arguments[0], span) == wanted:
            _throw(interpreter, (arguments[1],), span)
        return interpreter.force(arguments[2])

    return run


def _assert_message(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    if not coercion.truth(interpreter, arguments[0], span):
        _throw(interpreter, (arguments[1],), span)
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
