"""Linking: modules in, a fleet out."""
