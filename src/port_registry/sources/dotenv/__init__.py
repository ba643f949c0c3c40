"""Environment files: `.env`, `.env.example`, and the ports that their variables name."""

from port_registry.sources.dotenv.read import is_candidate, is_template, read_env

__all__ = ["is_candidate", "is_template", "read_env"]
