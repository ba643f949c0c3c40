"""Functions on numbers, strings and types, and those that control evaluation."""

import re
from collections.abc import Callable

from port_registry.languages.nix import coerce, operators, scope
from port_registry.languages.nix.functions.call import Call, Table, binary, ternary, unary
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
    evaluated,
)
from port_registry.model import Segment

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


def _is_a(classes: tuple[type, ...]) -> Callable[[Call, Thunk], Value]:
    def run(call: Call, argument: Thunk) -> Value:
        return Bool(isinstance(call.force(argument), classes), call.span)

    return run


def _type_of(call: Call, argument: Thunk) -> Value:
    value = call.force(argument)
    for name, classes in _TYPES.values():
        if isinstance(value, classes):
            return call.new_string(name)
    return scope.raise_unknown("its type is not known", call.span)


# Numbers.


def _arithmetic(sign: str) -> Callable[[Call, Thunk, Thunk], Value]:
    def run(call: Call, left: Thunk, right: Thunk) -> Value:
        return operators.arithmetic(sign, call.force(left), call.force(right), call.span)

    return run


def _less_than(call: Call, left: Thunk, right: Thunk) -> Value:
    return Bool(call.is_less(call.force(left), call.force(right)), call.span)


def _bits(combine: Callable[[int, int], int]) -> Callable[[Call, Thunk, Thunk], Value]:
    def run(call: Call, left: Thunk, right: Thunk) -> Value:
        first, second = call.integer(left), call.integer(right)
        result = combine(first.value, second.value)
        return Int(result, call.span, first.origins + second.origins)

    return run


