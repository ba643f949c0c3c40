"""What `get` answered before in a folder, given again as long as nothing can have changed.

The record of a folder holds all that its answers depended on: the bytes of the registry, of
what it imports, of the configuration and of everything that decided which file is the
registry, and what was not there. Each is compared with what is there now, byte for byte, so
that a record can be out of use and never out of date. `remembering` writes it.

This is what shells wait for at every prompt, so it imports next to nothing.
"""

import marshal
import os

from port_registry import __version__
from port_registry.project.cache_dir import cache_home

_MAGIC = b"port-registry get 1\n"
_DIGITS = 32
_PRIME = 2**127 - 1
_MOST_BYTES = 8 * 1024 * 1024
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


_Plain = tuple[
    tuple[tuple[str, bytes | None], ...],
    tuple[tuple[str, bool], ...],
    tuple[tuple[str, bool], ...],
    tuple[tuple[str, str], ...],
    tuple[tuple[str, int, int], ...],
]
"""`remembering.Grounds` without the names of its fields, which would take time to import."""


def cached_port(name: str) -> str | None:
    """Return the port of the entry `name` as it was printed; None where nobody can be sure."""
    found = _record()
    return None if found is None else found.get(name)


def cached_names() -> str | None:
    """Return the names of all entries, one a line; None where nobody can be sure."""
    found = _record()
    return None if found is None else "\n".join(found)


def _record() -> dict[str, str] | None:
    """Return the answers that still hold in the folder that the process stands in."""
    try:
        folder = os.getcwd()
        path = record_path(folder)
        return None if path is None else _holding(_read(path), folder)
    except (OSError, ValueError, EOFError, TypeError):
        return None


def record_path(folder: str) -> str | None:
    """Return where the record of `folder` is, or would be."""
    home = cache_home()
    number = int.from_bytes(b"\1" + os.fsencode(folder), "big") % _PRIME
    return None if home is None else f"{home}/get-{number:x}.cache"


def pack_record(folder: str, grounds: _Plain, answers: dict[str, str]) -> bytes:
    """Return the record of `folder`."""
    body = marshal.dumps((_stamp(), folder, grounds, answers))
    return _MAGIC + _checksum(body) + body


def _stamp() -> tuple[str, str]:
    return __version__, _PACKAGE


def _checksum(body: bytes) -> bytes:
    number = int.from_bytes(b"\1" + body, "big") % _PRIME
    return f"{number:0{_DIGITS}x}".encode("ascii")


def _read(path: str) -> bytes:
    """Return the bytes of the regular file at `path`, which must be this user's own."""
    descriptor = os.open(path, _FLAGS)
    try:
        status = os.fstat(descriptor)
        is_regular = status.st_mode & 0o170000 == 0o100000
        if not is_regular or status.st_uid != os.geteuid() or status.st_size > _MOST_BYTES:
            return b""
        return os.read(descriptor, status.st_size + 1)
    finally:
        os.close(descriptor)


def _holding(record: bytes, folder: str) -> dict[str, str] | None:
    """Return the answers of `record`, if it is one and everything is as it was."""
    start = len(_MAGIC) + _DIGITS
    body = record[start:]
    if record[:start] != _MAGIC + _checksum(body):
        return None
    stamp, own, grounds, answers = marshal.loads(body)
    if stamp != _stamp() or own != folder or not _stands(grounds):
        return None
    found: dict[str, str] = answers
    return found


def _stands(grounds: _Plain) -> bool:
    """Return whether everything is as it was."""
    texts, there, regular, links, program = grounds
    for path, size, time in program:
        status = os.stat(path)
        if status.st_size != size or status.st_mtime_ns != time:
            return False
    return (
        all(os.path.exists(path) is was for path, was in there)
        and all(os.path.isfile(path) is was for path, was in regular)
        and all(os.path.realpath(path) == real for path, real in links)
        and all(_is(path, data) for path, data in texts)
    )


def _is(path: str, data: bytes | None) -> bool:
    """Return whether `data` is what the file at `path` holds."""
    if data is None:
        return not os.path.lexists(path)
    descriptor = os.open(path, _FLAGS)
    try:
        now = os.read(descriptor, len(data) + 1)
        while len(now) <= len(data) and (more := os.read(descriptor, len(data) + 1 - len(now))):
            now += more
        return now == data
    finally:
        os.close(descriptor)
