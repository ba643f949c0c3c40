"""Linker: the modules of a project become a fleet of hosts."""
