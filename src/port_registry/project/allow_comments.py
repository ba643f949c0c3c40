"""Comments that allow findings of a rule on one line.

`# port-registry: allow hardcoded-port, borrowed-port -- the reason` is at the end of the
line that it applies to, or in the comment lines right above it. The reason is optional.
"""

import re
from functools import cache

from port_registry.model import NamedTuple, Source, lazy_pattern

_MARK = "port-registry:"


class Allowance(NamedTuple):
    """A comment that allows rules."""

    lines: tuple[int, ...]
    """The lines that it applies to, from 1."""
    names: tuple[tuple[str, int], ...]
    """The names of the rules, with their offsets."""


def allowances(source: Source) -> tuple[Allowance, ...]:
    """Return the comments of `source` that allow rules, in order."""
    if _MARK not in source.text:
        return ()
    result: list[Allowance] = []
    for match in _comment().finditer(source.text):
        line = source.position(match.start()).line
        last = _line_below(source, line) if _is_comment(source, line) else line
        names = tuple(
            (name.group(), match.start("names") + name.start())
            for name in _name().finditer(match["names"])
        )
        result.append(Allowance(tuple(range(line, last + 1)), names))
    return tuple(result)


def _line_below(source: Source, line: int) -> int:
    """Return the first line below `line` that is not a comment."""
    last = len(source.line_starts())
    line += 1
    while line < last and _is_comment(source, line):
        line += 1
    return min(line, last)


def _is_comment(source: Source, line: int) -> bool:
    return source.line_text(line).lstrip("\ufeff \t").startswith("#")


@cache
def _comment() -> re.Pattern[str]:
    name = r"[A-Za-z0-9_][A-Za-z0-9_-]*"
    return re.compile(rf"#[ \t]*{_MARK}[ \t]*allow[ \t]+(?P<names>{name}(?:[ \t]*,[ \t]*{name})*)")


_name = lazy_pattern(r"[^ \t,]+")
