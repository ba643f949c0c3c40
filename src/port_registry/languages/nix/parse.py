"""Parser of Nix.

Nearly every file is plain enough for `port_registry.languages.nix.plain_parse`, which is fast.
All others are parsed with the grammar, which is imported for them alone.
"""

from functools import lru_cache

from port_registry.languages.nix.lookahead import endless_run
from port_registry.languages.nix.plain_parse import parse_plain
from port_registry.languages.nix.tree import File, ParseProblem
from port_registry.languages.nix.undefined_names import undefined_names
from port_registry.model import Source

_CACHE_SIZE = 64
"""The number of cached trees: those of the files that a run needs more than once."""


@lru_cache(maxsize=_CACHE_SIZE)
def parse(source: Source) -> File:
    """Return `source` as a tree, or with its errors of syntax; never raises.

    The last few sources are cached.
    """
    plain = parse_plain(source) if endless_run(source.text) is None else None
    if plain is None:
        from port_registry.languages.nix.grammar import read_grammar

        return read_grammar(source)
    errors = [] if plain.is_closed else undefined_names(plain.root)
    errors.sort(key=_start)
    return File(source.path, plain.root, plain.comments, tuple(errors), duplicates=())


def _start(problem: ParseProblem) -> int:
    return problem.span.start
