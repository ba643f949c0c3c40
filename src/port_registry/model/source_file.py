"""What one file says of ports, where several machines may be made of it."""

from typing import NamedTuple

from port_registry.model.span import Span
from port_registry.model.use import Annotation, KeyPath, Use


class NamedNumber(NamedTuple):
    """An integer that a file gives a name, whether it speaks of a port or not."""

    keys: KeyPath
    number: int
    span: Span


class SourceFile(NamedTuple):
    """One file, read alone."""

    path: str
    uses: tuple[Use, ...]
    """The ports that it names by number, in order."""
    annotations: tuple[Annotation, ...]
    numbers: tuple[NamedNumber, ...]
    """Every integer that it gives a name."""
    keys: frozenset[KeyPath]
    """What it gives values."""
    defaults: frozenset[int]
    """The ports that options declared in it have unless told otherwise."""
    fallbacks: frozenset[Span]
    """The numbers that are taken where a reference leads nowhere."""
    mentions: frozenset[str]
    """Names in references that lead to no registry, for all that is known."""
