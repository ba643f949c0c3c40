"""process-compose: its files, read as it reads them, and the ports that they name."""

from port_registry.sources.process_compose.discover import is_candidate, looks_like, stacks_in
from port_registry.sources.process_compose.stack import read_stack

__all__ = ["is_candidate", "looks_like", "read_stack", "stacks_in"]
