"""Literals: numbers in Nix that are ports, as their context says.

A number alone is never a port: an attribute named for ports, an option known to be one, or
the form of a string (`host:N`, a URL, `--port N`) has to say so.
"""
