"""Context of uses: the names around a number, and the entry that they speak for."""

import posixpath
from collections.abc import Iterator
from itertools import pairwise

from port_registry.facts import identifiers, services
from port_registry.facts.words import word_set
from port_registry.matching import service_affinity
from port_registry.model import Entry, NamedTuple, Role, Source, Use

SAME_WORDS = 2
"""The affinity of an entry and a context that has all words of its name."""

_GENERIC = word_set("names", "shared")
"""Words in the names of entries that many services share."""

_PLAIN_FILES = word_set("paths", "plain-modules")
"""Names of files that say nothing of their contents."""

_LONGEST_LINE = 400
"""The number of characters of a line that are read, to each side."""

_PROXIES = word_set("services", "proxies")

_SERVICE_SETS = word_set("nixos", "named-holders")
"""Keys whose own keys are services."""


class UseContext(NamedTuple):
    """The names and words around a number."""

    names: frozenset[str]
    """The keys, the variable or flag, the file and the host, normalised."""
    words: frozenset[str]
    """The words of all these and of the line."""
    service: str
    """The innermost key that should be a service's name; empty where there is none."""


def context_of(source: Source, use: Use) -> UseContext:
    """Return the context of `use`, which is in `source`.

    A service that connects there is not the one that listens, so its name is left out, and
    so is that of a proxy.
    """
    steps = [step for step in use.keys if step is not None]
    services_around = [
        step
        for parent, step in pairwise(steps)
        if parent in _SERVICE_SETS and step not in _SERVICE_SETS
    ]
    ignored = frozenset[str]()
    if use.role in (Role.CONNECTS, Role.PROBES):
        ignored = _PROXIES
        steps = steps[2:] if steps[:1] == ["services"] else steps
    texts = [*steps, use.label, _file_name(source.path), _host_name(use.host)]
    words = {word for text in (*texts, line_at(source, use)) for word in _words_in(text)}
    words |= {word[:-1] for word in words if len(word) > 3 and word.endswith("s")}
    names = {identifiers.normalise(text) for text in texts}
    return UseContext(
        names=frozenset(names - {""} - ignored),
        words=frozenset(words - ignored),
        service=services_around[-1] if services_around else "",
    )


def _words_in(text: str) -> Iterator[str]:
    """Yield the words of `text`: `WireGuard` is one, and two as well."""
    yield from identifiers.split(text)
    yield from "".join(char if char.isalnum() else " " for char in text.lower()).split()


def _file_name(path: str) -> str:
    """Return the name of the file, or of the nearest folder above that says more."""
    names = reversed(posixpath.splitext(path)[0].split("/"))
    return next((name for name in names if name.lower() not in _PLAIN_FILES), "")


def _host_name(host: str | None) -> str:
    """Return the name of a host without its domain; empty for an address."""
    name = "" if host is None else host.partition(".")[0]
    return "" if name.isdigit() or ":" in name else name


def line_at(source: Source, use: Use) -> str:
    """Return the line of the number, as far as it is read."""
    start = use.shown.start
    before = source.text[max(0, start - _LONGEST_LINE) : start].rpartition("\n")[2]
    return before + source.text[start : start + _LONGEST_LINE].partition("\n")[0]


def context_affinity(entry: Entry, context: UseContext) -> int:
    """Return a grade of how surely a number in `context` that `entry` has belongs to it.

    `service_affinity.EQUAL` where something there has the entry's name, `SAME_WORDS` where
    all its distinctive words are there, or the same well-known service is named, 0
    otherwise.
    """
    name = identifiers.normalise(entry.service)
    if name == identifiers.normalise(context.service) or f"{name}port" in context.names:
        return service_affinity.EQUAL
    distinctive = _distinctive_words(entry)
    if not distinctive:
        return 0
    has_name = name in context.names
    if has_name and not distinctive.isdisjoint(identifiers.split(entry.service)):
        return service_affinity.EQUAL
    service = service_affinity.service_of_entry(entry)
    has_words = distinctive <= context.words or _names_service(service, context)
    return SAME_WORDS if has_words else 0


def _distinctive_words(entry: Entry) -> set[str]:
    """Return the words that tell `entry` from others.

    They are those of its last part, without what many services share where enough is left
    (`redis` of `redis-main`, but all of `open-webui`); or else those of the whole name.
    """
    words = set(identifiers.split(entry.service))
    specific = {word for word in words if word not in _GENERIC and len(word) > 1}
    if 2 * sum(map(len, specific)) >= sum(map(len, words)):
        return specific
    if specific:
        return words
    return {word for part in entry.name for word in identifiers.split(part)} - _GENERIC


def _names_service(service: services.KnownService | None, context: UseContext) -> bool:
    """Return whether `context` names `service`, be it by a shorter or longer form."""
    if service is None:
        return False
    name = identifiers.normalise(service.name)
    forms = {identifiers.normalise(alias) for alias in (service.name, *service.aliases)}
    return not forms.isdisjoint(context.names) or any(
        form in context.words and (form.startswith(name) or name.startswith(form)) for form in forms
    )


def is_another_service(entry: Entry, context: UseContext) -> bool:
    """Return whether the service in `context` surely is another than that of `entry`."""
    named = services.by_name(context.service) if context.service else None
    of_entry = service_affinity.service_of_entry(entry)
    if named is None or of_entry is None:
        return False
    return service_affinity.are_different_services(named, of_entry)
