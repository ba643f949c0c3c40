"""Modules of a stack: functions applied, files imported, conditions and priorities resolved."""

from collections.abc import Iterable, Iterator

from port_registry.languages.nix import values as nix_values
from port_registry.languages.nix.evaluate import Evaluator
from port_registry.languages.nix.functions.call import computed_set
from port_registry.model import Name, NamedTuple, Span, TracedText
from port_registry.sources.nix.module_facts import Priority
from port_registry.sources.nix_stacks.flake_arguments import FlakeValues, stack_config

_MAX_DEFINITIONS = 20_000
"""The number of definitions that one stack may have."""
_MAX_CURRIED = 8
_MODULE_ATTRIBUTES = frozenset(
    ("config", "disabledModules", "imports", "key", "meta", "options", "_file")
)
"""The attributes of a module that sets its options below `config`."""


class UnevaluatedOption(NamedTuple):
    """A definition of an option, not evaluated yet."""

    thunk: nix_values.Thunk
    name_span: Span
    """The option's name there."""
    certain: bool
    """Whether it is below no condition that cannot be known."""


class OptionValue(NamedTuple):
    """A definition of an option, and its value."""

    value: nix_values.Value
    span: Span
    """The expression, where it has one."""
    name_span: Span
    """The option's name there."""
    certain: bool
    priority: int
    """As the module system counts: lower wins."""


