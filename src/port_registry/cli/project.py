"""What commands have in common: the project, and a word on its registry."""

from port_registry.cli.arguments import TargetArgument
from port_registry.model.entry import Registry
from port_registry.output.locations import Paths
from port_registry.output.terminal import Colour, Screen, escape_controls
from port_registry.project.workspace import Evaluation, Request, current_directory
from port_registry.registry.host_registries import host_registries

_MOST_OTHERS = 3


def request_of(target: TargetArgument) -> Request:
    """Return the request for `target`, made where the process stands."""
    return Request(
        start=current_directory(),
        registry=target.registry,
        attribute=target.attribute,
        config=target.config,
        evaluation=Evaluation.NIX if target.asks_nix else Evaluation.NOBODY,
    )


def taken(registry: Registry, paths: Paths, screen: Screen) -> str:
    """Return the note on which of several files was taken as the registry, if there were."""
    parts = {path for path, _ in host_registries(registry.considered, registry.path)}
    parts.add(f"{registry.path.removesuffix('.nix')}.json")  # what `export json` says of it
    others = [
        escape_controls(paths.show(path)) for path in registry.considered if path not in parts
    ]
    if not others:
        return ""
    more = len(others) - _MOST_OTHERS
    rest = f" and {more} more" if more > 0 else ""
    return (
        f"{screen.style('note', Colour.NOTE)}: the registry is "
        f"{escape_controls(paths.show(registry.path))}, "
        f"not {', '.join(others[:_MOST_OTHERS])}{rest} "
        "(`registry` in port-registry.toml names it)\n"
    )
