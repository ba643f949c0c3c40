"""Definitions of stacks in the files of one flake, before their options are read."""

from collections.abc import Iterable

from port_registry.languages.nix.evaluate import Evaluator
from port_registry.languages.nix.values import List
from port_registry.model import NamedTuple, Source
from port_registry.sources.nix_stacks.discovery import DefinitionSite, StackOrigin, definition_sites
from port_registry.sources.nix_stacks.flake_arguments import FlakeValues
from port_registry.sources.nix_stacks.modules import StackModules, UnevaluatedOption
from port_registry.sources.nix_stacks.services import attribute_names

_OLD_STACKS = "configs"
"""The attribute that held the settings of all stacks in process-compose-flake 0.1."""


class StackDefinition(NamedTuple):
    """The definition of one stack."""

    kind: StackOrigin
    key: str
    """The key of its modules' `config`: its name, or else its position."""
    modules: tuple[UnevaluatedOption, ...]
    files: tuple[str, ...]


def stack_definitions(
    evaluator: Evaluator, flake: FlakeValues, sources: Iterable[Source]
) -> list[StackDefinition]:
    """Return the stacks that the files of a flake define.

    Modules of one name in several files form one stack, as flake-parts merges them.
    """
    stacks: list[StackDefinition] = []
    indexes: dict[str, int] = {}
    for source in sources:
        for site in definition_sites(evaluator, flake, source):
            for stack in _from_site(evaluator, flake, site):
                index = indexes.get(stack.key)
                if index is None or stacks[index].files[-1] == source.path:
                    indexes[stack.key] = len(stacks)
                    stacks.append(stack)
                else:
                    known = stacks[index]
                    stacks[index] = known._replace(
                        modules=known.modules + stack.modules, files=known.files + stack.files
                    )
    return stacks


def _from_site(
    evaluator: Evaluator, flake: FlakeValues, site: DefinitionSite
) -> list[StackDefinition]:
    path = site.span.path
    module = UnevaluatedOption(site.thunk, site.span, certain=True)
    key = f"{path}:{site.span.start}"
    if site.kind is StackOrigin.DEVENV:
        return [StackDefinition(StackOrigin.DEVENV, key, (module,), (path,))]
    modules = StackModules(evaluator, flake, key, (path,))
    values = modules.evaluate((module,))
    if site.kind is StackOrigin.NAMED:
        old = modules.values_at(values, (_OLD_STACKS,))
        if old and not modules.values_at(values, (_OLD_STACKS, "settings")):
            values = old
        return [
            StackDefinition(
                kind=StackOrigin.NAMED,
                key=name,
                modules=tuple(modules.definitions_of(values, name)),
                files=(path,),
            )
            for name in attribute_names(values)
        ]
    lists = [option.value for option in modules.values_at(values, ("modules",))]
    items = [
        UnevaluatedOption(item, site.span, certain=True)
        for value in lists
        if isinstance(value, List)
        for item in value.items
    ]
    return [StackDefinition(StackOrigin.CALL, key, tuple(items), (path,))]
