"""What a rule is: a module of this shape, listed in `table`.

A rule's module docstring is its manual, in this form (the tests run its examples):

    One sentence that says what is wrong.

    ## Why
    A paragraph.

    ## Bad
    One or more fenced blocks, each headed by its file name; the project they make yields
    exactly this rule's finding or findings and no other.

    ## Good
    The same for a project that yields nothing.

    ## Fixed
    Only where the rule has a fix: the files of *Bad* after it.

A rule never prints, sorts or filters, and reads nothing but the project it is given.
"""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from port_registry.facts.ranges import Convention
from port_registry.model.entry import Registry
from port_registry.model.finding import Finding, Severity
from port_registry.model.reader import Reader
from port_registry.sources.nix.fleet import Fleet
from port_registry.sources.process_compose.project import Stack


class Project(NamedTuple):
    """Everything that rules judge."""

    registry: Registry
    stacks: tuple[Stack, ...]
    fleet: Fleet
    """The project's Nix files; its first part is `registry`."""
    convention: Convention
    """The ranges by category, as configured."""
    reader: Reader
    """For the text around a place, which a fix may need."""


class Rule(Protocol):
    """The shape of a rule module."""

    NAME: str
    """Kebab-case, named for the bad thing."""
    SEVERITY: Severity
    ON_BY_DEFAULT: bool
    __doc__: str | None

    def check(self, project: Project) -> Iterator[Finding]:
        """Yield the rule's findings."""
        ...