class StackModules:
    """The modules of one stack."""

    def __init__(
        self, evaluator: Evaluator, flake: FlakeValues, key: str, files: Iterable[str]
    ) -> None:
        self._evaluator = evaluator
        self._flake = flake
        self._key = key
        self._budget = _MAX_DEFINITIONS
        self._values: dict[int, tuple[nix_values.Thunk, nix_values.Value]] = {}
        """The values of thunks, by identity: each function is called once."""
        self.files = dict.fromkeys(files)
        """The files that they are in, in order."""
        self.external_modules: list[Name] = []
        """The paths of the modules that are imported from outside."""

    def force(self, thunk: nix_values.Thunk) -> nix_values.Value:
        """Return the value of `thunk`."""
        return self._evaluator.force(thunk)

    def text_of(self, value: nix_values.Int) -> TracedText:
        """Return `value` as a text."""
        return self._evaluator.text_of(value)

    def evaluate(self, definitions: Iterable[UnevaluatedOption]) -> list[OptionValue]:
        """Return the values of `definitions`, those of imported modules first.

        Those below a condition that does not hold are left out.
        """
        return self._evaluate(list(definitions), set())

    def root_values(self, modules: Iterable[UnevaluatedOption]) -> list[OptionValue]:
        """Return the values of whole modules, some of which may be files."""
        seen = set[str]()
        return self._evaluate(list(self._import_modules(modules, seen)), seen)

    def _evaluate(self, definitions: list[UnevaluatedOption], seen: set[str]) -> list[OptionValue]:
        """Return the values of `definitions`; `seen` are the files that are imported already."""
        values: list[OptionValue] = []
        pending = [(definition, Priority.NORMAL.value) for definition in reversed(definitions)]
        while pending and self._budget > 0:
            self._budget -= 1
            definition, priority = pending.pop()
            node = definition.thunk.node
            value = self._apply(definition.thunk)
            if isinstance(value, nix_values.AttrSet):
                unwrapped = self._unwrap(value, definition, priority, seen)
                if unwrapped is not None:
                    pending.extend(reversed(unwrapped))
                    continue
            span = node.span if node is not None else value.span
            values.append(
                OptionValue(
                    value=value,
                    span=span if span.path else definition.name_span,
                    name_span=definition.name_span,
                    certain=definition.certain,
                    priority=priority,
                )
            )
        return values

    def _import_modules(
        self, modules: Iterable[UnevaluatedOption], seen: set[str]
    ) -> Iterator[UnevaluatedOption]:
        """Yield modules, imported where they are files; each file once."""
        for module in modules:
            value = self.force(module.thunk)
            if isinstance(value, nix_values.PathValue):
                if value.path in seen:
                    continue
                seen.add(value.path)
                value = self._evaluator.imported(value)
                if value.span.path:
                    self.files.setdefault(value.span.path)
                yield module._replace(thunk=nix_values.evaluated(value))
            else:
                yield module
            if isinstance(value, nix_values.ExternalValue):
                self.external_modules.append(value.path)
            elif isinstance(value, nix_values.UnknownValue):
                self.external_modules.append(())

    def definitions_of(self, values: Iterable[OptionValue], name: str) -> list[UnevaluatedOption]:
        """Return the definitions of the attribute `name` in the sets among `values`."""
        return [
            UnevaluatedOption(attr.thunk, attr.name_span, option.certain)
            for option in values
            if isinstance(option.value, nix_values.AttrSet)
            and (attr := option.value.attrs.get(name)) is not None
        ]

    def values_at(self, values: Iterable[OptionValue], path: Name) -> list[OptionValue]:
        """Return the values with the highest priority at `path` below `values`."""
        current = list(values)
        for name in path:
            current = strongest(self.evaluate(self.definitions_of(current, name)))
        return current

    def _unwrap(
        self,
        value: nix_values.AttrSet,
        definition: UnevaluatedOption,
        priority: int,
        seen: set[str],
    ) -> list[tuple[UnevaluatedOption, int]] | None:
        """Return the definitions in a set tagged with `_type`; None for an ordinary set."""
        tag = self._text(value.attrs.get("_type"))
        content = value.attrs.get("content")
        if tag == "merge":
            contents = value.attrs.get("contents")
            items = self.force(contents.thunk) if contents is not None else None
            if not isinstance(items, nix_values.List):
                return []
            merged = [definition._replace(thunk=item) for item in items.items]
            return [(module, priority) for module in self._import_modules(merged, seen)]
        if tag in ("if", "override", "order") and content is not None:
            inner = definition._replace(thunk=content.thunk)
            if tag == "override":
                return [(inner, self._number(value.attrs.get("priority"), priority))]
            if tag == "if":
                condition = self._condition(value.attrs.get("condition"))
                if condition is False:
                    return []
                inner = inner._replace(certain=definition.certain and condition is not None)
            return [(module, priority) for module in self._import_modules((inner,), seen)]
        return self._unwrap_module(value, definition, priority, seen)

    def _unwrap_module(
        self,
        value: nix_values.AttrSet,
        definition: UnevaluatedOption,
        priority: int,
        seen: set[str],
    ) -> list[tuple[UnevaluatedOption, int]] | None:
        """Return the modules that the module `value` imports, and its own options."""
        imports = value.attrs.get("imports")
        has_config = "config" in value.attrs and value.attrs.keys() <= _MODULE_ATTRIBUTES
        if imports is None and not has_config:
            return None
        modules: list[tuple[UnevaluatedOption, int]] = []
        items = self.force(imports.thunk) if imports is not None else None
        if isinstance(items, nix_values.List):
            imported = [definition._replace(thunk=item) for item in items.items]
            modules += [(module, priority) for module in self._import_modules(imported, seen)]
        elif items is not None:
            self.external_modules.append(())
        if has_config:
            config = value.attrs["config"].thunk
        else:
            options = {name: attr for name, attr in value.attrs.items() if name != "imports"}
            config = nix_values.evaluated(value._replace(attrs=options))
        return [*modules, (definition._replace(thunk=config), priority)]

    def _apply(self, thunk: nix_values.Thunk) -> nix_values.Value:
        """Return the value of `thunk`; the result of a call, where it is a module's function."""
        known = self._values.get(id(thunk))
        if known is not None:
            return known[1]
        value = self.force(thunk)
        for _ in range(_MAX_CURRIED):
            if not isinstance(value, nix_values.Lambda):
                break
            value = self._evaluator.apply(value, self._arguments(value))
        self._values[id(thunk)] = (thunk, value)
        return value

    def _arguments(self, function: nix_values.Lambda) -> nix_values.AttrSet:
        """Return the arguments that a module's function gets."""
        standard = {
            "config": nix_values.evaluated(stack_config(self._key)),
            "lib": self._flake.library,
            "pkgs": nix_values.evaluated(nix_values.ExternalValue(("pkgs",), nix_values.NOWHERE)),
        }
        formals = function.node.formals
        if formals is None:
            rest = nix_values.UnknownValue("the argument is given by the caller", function.span)
            return computed_set(standard, function.span, rest)
        arguments: dict[str, nix_values.Attr] = {}
        for formal in formals.formals:
            thunk = standard.get(formal.name)
            if thunk is None and formal.default is None:
                thunk = nix_values.evaluated(nix_values.ExternalValue((formal.name,), formal.span))
            if thunk is not None:
                arguments[formal.name] = nix_values.Attr(
                    formal.name, formal.span, formal.span, thunk
                )
        return nix_values.AttrSet(arguments, function.span)

    def _text(self, attr: nix_values.Attr | None) -> str:
        value = None if attr is None else self.force(attr.thunk)
        return value.traced.text if isinstance(value, nix_values.String) else ""

    def _number(self, attr: nix_values.Attr | None, default: int) -> int:
        value = None if attr is None else self.force(attr.thunk)
        return value.value if isinstance(value, nix_values.Int) else default

    def _condition(self, attr: nix_values.Attr | None) -> bool | None:
        """Return whether a condition holds; None where it is not known."""
        value = None if attr is None else self.force(attr.thunk)
        return value.value if isinstance(value, nix_values.Bool) else None


def strongest(values: Iterable[OptionValue]) -> list[OptionValue]:
    """Return those of `values` that override the others."""
    all_values = list(values)
    strongest_priority = min((option.priority for option in all_values), default=0)
    return [option for option in all_values if option.priority == strongest_priority]
