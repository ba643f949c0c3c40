"""Readers of commands, variables, addresses and annotations for several formats."""
