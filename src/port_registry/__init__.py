"""One source of truth for the ports of a project, and proof that everything agrees."""

__version__ = "0.1.0"
