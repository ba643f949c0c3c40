"""What is proposed to someone who has not said everything of a new entry."""

from port_registry.changes.add_entry import Choice, RequestedEntry, choose
from port_registry.changes.categories import category_for, is_flat
from port_registry.model import PortRegistryError
from port_registry.project.config import convention_of
from port_registry.project.entry_names import name_of
from port_registry.project.governing_registry import load_registry
from port_registry.project.workspace import Request, open_workspace


def proposed_name(request: Request, text: str) -> str | None:
    """Return the category for an entry called `text`; None where it needs none."""
    name = name_of(text)
    if len(name) > 1:
        return None
    workspace = open_workspace(request)
    registry = load_registry(workspace)
    if is_flat(registry):
        return None
    return category_for(registry, convention_of(workspace.config), name)


def proposed_port(request: Request, text: str) -> Choice | None:
    """Return the ports for an entry called `text`; None where nothing can be proposed."""
    workspace = open_workspace(request)
    registry = load_registry(workspace)
    try:
        return choose(
            registry,
            convention_of(workspace.config),
            workspace.files,
            RequestedEntry(name_of(text)),
        )
    except PortRegistryError:
        return None
