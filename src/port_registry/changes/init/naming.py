"""Names of candidates: categories, and words that distinguish the ports of a service."""

import posixpath
from collections import defaultdict
from collections.abc import Sequence

from port_registry.changes.init import name_words, service_identification
from port_registry.changes.init.merge_observations import EntryCandidate
from port_registry.changes.init.observation import Deployment, spaced_name
from port_registry.facts.identifiers import normalise, split
from port_registry.facts.ranges import Convention
from port_registry.facts.words import word_set
from port_registry.model import Name, NamedTuple

_WEB_PORTS = {80: "http", 443: "https"}

_SECONDARY = word_set("names", "never-alone")
"""Words for a port that is never a service's only one."""

_PLAIN = word_set("paths", "plain-stacks")
"""Words of file names that distinguish nothing."""


class NamedCandidate(NamedTuple):
    """A candidate and the name of its entry."""

    candidate: EntryCandidate
    name: Name


def name_candidates(
    candidates: Sequence[EntryCandidate], convention: Convention
) -> list[NamedCandidate]:
    """Return `candidates`, by port, with their names, all of them different."""
    style = name_words.prevailing_style(candidate.best.service for candidate in candidates)
    own_category = _own_category(candidates, convention)
    taken: set[str] = set()
    named: list[NamedCandidate] = []
    groups: dict[str, list[EntryCandidate]] = defaultdict(list)
    for candidate in candidates:
        if candidate.best.entry:
            taken.add(normalise("".join(candidate.best.entry)))
            named.append(NamedCandidate(candidate, candidate.best.entry))
        else:
            groups[normalise(_base_name(candidate))].append(candidate)
    for group in groups.values():
        category = _category(group, own_category, convention)
        for candidate, last_part in _last_parts(group, style):
            name = _unused_name((category, last_part), candidate, style, taken)
            named.append(NamedCandidate(candidate, name))
    return sorted(named, key=lambda item: item.candidate.ports)


def _unused_name(
    name: Name, candidate: EntryCandidate, style: name_words.NameStyle, taken: set[str]
) -> Name:
    """Return `name`, or a similar one if it is taken."""
    *above, last = name
    number = 1
    unused = name
    while normalise("".join(unused)) in taken:
        words = (str(candidate.ports.first), *([str(number)] if number > 1 else []))
        unused = (*above, name_words.join_words(last, words, style))
        number += 1
    taken.add(normalise("".join(unused)))
    return unused


def _base_name(candidate: EntryCandidate) -> str:
    """Return the name of the service of `candidate`, as a file gives it."""
    known, service = candidate.known_service, candidate.best.service
    is_front = known is not None and known.name in service_identification.FRONT_SERVERS
    if is_front and candidate.ports.first in _WEB_PORTS:
        return _WEB_PORTS[candidate.ports.first]
    if known is not None and service_identification.is_generic_name(service):
        return spaced_name(known)
    return service


def _last_parts(
    candidates: list[EntryCandidate], style: name_words.NameStyle
) -> list[tuple[EntryCandidate, str]]:
    """Return the ports of one service with the last parts of their names."""
    ordered = sorted(candidates, key=_main_first)
    base = name_words.attribute_name(_base_name(ordered[0]), style)
    common = _file_words(ordered[0], _own_words(ordered[0]))
    named: list[tuple[EntryCandidate, str]] = []
    seen: set[str] = set()
    for candidate in ordered:
        role = _role(candidate)
        if len(ordered) == 1 and _SECONDARY.isdisjoint(role):
            role = ()
        own = _own_words(candidate)
        by_file = tuple(word for word in _file_words(candidate, own) if word not in common)
        by_label = name_words.distinguishing_words(candidate.best.label, own)
        for words in (
            role,
            role or by_label or _protocol_words(candidate),
            (*role, *by_file),
            (*role, str(candidate.ports.first)),
        ):
            name = name_words.join_words(base, words, style)
            if normalise(name) not in seen:
                break
        seen.add(normalise(name))
        named.append((candidate, name))
    return named


