"""Entries that the names of variables speak of: `POSTGRES_PORT`, `API_PORT`."""

from port_registry.facts.identifiers import split
from port_registry.facts.words import word_set
from port_registry.matching.annotated_machines import AnnotatedMachine
from port_registry.matching.service_affinity import affinity
from port_registry.model import Entry, Use

PLAIN_WORDS = word_set("names", "fillers") | word_set("names", "own-variables")
"""Words of variables that name no service."""

_SURE = 2
"""The affinity of an entry and a variable that names its service."""


def names_other_entry(annotated: AnnotatedMachine, use: Use, entry: Entry) -> bool:
    """Return whether the variable of `use` names an entry, and not the service of `entry`.

    `CLICKHOUSE_URL` may well be for `clickhouse-native`, which shares its service's name.
    """
    stem = " ".join(word for word in split(use.label) if word not in PLAIN_WORDS)
    if not stem or affinity(entry, stem, stem):
        return False
    return any(affinity(other, stem, stem) >= _SURE for other in annotated.entries.all())
