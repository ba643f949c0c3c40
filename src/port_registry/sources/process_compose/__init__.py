"""The process-compose format: its files, read as it reads them, and the ports in them."""

from port_registry.sources.process_compose.discover import is_candidate, looks_like, stacks_in

__all__ = ["is_candidate", "looks_like", "stacks_in"]
