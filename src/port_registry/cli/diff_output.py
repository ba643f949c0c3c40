"""Rewrites as a diff on standard output."""

import sys
from collections.abc import Iterable

from port_registry.output.terminal import ColourChoice, is_terminal, screen_of
from port_registry.output.unified_diff import unified
from port_registry.project.write import Rewrite


def diff(rewrites: Iterable[Rewrite], choice: ColourChoice) -> str:
    """Return the diff: for a person, or else, as it is, for `git apply`."""
    made, screen = unified(rewrites), screen_of(sys.stdout, choice)
    if not screen.coloured and not is_terminal(sys.stdout):
        return made
    from port_registry.output.text.diff import shown

    return shown(made, screen)
