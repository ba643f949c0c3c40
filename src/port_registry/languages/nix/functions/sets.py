"""Functions on attribute sets."""

from typing import TYPE_CHECKING

from port_registry.languages.nix import operators
from port_registry.languages.nix.functions import coercion
from port_registry.languages.nix.functions.options import conditional
from port_registry.languages.nix.scope import UnknownValueError, raise_eval_error, raise_unknown
from port_registry.languages.nix.values import (
    Attr,
    AttrSet,
    Bool,
    Interpreter,
    List,
    Thunk,
    Value,
    deferred,
    evaluated,
)
from port_registry.model import Span

if TYPE_CHECKING:
    from port_registry.languages.nix.functions.coercion import Run

Arguments = tuple[Thunk, ...]


def _attr_names(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    attrs = coercion.sorted_attrs(coercion.attributes(interpreter, arguments[0], span))
    return List(tuple([coercion.name_value(attr) for attr in attrs]), span)


def _attr_values(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    attrs = coercion.sorted_attrs(coercion.attributes(interpreter, arguments[0], span))
    return List(tuple([attr.thunk for attr in attrs]), span)


def _map_attrs(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    attrs = coercion.attributes(interpreter, arguments[1], span)
    mapped = {
        name: attr._replace(
            thunk=coercion.deferred_call(
                arguments[0], (coercion.name_value(attr), attr.thunk), span
            )
        )
        for name, attr in attrs.attrs.items()
    }
    return AttrSet(mapped, span)


def _list_to_attrs(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    attrs: dict[str, Attr] = {}
    for item in coercion.items(interpreter, arguments[0], span):
        pair = interpreter.force_set(item, span)
        name = coercion.string(interpreter, _attribute(pair, "name", span), span)
        value = _attribute(pair, "value", span)
        text = name.traced.text
        if text not in attrs:
            attrs[text] = Attr(text, name.span, pair.span, value)
    return AttrSet(attrs, span)


def _attribute(attrs: AttrSet, name: str, span: Span) -> Thunk:
    """Return the attribute `name_value`, which must be there."""
    attr = attrs.attrs.get(name)
    if attr is not None:
        return attr.thunk
    if attrs.rest is not None:
        raise_unknown(attrs.rest.reason, span)
    return raise_eval_error(f"there is no attribute `{name}`", span)


def _has_attr(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    name = coercion.string(interpreter, arguments[0], span).traced.text
    attrs = interpreter.force_set(arguments[1], span)
    if name not in attrs.attrs and attrs.rest is not None:
        raise_unknown(attrs.rest.reason, span)
    return Bool(name in attrs.attrs, span)


def _get_attr(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    name = coercion.string(interpreter, arguments[0], span).traced.text
    return interpreter.force(_attribute(interpreter.force_set(arguments[1], span), name, span))


def _intersect(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    names = coercion.attributes(interpreter, arguments[0], span).attrs
    attrs = coercion.attributes(interpreter, arguments[1], span).attrs
    return AttrSet({name: attr for name, attr in attrs.items() if name in names}, span)


def _remove_attrs(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    attrs = coercion.attributes(interpreter, arguments[0], span).attrs
    items = coercion.items(interpreter, arguments[1], span)
    names = {coercion.string(interpreter, item, span).traced.text for item in items}
    return AttrSet({name: attr for name, attr in attrs.items() if name not in names}, span)


def _cat_attrs(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    name = coercion.string(interpreter, arguments[0], span).traced.text
    values: list[Thunk] = []
    for item in coercion.items(interpreter, arguments[1], span):
        attrs = coercion.attributes(interpreter, item, span).attrs
        if name in attrs:
            values.append(attrs[name].thunk)
    return List(tuple(values), span)


def _group_by(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    groups: dict[str, list[Thunk]] = {}
    for item in coercion.items(interpreter, arguments[1], span):
        key = evaluated(coercion.call(interpreter, arguments[0], (item,), span))
        groups.setdefault(coercion.string(interpreter, key, span).traced.text, []).append(item)
    return coercion.computed_set(
        {name: evaluated(List(tuple(group), span)) for name, group in groups.items()}, span
    )


BUILTINS: "dict[str, tuple[int, Run]]" = {
    "attrNames": (1, _attr_names),
    "attrValues": (1, _attr_values),
    "mapAttrs": (2, _map_attrs),
    "listToAttrs": (1, _list_to_attrs),
    "hasAttr": (2, _has_attr),
    "getAttr": (2, _get_attr),
    "intersectAttrs": (2, _intersect),
    "removeAttrs": (2, _remove_attrs),
    "catAttrs": (2, _cat_attrs),
    "groupBy": (2, _group_by),
}


# nixpkgs' `lib`.


def _map_attrs_prime(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    pairs = _map_attrs_to_list(interpreter, arguments, span)
    return _list_to_attrs(interpreter, (evaluated(pairs),), span)


def _map_attrs_to_list(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    attrs = coercion.sorted_attrs(coercion.attributes(interpreter, arguments[1], span))
    mapped = [
        coercion.deferred_call(arguments[0], (coercion.name_value(attr), attr.thunk), span)
        for attr in attrs
    ]
    return List(tuple(mapped), span)


def _concat_map_attrs(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    merged: Value = AttrSet({}, span)
    for attr in coercion.sorted_attrs(coercion.attributes(interpreter, arguments[1], span)):
        mapped = coercion.call(
            interpreter, arguments[0], (coercion.name_value(attr), attr.thunk), span
        )
        merged = operators.update(interpreter, merged, mapped, span)
    return merged


def _name_value_pair(_machine: Interpreter, arguments: Arguments, span: Span) -> Value:
    return coercion.computed_set({"name": arguments[0], "value": arguments[1]}, span)


def _gen_attrs(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    attrs: dict[str, Attr] = {}
    for item in coercion.items(interpreter, arguments[0], span):
        name = coercion.string(interpreter, item, span)
        value = coercion.deferred_call(arguments[1], (item,), span)
        attrs.setdefault(name.traced.text, Attr(name.traced.text, name.span, name.span, value))
    return AttrSet(attrs, span)


def _filter_attrs(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    attrs = coercion.attributes(interpreter, arguments[1], span).attrs
    kept: dict[str, Attr] = {}
    for name, attr in attrs.items():
        result = coercion.call(
            interpreter, arguments[0], (coercion.name_value(attr), attr.thunk), span
        )
        if operators.truth(result, span):
            kept[name] = attr
    return AttrSet(kept, span)


def _optional_attrs(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    try:
        condition = coercion.truth(interpreter, arguments[0], span)
    except UnknownValueError:
        if interpreter.external is None:
            raise
        attrs = coercion.attributes(interpreter, arguments[1], span).attrs
        conditionals = {
            name: attr._replace(thunk=evaluated(conditional(arguments[0], attr.thunk, span)))
            for name, attr in attrs.items()
        }
        return AttrSet(conditionals, span)
    return interpreter.force(arguments[1]) if condition else AttrSet({}, span)


def _recursive_update(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    left = coercion.attributes(interpreter, arguments[0], span).attrs
    right = coercion.attributes(interpreter, arguments[1], span).attrs
    merged = dict(left)
    for name, attr in right.items():
        earlier = left.get(name)
        merged[name] = attr if earlier is None else _updated(earlier, attr, span)
    return AttrSet(merged, span)


def _updated(left: Attr, right: Attr, span: Span) -> Attr:
    """Return `right` laid over `left`: merged where both are sets."""

    def work(interpreter: Interpreter) -> Value:
        new = interpreter.force(right.thunk)
        if not isinstance(new, AttrSet) or not isinstance(interpreter.force(left.thunk), AttrSet):
            return new
        return _recursive_update(interpreter, (left.thunk, right.thunk), span)

    return right._replace(thunk=deferred(work))


def _merge_attrs(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    left, right = interpreter.force(arguments[0]), interpreter.force(arguments[1])
    return operators.update(interpreter, left, right, span)


def _merge_attrs_list(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    merged: Value = AttrSet({}, span)
    for item in coercion.items(interpreter, arguments[0], span):
        merged = operators.update(interpreter, merged, interpreter.force(item), span)
    return merged


def _attr_by_path(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    value = interpreter.force(arguments[2])
    for item in coercion.items(interpreter, arguments[0], span):
        name = coercion.string(interpreter, item, span).traced.text
        if isinstance(value, AttrSet) and value.rest is not None and name not in value.attrs:
            raise_unknown(value.rest.reason, span)
        if not isinstance(value, AttrSet) or name not in value.attrs:
            return interpreter.force(arguments[1])
        value = interpreter.force(value.attrs[name].thunk)
    return value


def _set_attr_by_path(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    thunk = arguments[1]
    for item in reversed(coercion.items(interpreter, arguments[0], span)):
        name = coercion.string(interpreter, item, span)
        attr = Attr(name.traced.text, name.span, name.span, thunk)
        thunk = evaluated(AttrSet({attr.name: attr}, span))
    return interpreter.force(thunk)


LIBRARY: "dict[str, tuple[int, Run]]" = {
    "mapAttrs'": (2, _map_attrs_prime),
    "mapAttrsToList": (2, _map_attrs_to_list),
    "concatMapAttrs": (2, _concat_map_attrs),
    "nameValuePair": (2, _name_value_pair),
    "genAttrs": (2, _gen_attrs),
    "filterAttrs": (2, _filter_attrs),
    "optionalAttrs": (2, _optional_attrs),
    "recursiveUpdate": (2, _recursive_update),
    "mergeAttrs": (2, _merge_attrs),
    "mergeAttrsList": (1, _merge_attrs_list),
    "attrByPath": (3, _attr_by_path),
    "setAttrByPath": (2, _set_attr_by_path),
}
