"""Reports of findings, a module a format."""
