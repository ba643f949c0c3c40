"""Scopes and sets of the implemented functions: builtins, `lib` and `pkgs`."""

from functools import cache

from port_registry.languages.nix.functions import call, lists, options, scalars, scripts, sets
from port_registry.languages.nix.undefined_names import GLOBALS
from port_registry.languages.nix.values import (
    NOWHERE,
    AttrSet,
    Bool,
    Builtin,
    ExternalValue,
    LazyScope,
    Null,
    Thunk,
    UnknownValue,
    evaluated,
)

_NOT_EVALUATED = UnknownValue("this builtin is not evaluated without Nix", NOWHERE)
_NOT_MODELLED = UnknownValue("this function of `lib` is not evaluated without Nix", NOWHERE)
_PACKAGE = UnknownValue("packages are not evaluated", NOWHERE)
_TYPES = UnknownValue("option types are not evaluated", NOWHERE)
_SHARED = (
    "add all any attrNames attrValues bitAnd bitOr bitXor catAttrs concatLists concatMap "
    "concatStringsSep deepSeq div elem elemAt filter foldl' genList getAttr groupBy "
    "hasAttr head intersectAttrs isAttrs isBool isFloat isFunction isInt isList isString "
    "length lessThan listToAttrs map mapAttrs mul partition removeAttrs replaceStrings "
    "seq sort stringLength sub substring tail trace typeOf"
)
"""The builtins that `lib` re-exports."""
_SECTIONS = {
    "attrsets": sets.LIBRARY,
    "lists": lists.LIBRARY,
    "modules": options.LIBRARY,
    "meta": scripts.LIBRARY,
    "options": options.LIBRARY,
    "strings": scalars.LIBRARY,
    "trivial": scalars.LIBRARY,
}


def root_scope(folder: str) -> LazyScope:
    """Return the scope around a file in `folder`: the global names of Nix."""
    return LazyScope(_global_names(), None, folder)


@cache
def _global_names() -> dict[str, Thunk]:
    builtins = _functions({**scalars.BUILTINS, **lists.BUILTINS, **sets.BUILTINS})
    everything = {
        **builtins,
        "true": evaluated(Bool(value=True, span=NOWHERE)),
        "false": evaluated(Bool(value=False, span=NOWHERE)),
        "null": evaluated(Null(NOWHERE)),
        "builtins": evaluated(_NOT_EVALUATED),
    }
    everything["builtins"].value = call.computed_set(everything, NOWHERE, _NOT_EVALUATED)
    unknown = evaluated(_NOT_EVALUATED)
    return {
        **{name: everything.get(name, unknown) for name in GLOBALS},
        **{f"__{name}": thunk for name, thunk in builtins.items()},
    }


def _functions(table: call.Table) -> dict[str, Thunk]:
    return {
        name: evaluated(Builtin(name, arity, run, (), NOWHERE))
        for name, (arity, run) in table.items()
    }


def library(rest: UnknownValue | ExternalValue = _NOT_MODELLED) -> Thunk:
    """Return nixpkgs' `lib` with the implemented functions; any other attribute is `rest`."""
    names = _global_names()
    shared = {name: names[f"__{name}"] for name in _SHARED.split()}
    everything = dict(shared)
    for section, table in _SECTIONS.items():
        functions = _functions(table)
        everything.update(functions)
        inner = {**shared, **functions}
        everything[section] = evaluated(call.computed_set(inner, NOWHERE, _NOT_MODELLED))
    everything["types"] = evaluated(AttrSet({}, NOWHERE, _TYPES))
    return evaluated(call.computed_set(everything, NOWHERE, rest))


def packages(lib: Thunk) -> Thunk:
    """Return nixpkgs' package set, of which only `lib` is known."""
    return evaluated(call.computed_set({"lib": lib}, NOWHERE, _PACKAGE))
