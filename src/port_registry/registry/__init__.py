"""The registry: locating, reading, looking up and editing it."""
