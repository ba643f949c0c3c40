"""Free ports for someone who only wants to know."""

from collections.abc import Iterator

from port_registry.engine.adding import Asked
from port_registry.engine.config import convention_of
from port_registry.engine.loading import load_registry
from port_registry.engine.workspace import Workspace
from port_registry.live.bound import is_bound
from port_registry.model.port import Port
from port_registry.registry.allocate import Ledger, free_in, ranges_for


def suggested(workspace: Workspace, asked: Asked) -> Iterator[Port]:
    """Yield the ports that `asked` could have, in the order in which they would be given.

    Raises what reading the registry raises.
    """
    registry = load_registry(workspace)
    convention = convention_of(workspace.config)
    ranges = ranges_for(registry, convention, asked.name)
    return free_in(Ledger(registry, is_bound), ranges, asked.seeker())
