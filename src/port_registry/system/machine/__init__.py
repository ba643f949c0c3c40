"""What of a machine can keep a port from working: a module a fact, each read from a `Machine`."""