def _floor(call: Call, number: Thunk, sign: int = 1) -> Value:
    value = call.force(number)
    if isinstance(value, Int):
        return value
    if not isinstance(value, Float):
        scope.raise_eval_error("only a number can be rounded", call.span)
    if not abs(value.value) <= 2**52:  # nor is NaN
        scope.raise_unknown("this float is too large to round", call.span)
    return call.new_int(sign * int(sign * value.value // 1))


def _ceil(call: Call, number: Thunk) -> Value:
    return _floor(call, number, sign=-1)


# Strings.


def _to_string(call: Call, argument: Thunk) -> Value:
    return String(coerce.to_text(call.interpreter, call.force(argument), call.span), call.span)


def _concat_strings_sep(call: Call, separator: Thunk, items: Thunk) -> Value:
    between = call.string(separator).traced.segments
    segments: list[Segment] = []
    for number, item in enumerate(call.items(items)):
        if number:
            segments.extend(between)
        element = call.interpolated(item).segments
        call.interpreter.spend(len(between) + len(element), call.span)
        segments.extend(element)
    return call.joined(segments)


def _string_length(call: Call, string: Thunk) -> Value:
    return call.new_int(len(call.text(string).encode()))


def _substring(call: Call, start: Thunk, length: Thunk, string: Thunk) -> Value:
    first, count = call.integer(start).value, call.integer(length).value
    whole = call.interpolated(string)
    if first < 0:
        scope.raise_eval_error("a substring starts before the string", call.span)
    if not whole.text.isascii():
        scope.raise_unknown("Nix cuts strings by bytes, and this one is not ASCII", call.span)
    size = len(whole.text)
    end = size if count < 0 else first + count
    call.interpreter.spend(len(whole.segments) + (min(end, size) - first) // 100, call.span)
    return String(whole.cut(first, end), call.span)


def _replace_strings(call: Call, originals: Thunk, replacements: Thunk, string: Thunk) -> Value:
    old = [call.text(item) for item in call.items(originals)]
    new = [call.text(item) for item in call.items(replacements)]
    text = call.text(string)
    if len(old) != len(new):
        scope.raise_eval_error("the lists of old and new strings differ in length", call.span)
    if "" in old:
        scope.raise_unknown("the replacement of an empty string is not modelled", call.span)
    pairs = list(zip(old, new, strict=True))
    result: list[Segment] = []
    offset = 0
    while offset < len(text):
        call.interpreter.spend(1 + len(old), call.span)
        unchanged = (text[offset], text[offset])
        pattern, replacement = next(
            (pair for pair in pairs if text.startswith(pair[0], offset)), unchanged
        )
        result.append(Segment(replacement, call.span, verbatim=False))
        offset += len(pattern)
    return call.new_string(call.joined(result).traced.text)


# Evaluation.


def _seq(call: Call, first: Thunk, second: Thunk) -> Value:
    call.force(first)
    return call.force(second)


def _deep_seq(call: Call, first: Thunk, second: Thunk) -> Value:
    pending = [first]
    seen: set[int] = set()
    while pending:
        call.interpreter.spend(1, call.span)
        value = call.force(pending.pop())
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, List):
            pending.extend(value.items)
        elif isinstance(value, AttrSet):
            if value.rest is not None:
                scope.raise_unknown(value.rest.reason, call.span)
            pending.extend([attr.thunk for attr in value.attrs.values()])
    return call.force(second)


def _throw(call: Call, message: Thunk) -> Value:
    return scope.raise_eval_error(f"it throws: {call.interpolated(message).text[:200]}", call.span)


def _second(call: Call, _first: Thunk, second: Thunk) -> Value:
    return call.force(second)


def _import(call: Call, path: Thunk) -> Value:
    value = call.interpreter.force_or_external(path)
    if isinstance(value, ExternalValue):
        return call.interpreter.resolve(ExternalValue((*value.path, "import()"), call.span))
    if not isinstance(value, PathValue):
        scope.raise_unknown("the argument of `import` is not a path", call.span)
    call.interpreter.enter_level(call.span)
    try:
        return call.interpreter.import_path(value, call.span)
    finally:
        call.interpreter.leave_level()


def _read_file(call: Call, path: Thunk) -> Value:
    value = call.force(path)
    if not isinstance(value, PathValue):
        scope.raise_unknown("the argument of `readFile` is not a path", call.span)
    return call.interpreter.read_path(value, call.span)


BUILTINS: Table = {
    **{name: unary(_is_a(classes)) for name, (_, classes) in _TYPES.items()},
    "typeOf": unary(_type_of),
    "add": binary(_arithmetic("+")),
    "sub": binary(_arithmetic("-")),
    "mul": binary(_arithmetic("*")),
    "div": binary(_arithmetic("/")),
    "lessThan": binary(_less_than),
    "bitAnd": binary(_bits(int.__and__)),
    "bitOr": binary(_bits(int.__or__)),
    "bitXor": binary(_bits(int.__xor__)),
    "floor": unary(_floor),
    "ceil": unary(_ceil),
    "toString": unary(_to_string),
    "concatStringsSep": binary(_concat_strings_sep),
    "stringLength": unary(_string_length),
    "substring": ternary(_substring),
    "replaceStrings": ternary(_replace_strings),
    "seq": binary(_seq),
    "deepSeq": binary(_deep_seq),
    "throw": unary(_throw),
    "abort": unary(_throw),
    "trace": binary(_second),
    "import": unary(_import),
    "readFile": unary(_read_file),
}


# nixpkgs' `lib`.


def _concat_strings(call: Call, items: Thunk) -> Value:
    return _concat_strings_sep(call, evaluated(call.new_string("")), items)


def _concat_map_strings_sep(call: Call, separator: Thunk, function: Thunk, items: Thunk) -> Value:
    mapped = [call.deferred(function, item) for item in call.items(items)]
    return _concat_strings_sep(call, separator, evaluated(call.new_list(mapped)))


def _optional_string(call: Call, condition: Thunk, string: Thunk) -> Value:
    return call.force(string) if call.truth(condition) else call.new_string("")


def _escape_shell_arg(call: Call, argument: Thunk) -> Value:
    text = coerce.to_text(call.interpreter, call.force(argument), call.span)
    if re.fullmatch(r"[A-Za-z0-9,._+:@%/-]+", text.text):
        return String(text, call.span)
    quote = Segment("'", call.span, verbatim=False)
    inside = [
        Segment(segment.text.replace("'", "'\\''"), segment.span, verbatim=False)
        if "'" in segment.text
        else segment
        for segment in text.segments
    ]
    return call.joined([quote, *inside, quote])


def _escape_shell_args(call: Call, items: Thunk) -> Value:
    escaped = [evaluated(_escape_shell_arg(call, item)) for item in call.items(items)]
    separator = evaluated(call.new_string(" "))
    return _concat_strings_sep(call, separator, evaluated(call.new_list(escaped)))


def _to_int(call: Call, string: Thunk) -> Value:
    traced = call.string(string).traced
    digits = traced.text.strip(" \t\r\n")
    bare = digits.removeprefix("-")
    if not (bare.isascii() and bare.isdigit() and len(bare) < 19) or bare != str(int(bare)):
        scope.raise_eval_error(f"`{traced.text[:40]}` is not an integer", call.span)
    start = traced.text.index(digits)
    span = traced.locate(start, start + len(digits))
    return Int(int(digits), span or call.span, () if span is None else (span,))


def _min(call: Call, left: Thunk, right: Thunk) -> Value:
    first, second = call.force(left), call.force(right)
    return first if call.is_less(first, second) else second


def _max(call: Call, left: Thunk, right: Thunk) -> Value:
    first, second = call.force(left), call.force(right)
    return second if call.is_less(first, second) else first


def _identity(call: Call, argument: Thunk, _ignored: Thunk | None = None) -> Value:
    return call.force(argument)


def _flip(call: Call, function: Thunk, second: Thunk, first: Thunk) -> Value:
    return call.apply(function, first, second)


def _pipe(call: Call, value: Thunk, functions: Thunk) -> Value:
    for function in call.items(functions):
        value = call.deferred(function, value)
    return call.force(value)


def _is_function(call: Call, argument: Thunk) -> Value:
    value = call.force(argument)
    has_functor = isinstance(value, AttrSet) and "__functor" in value.attrs
    return Bool(has_functor or isinstance(value, (Lambda, Builtin)), call.span)


def _warn_if(call: Call, condition: Thunk, _message: Thunk, value: Thunk) -> Value:
    call.truth(condition)
    return call.force(value)


def _throw_if(call: Call, condition: Thunk, message: Thunk, value: Thunk) -> Value:
    return _throw(call, message) if call.truth(condition) else call.force(value)


def _throw_if_not(call: Call, condition: Thunk, message: Thunk, value: Thunk) -> Value:
    return call.force(value) if call.truth(condition) else _throw(call, message)


def _assert_message(call: Call, condition: Thunk, message: Thunk) -> Value:
    return Bool(value=True, span=call.span) if call.truth(condition) else _throw(call, message)


LIBRARY: Table = {
    "concatStrings": unary(_concat_strings),
    "concatMapStringsSep": ternary(_concat_map_strings_sep),
    "optionalString": binary(_optional_string),
    "escapeShellArg": unary(_escape_shell_arg),
    "escapeShellArgs": unary(_escape_shell_args),
    "toInt": unary(_to_int),
    "min": binary(_min),
    "max": binary(_max),
    "id": unary(_identity),
    "const": binary(_identity),
    "flip": ternary(_flip),
    "pipe": binary(_pipe),
    "isFunction": unary(_is_function),
    "warn": binary(_second),
    "warnIf": ternary(_warn_if),
    "warnIfNot": ternary(_warn_if),
    "throwIf": ternary(_throw_if),
    "throwIfNot": ternary(_throw_if_not),
    "assertMsg": binary(_assert_message),
}
