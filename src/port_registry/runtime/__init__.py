"""Declared, expected and bound, side by side: what the live commands are made of."""
