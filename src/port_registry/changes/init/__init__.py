"""A registry made of what a project's files already name.

Files in, *sightings* out: each is one place that names a port, with what it says of whose it
is (`stacks`, `containers`, `variables`, `nix`). Sightings of one service on one port are one
*claim* (`claims`), claims get names (`names`, `naming`), and those are the registry that is
proposed (`plan`).
"""
