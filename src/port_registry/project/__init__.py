"""One project on disk: its configuration, files, cache and the registry that governs it."""
