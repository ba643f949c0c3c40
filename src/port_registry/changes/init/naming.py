"""The names of claims: their categories, and the words that tell ports of a service apart."""

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from port_registry.changes.init import service_identification
from port_registry.changes.init.merge_observations import PortWish
from port_registry.changes.init.name_words import (
    NameStyle,
    attribute,
    joined,
    parting,
    style_of,
    telling,
)
from port_registry.changes.init.observation import Home, made
from port_registry.facts.identifiers import normalise, split
from port_registry.facts.ranges import Convention
from port_registry.facts.words import word_set
from port_registry.model import Name

_DOORS = {80: "http", 443: "https"}

_SECOND = word_set("names", "never-alone")
"""Words for a port that is never a service's only one."""

_PLAIN = word_set("paths", "plain-stacks")
"""Words of file names that tell nothing."""


class NamedWish(NamedTuple):
    """A claim and what it is to be called."""

    claim: PortWish
    name: Name


def name_all(claims: Sequence[PortWish], convention: Convention) -> list[NamedWish]:
    """Return `claims`, by port, with their names; no two of them become one."""
    style = style_of(one.service for claim in claims for one in claim.sightings[:1])
    own = _own_category(claims, convention)
    taken: set[str] = set()
    found: list[NamedWish] = []
    groups: dict[str, list[PortWish]] = defaultdict(list)
    for claim in claims:
        if claim.best.entry:
            taken.add(normalise("".join(claim.best.entry)))
            found.append(NamedWish(claim, claim.best.entry))
        else:
            groups[normalise(_base(claim))].append(claim)
    for group in groups.values():
        category = _category(group, own)
        for claim, name in _in_group(group, style):
            whole = _unused((category, name), claim, style, taken)
            found.append(NamedWish(claim, whole))
    return sorted(found, key=lambda one: one.claim.ports)


def _unused(name: Name, claim: PortWish, style: NameStyle, taken: set[str]) -> Name:
    """Return `name`, or one like it where another has become the same."""
    *above, last = name
    number = 1
    whole = name
    while normalise("".join(whole)) in taken:
        words = (str(claim.ports.first), *([str(number)] if number > 1 else []))
        whole = (*above, joined(last, words, style))
        number += 1
    taken.add(normalise("".join(whole)))
    return whole


def _base(claim: PortWish) -> str:
    """Return what the service of `claim` is called, as a file says it."""
    known, service = claim.known, claim.best.service
    if known is not None and claim.ports.first in _DOORS and _is_front(known.name):
        return _DOORS[claim.ports.first]
    if known is not None and service_identification.is_kind(service):
        return made(known)
    return service


def _is_front(known: str) -> bool:
    return known in service_identification.FRONTS


def _in_group(claims: list[PortWish], style: NameStyle) -> list[tuple[PortWish, str]]:
    """Return the ports of one service with the last parts of their names."""
    ordered = sorted(claims, key=_order)
    base = attribute(_base(ordered[0]), style)
    usual = _told_by_file(ordered[0], _own_words(ordered[0]))
    found: list[tuple[PortWish, str]] = []
    seen: set[str] = set()
    for at, claim in enumerate(ordered):
        role = _role(claim)
        if not at and len(ordered) == 1 and _SECOND.isdisjoint(role):
            role = ()
        own = _own_words(claim)
        told = tuple(word for word in _told_by_file(claim, own) if word not in usual)
        for words in (
            role,
            role or parting(claim.best.label, own) or _by_door(claim),
            (*role, *told),
            (*role, str(claim.ports.first)),
        ):
            name = joined(base, words, style)
            if normalise(name) not in seen:
                break
        seen.add(normalise(name))
        found.append((claim, name))
    return found


def _order(claim: PortWish) -> tuple[bool, bool, int, int]:
    """Return what the ports of a service are sorted by: its main one first."""
    known = claim.known
    is_main = known is not None and known.ports[0].port in (claim.ports.first, claim.best.target)
    told = _told_by_file(claim, _own_words(claim))
    return bool(_role(claim)), not is_main, len(told), claim.ports.first


def _role(claim: PortWish) -> tuple[str, ...]:
    """Return the words for which of its service's ports a claim is; none for the main one."""
    known = claim.known
    numbers = (claim.best.target, claim.ports.first)
    if known is not None and claim.ports.is_single():
        for number in numbers:
            port = next((one for one in known.ports if one.port == number), None)
            if port is not None:
                is_main = port is known.ports[0] or port.role == "main"
                return () if is_main else tuple(split(port.role))
    return telling(claim.best.label, _own_words(claim))


def _by_door(claim: PortWish) -> tuple[str, ...]:
    """Return the words of the protocol that a system port is for: `imap` for 143."""
    found = service_identification.on_door(claim.ports.first)
    return tuple(split(found.name)) if found is not None and found.category == "system" else ()


def _own_words(claim: PortWish) -> frozenset[str]:
    """Return the words that name the service itself."""
    known = claim.known
    texts = (claim.best.service, *((known.name, *known.aliases) if known else ()))
    return frozenset(word for text in texts for word in (*split(text), text.lower()))


def _told_by_file(claim: PortWish, own: frozenset[str]) -> tuple[str, ...]:
    """Return the words of the file, or else of its folder, that tell it from others."""
    folder, name = posixpath.split(claim.best.span.path)
    for text in (name if name.startswith(".") else name.rpartition(".")[0], folder):
        words = split(posixpath.basename(text))
        kept = [word for word in words if word not in _PLAIN | own and word.isalpha()]
        if kept:
            return tuple(kept[:2])
    return ()


def _category(group: Iterable[PortWish], own: str) -> str:
    """Return the category of a service."""
    claims = list(group)
    for claim in claims:
        known = claim.known
        if known is not None:
            return service_identification.category_of(known)
        if service_identification.is_database(claim.best.service):
            return service_identification.DATABASES
    is_machines = all(claim.best.home is Home.MACHINE for claim in claims)
    return service_identification.SERVICES if is_machines else own


def _is_own(claim: PortWish) -> bool:
    """Return whether a claim is that of a program of one's own, in a stack."""
    best = claim.best
    is_project = claim.known is None and best.home is Home.PROJECT
    return is_project and not best.entry and not service_identification.is_database(best.service)


def _own_category(claims: Sequence[PortWish], convention: Convention) -> str:
    """Return the category of the programs of one's own that a stack runs.

    They stay together: where the range of the first choice is too narrow for one of them, it
    is the category without a range.
    """
    ranges = convention.ranges_of(service_identification.DEVELOPMENT)
    own = [claim for claim in claims if _is_own(claim)]
    fits = all(any(known.contains(claim.ports) for known in ranges) for claim in own)
    return (
        service_identification.DEVELOPMENT
        if fits or not ranges
        else service_identification.SERVICES
    )
