"""Functions on attribute sets."""

from port_registry.languages.nix import operators, scope, values
from port_registry.languages.nix.functions.call import (
    Call,
    Table,
    binary,
    name_value,
    ternary,
    unary,
)
from port_registry.languages.nix.functions.options import conditional


def _attr_names(call: Call, attrs: values.Thunk) -> values.Value:
    return call.new_list([name_value(attr) for attr in call.sorted_attributes(attrs)])


def _attr_values(call: Call, attrs: values.Thunk) -> values.Value:
    return call.new_list([attr.thunk for attr in call.sorted_attributes(attrs)])


def _map_attrs(call: Call, function: values.Thunk, attrs: values.Thunk) -> values.Value:
    mapped = {
        name: attr._replace(thunk=call.deferred(function, name_value(attr), attr.thunk))
        for name, attr in call.attributes(attrs).items()
    }
    return values.AttrSet(mapped, call.span)


def _list_to_attrs(call: Call, pairs: values.Thunk) -> values.Value:
    attrs: dict[str, values.Attr] = {}
    for item in call.items(pairs):
        pair = call.attribute_set(item)
        name = call.string(_attribute(call, pair, "name"))
        text = name.traced.text
        value = _attribute(call, pair, "value")
        attrs.setdefault(text, values.Attr(text, name.span, pair.span, value))
    return values.AttrSet(attrs, call.span)


def _attribute(call: Call, attrs: values.AttrSet, name: str) -> values.Thunk:
    """Return the attribute `name`, which must be there."""
    attr = attrs.attrs.get(name)
    if attr is not None:
        return attr.thunk
    if attrs.rest is not None:
        scope.raise_unknown(attrs.rest.reason, call.span)
    return scope.raise_eval_error(f"there is no attribute `{name}`", call.span)


def _has_attr(call: Call, name: values.Thunk, attrs: values.Thunk) -> values.Value:
    text = call.text(name)
    value = call.attribute_set(attrs)
    if text not in value.attrs and value.rest is not None:
        scope.raise_unknown(value.rest.reason, call.span)
    return values.Bool(text in value.attrs, call.span)


def _get_attr(call: Call, name: values.Thunk, attrs: values.Thunk) -> values.Value:
    text = call.text(name)
    return call.force(_attribute(call, call.attribute_set(attrs), text))


def _intersect(call: Call, names: values.Thunk, attrs: values.Thunk) -> values.Value:
    wanted = call.attributes(names)
    kept = {name: attr for name, attr in call.attributes(attrs).items() if name in wanted}
    return values.AttrSet(kept, call.span)


def _remove_attrs(call: Call, attrs: values.Thunk, names: values.Thunk) -> values.Value:
    before = call.attributes(attrs)
    unwanted = {call.text(item) for item in call.items(names)}
    kept = {name: attr for name, attr in before.items() if name not in unwanted}
    return values.AttrSet(kept, call.span)


def _cat_attrs(call: Call, name: values.Thunk, items: values.Thunk) -> values.Value:
    text = call.text(name)
    sets = [call.attributes(item) for item in call.items(items)]
    return call.new_list([attrs[text].thunk for attrs in sets if text in attrs])


def _group_by(call: Call, function: values.Thunk, items: values.Thunk) -> values.Value:
    groups: dict[str, list[values.Thunk]] = {}
    for item in call.items(items):
        key = call.text(values.evaluated(call.apply(function, item)))
        groups.setdefault(key, []).append(item)
    return call.new_set(
        {key: values.evaluated(call.new_list(group)) for key, group in groups.items()}
    )


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


def _map_attrs_prime(call: Call, function: values.Thunk, attrs: values.Thunk) -> values.Value:
    return _list_to_attrs(call, values.evaluated(_map_attrs_to_list(call, function, attrs)))


def _map_attrs_to_list(call: Call, function: values.Thunk, attrs: values.Thunk) -> values.Value:
    ordered = call.sorted_attributes(attrs)
    return call.new_list([call.deferred(function, name_value(one), one.thunk) for one in ordered])


