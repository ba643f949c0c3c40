"""Environment files: `.env`, `.env.example`, and the ports that their variables name."""

from port_registry.sources.dotenv.read import EnvFile, Remote, is_candidate, read_env

__all__ = ["EnvFile", "Remote", "is_candidate", "read_env"]
