"""Vocabulary of attribute names in registries."""

from port_registry.facts.identifiers import split
from port_registry.facts.words import word_list, word_set

LEAF_PORT = "port"

RANGE_ENDS = tuple(
    (first, last)
    for first, _, last in (ends.partition("/") for ends in word_list("registry", "range-ends"))
)
"""Names of a range's two ends: as attributes of a set, and after a stem, as in `media-start`
and `media-end`."""


def capitalized(end: str) -> str:
    """Return the name of a range's end as it follows a stem in camel case."""
    return end[:1].upper() + end[1:]


RANGE_ATTRIBUTES = (
    *RANGE_ENDS,
    *((capitalized(first), capitalized(last)) for first, last in RANGE_ENDS),
)
"""Names of a range's two ends as attributes of a set of their own."""

RANGE_STARTS = tuple(
    name for start, _ in RANGE_ENDS for name in (capitalized(start), f"-{start}", f"_{start}")
)
"""Ends of the names of a range's first end, after a stem."""

START, COUNT = "start", "count"

PROTOCOLS = ("protocol", "protocols")

TCP_AND_UDP = word_set("registry", "tcp-and-udp")
"""Words for TCP and UDP."""

METADATA = word_set("registry", "metadata")
"""Attributes, without leading underscores, that describe the registry and hold no entries."""

_COUNTS = word_set("registry", "counts")
"""Last words of attributes whose integers are not ports."""

_ALSO_NAMES = word_set("registry", "counts-and-names")
"""Those of `_COUNTS` that end the names of services too, as in `pocket-id`."""

MIN_UNNAMED_PORT = 1024
"""The lowest number that is a port without a name that says so; smaller numbers are usually
counts or ranks."""


def is_metadata(key: str) -> bool:
    """Return whether `key` names metadata of the registry, which holds no entries."""
    return key.lower().lstrip("_") in METADATA and key != "type"


_COUNT_ENDINGS = tuple(_COUNTS)


def is_count(key: str, number: int | None) -> bool:
    """Return whether `key` names a count, such as `layer` or `schemaVersion`, not a port.

    `number` is its value, or None where that is not an integer.
    """
    if key[-1:].isalnum() and not key.lower().endswith(_COUNT_ENDINGS):
        return False
    words = split(key)
    if not words or words[-1] not in _COUNTS:
        return False
    may_be_service = len(words) > 1 and words[-1] in _ALSO_NAMES
    return not may_be_service or number is None or number < MIN_UNNAMED_PORT


def is_port_name(key: str) -> bool:
    """Return whether `key` says that its value is a port, as `port` and `httpPort` do."""
    return split(key)[-1:] == [LEAF_PORT]


def split_stem(key: str, end: str) -> tuple[str, str]:
    """Split `media-start`, `media_start` or `mediaStart` into its stem and the separator.

    The separator is empty for camel case; the stem is empty where `key` does not end in `end`.
    """
    if key.endswith(capitalized(end)):
        return key[: -len(end)], ""
    if key.endswith((f"-{end}", f"_{end}")):
        return key[: -len(end) - 1], key[-len(end) - 1]
    return "", ""


def range_stems(key: str) -> tuple[str, ...]:
    """Return the names of the ranges that `key` may be an end of."""
    stems = (split_stem(key, end)[0] for ends in RANGE_ENDS for end in ends)
    return tuple(dict.fromkeys(stem for stem in stems if stem))
