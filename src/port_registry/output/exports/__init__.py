"""The registry for other programs: a module a format."""
