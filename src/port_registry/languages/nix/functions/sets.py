"""Functions on attribute sets."""

from port_registry.languages.nix import operators
from port_registry.languages.nix.functions.call import (
    Call,
    Table,
    binary,
    name_value,
    ternary,
    unary,
)
from port_registry.languages.nix.functions.options import conditional
from port_registry.languages.nix.scope import raise_eval_error, raise_unknown
from port_registry.languages.nix.values import (
    Attr,
    AttrSet,
    Bool,
    Interpreter,
    Thunk,
    UnknownValueError,
    Value,
    deferred,
    evaluated,
)


def _attr_names(call: Call, attrs: Thunk) -> Value:
    return call.new_list([name_value(attr) for attr in call.sorted_attributes(attrs)])


def _attr_values(call: Call, attrs: Thunk) -> Value:
    return call.new_list([attr.thunk for attr in call.sorted_attributes(attrs)])


def _map_attrs(call: Call, function: Thunk, attrs: Thunk) -> Value:
    mapped = {
        name: attr._replace(thunk=call.deferred(function, name_value(attr), attr.thunk))
        for name, attr in call.attributes(attrs).items()
    }
    return AttrSet(mapped, call.span)


def _list_to_attrs(call: Call, pairs: Thunk) -> Value:
    attrs: dict[str, Attr] = {}
    for item in call.items(pairs):
        pair = call.attribute_set(item)
        name = call.string(_attribute(call, pair, "name"))
        text = name.traced.text
        value = _attribute(call, pair, "value")
        attrs.setdefault(text, Attr(text, name.span, pair.span, value))
    return AttrSet(attrs, call.span)


def _attribute(call: Call, attrs: AttrSet, name: str) -> Thunk:
    """Return the attribute `name`, which must be there."""
    attr = attrs.attrs.get(name)
    if attr is not None:
        return attr.thunk
    if attrs.rest is not None:
        raise_unknown(attrs.rest.reason, call.span)
    return raise_eval_error(f"there is no attribute `{name}`", call.span)


def _has_attr(call: Call, name: Thunk, attrs: Thunk) -> Value:
    text = call.text(name)
    value = call.attribute_set(attrs)
    if text not in value.attrs and value.rest is not None:
        raise_unknown(value.rest.reason, call.span)
    return Bool(text in value.attrs, call.span)


def _get_attr(call: Call, name: Thunk, attrs: Thunk) -> Value:
    text = call.text(name)
    return call.force(_attribute(call, call.attribute_set(attrs), text))


def _intersect(call: Call, names: Thunk, attrs: Thunk) -> Value:
    wanted = call.attributes(names)
    kept = {name: attr for name, attr in call.attributes(attrs).items() if name in wanted}
    return AttrSet(kept, call.span)


def _remove_attrs(call: Call, attrs: Thunk, names: Thunk) -> Value:
    before = call.attributes(attrs)
    unwanted = {call.text(item) for item in call.items(names)}
    kept = {name: attr for name, attr in before.items() if name not in unwanted}
    return AttrSet(kept, call.span)


def _cat_attrs(call: Call, name: Thunk, items: Thunk) -> Value:
    text = call.text(name)
    sets = [call.attributes(item) for item in call.items(items)]
    return call.new_list([attrs[text].thunk for attrs in sets if text in attrs])


def _group_by(call: Call, function: Thunk, items: Thunk) -> Value:
    groups: dict[str, list[Thunk]] = {}
    for item in call.items(items):
        key = call.text(evaluated(call.apply(function, item)))
        groups.setdefault(key, []).append(item)
    return call.new_set({key: evaluated(call.new_list(group)) for key, group in groups.items()})


BUILTINS: Table = {
    "attrNames": unary(_attr_names),
    "attrValues": unary(_attr_values),
    "mapAttrs": binary(_map_attrs),
    "listToAttrs": unary(_list_to_attrs),
    "hasAttr": binary(_has_attr),
    "getAttr": binary(_get_attr),
    "intersectAttrs": binary(_intersect),
    "removeAttrs": binary(_remove_attrs),
    "catAttrs": binary(_cat_attrs),
    "groupBy": binary(_group_by),
}


# nixpkgs' `lib`.


def _map_attrs_prime(call: Call, function: Thunk, attrs: Thunk) -> Value:
    return _list_to_attrs(call, evaluated(_map_attrs_to_list(call, function, attrs)))


