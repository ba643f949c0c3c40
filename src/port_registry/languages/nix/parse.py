"""Parser of Nix.

Nearly all of a file is read by patterns of several tokens at once (`token_patterns`), and the
rest by recursive descent: tokens, operands, bindings and expressions are a module each.
"""

import sys
from functools import lru_cache

from port_registry.languages.nix.expressions import Expressions
from port_registry.languages.nix.tokens import MAX_DEPTH, NixSyntaxError
from port_registry.languages.nix.tree import File, NixComment, Node, ParseProblem
from port_registry.languages.nix.undefined_names import GLOBALS, undefined_names
from port_registry.model import DuplicateDefinition, Source, Span

_CACHE_SIZE = 64
"""The number of cached trees: those of the files that a run needs more than once."""
_FRAMES = MAX_DEPTH * 10
"""The Python frames for a file of the greatest depth, rounded up."""


@lru_cache(maxsize=_CACHE_SIZE)
def parse(source: Source) -> File:
    """Return `source` as a tree, or with its errors of syntax; never raises.

    The last few sources are cached.
    """
    parser = Expressions(source)
    root: Node | None = None
    recursion_limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(recursion_limit, _FRAMES))
    try:
        root = parser.file()
    except NixSyntaxError as error:
        parser.problems.append(error.problem)
    finally:
        sys.setrecursionlimit(recursion_limit)
    errors = parser.problems
    if root is not None and not errors and not _is_closed(parser.free):
        errors = undefined_names(root)
    errors.sort(key=_start)
    duplicates = sorted(parser.duplicates, key=_start)
    text = source.text
    comments = [
        NixComment(text[start:end], Span(source.path, start, end))
        for start, end in sorted(parser.comments.items())
    ]
    return File(source.path, root, tuple(comments), tuple(errors), tuple(duplicates))


def _is_closed(free: set[str]) -> bool:
    """Return whether every name is surely defined; where it is False, most are."""
    return all(name in GLOBALS or name.startswith("__") for name in free)


def _start(found: ParseProblem | DuplicateDefinition) -> int:
    return found.span.start
