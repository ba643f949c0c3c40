"""Docker Compose: its files, and the ports that their services publish and keep inside."""

from port_registry.sources.compose.discover import is_candidate, looks_like

__all__ = ["is_candidate", "looks_like"]
