"""Which files are Docker Compose's."""

import posixpath
import re
from functools import cache

_ENDINGS = (".yaml", ".yml")


def is_candidate(path: str) -> bool:
    """Return whether a file's name is one that Compose files have: `compose` is a word of it."""
    name = posixpath.basename(path).lower()
    return name.endswith(_ENDINGS) and "compose" in re.split(r"[._-]", name)


def looks_like(text: str) -> bool:
    """Return whether a text is a Compose file and not another program's.

    It has `services` at its top and no `processes`; the text is searched, not parsed.
    """
    found = {match[1] for match in _top().finditer(text)}
    return "services" in found and "processes" not in found


@cache
def _top() -> re.Pattern[str]:
    return re.compile(r"^\ufeff?[\"']?(processes|services)[\"']?[ \t]*:(?=\s|$)", re.MULTILINE)
