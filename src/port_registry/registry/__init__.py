"""The source of truth: found, read and looked up."""
