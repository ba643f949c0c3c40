"""Proposal of a registry for the ports that a project's files already name.

Each place that names a port is an *observation* of a service (`from_machines`, `from_nix`).
The observations of one service on one port become an entry candidate (`merge_observations`),
candidates get names (`naming`), and the named candidates are the proposed registry (`plan`).
"""
