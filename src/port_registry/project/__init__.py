"""A project on disk: its configuration, files, cache and registry."""
