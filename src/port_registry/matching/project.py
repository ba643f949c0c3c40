"""The input of all rules: registries, machines, files and references."""

from port_registry import model
from port_registry.facts.ranges import Convention


class Project(model.NamedTuple):
    """A project as its formats describe it."""

    registry: model.Registry
    registries: tuple[model.HostRegistry, ...]
    """`registry` first, then those of single hosts."""
    machines: tuple[model.Machine, ...]
    files: tuple[model.SourceFile, ...]
    """Files of which several machines may be made, by path."""
    references: tuple[model.Reference, ...]
    """References that lead to one of `registries`, sorted by path and place."""
    convention: Convention
    """The ranges by category, as configured."""
    reader: model.Reader
    """Reads the text around a place, which a fix may need."""
    tie_writer: model.TieWriter
    """Writes references and annotations in the format of each file."""
