"""Settings of a machine that can keep a port from working: one module per setting."""
