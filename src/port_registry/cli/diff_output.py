"""Rewrites as a diff on standard output."""

import sys
from collections.abc import Iterable

from port_registry.output.terminal import Screen, is_terminal
from port_registry.output.unified_diff import unified_diff_text
from port_registry.project.write import Rewrite


def diff_text(rewrites: Iterable[Rewrite], screen: Screen) -> str:
    """Return the diff of `rewrites`: styled on a terminal, else byte-exact for `git apply`."""
    diff = unified_diff_text(rewrites)
    if not screen.coloured and not is_terminal(sys.stdout):
        return diff
    from port_registry.output.text.diff import styled_diff

    return styled_diff(diff, screen)
