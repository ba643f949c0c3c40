"""The functions of nixpkgs' `lib` for options and their definitions.

They return the same tagged sets as nixpkgs (`lib/modules.nix` and `lib/options.nix`): an
override is `{ _type = "override"; content; priority; }`, an option `{ _type = "option"; … }`.
"""

from collections.abc import Callable

from port_registry.languages.nix.functions.call import Call, Table, binary, ternary, unary
from port_registry.languages.nix.scope import raise_unknown
from port_registry.languages.nix.values import AttrSet, Bool, Thunk, UnknownValue, Value, evaluated


def _tagged(call: Call, kind: str, values: dict[str, Thunk]) -> AttrSet:
    return call.new_set({"_type": evaluated(call.new_string(kind)), **values})


def _with_priority(kind: str) -> Callable[[Call, Thunk, Thunk], Value]:
    def run(call: Call, priority: Thunk, content: Thunk) -> Value:
        return _tagged(call, kind, {"content": content, "priority": priority})

    return run


def _with_fixed_priority(kind: str, priority: int) -> Callable[[Call, Thunk], Value]:
    def run(call: Call, content: Thunk) -> Value:
        return _with_priority(kind)(call, evaluated(call.new_int(priority)), content)

    return run


def conditional(call: Call, condition: Thunk, content: Thunk) -> Thunk:
    """Return `mkIf condition content`."""
    return evaluated(_make_if(call, condition, content))


def _make_if(call: Call, condition: Thunk, content: Thunk) -> Value:
    return _tagged(call, "if", {"condition": condition, "content": content})


def _make_merge(call: Call, contents: Thunk) -> Value:
    return _tagged(call, "merge", {"contents": contents})


def _make_option(call: Call, declaration: Thunk) -> Value:
    provided = call.attributes(declaration)
    return AttrSet({**_tagged(call, "option", {}).attrs, **provided}, call.span)


def _make_enable_option(call: Call, _description: Thunk) -> Value:
    opaque = UnknownValue("option types and descriptions are not evaluated", call.span)
    values: dict[str, Value] = {
        "default": Bool(value=False, span=call.span),
        "example": Bool(value=True, span=call.span),
        "description": opaque,
        "type": opaque,
    }
    return _tagged(call, "option", {name: evaluated(value) for name, value in values.items()})


def _make_package_option(call: Call, *_arguments: Thunk) -> Value:
    return raise_unknown("packages are not evaluated", call.span)


LIBRARY: Table = {
    "mkOverride": binary(_with_priority("override")),
    "mkOptionDefault": unary(_with_fixed_priority("override", 1500)),
    "mkDefault": unary(_with_fixed_priority("override", 1000)),
    "mkImageMediaOverride": unary(_with_fixed_priority("override", 60)),
    "mkForce": unary(_with_fixed_priority("override", 50)),
    "mkVMOverride": unary(_with_fixed_priority("override", 10)),
    "mkOrder": binary(_with_priority("order")),
    "mkBefore": unary(_with_fixed_priority("order", 500)),
    "mkAfter": unary(_with_fixed_priority("order", 1500)),
    "mkIf": binary(_make_if),
    "mkMerge": unary(_make_merge),
    "mkOption": unary(_make_option),
    "mkEnableOption": unary(_make_enable_option),
    "mkPackageOption": ternary(_make_package_option),
}
