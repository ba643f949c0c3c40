"""Live state of ports: what is declared next to what is bound, and who owns it."""
