"""Functions on lists."""

from port_registry.languages.nix import operators, scope
from port_registry.languages.nix.functions.call import Call, Table, binary, ternary, unary
from port_registry.languages.nix.functions.options import conditional
from port_registry.languages.nix.values import (
    Bool,
    List,
    Thunk,
    UnknownValueError,
    Value,
    evaluated,
)

_MAX_ITEMS = 1_000_000


def _map(call: Call, function: Thunk, items: Thunk) -> Value:
    return call.new_list([call.deferred(function, item) for item in call.items(items)])


def _filter(call: Call, predicate: Thunk, items: Thunk) -> Value:
    return call.new_list([item for item in call.items(items) if call.holds(predicate, item)])


def _gen_list(call: Call, generator: Thunk, length: Thunk) -> Value:
    count = call.integer(length).value
    if count < 0:
        scope.raise_eval_error("a list cannot have a negative length", call.span)
    if count > _MAX_ITEMS:
        scope.raise_unknown("this list is too long", call.span)
    call.interpreter.spend(4 * count, call.span)
    indices = [evaluated(call.new_int(index)) for index in range(count)]
    return call.new_list([call.deferred(generator, index) for index in indices])


def _fold_left(call: Call, function: Thunk, result: Thunk, items: Thunk) -> Value:
    for item in call.items(items):
        result = evaluated(call.apply(function, result, item))
    return call.force(result)


def _length(call: Call, items: Thunk) -> Value:
    return call.new_int(len(call.items(items)))


def _head(call: Call, items: Thunk) -> Value:
    if not (elements := call.items(items)):
        scope.raise_eval_error("an empty list has no head", call.span)
    return call.force(elements[0])


def _tail(call: Call, items: Thunk) -> Value:
    if not (elements := call.items(items)):
        scope.raise_eval_error("an empty list has no tail", call.span)
    return call.new_list(elements[1:])


def _elem_at(call: Call, items: Thunk, index: Thunk) -> Value:
    elements = call.items(items)
    number = call.integer(index).value
    if not 0 <= number < len(elements):
        scope.raise_eval_error(f"the list has no element {number}", call.span)
    return call.force(elements[number])


def _elem(call: Call, wanted: Thunk, items: Thunk) -> Value:
    elements = call.items(items)
    found = any(call.is_equal(call.force(wanted), call.force(element)) for element in elements)
    return Bool(found, call.span)


def _concat_lists(call: Call, lists: Thunk) -> Value:
    return call.new_list([item for items in call.items(lists) for item in call.items(items)])


def _concat_map(call: Call, function: Thunk, items: Thunk) -> Value:
    return _concat_lists(call, evaluated(_map(call, function, items)))


def _all(call: Call, predicate: Thunk, items: Thunk) -> Value:
    return Bool(all(call.holds(predicate, item) for item in call.items(items)), call.span)


def _any(call: Call, predicate: Thunk, items: Thunk) -> Value:
    return Bool(any(call.holds(predicate, item) for item in call.items(items)), call.span)


def _partition(call: Call, predicate: Thunk, items: Thunk) -> Value:
    right: list[Thunk] = []
    wrong: list[Thunk] = []
    for item in call.items(items):
        (right if call.holds(predicate, item) else wrong).append(item)
    return call.new_set(
        {"right": evaluated(call.new_list(right)), "wrong": evaluated(call.new_list(wrong))}
    )


def _sort(call: Call, is_less: Thunk, items: Thunk) -> Value:
    ordered = list(call.items(items))
    width = 1
    while width < len(ordered):
        merged: list[Thunk] = []
        for low in range(0, len(ordered), 2 * width):
            middle = low + width
            merged += _merged(call, is_less, ordered[low:middle], ordered[middle : middle + width])
        ordered = merged
        width *= 2
    return call.new_list(ordered)


def _merged(call: Call, is_less: Thunk, left: list[Thunk], right: list[Thunk]) -> list[Thunk]:
    merged: list[Thunk] = []
    first = second = 0
    while first < len(left) and second < len(right):
        if operators.truth(call.apply(is_less, right[second], left[first]), call.span):
            merged.append(right[second])
            second += 1
        else:
            merged.append(left[first])
            first += 1
    return merged + left[first:] + right[second:]


