"""Files that name registered ports, and are of no format that is read."""

import os
import re
from collections.abc import Iterable, Iterator

from port_registry.facts.words import word_set
from port_registry.model import LAST_SYSTEM_PORT, Note, Registry, SourceError, Span
from port_registry.project.files import read_bytes
from port_registry.project.non_deployed_paths import NonDeployedFilter
from port_registry.project.workspace import Workspace

_KINDS = word_set("paths", "may-name-ports")
"""Endings of names of files, and whole names, in which people write ports."""

_MOST_BYTES = 256 * 1024

_BEFORE = rb"(?:port[\w-]{0,12}[\"']?[ \t]{0,3}[ :=,(][ \t]{0,3}[\"']?|[a-z0-9\]}.]:)"
"""What makes a number after it a port: `port = `, `"hostPort": `, `localhost:`."""


def port_mentions(workspace: Workspace, paths: Iterable[str], registry: Registry) -> Iterator[Note]:
    """Yield a note for each of `paths` that seems to name a port of `registry`."""
    names = {
        entry.ports.first: entry
        for entry in reversed(registry.entries)
        if entry.ports.first > LAST_SYSTEM_PORT
    }
    if not names:
        return
    numbers = "|".join(map(str, names)).encode("ascii")
    mention = re.compile(_BEFORE + rb"(" + numbers + rb")(?![\w.-])", re.IGNORECASE)
    is_deployed = NonDeployedFilter(workspace.config.include, workspace.scope.paths).reads
    for path in paths:
        name = path.rpartition("/")[2].lower()
        if (os.path.splitext(name)[1][1:] or name) not in _KINDS or not is_deployed(path):
            continue
        try:
            data = read_bytes(f"{workspace.files.root}/{path}", _MOST_BYTES, os.O_NOFOLLOW)
        except SourceError:
            continue
        found = mention.search(data)
        if found is not None:
            before = len(data[: found.start(1)].decode("utf-8", "replace"))
            text = f"{int(found[1])} is written here, in a format that is not read"
            yield Note(text, Span(path, before, before + len(found[1])))
