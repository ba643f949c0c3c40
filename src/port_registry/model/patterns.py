"""Regular expressions that are compiled when they are first used."""

import re
from collections.abc import Callable
from functools import cache
from typing import AnyStr


def lazy_pattern(source: AnyStr, flags: int = 0) -> Callable[[], re.Pattern[AnyStr]]:
    """Return a function that returns the pattern `source`, compiled once.

    Compiling one takes 0.1 to 1 ms, and a command needs few of those that it imports.
    """
    return cache(lambda: re.compile(source, flags))
