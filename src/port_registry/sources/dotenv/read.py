"""An environment file on its own: whoever reads it, its variables speak of ports."""

import posixpath
from collections.abc import Iterator
from typing import NamedTuple

from port_registry.facts.words import word_list
from port_registry.languages import dotenv
from port_registry.languages.provenance import UNKNOWN, UnknownTracker
from port_registry.model import Place, Source, Span, TracedText, Use
from port_registry.sources.shared import variables
from port_registry.sources.shared.addresses import AddressReach, addresses
from port_registry.sources.shared.use_collector import UseCollector, Where

_NOT_TEXT = word_list("paths", "not-env-files")
"""What the names of other files end in that begin with `.env.`."""

_MOST_BROKEN = 50
"""How many lines that are no assignment are looked past."""


class Remote(NamedTuple):
    """A port of another machine."""

    host: str
    number: int
    span: Span


class EnvFile(NamedTuple):
    """One file."""

    path: str
    uses: tuple[Use, ...]
    remote: tuple[Remote, ...]


def is_candidate(path: str) -> bool:
    """Return whether a file's name is one that environment files have."""
    name = posixpath.basename(path).lower()
    is_env = name == ".env" or name.startswith(".env.") or name.endswith(".env")
    return is_env and not name.endswith(_NOT_TEXT)


def read_env(source: Source) -> EnvFile:
    """Return the ports that an environment file names; what is no assignment says none."""
    doubts = UnknownTracker()
    doubts.grant(len(source.text))
    found = UseCollector(doubts)
    owner = variables.Owner("", frozenset(), frozenset())
    where = Where("", Place.ENVIRONMENT, None)
    remote: list[Remote] = []
    given = _assignments(source)
    if found.afford(where, given.values()):
        for name, value in given.items():
            variables.read_variable(name, value, owner, where, found, "")
            remote.extend(_remote(value))
    return EnvFile(source.path, tuple(found.uses), tuple(remote))


def _assignments(source: Source) -> dict[str, TracedText]:
    """Return the variables of the file, without the lines that cannot be taken."""
    for _ in range(_MOST_BROKEN):
        found = dotenv.read(source)
        if not isinstance(found, dotenv.Broken):
            return found
        at = found.span
        start = source.text.rfind("\n", 0, at.start) + 1
        blank = " " * (at.end - start)
        source = Source(source.path, source.text[:start] + blank + source.text[at.end :])
    return {}


def _remote(value: TracedText) -> Iterator[Remote]:
    for address in addresses(value.text):
        digits = value.text[address.start : address.end]
        span = value.origin(address.start)
        if address.reach is AddressReach.REMOTE and UNKNOWN not in digits and span is not None:
            yield Remote(
                address.host, int(digits), value.locate(address.start, address.end) or span
            )