def _concat_map_attrs(call: Call, function: values.Thunk, attrs: values.Thunk) -> values.Value:
    merged: values.Value = call.new_set({})
    for attr in call.sorted_attributes(attrs):
        merged = call.update(merged, call.apply(function, name_value(attr), attr.thunk))
    return merged


def _name_value_pair(call: Call, name: values.Thunk, value: values.Thunk) -> values.Value:
    return call.new_set({"name": name, "value": value})


def _gen_attrs(call: Call, names: values.Thunk, function: values.Thunk) -> values.Value:
    attrs: dict[str, values.Attr] = {}
    for item in call.items(names):
        attr = _attr(call, item, call.deferred(function, item))
        attrs.setdefault(attr.name, attr)
    return values.AttrSet(attrs, call.span)


def _attr(call: Call, name: values.Thunk, value: values.Thunk) -> values.Attr:
    """Return an attribute that is defined by its `name`."""
    string = call.string(name)
    return values.Attr(string.traced.text, string.span, string.span, value)


def _filter_attrs(call: Call, predicate: values.Thunk, attrs: values.Thunk) -> values.Value:
    kept: dict[str, values.Attr] = {}
    for name, attr in call.attributes(attrs).items():
        result = call.apply(predicate, name_value(attr), attr.thunk)
        if operators.truth(result, call.span):
            kept[name] = attr
    return values.AttrSet(kept, call.span)


def _optional_attrs(call: Call, condition: values.Thunk, attrs: values.Thunk) -> values.Value:
    try:
        is_wanted = call.truth(condition)
    except values.UnknownValueError:
        if call.interpreter.external is None:
            raise
        conditionals = {
            name: attr._replace(thunk=conditional(call, condition, attr.thunk))
            for name, attr in call.attributes(attrs).items()
        }
        return values.AttrSet(conditionals, call.span)
    return call.force(attrs) if is_wanted else call.new_set({})


def _recursive_update(call: Call, left: values.Thunk, right: values.Thunk) -> values.Value:
    merged = dict(call.attributes(left))
    for name, attr in call.attributes(right).items():
        merged[name] = _updated(call, merged[name], attr) if name in merged else attr
    return values.AttrSet(merged, call.span)


def _updated(call: Call, left: values.Attr, right: values.Attr) -> values.Attr:
    """Return `right` laid over `left`: merged where both are sets."""

    def work(interpreter: values.Interpreter) -> values.Value:
        new = interpreter.force(right.thunk)
        if not isinstance(new, values.AttrSet) or not isinstance(
            interpreter.force(left.thunk), values.AttrSet
        ):
            return new
        return _recursive_update(Call(interpreter, call.span), left.thunk, right.thunk)

    return right._replace(thunk=values.deferred(work))


def _merge_attrs(call: Call, left: values.Thunk, right: values.Thunk) -> values.Value:
    return call.update(call.force(left), call.force(right))


def _merge_attrs_list(call: Call, items: values.Thunk) -> values.Value:
    merged: values.Value = call.new_set({})
    for item in call.items(items):
        merged = call.update(merged, call.force(item))
    return merged


def _attr_by_path(
    call: Call, path: values.Thunk, default: values.Thunk, attrs: values.Thunk
) -> values.Value:
    value = call.force(attrs)
    for item in call.items(path):
        name = call.text(item)
        if isinstance(value, values.AttrSet) and value.rest is not None and name not in value.attrs:
            scope.raise_unknown(value.rest.reason, call.span)
        if not isinstance(value, values.AttrSet) or name not in value.attrs:
            return call.force(default)
        value = call.force(value.attrs[name].thunk)
    return value


def _set_attr_by_path(call: Call, path: values.Thunk, value: values.Thunk) -> values.Value:
    for item in reversed(call.items(path)):
        attr = _attr(call, item, value)
        value = values.evaluated(values.AttrSet({attr.name: attr}, call.span))
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