def _main_first(candidate: EntryCandidate) -> tuple[bool, bool, int, int]:
    """Return the key that sorts the ports of a service, its main one first."""
    known = candidate.known_service
    numbers = (candidate.ports.first, candidate.best.container_port)
    is_main = known is not None and known.ports[0].port in numbers
    by_file = _file_words(candidate, _own_words(candidate))
    return bool(_role(candidate)), not is_main, len(by_file), candidate.ports.first


def _role(candidate: EntryCandidate) -> tuple[str, ...]:
    """Return the words for the role of a port among its service's; none for the main one."""
    known = candidate.known_service
    numbers = (candidate.best.container_port, candidate.ports.first)
    if known is not None and candidate.ports.is_single():
        for number in numbers:
            port = next((port for port in known.ports if port.port == number), None)
            if port is not None:
                is_main = port is known.ports[0] or port.role == "main"
                return () if is_main else tuple(split(port.role))
    return name_words.identifying_words(candidate.best.label, _own_words(candidate))


def _protocol_words(candidate: EntryCandidate) -> tuple[str, ...]:
    """Return the words of the protocol that a system port is for: `imap` for 143."""
    service = service_identification.service_on_port(candidate.ports.first)
    if service is None or service.category != "system":
        return ()
    return tuple(split(service.name))


def _own_words(candidate: EntryCandidate) -> frozenset[str]:
    """Return the words that name the service itself."""
    known = candidate.known_service
    texts = (candidate.best.service, *((known.name, *known.aliases) if known else ()))
    return frozenset(word for text in texts for word in (*split(text), text.lower()))


def _file_words(candidate: EntryCandidate, own: frozenset[str]) -> tuple[str, ...]:
    """Return the words of the file, or else of its folder, that tell it from others."""
    folder, name = posixpath.split(candidate.best.span.path)
    for text in (name if name.startswith(".") else name.rpartition(".")[0], folder):
        words = split(posixpath.basename(text))
        distinctive = [word for word in words if word not in _PLAIN | own and word.isalpha()]
        if distinctive:
            return tuple(distinctive[:2])
    return ()


def _category(candidates: Sequence[EntryCandidate], own: str, convention: Convention) -> str:
    """Return the category of a service; `own` for one of the project's own programs.

    A well-known service whose ports are outside the range of its category, and not near its
    defaults, is in the category without a range.
    """
    for candidate in candidates:
        known = candidate.known_service
        if known is not None:
            category = service_identification.category_of(known)
            fits = all(_fits(other, category, convention) for other in candidates)
            return category if fits else service_identification.SERVICES
        if service_identification.is_database(candidate.best.service):
            return service_identification.DATABASES
    on_machines = all(candidate.best.deployment is Deployment.MACHINE for candidate in candidates)
    return service_identification.SERVICES if on_machines else own


def _fits(candidate: EntryCandidate, category: str, convention: Convention) -> bool:
    """Return whether the ports of `candidate` may be in `category`."""
    known, ports = candidate.known_service, candidate.ports
    if known is not None and any(
        port.port == ports.first or port.port // 1000 == ports.first // 1000 == ports.last // 1000
        for port in known.ports
    ):
        return True
    ranges = convention.ranges_of(category)
    return not ranges or any(own_range.contains(ports) for own_range in ranges)


def _is_own(candidate: EntryCandidate) -> bool:
    """Return whether a candidate is one of the project's own programs, in a stack."""
    best = candidate.best
    is_project = candidate.known_service is None and best.deployment is Deployment.PROJECT
    return is_project and not best.entry and not service_identification.is_database(best.service)


def _own_category(candidates: Sequence[EntryCandidate], convention: Convention) -> str:
    """Return the category of the project's own programs that a stack runs.

    It is the same for all of them: where the range of the first choice is too narrow for one
    of them, it is the category without a range.
    """
    ranges = convention.ranges_of(service_identification.DEVELOPMENT)
    own = [candidate for candidate in candidates if _is_own(candidate)]
    fits = all(
        any(own_range.contains(candidate.ports) for own_range in ranges) for candidate in own
    )
    return (
        service_identification.DEVELOPMENT
        if fits or not ranges
        else service_identification.SERVICES
    )
