"""Nix, read without Nix: its syntax tree, and the values that expressions have."""
