"""Environment files: `.env`, `.env.example`, and the ports that their variables name."""
