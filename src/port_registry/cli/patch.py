"""Rewrites as a diff on standard output."""

import sys
from collections.abc import Iterable

from port_registry.engine.diff import unified
from port_registry.engine.write import Rewrite
from port_registry.report.screen import ColourChoice, is_terminal, screen_of


def diff(rewrites: Iterable[Rewrite], choice: ColourChoice) -> str:
    """Return the diff: for a person, or else, as it is, for `git apply`."""
    made, screen = unified(rewrites), screen_of(sys.stdout, choice)
    if not screen.coloured and not is_terminal(sys.stdout):
        return made
    from port_registry.report.patch import shown

    return shown(made, screen)
