"""Docker Compose: its files, and the ports that their services publish and keep inside."""

from port_registry.sources.compose.discover import is_candidate, looks_like
from port_registry.sources.compose.read import read_compose

__all__ = ["is_candidate", "looks_like", "read_compose"]
