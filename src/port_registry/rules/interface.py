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
from typing import Protocol

from port_registry.matching.project import Project
from port_registry.model import Finding, Severity


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
