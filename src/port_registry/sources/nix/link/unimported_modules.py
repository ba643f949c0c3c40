"""Modules that no host imports."""

from collections.abc import Sequence

from port_registry.facts.words import word_set
from port_registry.sources.nix.link.graph import ImportGraph, ImportPlan
from port_registry.sources.nix.link.module_bodies import ModuleBody
from port_registry.sources.nix.module_facts import PathKind

_MODULE_OPTIONS = word_set("nixos", "module-tops")
"""What NixOS and home-manager modules set."""

_ENTRY_POINTS = word_set("paths", "entrances")
"""Files that programs ask for by name."""


def unimported_modules(graph: ImportGraph, plans: Sequence[ImportPlan]) -> tuple[str, ...]:
    """Return the files that hold a module which no host imports.

    Empty where a host imports what could not be followed: it may be any of them.
    """
    if any(plan.incomplete for plan in plans):
        return ()
    reached = {graph.bodies[at].file for plan in plans for at in plan.members}
    reached |= {path for path in graph.tree.modules if path.rpartition("/")[2] in _ENTRY_POINTS}
    waiting = list(reached)
    named: set[tuple[str, PathKind]] = set()
    while waiting:
        for path in graph.tree.modules[waiting.pop()].paths:
            if (path.target, path.kind) not in named:
                named.add((path.target, path.kind))
                found = [file for file in graph.tree.files_of(path) if file not in reached]
                reached.update(found)
                waiting += found
    lonely = {body.file for body in graph.bodies if _is_module(body)} - reached
    return tuple(sorted(lonely))


def _is_module(body: ModuleBody) -> bool:
    """Return whether a body sets or declares what a host's modules do."""
    if body.owner is not None:
        return False
    if any(
        stated.setting[:1] and stated.setting[0] in _MODULE_OPTIONS for stated in body.definitions
    ):
        return True
    return bool(body.options) or any(
        not pathed.setting and pathed.path.kind is PathKind.MODULE for pathed in body.paths
    )
