"""The functions of nixpkgs' `lib` for options and their definitions.

They return the same tagged sets as nixpkgs (`lib/modules.nix` and `lib/options.nix`): an
override is `{ _type = "override"; content; priority; }`, an option `{ _type = "option"; … }`.
"""

from typing import TYPE_CHECKING

from port_registry.languages.nix.functions import coercion
from port_registry.languages.nix.scope import raise_unknown
from port_registry.languages.nix.values import (
    Attr,
    AttrSet,
    Bool,
    Interpreter,
    Thunk,
    UnknownValue,
    Value,
    evaluated,
)
from port_registry.model import Span

if TYPE_CHECKING:
    from port_registry.languages.nix.functions.coercion import Run

Arguments = tuple[Thunk, ...]


def _tagged(kind: str, values: dict[str, Thunk], span: Span) -> AttrSet:
    return coercion.computed_set(
        {"_type": evaluated(coercion.computed_string(kind, span)), **values}, span
    )


def _override(priority: int) -> "Run":
    def run(_machine: Interpreter, arguments: Arguments, span: Span) -> Value:
        values = {
            "content": arguments[0],
            "priority": evaluated(coercion.computed_int(priority, span)),
        }
        return _tagged("override", values, span)

    return run


def _make_override(_machine: Interpreter, arguments: Arguments, span: Span) -> Value:
    return _tagged("override", {"content": arguments[1], "priority": arguments[0]}, span)


def _order(priority: int) -> "Run":
    def run(_machine: Interpreter, arguments: Arguments, span: Span) -> Value:
        values = {
            "content": arguments[0],
            "priority": evaluated(coercion.computed_int(priority, span)),
        }
        return _tagged("order", values, span)

    return run


def _make_order(_machine: Interpreter, arguments: Arguments, span: Span) -> Value:
    return _tagged("order", {"content": arguments[1], "priority": arguments[0]}, span)


def conditional(condition: Thunk, content: Thunk, span: Span) -> AttrSet:
    """Return `mkIf condition content`."""
    return _tagged("if", {"condition": condition, "content": content}, span)


def _make_if(_machine: Interpreter, arguments: Arguments, span: Span) -> Value:
    return conditional(arguments[0], arguments[1], span)


def _make_merge(_machine: Interpreter, arguments: Arguments, span: Span) -> Value:
    return _tagged("merge", {"contents": arguments[0]}, span)


def _make_option(interpreter: Interpreter, arguments: Arguments, span: Span) -> Value:
    provided = coercion.attributes(interpreter, arguments[0], span)
    tag = Attr("_type", span, span, evaluated(coercion.computed_string("option", span)))
    return AttrSet({"_type": tag, **provided.attrs}, span)


def _make_enable_option(_machine: Interpreter, _arguments: Arguments, span: Span) -> Value:
    opaque = UnknownValue("option types and descriptions are not evaluated", span)
    return _tagged(
        "option",
        {
            "default": evaluated(Bool(value=False, span=span)),
            "example": evaluated(Bool(value=True, span=span)),
            "description": evaluated(opaque),
            "type": evaluated(opaque),
        },
        span,
    )


def _make_package_option(_machine: Interpreter, _arguments: Arguments, span: Span) -> Value:
    return raise_unknown("packages are not evaluated", span)


LIBRARY: "dict[str, tuple[int, Run]]" = {
    "mkOverride": (2, _make_override),
    "mkOptionDefault": (1, _override(1500)),
    "mkDefault": (1, _override(1000)),
    "mkImageMediaOverride": (1, _override(60)),
    "mkForce": (1, _override(50)),
    "mkVMOverride": (1, _override(10)),
    "mkOrder": (2, _make_order),
    "mkBefore": (1, _order(500)),
    "mkAfter": (1, _order(1500)),
    "mkIf": (2, _make_if),
    "mkMerge": (1, _make_merge),
    "mkOption": (1, _make_option),
    "mkEnableOption": (1, _make_enable_option),
    "mkPackageOption": (3, _make_package_option),
}