def _map_attrs_to_list(call: Call, function: Thunk, attrs: Thunk) -> Value:
    ordered = call.sorted_attributes(attrs)
    return call.new_list([call.deferred(function, name_value(one), one.thunk) for one in ordered])


def _concat_map_attrs(call: Call, function: Thunk, attrs: Thunk) -> Value:
    merged: Value = call.new_set({})
    for attr in call.sorted_attributes(attrs):
        merged = call.update(merged, call.apply(function, name_value(attr), attr.thunk))
    return merged


def _name_value_pair(call: Call, name: Thunk, value: Thunk) -> Value:
    return call.new_set({"name": name, "value": value})


def _gen_attrs(call: Call, names: Thunk, function: Thunk) -> Value:
    attrs: dict[str, Attr] = {}
    for item in call.items(names):
        attr = _attr(call, item, call.deferred(function, item))
        attrs.setdefault(attr.name, attr)
    return AttrSet(attrs, call.span)


def _attr(call: Call, name: Thunk, value: Thunk) -> Attr:
    """Return an attribute that is defined by its `name`."""
    string = call.string(name)
    return Attr(string.traced.text, string.span, string.span, value)


def _filter_attrs(call: Call, predicate: Thunk, attrs: Thunk) -> Value:
    kept: dict[str, Attr] = {}
    for name, attr in call.attributes(attrs).items():
        result = call.apply(predicate, name_value(attr), attr.thunk)
        if operators.truth(result, call.span):
            kept[name] = attr
    return AttrSet(kept, call.span)


def _optional_attrs(call: Call, condition: Thunk, attrs: Thunk) -> Value:
    try:
        is_wanted = call.truth(condition)
    except UnknownValueError:
        if call.interpreter.external is None:
            raise
        conditionals = {
            name: attr._replace(thunk=conditional(call, condition, attr.thunk))
            for name, attr in call.attributes(attrs).items()
        }
        return AttrSet(conditionals, call.span)
    return call.force(attrs) if is_wanted else call.new_set({})


def _recursive_update(call: Call, left: Thunk, right: Thunk) -> Value:
    merged = dict(call.attributes(left))
    for name, attr in call.attributes(right).items():
        merged[name] = _updated(call, merged[name], attr) if name in merged else attr
    return AttrSet(merged, call.span)


def _updated(call: Call, left: Attr, right: Attr) -> Attr:
    """Return `right` laid over `left`: merged where both are sets."""

    def work(interpreter: Interpreter) -> Value:
        new = interpreter.force(right.thunk)
        if not isinstance(new, AttrSet) or not isinstance(interpreter.force(left.thunk), AttrSet):
            return new
        return _recursive_update(Call(interpreter, call.span), left.thunk, right.thunk)

    return right._replace(thunk=deferred(work))


def _merge_attrs(call: Call, left: Thunk, right: Thunk) -> Value:
    return call.update(call.force(left), call.force(right))


def _merge_attrs_list(call: Call, items: Thunk) -> Value:
    merged: Value = call.new_set({})
    for item in call.items(items):
        merged = call.update(merged, call.force(item))
    return merged


def _attr_by_path(call: Call, path: Thunk, default: Thunk, attrs: Thunk) -> Value:
    value = call.force(attrs)
    for item in call.items(path):
        name = call.text(item)
        if isinstance(value, AttrSet) and value.rest is not None and name not in value.attrs:
            raise_unknown(value.rest.reason, call.span)
        if not isinstance(value, AttrSet) or name not in value.attrs:
            return call.force(default)
        value = call.force(value.attrs[name].thunk)
    return value


def _set_attr_by_path(call: Call, path: Thunk, value: Thunk) -> Value:
    for item in reversed(call.items(path)):
        attr = _attr(call, item, value)
        value = evaluated(AttrSet({attr.name: attr}, call.span))
    return call.force(value)


LIBRARY: Table = {
    "mapAttrs'": binary(_map_attrs_prime),
    "mapAttrsToList": binary(_map_attrs_to_list),
    "concatMapAttrs": binary(_concat_map_attrs),
    "nameValuePair": binary(_name_value_pair),
    "genAttrs": binary(_gen_attrs),
    "filterAttrs": binary(_filter_attrs),
    "optionalAttrs": binary(_optional_attrs),
    "recursiveUpdate": binary(_recursive_update),
    "mergeAttrs": binary(_merge_attrs),
    "mergeAttrsList": unary(_merge_attrs_list),
    "attrByPath": ternary(_attr_by_path),
    "setAttrByPath": binary(_set_attr_by_path),
}
