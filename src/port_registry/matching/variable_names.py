"""Entries that the names of variables speak of: `POSTGRES_PORT`, `API_PORT`."""

from port_registry.facts.identifiers import split
from port_registry.facts.words import word_set
from port_registry.matching import service_affinity
from port_registry.matching.annotated_machines import AnnotatedMachine
from port_registry.model import Entry, Use

PLAIN_WORDS = word_set("names", "fillers") | word_set("names", "own-variables")
"""Words of variables that name no service."""

_SURE = 2
"""The affinity of an entry and a variable that names its service."""


def named_entry(annotated: AnnotatedMachine, use: Use) -> Entry | None:
    """Return the one entry that the variable of `use` names; None without one."""
    stem = " ".join(word for word in split(use.label) if word not in PLAIN_WORDS)
    if not stem:
        return None
    graded = [
        (service_affinity.affinity(entry, stem, stem), entry) for entry in annotated.entries.all()
    ]
    best = max((grade for grade, _ in graded), default=0)
    named = [entry for grade, entry in graded if grade == best]
    return named[0] if best >= _SURE and len(named) == 1 else None
