"""Environment files: `.env`, `.env.example`, and the ports that their variables name."""

from port_registry.sources.dotenv.discover import is_candidate, is_template

__all__ = ["is_candidate", "is_template"]
