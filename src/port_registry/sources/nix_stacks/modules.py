"""Modules of a stack: functions applied, files imported, conditions and priorities undone."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from port_registry.languages.nix.evaluate import Evaluator
from port_registry.languages.nix.functions.coercion import computed_set
from port_registry.languages.nix.values import (
    NOWHERE,
    Attr,
    AttrSet,
    Bool,
    ExternalValue,
    Int,
    Lambda,
    List,
    PathValue,
    String,
    Thunk,
    UnknownValue,
    Value,
    evaluated,
)
from port_registry.model import Name, Span, TracedText
from port_registry.sources.nix.module_facts import Priority
from port_registry.sources.nix_stacks.flake_arguments import Flake, settings_of

_MOST = 20_000
"""How many definitions one stack may have."""
_MOST_CURRIED = 8
_MODULE = frozenset(("config", "disabledModules", "imports", "key", "meta", "options", "_file"))
"""The attributes of a module that puts what it sets under `config`."""


class Given(NamedTuple):
    """A definition of an option, not looked at yet."""

    thunk: Thunk
    place: Span
    """The option's name there."""
    sure: bool
    """Whether it stands under no condition that cannot be known."""


class HeldModule(NamedTuple):
    """A definition of an option, and its value."""

    value: Value
    place: Span
    """The expression where it has one."""
    named: Span
    """The option's name there."""
    sure: bool
    priority: int
    """As the module system counts: lower wins."""


