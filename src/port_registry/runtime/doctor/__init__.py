"""Diagnosis of everything that can make a port fail on this machine, with remedies.

A check is a module next to this one with `NAME` and `check`, and two lines in `diagnose`.
"""
