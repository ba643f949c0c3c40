"""The shape of a rule: a module that is listed in `table`.

The module's docstring is one sentence that states the fault. Its manual goes on from there, in
`manuals/NAME.md`, with these sections (the tests run its examples):

    ## Why
    A paragraph.

    ## Bad
    One or more fenced blocks, each headed by its file name; the project that they make up
    yields findings of this rule and no other.

    ## Good
    The same for a project that yields no findings.

    ## Fixed
    Only where the rule has a fix: the files of *Bad* after it.

A rule never prints, sorts or filters, and reads only the project that it is passed.
"""

import os
from collections.abc import Iterator
from typing import Protocol

from port_registry.matching.project import Project
from port_registry.model import Finding, Severity


class Rule(Protocol):
    """The shape of a rule module."""

    NAME: str
    """In kebab case, named for the fault."""
    SEVERITY: Severity
    ON_BY_DEFAULT: bool
    __doc__: str | None
    """One sentence that states the fault."""

    def check(self, project: Project) -> Iterator[Finding]:
        """Yield the rule's findings."""
        ...


def manual(rule: Rule) -> str:
    """Return the manual of `rule`, as Markdown."""
    path = os.path.join(os.path.dirname(__file__), "manuals", f"{rule.NAME}.md")
    with open(path, encoding="utf-8") as file:
        return f"{rule.__doc__}\n\n{file.read()}"
