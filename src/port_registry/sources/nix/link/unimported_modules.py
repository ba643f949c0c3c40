"""Modules that no host imports."""

from collections.abc import Sequence

from port_registry.facts.words import word_set
from port_registry.sources.nix.link.graph import ImportGraph, ImportPlan
from port_registry.sources.nix.link.module_bodies import ModuleBody
from port_registry.sources.nix.module_facts import PathKind

_MODULE_OPTIONS = word_set("nixos", "module-tops")
"""First steps of options that NixOS and home-manager modules set."""

_ENTRY_POINTS = word_set("paths", "entrances")
"""Files that programs look for by name."""


def unimported_modules(graph: ImportGraph, plans: Sequence[ImportPlan]) -> tuple[str, ...]:
    """Return the files with a module that no host imports.

    Empty where an import of a host could not be followed: it may be any of them.
    """
    if any(plan.incomplete for plan in plans):
        return ()
    reached = {graph.bodies[index].file for plan in plans for index in plan.members}
    reached |= {path for path in graph.tree.modules if path.rpartition("/")[2] in _ENTRY_POINTS}
    pending = list(reached)
    seen: set[tuple[str, PathKind]] = set()
    while pending:
        for path in graph.tree.modules[pending.pop()].paths:
            if (path.target, path.kind) not in seen:
                seen.add((path.target, path.kind))
                files = [file for file in graph.tree.files_of(path) if file not in reached]
                reached.update(files)
                pending += files
    modules = {body.file for body in graph.bodies if _is_module(body)}
    return tuple(sorted(modules - reached))


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