BUILTINS: Table = {
    "map": binary(_map),
    "filter": binary(_filter),
    "genList": binary(_gen_list),
    "foldl'": ternary(_fold_left),
    "length": unary(_length),
    "head": unary(_head),
    "tail": unary(_tail),
    "elemAt": binary(_elem_at),
    "elem": binary(_elem),
    "concatLists": unary(_concat_lists),
    "concatMap": binary(_concat_map),
    "all": binary(_all),
    "any": binary(_any),
    "partition": binary(_partition),
    "sort": binary(_sort),
}


# nixpkgs' `lib`.


def _range(call: Call, first: Thunk, last: Thunk) -> Value:
    start, end = call.integer(first).value, call.integer(last).value
    if end - start >= _MAX_ITEMS:
        scope.raise_unknown("this list is too long", call.span)
    call.interpreter.spend(max(0, end - start), call.span)
    return call.new_list([evaluated(call.new_int(number)) for number in range(start, end + 1)])


def _map_from_0(call: Call, function: Thunk, items: Thunk, first: int = 0) -> Value:
    numbered = enumerate(call.items(items), first)
    return call.new_list(
        [call.deferred(function, evaluated(call.new_int(n)), item) for n, item in numbered]
    )


def _map_from_1(call: Call, function: Thunk, items: Thunk) -> Value:
    return _map_from_0(call, function, items, first=1)


def _lazy_fold_left(call: Call, function: Thunk, result: Thunk, items: Thunk) -> Value:
    for item in call.items(items):
        result = call.deferred(function, result, item)
    return call.force(result)


def _fold_right(call: Call, function: Thunk, result: Thunk, items: Thunk) -> Value:
    for item in reversed(call.items(items)):
        result = call.deferred(function, item, result)
    return call.force(result)


def _zip_with(call: Call, function: Thunk, left: Thunk, right: Thunk) -> Value:
    pairs = zip(call.items(left), call.items(right), strict=False)
    return call.new_list([call.deferred(function, *pair) for pair in pairs])


def _optional(call: Call, condition: Thunk, item: Thunk) -> Value:
    return _optionals(call, condition, evaluated(call.new_list([item])))


def _optionals(call: Call, condition: Thunk, items: Thunk) -> Value:
    try:
        is_wanted = call.truth(condition)
    except UnknownValueError:
        if call.interpreter.external is None:
            raise
        return call.new_list([conditional(call, condition, item) for item in call.items(items)])
    return call.force(items) if is_wanted else call.new_list([])


def _single(call: Call, item: Thunk) -> Value:
    return call.new_list([item])


def _to_list(call: Call, item: Thunk) -> Value:
    value = call.force(item)
    return value if isinstance(value, List) else call.new_list([evaluated(value)])


def _flatten(call: Call, item: Thunk) -> Value:
    flat: list[Thunk] = []
    pending = [item]
    while pending:
        call.interpreter.spend(1, call.span)
        value = call.force(pending.pop())
        if isinstance(value, List):
            pending.extend(reversed(value.items))
        else:
            flat.append(evaluated(value))
    return call.new_list(flat)


def _last(call: Call, items: Thunk) -> Value:
    if not (elements := call.items(items)):
        scope.raise_eval_error("an empty list has no last element", call.span)
    return call.force(elements[-1])


def _reverse(call: Call, items: Thunk) -> Value:
    return call.new_list(reversed(call.items(items)))


def _take(call: Call, count: Thunk, items: Thunk) -> Value:
    number = max(0, call.integer(count).value)
    return call.new_list(call.items(items)[:number])


def _drop(call: Call, count: Thunk, items: Thunk) -> Value:
    number = max(0, call.integer(count).value)
    return call.new_list(call.items(items)[number:])


def _unique(call: Call, items: Thunk) -> Value:
    kept: list[Thunk] = []
    for item in call.items(items):
        call.interpreter.spend(len(kept), call.span)
        value = call.force(item)
        if not any(call.is_equal(call.force(other), value) for other in kept):
            kept.append(item)
    return call.new_list(kept)


LIBRARY: Table = {
    "range": binary(_range),
    "imap0": binary(_map_from_0),
    "imap1": binary(_map_from_1),
    "foldl": ternary(_lazy_fold_left),
    "foldr": ternary(_fold_right),
    "fold": ternary(_fold_right),
    "zipListsWith": ternary(_zip_with),
    "optional": binary(_optional),
    "optionals": binary(_optionals),
    "singleton": unary(_single),
    "toList": unary(_to_list),
    "flatten": unary(_flatten),
    "last": unary(_last),
    "reverseList": unary(_reverse),
    "take": binary(_take),
    "drop": binary(_drop),
    "unique": unary(_unique),
}
