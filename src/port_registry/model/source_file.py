"""Facts about the ports in one file, which may be part of several machines."""

from port_registry.model.named_tuple import NamedTuple
from port_registry.model.span import Span
from port_registry.model.use import Annotation, KeyPath, Use


class NamedNumber(NamedTuple):
    """A named integer in a file, which may or may not be a port."""

    keys: KeyPath
    number: int
    span: Span


class SourceFile(NamedTuple):
    """The facts about one file alone."""

    path: str
    uses: tuple[Use, ...]
    """The ports in it that are numbers, in the order of the file."""
    annotations: tuple[Annotation, ...]
    numbers: tuple[NamedNumber, ...]
    """All named integers in it."""
    keys: frozenset[KeyPath]
    """The keys that it sets."""
    defaults: frozenset[int]
    """The default ports of options that it declares."""
    fallbacks: frozenset[Span]
    """The numbers that are used where a reference does not resolve."""
    mentions: frozenset[str]
    """Names in references that do not resolve to a registry."""
