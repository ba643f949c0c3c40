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

_MOST_BYTES = 16 * 1024
"""Larger files are seldom written by hand."""

_NUMBER = re.compile(rb"[1-9][0-9]{3,4}(?![\w.-])")

_BEFORE = re.compile(
    rb"(?:port[\w-]{0,12}[\"']?[ \t]{0,3}[ :=,(][ \t]{0,3}[\"']?|[a-z0-9\]}.]:)\Z", re.IGNORECASE
)
"""What makes a number after it a port: `port = `, `"hostPort": `, `localhost:`."""

_WIDEST = 32
"""The bytes before a number that are looked at."""


def port_mentions(workspace: Workspace, paths: Iterable[str], registry: Registry) -> Iterator[Note]:
    """Yield a note for each of `paths` that seems to name a port of `registry`."""
    numbers = {
        str(entry.ports.first).encode("ascii")
        for entry in registry.entries
        if entry.ports.first > LAST_SYSTEM_PORT
    }
    is_deployed = NonDeployedFilter(workspace.config.include, workspace.scope.paths).reads
    for path in paths if numbers else ():
        name = path.rpartition("/")[2].lower()
        # `vite.config.ts` is one, and other files of programs are not.
        is_asked = ".config." in name or (os.path.splitext(name)[1][1:] or name) in _KINDS
        if not is_asked or not is_deployed(path):
            continue
        try:
            data = read_bytes(f"{workspace.files.root}/{path}", _MOST_BYTES, os.O_NOFOLLOW)
        except SourceError:
            continue
        for found in _NUMBER.finditer(data):
            start = found.start()
            if found[0] in numbers and _BEFORE.search(data, max(0, start - _WIDEST), start):
                before = len(data[:start].decode("utf-8", "replace"))
                text = f"{found[0].decode()} is written here, in a format that is not read"
                yield Note(text, Span(path, before, before + len(found[0])))
                break