class StackModules:
    """The modules of one stack."""

    def __init__(self, evaluator: Evaluator, flake: Flake, key: str, files: Iterable[str]) -> None:
        self._evaluator = evaluator
        self._flake = flake
        self._key = key
        self._left = _MOST
        self._values: dict[int, tuple[Thunk, Value]] = {}
        """What thunks give, by their identity: each function is called once."""
        self.files = dict.fromkeys(files)
        """The files that they stand in, in order."""
        self.foreign: list[Name] = []
        """The ways to the modules that are imported from outside."""

    def force(self, thunk: Thunk) -> Value:
        """Return the value of `thunk`."""
        return self._evaluator.force(thunk)

    def shown(self, value: Int) -> TracedText:
        """Return `value` as a text."""
        return self._evaluator.text_of(value)

    def open(self, given: Iterable[Given]) -> list[HeldModule]:
        """Return the values that are given, those of imported modules first.

        Those under a condition that does not hold are left out.
        """
        return self._opened(list(given), set())

    def roots(self, given: Iterable[Given]) -> list[HeldModule]:
        """Return the values of whole modules, some of which may be files."""
        seen = set[str]()
        return self._opened(list(self._modules(given, seen)), seen)

    def _opened(self, given: list[Given], seen: set[str]) -> list[HeldModule]:
        """Return the values that are given; `seen` are the files that are imported already."""
        found: list[HeldModule] = []
        pending = [(one, Priority.NORMAL.value) for one in reversed(given)]
        while pending and self._left > 0:
            self._left -= 1
            one, priority = pending.pop()
            node = one.thunk.node
            value = self._called(one.thunk)
            if isinstance(value, AttrSet):
                inside = self._inside(value, one, priority, seen)
                if inside is not None:
                    pending.extend(reversed(inside))
                    continue
            place = node.span if node is not None else value.span
            place = place if place.path else one.place
            found.append(HeldModule(value, place, one.place, one.sure, priority))
        return found

    def _modules(self, given: Iterable[Given], seen: set[str]) -> Iterator[Given]:
        """Yield modules, imported where they are files; each file once."""
        for one in given:
            value = self.force(one.thunk)
            if isinstance(value, PathValue):
                if value.path in seen:
                    continue
                seen.add(value.path)
                value = self._evaluator.imported(value)
                if value.span.path:
                    self.files.setdefault(value.span.path)
                yield one._replace(thunk=evaluated(value))
            else:
                yield one
            if isinstance(value, ExternalValue):
                self.foreign.append(value.path)
            elif isinstance(value, UnknownValue):
                self.foreign.append(())

    def below(self, held: Iterable[HeldModule], name: str) -> list[Given]:
        """Return what is given to the attribute `name` of the sets among `held`."""
        found: list[Given] = []
        for one in held:
            attr = one.value.attrs.get(name) if isinstance(one.value, AttrSet) else None
            if attr is not None:
                found.append(Given(attr.thunk, attr.name_span, one.sure))
        return found

    def at(self, held: Iterable[HeldModule], path: Name) -> list[HeldModule]:
        """Return the strongest values at `path` below `held`."""
        found = list(held)
        for name in path:
            found = strongest(self.open(self.below(found, name)))
        return found

    def _inside(
        self, value: AttrSet, one: Given, priority: int, seen: set[str]
    ) -> list[tuple[Given, int]] | None:
        """Return what `value` stands for; None where it is an ordinary set."""
        tag = self._text(value.attrs.get("_type"))
        content = value.attrs.get("content")
        if tag == "merge":
            contents = value.attrs.get("contents")
            items = self.force(contents.thunk) if contents is not None else None
            if not isinstance(items, List):
                return []
            given = [one._replace(thunk=item) for item in items.items]
            return [(module, priority) for module in self._modules(given, seen)]
        if tag in ("if", "override", "order") and content is not None:
            inner = one._replace(thunk=content.thunk)
            if tag == "override":
                return [(inner, self._number(value.attrs.get("priority"), priority))]
            if tag == "if":
                held = self._holds(value.attrs.get("condition"))
                if held is False:
                    return []
                inner = inner._replace(sure=one.sure and held is not None)
            return [(module, priority) for module in self._modules((inner,), seen)]
        return self._of_module(value, one, priority, seen)

    def _of_module(
        self, value: AttrSet, one: Given, priority: int, seen: set[str]
    ) -> list[tuple[Given, int]] | None:
        """Return the modules that `value` imports, and what is left of it."""
        imports = value.attrs.get("imports")
        wrapped = "config" in value.attrs and value.attrs.keys() <= _MODULE
        if imports is None and not wrapped:
            return None
        found: list[tuple[Given, int]] = []
        items = self.force(imports.thunk) if imports is not None else None
        if isinstance(items, List):
            given = [one._replace(thunk=item) for item in items.items]
            found += [(module, priority) for module in self._modules(given, seen)]
        elif items is not None:
            self.foreign.append(())
        if wrapped:
            config = value.attrs["config"].thunk
        else:
            rest = {name: attr for name, attr in value.attrs.items() if name != "imports"}
            config = evaluated(value._replace(attrs=rest))
        return [*found, (one._replace(thunk=config), priority)]

    def _called(self, thunk: Thunk) -> Value:
        """Return the value of `thunk`; what it gives, where it is a module's function."""
        known_one = self._values.get(id(thunk))
        if known_one is not None:
            return known_one[1]
        value = self.force(thunk)
        for _ in range(_MOST_CURRIED):
            if not isinstance(value, Lambda):
                break
            value = self._evaluator.apply(value, self._arguments(value))
        self._values[id(thunk)] = (thunk, value)
        return value

    def _arguments(self, function: Lambda) -> AttrSet:
        everywhere = {
            "config": evaluated(settings_of(self._key)),
            "lib": self._flake.library,
            "pkgs": evaluated(ExternalValue(("pkgs",), NOWHERE)),
        }
        formals = function.node.formals
        if formals is None:
            rest = UnknownValue("the argument is given by the caller", function.span)
            return computed_set(everywhere, function.span)._replace(rest=rest)
        given: dict[str, Attr] = {}
        for formal in formals.formals:
            thunk = everywhere.get(formal.name)
            if thunk is None and formal.default is None:
                thunk = evaluated(ExternalValue((formal.name,), formal.span))
            if thunk is not None:
                given[formal.name] = Attr(formal.name, formal.span, formal.span, thunk)
        return AttrSet(given, function.span)

    def _text(self, attr: Attr | None) -> str:
        value = None if attr is None else self.force(attr.thunk)
        return value.traced.text if isinstance(value, String) else ""

    def _number(self, attr: Attr | None, otherwise: int) -> int:
        value = None if attr is None else self.force(attr.thunk)
        return value.value if isinstance(value, Int) else otherwise

    def _holds(self, attr: Attr | None) -> bool | None:
        """Return whether a condition holds; None where that is not known."""
        value = None if attr is None else self.force(attr.thunk)
        return value.value if isinstance(value, Bool) else None


def strongest(held: Iterable[HeldModule]) -> list[HeldModule]:
    """Return those of `held` that win over the others."""
    kept = list(held)
    least = min((one.priority for one in kept), default=0)
    return [one for one in kept if one.priority == least]
