"""Observations in environment files."""

import posixpath
from collections.abc import Iterable

from port_registry.changes.init import service_identification
from port_registry.changes.init.from_stacks import ELSEWHERE, observe_use
from port_registry.changes.init.observation import Observation, Observations, SkippedPort, Weight
from port_registry.facts.identifiers import split
from port_registry.facts.words import word_set
from port_registry.model import Machine, Reader, Use

_PLAIN = word_set("paths", "plain-folders")
"""Folders whose names say nothing about the program in them."""

_OWN = word_set("names", "own-port-variables")
"""Words of the variables that hold a program's own port."""


def observe(reader: Reader, files: Iterable[Machine]) -> Observations:
    """Return the observations in `files`."""
    observations: list[Observation] = []
    skipped: list[SkippedPort] = []
    for file in files:
        for use in file.shared:
            if use.ports is None:
                continue
            observed = observe_use(reader, use, use.ports, "")
            if isinstance(observed, SkippedPort):
                skipped.append(observed)
            elif _is_own(use):
                observations.append(_of_folder(observed, file.files[0]))
            else:
                observations.append(observed)
        skipped += [
            SkippedPort(ELSEWHERE, f"{use.host}:{use.number}", use.number, use.shown)
            for use in file.elsewhere
        ]
    return Observations(tuple(observations), tuple(skipped))


def _is_own(use: Use) -> bool:
    """Return whether a variable holds a port of the program that the file is for.

    `PORT` does, and `APP_PORT`, and so does one that its framework reads.
    """
    if use.host is not None:
        return False
    words = split(use.label.lower())
    known = service_identification.by_label(" ".join(words[:-1]))
    is_framework = known is not None and known.category == "devtool"
    return words[-1:] == ["port"] and (is_framework or _OWN.issuperset(words))


def _of_folder(observation: Observation, path: str) -> Observation:
    """Return `observation` for the program whose folder the file is in."""
    folder = posixpath.basename(posixpath.dirname(path))
    service = folder if folder and folder.lower() not in _PLAIN else "app"
    return observation._replace(service=service, known_service="", weight=Weight.PROBED)
