"""What surrounds a number in a file, and whose port that says it is."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from port_registry.facts import services
from port_registry.facts.identifiers import normalise, split
from port_registry.facts.services import KnownService
from port_registry.facts.words import word_set
from port_registry.matching import service_affinity
from port_registry.model import Entry, Role, Source, Use

SAME = 2
"""The kinship of an entry and a place that names all of it."""

_GENERIC = word_set("names", "shared")
"""Words in the names of entries that many services share."""

_PLAIN_FILES = word_set("paths", "plain-modules")
"""Names of files that say nothing of what is in them."""

_LONGEST_LINE = 400
"""How much of a line is read."""

_PROXIES = word_set("services", "proxies")

_HOLDERS = word_set("nixos", "named-holders")
"""Attributes whose own attributes are services."""


class Words(NamedTuple):
    """What stands around a number."""

    names: frozenset[str]
    """The attributes, the variable or flag, the file and the host, squeezed."""
    words: frozenset[str]
    """The words of all these and of the line."""
    service: str
    """The innermost attribute that should be a service's name; empty where none is."""


def words_of(source: Source, use: Use) -> Words:
    """Return what stands around `use`, which is in `source`.

    A service that connects there is not the one that listens, and its name says nothing;
    neither does that of a proxy.
    """
    steps = [step for step in use.keys if step is not None]
    service = _service(steps)
    others = frozenset[str]()
    if use.role in (Role.CONNECTS, Role.PROBES):
        others = _PROXIES
        steps = steps[2:] if steps[:1] == ["services"] else steps
    said = [*steps, use.label, _file_name(source.path), _alias(use.host)]
    words = {word for text in (*said, line_at(source, use)) for word in _words(text)}
    words |= {word[:-1] for word in words if len(word) > 3 and word.endswith("s")}
    names = {normalise(text) for text in said}
    return Words(frozenset(names - {""} - others), frozenset(words - others), service)


def _words(text: str) -> Iterator[str]:
    """Yield the words of `text`: `WireGuard` is one, and two as well."""
    yield from split(text)
    yield from "".join(char if char.isalnum() else " " for char in text.lower()).split()


def _file_name(path: str) -> str:
    """Return what the file is called, or the nearest folder above whose name says more."""
    for name in reversed(path.removesuffix(".nix").split("/")):
        if name.lower() not in _PLAIN_FILES:
            return name
    return ""


def _alias(host: str | None) -> str:
    """Return the name of a host without its domain; empty for an address."""
    name = "" if host is None else host.partition(".")[0]
    return "" if name.isdigit() or ":" in name else name


def line_at(source: Source, use: Use) -> str:
    """Return the text around the number in its line."""
    at = use.shown.start
    before = source.text[max(0, at - _LONGEST_LINE) : at].rpartition("\n")[2]
    return before + source.text[at : at + _LONGEST_LINE].partition("\n")[0]


def _service(steps: list[str]) -> str:
    found = ""
    for holder, step in pairwise(steps):
        if holder in _HOLDERS and step not in _HOLDERS:
            found = step
    return found


def kinship(entry: Entry, place: Words) -> int:
    """Grade how surely a number at `place` that is the port of `entry` is there for it.

    `kin.EQUAL` where something there has the entry's name, `SAME` where all words that tell
    it from others are there, or the same well-known service is named, 0 otherwise.
    """
    own = _telling(entry)
    if not own:
        return 0
    if normalise(entry.service) in place.names and not own.isdisjoint(split(entry.service)):
        return service_affinity.EQUAL
    if own <= place.words or _is_known(service_affinity.service_of_entry(entry), place):
        return SAME
    return 0


def _telling(entry: Entry) -> set[str]:
    """Return the words that tell `entry` from others.

    They are those of its last part, without what many services share where enough is left
    (`redis` of `redis-main`, but all of `open-webui`); or else those of the whole name.
    """
    words = set(split(entry.service))
    own = {word for word in words if word not in _GENERIC and len(word) > 1}
    if 2 * sum(map(len, own)) >= sum(map(len, words)):
        return own
    if own:
        return words
    return {word for part in entry.name for word in split(part)} - _GENERIC


def _is_known(service: KnownService | None, place: Words) -> bool:
    """Return whether `service` is named at `place`, be it by a shorter or longer form."""
    if service is None:
        return False
    name = normalise(service.name)
    forms = {normalise(alias) for alias in service.aliases} | {name}
    if not forms.isdisjoint(place.names):
        return True
    return any(
        form in place.words and (form.startswith(name) or name.startswith(form)) for form in forms
    )


def is_foreign(entry: Entry, place: Words) -> bool:
    """Return whether the service at `place` surely is another than that of `entry`."""
    mine = services.by_name(place.service) if place.service else None
    theirs = service_affinity.service_of_entry(entry)
    return (
        mine is not None
        and theirs is not None
        and service_affinity.are_different_services(mine, theirs)
    )
