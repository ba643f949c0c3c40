"""Findings of a check: one module per format."""
