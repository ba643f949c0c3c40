"""Functions on lists."""

from typing import TYPE_CHECKING

from port_registry.languages.nix import operators
from port_registry.languages.nix.functions import coercion
from port_registry.languages.nix.functions.options import conditional
from port_registry.languages.nix.scope import UnknownValueError, raise_eval_error, raise_unknown
from port_registry.languages.nix.values import Bool, Interpreter, List, Thunk, Value, evaluated
from port_registry.model import Span

if TYPE_CHECKING:
    from port_registry.languages.nix.functions.coercion import Run

Arguments = tuple[Thunk, ...]
_MAX_ITEMS = 1_000_000


def _map(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    function = arguments[0]
    items = coercion.items(interpreter, arguments[1], span)
    return List(tuple([coercion.deferred_call(function, (item,), span) for item in items]), span)


def _filter(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    kept: list[Thunk] = []
    for item in coercion.items(interpreter, arguments[1], span):
        if coercion.holds(interpreter, arguments[0], item, span):
            kept.append(item)
    return List(tuple(kept), span)


def _gen_list(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    length = coercion.integer(interpreter, arguments[1], span).value
    if length < 0:
        raise_eval_error("a list cannot have a negative length", span)
    if length > _MAX_ITEMS:
        raise_unknown("this list is too long", span)
    interpreter.spend(4 * length, span)
    return List(
        tuple(
            [
                coercion.deferred_call(
                    arguments[0], (evaluated(coercion.computed_int(index, span)),), span
                )
                for index in range(length)
            ]
        ),
        span,
    )


def _fold_left(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    result = arguments[1]
    items = coercion.items(interpreter, arguments[2], span)
    for item in items:
        result = evaluated(coercion.call(interpreter, arguments[0], (result, item), span))
    return interpreter.force(result)


def _length(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    return coercion.computed_int(len(coercion.items(interpreter, arguments[0], span)), span)


def _head(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    items = coercion.items(interpreter, arguments[0], span)
    return (
        interpreter.force(items[0])
        if items
        else raise_eval_error("an empty list has no head", span)
    )


def _tail(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    items = coercion.items(interpreter, arguments[0], span)
    return List(items[1:], span) if items else raise_eval_error("an empty list has no tail", span)


def _elem_at(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    items = coercion.items(interpreter, arguments[0], span)
    index = coercion.integer(interpreter, arguments[1], span).value
    if not 0 <= index < len(items):
        raise_eval_error(f"the list has no element {index}", span)
    return interpreter.force(items[index])


def _elem(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    items = coercion.items(interpreter, arguments[1], span)
    if not items:
        return Bool(value=False, span=span)
    element = interpreter.force(arguments[0])
    for item in items:
        if operators.equal(interpreter, element, interpreter.force(item), span):
            return Bool(value=True, span=span)
    return Bool(value=False, span=span)


def _concat_lists(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    joined: list[Thunk] = []
    for item in coercion.items(interpreter, arguments[0], span):
        joined.extend(coercion.items(interpreter, item, span))
    return List(tuple(joined), span)


def _concat_map(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    return _concat_lists(interpreter, (evaluated(_map(interpreter, arguments, span)),), span)


def _all(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    for item in coercion.items(interpreter, arguments[1], span):
        if not coercion.holds(interpreter, arguments[0], item, span):
            return Bool(value=False, span=span)
    return Bool(value=True, span=span)


def _any(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    for item in coercion.items(interpreter, arguments[1], span):
        if coercion.holds(interpreter, arguments[0], item, span):
            return Bool(value=True, span=span)
    return Bool(value=False, span=span)


def _partition(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    right: list[Thunk] = []
    wrong: list[Thunk] = []
    for item in coercion.items(interpreter, arguments[1], span):
        chosen = right if coercion.holds(interpreter, arguments[0], item, span) else wrong
        chosen.append(item)
    halves = {
        "right": evaluated(List(tuple(right), span)),
        "wrong": evaluated(List(tuple(wrong), span)),
    }
    return coercion.computed_set(halves, span)


def _sort(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    items = list(coercion.items(interpreter, arguments[1], span))
    width = 1
    while width < len(items):
        merged: list[Thunk] = []
        for low in range(0, len(items), 2 * width):
            left, right = items[low : low + width], items[low + width : low + 2 * width]
            merged.extend(_merged(interpreter, arguments[0], left, right, span))
        items = merged
        width *= 2
    return List(tuple(items), span)


def _merged(
    interpreter: Interpreter, is_less: Thunk, left: list[Thunk], right: list[Thunk], span: Span
) -> list[Thunk]:
    merged: list[Thunk] = []
    first = second = 0
    while first < len(left) and second < len(right):
        pair = (right[second], left[first])
        value = coercion.call(interpreter, is_less, pair, span)
        if operators.truth(value, span):
            merged.append(right[second])
            second += 1
        else:
            merged.append(left[first])
            first += 1
    return merged + left[first:] + right[second:]


BUILTINS: "dict[str, tuple[int, Run]]" = {
    "map": (2, _map),
    "filter": (2, _filter),
    "genList": (2, _gen_list),
    "foldl'": (3, _fold_left),
    "length": (1, _length),
    "head": (1, _head),
    "tail": (1, _tail),
    "elemAt": (2, _elem_at),
    "elem": (2, _elem),
    "concatLists": (1, _concat_lists),
    "concatMap": (2, _concat_map),
    "all": (2, _all),
    "any": (2, _any),
    "partition": (2, _partition),
    "sort": (2, _sort),
}


# nixpkgs' `lib`.


def _range(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    first = coercion.integer(interpreter, arguments[0], span).value
    last = coercion.integer(interpreter, arguments[1], span).value
    if last - first >= _MAX_ITEMS:
        raise_unknown("this list is too long", span)
    interpreter.spend(max(0, last - first), span)
    return List(
        tuple([evaluated(coercion.computed_int(n, span)) for n in range(first, last + 1)]), span
    )


def _indexed_map(first: int) -> "Run":
    def run(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
        items = coercion.items(interpreter, arguments[1], span)
        return List(
            tuple(
                [
                    coercion.deferred_call(
                        arguments[0], (evaluated(coercion.computed_int(n, span)), item), span
                    )
                    for n, item in enumerate(items, first)
                ]
            ),
            span,
        )

    return run


def _lazy_fold_left(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    result = arguments[1]
    for item in coercion.items(interpreter, arguments[2], span):
        result = coercion.deferred_call(arguments[0], (result, item), span)
    return interpreter.force(result)


def _fold_right(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    result = arguments[1]
    for item in reversed(coercion.items(interpreter, arguments[2], span)):
        result = coercion.deferred_call(arguments[0], (item, result), span)
    return interpreter.force(result)


def _zip_with(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    left = coercion.items(interpreter, arguments[1], span)
    right = coercion.items(interpreter, arguments[2], span)
    pairs = zip(left, right, strict=False)
    return List(tuple([coercion.deferred_call(arguments[0], pair, span) for pair in pairs]), span)


def _optional(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    return _optionals(interpreter, (arguments[0], evaluated(List((arguments[1],), span))), span)


def _optionals(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    try:
        condition = coercion.truth(interpreter, arguments[0], span)
    except UnknownValueError:
        if interpreter.external is None:
            raise
        items = coercion.items(interpreter, arguments[1], span)
        conditionals = [evaluated(conditional(arguments[0], item, span)) for item in items]
        return List(tuple(conditionals), span)
    return interpreter.force(arguments[1]) if condition else List((), span)


def _single(_machine: Interpreter, arguments: Arguments, span: Span) -> Value:
    return List((arguments[0],), span)


def _to_list(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    value = interpreter.force(arguments[0])
    return value if isinstance(value, List) else List((evaluated(value),), span)


def _flatten(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    flat: list[Thunk] = []
    pending = [arguments[0]]
    while pending:
        interpreter.spend(1, span)
        value = interpreter.force(pending.pop())
        if isinstance(value, List):
            pending.extend(reversed(value.items))
        else:
            flat.append(evaluated(value))
    return List(tuple(flat), span)


def _last(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    items = coercion.items(interpreter, arguments[0], span)
    return (
        interpreter.force(items[-1])
        if items
        else raise_eval_error("an empty list has no last element", span)
    )


def _reverse(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    return List(coercion.items(interpreter, arguments[0], span)[::-1], span)


def _take(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    count = max(0, coercion.integer(interpreter, arguments[0], span).value)
    return List(coercion.items(interpreter, arguments[1], span)[:count], span)


def _drop(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    count = max(0, coercion.integer(interpreter, arguments[0], span).value)
    return List(coercion.items(interpreter, arguments[1], span)[count:], span)


def _unique(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    kept: list[Thunk] = []
    for item in coercion.items(interpreter, arguments[0], span):
        interpreter.spend(len(kept), span)
        value = interpreter.force(item)
        for other in kept:
            if operators.equal(interpreter, interpreter.force(other), value, span):
                break
        else:
            kept.append(item)
    return List(tuple(kept), span)


LIBRARY: "dict[str, tuple[int, Run]]" = {
    "range": (2, _range),
    "imap0": (2, _indexed_map(0)),
    "imap1": (2, _indexed_map(1)),
    "foldl": (3, _lazy_fold_left),
    "foldr": (3, _fold_right),
    "fold": (3, _fold_right),
    "zipListsWith": (3, _zip_with),
    "optional": (2, _optional),
    "optionals": (2, _optionals),
    "singleton": (1, _single),
    "toList": (1, _to_list),
    "flatten": (1, _flatten),
    "last": (1, _last),
    "reverseList": (1, _reverse),
    "take": (2, _take),
    "drop": (2, _drop),
    "unique": (1, _unique),
}
