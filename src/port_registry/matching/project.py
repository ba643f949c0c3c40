"""The input of all rules: registries, machines, files and references."""

from port_registry.facts.ranges import Convention
from port_registry.model import (
    HostRegistry,
    Machine,
    NamedTuple,
    Reader,
    Reference,
    Registry,
    SourceFile,
    TieWriter,
)


class Project(NamedTuple):
    """A project as its formats describe it."""

    registry: Registry
    registries: tuple[HostRegistry, ...]
    """`registry` first, then those of single hosts."""
    machines: tuple[Machine, ...]
    files: tuple[SourceFile, ...]
    """Files of which several machines may be made, by path."""
    references: tuple[Reference, ...]
    """References that lead to one of `registries`, sorted by path and place."""
    convention: Convention
    """The ranges by category, as configured."""
    reader: Reader
    """Reads the text around a place, which a fix may need."""
    tie_writer: TieWriter
    """Writes references and annotations in the format of each file."""
