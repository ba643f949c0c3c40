"""Defaults for `add`: the category and the ports that are proposed for a new entry."""

from port_registry.changes.add_entry import PortChoice, RequestedEntry, choose_ports
from port_registry.changes.categories import is_flat, suggest_category
from port_registry.model import PortRegistryError
from port_registry.project.config import convention_of
from port_registry.project.entry_names import parse_new_name
from port_registry.project.governing_registry import load_registry
from port_registry.project.workspace import Request, open_workspace


def propose_category(request: Request, text: str) -> str | None:
    """Return the category for an entry named `text`; None where it needs none."""
    name = parse_new_name(text)
    if len(name) > 1:
        return None
    workspace = open_workspace(request)
    registry = load_registry(workspace)
    if is_flat(registry):
        return None
    return suggest_category(registry, convention_of(workspace.config), name)


def propose_ports(request: Request, text: str) -> PortChoice | None:
    """Return the ports for an entry named `text`; None where none can be proposed."""
    workspace = open_workspace(request)
    registry = load_registry(workspace)
    try:
        return choose_ports(
            registry,
            convention_of(workspace.config),
            workspace.files,
            RequestedEntry(parse_new_name(text)),
        )
    except PortRegistryError:
        return None
