"""The Nix files of a project, whose references are written anew by what knows Nix."""

from port_registry.project.gather import Gathered
from port_registry.sources.nix.fleet import NO_FLEET, Fleet
from port_registry.sources.nix.format import NixTies


def fleet_of(gathered: Gathered) -> Fleet:
    """Return the linked Nix files of `gathered`."""
    for reading in gathered.readings:
        if isinstance(reading.ties, NixTies):
            return reading.ties.fleet
    return NO_FLEET._replace(registries=gathered.project.registries)
