"""Functions on lists."""

from typing import TYPE_CHECKING

from port_registry.languages.nix import operators
from port_registry.languages.nix.functions import coercion
from port_registry.languages.nix.functions.options import conditional
from port_registry.languages.nix.scope import StuckError, fail, stuck
from port_registry.languages.nix.values import Bool, List, Thunk, Value, known
from port_registry.model import Span

if TYPE_CHECKING:
    from port_registry.languages.nix.functions.coercion import Run
    from port_registry.languages.nix.interpreter import Interpreter

Arguments = tuple[Thunk, ...]
_MAX_ITEMS = 1_000_000


def _map(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    function = arguments[0]
    items = coercion.items(machine, arguments[1], span)
    return List(tuple([coercion.application(function, (item,), span) for item in items]), span)


def _filter(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    kept: list[Thunk] = []
    for item in coercion.items(machine, arguments[1], span):
        if coercion.holds(machine, arguments[0], item, span):
            kept.append(item)
    return List(tuple(kept), span)


def _gen_list(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    length = coercion.integer(machine, arguments[1], span).value
    if length < 0:
        fail("a list cannot have a negative length", span)
    if length > _MAX_ITEMS:
        stuck("this list is too long", span)
    machine.spend(4 * length, span)
    return List(
        tuple(
            [
                coercion.application(arguments[0], (known(coercion.number(index, span)),), span)
                for index in range(length)
            ]
        ),
        span,
    )


def _fold_left(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    result = arguments[1]
    items = coercion.items(machine, arguments[2], span)
    for item in items:
        result = known(coercion.applied(machine, arguments[0], (result, item), span))
    return machine.force(result)


def _length(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    return coercion.number(len(coercion.items(machine, arguments[0], span)), span)


def _head(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    items = coercion.items(machine, arguments[0], span)
    return machine.force(items[0]) if items else fail("an empty list has no head", span)


def _tail(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    items = coercion.items(machine, arguments[0], span)
    return List(items[1:], span) if items else fail("an empty list has no tail", span)


def _elem_at(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    items = coercion.items(machine, arguments[0], span)
    index = coercion.integer(machine, arguments[1], span).value
    if not 0 <= index < len(items):
        fail(f"the list has no element {index}", span)
    return machine.force(items[index])


def _elem(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    items = coercion.items(machine, arguments[1], span)
    if not items:
        return Bool(value=False, span=span)
    wanted = machine.force(arguments[0])
    for item in items:
        if operators.equal(machine, wanted, machine.force(item), span):
            return Bool(value=True, span=span)
    return Bool(value=False, span=span)


def _concat_lists(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    joined: list[Thunk] = []
    for item in coercion.items(machine, arguments[0], span):
        joined.extend(coercion.items(machine, item, span))
    return List(tuple(joined), span)


def _concat_map(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    return _concat_lists(machine, (known(_map(machine, arguments, span)),), span)


def _all(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    for item in coercion.items(machine, arguments[1], span):
        if not coercion.holds(machine, arguments[0], item, span):
            return Bool(value=False, span=span)
    return Bool(value=True, span=span)


def _any(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    for item in coercion.items(machine, arguments[1], span):
        if coercion.holds(machine, arguments[0], item, span):
            return Bool(value=True, span=span)
    return Bool(value=False, span=span)


def _partition(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    right: list[Thunk] = []
    wrong: list[Thunk] = []
    for item in coercion.items(machine, arguments[1], span):
        chosen = right if coercion.holds(machine, arguments[0], item, span) else wrong
        chosen.append(item)
    halves = {"right": known(List(tuple(right), span)), "wrong": known(List(tuple(wrong), span))}
    return coercion.made_set(halves, span)


def _sort(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    items = list(coercion.items(machine, arguments[1], span))
    width = 1
    while width < len(items):
        merged: list[Thunk] = []
        for low in range(0, len(items), 2 * width):
            left, right = items[low : low + width], items[low + width : low + 2 * width]
            merged.extend(_merged(machine, arguments[0], left, right, span))
        items = merged
        width *= 2
    return List(tuple(items), span)


def _merged(
    machine: "Interpreter", before: Thunk, left: list[Thunk], right: list[Thunk], span: Span
) -> list[Thunk]:
    merged: list[Thunk] = []
    first = second = 0
    while first < len(left) and second < len(right):
        pair = (right[second], left[first])
        value = coercion.applied(machine, before, pair, span)
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


def _range(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    first = coercion.integer(machine, arguments[0], span).value
    last = coercion.integer(machine, arguments[1], span).value
    if last - first >= _MAX_ITEMS:
        stuck("this list is too long", span)
    machine.spend(max(0, last - first), span)
    return List(tuple([known(coercion.number(n, span)) for n in range(first, last + 1)]), span)


def _indexed_map(first: int) -> "Run":
    def run(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
        items = coercion.items(machine, arguments[1], span)
        return List(
            tuple(
                [
                    coercion.application(
                        arguments[0], (known(coercion.number(n, span)), item), span
                    )
                    for n, item in enumerate(items, first)
                ]
            ),
            span,
        )

    return run


def _lazy_fold_left(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    result = arguments[1]
    for item in coercion.items(machine, arguments[2], span):
        result = coercion.application(arguments[0], (result, item), span)
    return machine.force(result)


def _fold_right(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    result = arguments[1]
    for item in reversed(coercion.items(machine, arguments[2], span)):
        result = coercion.application(arguments[0], (item, result), span)
    return machine.force(result)


def _zip_with(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    left = coercion.items(machine, arguments[1], span)
    right = coercion.items(machine, arguments[2], span)
    pairs = zip(left, right, strict=False)
    return List(tuple([coercion.application(arguments[0], pair, span) for pair in pairs]), span)


def _optional(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    return _optionals(machine, (arguments[0], known(List((arguments[1],), span))), span)


def _optionals(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    try:
        wanted = coercion.truth(machine, arguments[0], span)
    except StuckError:
        if machine.world is None:
            raise
        items = coercion.items(machine, arguments[1], span)
        perhaps = [known(conditional(arguments[0], item, span)) for item in items]
        return List(tuple(perhaps), span)
    return machine.force(arguments[1]) if wanted else List((), span)


def _single(_machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    return List((arguments[0],), span)


def _to_list(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    value = machine.force(arguments[0])
    return value if isinstance(value, List) else List((known(value),), span)


def _flatten(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    flat: list[Thunk] = []
    pending = [arguments[0]]
    while pending:
        machine.spend(1, span)
        value = machine.force(pending.pop())
        if isinstance(value, List):
            pending.extend(reversed(value.items))
        else:
            flat.append(known(value))
    return List(tuple(flat), span)


def _last(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    items = coercion.items(machine, arguments[0], span)
    return machine.force(items[-1]) if items else fail("an empty list has no last element", span)


def _reverse(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    return List(coercion.items(machine, arguments[0], span)[::-1], span)


def _take(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    count = max(0, coercion.integer(machine, arguments[0], span).value)
    return List(coercion.items(machine, arguments[1], span)[:count], span)


def _drop(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    count = max(0, coercion.integer(machine, arguments[0], span).value)
    return List(coercion.items(machine, arguments[1], span)[count:], span)


def _unique(machine: "Interpreter", arguments: Arguments, span: Span) -> Value:
    kept: list[Thunk] = []
    for item in coercion.items(machine, arguments[0], span):
        machine.spend(len(kept), span)
        value = machine.force(item)
        for other in kept:
            if operators.equal(machine, machine.force(other), value, span):
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
