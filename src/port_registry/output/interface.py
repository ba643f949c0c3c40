"""Interfaces of output formats; each format is a module, listed in `table`."""

from enum import Enum
from typing import TYPE_CHECKING, Protocol

from port_registry.model import NamedTuple, Reader, Registry
from port_registry.output.locations import DisplayPaths
from port_registry.output.terminal import Screen

if TYPE_CHECKING:
    from port_registry.checks.pipeline import Outcome


class Detail(Enum):
    """How much a report shows besides the findings."""

    BRIEF = "brief"
    FULL = "full"
    """Everything that was left out, too."""


class ReportContext(NamedTuple):
    """The means of a report; formats for programs need only the reader."""

    reader: Reader
    paths: DisplayPaths
    screen: Screen
    detail: Detail


class FindingsFormat(Protocol):
    """A format of findings."""

    NAME: str
    """The value of `check --format`."""

    def report(self, outcome: "Outcome", context: ReportContext, /) -> str:
        """Return the findings of `outcome` in this format."""
        ...


class ExportFormat(Protocol):
    """A format of the whole registry, for other programs."""

    NAME: str
    """The argument of `export`."""

    def export(self, registry: Registry, reader: Reader, /) -> str:
        """Return `registry` in this format; `reader` gives the files that it was read from."""
        ...
