"""Everything that can make a port fail on this machine, and what to do about each.

A check is a module beside this one with `NAME` and `check`, and two lines in `diagnose`.
"""
