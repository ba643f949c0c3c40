"""What the files of one flake define, stack by stack, before anything of it is read."""

from collections.abc import Iterable
from typing import NamedTuple

from port_registry.languages.nix.evaluate import Evaluator
from port_registry.languages.nix.values import List
from port_registry.model import Source
from port_registry.sources.nix_stacks.discovery import DefinitionSite, StackOrigin, definitions
from port_registry.sources.nix_stacks.flake_arguments import Flake
from port_registry.sources.nix_stacks.modules import Given, StackModules
from port_registry.sources.nix_stacks.services import names

_FORMER = "configs"
"""The attribute that held all stacks in process-compose-flake 0.1, their settings at once."""


class StackDefinition(NamedTuple):
    """One stack."""

    kind: StackOrigin
    key: str
    """What its modules' `config` is known by: its name, or else its place."""
    given: tuple[Given, ...]
    """Its modules."""
    files: tuple[str, ...]


def drafts(evaluator: Evaluator, flake: Flake, sources: Iterable[Source]) -> list[StackDefinition]:
    """Return the stacks that the files of a flake define.

    Modules of one name in several files make one stack, as flake-parts merges them.
    """
    found: list[StackDefinition] = []
    named: dict[str, int] = {}
    for source in sources:
        for definition in definitions(evaluator, flake, source):
            for draft in _of(evaluator, flake, definition):
                at = named.get(draft.key)
                if at is None or found[at].files[-1] == source.path:
                    named[draft.key] = len(found)
                    found.append(draft)
                else:
                    known = found[at]
                    found[at] = known._replace(
                        given=known.given + draft.given, files=known.files + draft.files
                    )
    return found


def _of(evaluator: Evaluator, flake: Flake, definition: DefinitionSite) -> list[StackDefinition]:
    path = definition.span.path
    given = Given(definition.thunk, definition.span, sure=True)
    key = f"{path}:{definition.span.start}"
    if definition.kind is StackOrigin.DEVENV:
        return [StackDefinition(StackOrigin.DEVENV, key, (given,), (path,))]
    modules = StackModules(evaluator, flake, key, (path,))
    held = modules.open((given,))
    if definition.kind is StackOrigin.NAMED:
        if modules.at(held, (_FORMER,)) and not modules.at(held, (_FORMER, "settings")):
            held = modules.at(held, (_FORMER,))
        return [
            StackDefinition(StackOrigin.NAMED, name, tuple(modules.below(held, name)), (path,))
            for name in names(held)
        ]
    lists = [one.value for one in modules.at(held, ("modules",)) if isinstance(one.value, List)]
    items = [Given(item, definition.span, sure=True) for one in lists for item in one.items]
    return [StackDefinition(StackOrigin.CALL, key, tuple(items), (path,))]
