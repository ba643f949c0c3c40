"""What the files of one flake define, stack by stack, before anything of it is read."""

from collections.abc import Iterable
from typing import NamedTuple

from port_registry.languages.nix.evaluate import Evaluator
from port_registry.languages.nix.values import List
from port_registry.model.span import Source
from port_registry.sources.nix_stacks.discovery import Definition, Kind, definitions
from port_registry.sources.nix_stacks.flake_arguments import Flake
from port_registry.sources.nix_stacks.modules import Given, Modules
from port_registry.sources.nix_stacks.services import names

_FORMER = "configs"
"""The attribute that held all stacks in process-compose-flake 0.1, their settings at once."""


class Draft(NamedTuple):
    """One stack."""

    kind: Kind
    key: str
    """What its modules' `config` is known by: its name, or else its place."""
    given: tuple[Given, ...]
    """Its modules."""
    files: tuple[str, ...]


def drafts(evaluator: Evaluator, flake: Flake, sources: Iterable[Source]) -> list[Draft]:
    """Return the stacks that the files of a flake define.

    Modules of one name in several files make one stack, as flake-parts merges them.
    """
    found: list[Draft] = []
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


def _of(evaluator: Evaluator, flake: Flake, definition: Definition) -> list[Draft]:
    path = definition.span.path
    given = Given(definition.thunk, definition.span, sure=True)
    key = f"{path}:{definition.span.start}"
    if definition.kind is Kind.DEVENV:
        return [Draft(Kind.DEVENV, key, (given,), (path,))]
    modules = Modules(evaluator, flake, key, (path,))
    held = modules.open((given,))
    if definition.kind is Kind.NAMED:
        if modules.at(held, (_FORMER,)) and not modules.at(held, (_FORMER, "settings")):
            held = modules.at(held, (_FORMER,))
        return [
            Draft(Kind.NAMED, name, tuple(modules.below(held, name)), (path,))
            for name in names(held)
        ]
    lists = [one.value for one in modules.at(held, ("modules",)) if isinstance(one.value, List)]
    items = [Given(item, definition.span, sure=True) for one in lists for item in one.items]
    return [Draft(Kind.CALL, key, tuple(items), (path,))]
