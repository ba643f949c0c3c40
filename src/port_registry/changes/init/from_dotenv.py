"""What environment files say of ports."""

import posixpath
from collections.abc import Iterable

from port_registry.changes.init import service_identification
from port_registry.changes.init.from_stacks import ELSEWHERE, seen
from port_registry.changes.init.observation import Left, Sighted, Sighting, Weight
from port_registry.facts.identifiers import split
from port_registry.facts.words import word_set
from port_registry.model import Machine, Reader, Use

_PLAIN = word_set("paths", "plain-folders")
"""Folders whose names say nothing of the program in them."""

_OWN = word_set("names", "own-port-variables")
"""Words of the variables that hold a program's own port."""


def sighted(reader: Reader, files: Iterable[Machine]) -> Sighted:
    """Return what `files` say."""
    sightings: list[Sighting] = []
    left: list[Left] = []
    for file in files:
        for use in file.shared:
            if use.ports is None:
                continue
            found = seen(reader, use, use.ports, "")
            if isinstance(found, Left):
                left.append(found)
            else:
                sightings.append(_owned(found, file.files[0]) if _is_own(use) else found)
        left += [
            Left(ELSEWHERE, f"{one.host}:{one.number}", one.number, one.shown)
            for one in file.elsewhere
        ]
    return Sighted(tuple(sightings), tuple(left))


def _is_own(use: Use) -> bool:
    """Return whether a variable speaks of the program that the file is for.

    `PORT` does, and `APP_PORT`, and so does one that its framework reads.
    """
    if use.host is not None:
        return False
    words = split(use.label.lower())
    known = service_identification.by_label(" ".join(words[:-1]))
    is_frame = known is not None and known.category == "devtool"
    return words[-1:] == ["port"] and (is_frame or _OWN.issuperset(words))


def _owned(sighting: Sighting, path: str) -> Sighting:
    """Return the port of the program whose folder the file is in."""
    folder = posixpath.basename(posixpath.dirname(path))
    service = folder if folder and folder.lower() not in _PLAIN else "app"
    return sighting._replace(service=service, known="", weight=Weight.SERVES)
