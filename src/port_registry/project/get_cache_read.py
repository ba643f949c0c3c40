"""Replay of a cached `get` answer if every input is byte-identical.

The record of a folder contains all inputs of its answers: the bytes of the registry, of its
imports, of the configuration and of everything that determined which file is the registry,
and the paths that did not exist. Each is compared with the present state, byte for byte, so
that a record may be unusable, never stale. `get_cache_write` writes it.

Shells may run this at every prompt, so it imports next to nothing.
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


CacheInputs = tuple[
    tuple[tuple[str, bytes | None], ...],
    tuple[tuple[str, bool], ...],
    tuple[tuple[str, bool], ...],
    tuple[tuple[str, str], ...],
    tuple[tuple[str, int, int], ...],
]
"""The inputs of answers, all with absolute paths: files with their bytes, None for those that do
not exist; paths, and whether they exist; paths, and whether they are regular files; paths with
links resolved; files of this program with size and time, as a checkout may be changed."""


def cached_port(name: str) -> str | None:
    """Return the cached port of the entry `name` as printed; None without a valid record."""
    answers = _record()
    return None if answers is None else answers.get(name)


def cached_names() -> str | None:
    """Return the cached names of all entries, one per line; None without a valid record."""
    answers = _record()
    return None if answers is None else "\n".join(answers)


def _record() -> dict[str, str] | None:
    """Return the valid answers for the current directory, or None."""
    try:
        folder = os.getcwd()
        path = record_path(folder)
        return None if path is None else _valid_answers(_read(path), folder)
    except (OSError, ValueError, EOFError, TypeError):
        return None


def record_path(folder: str) -> str | None:
    """Return the path of the record of `folder`; None without a cache."""
    home = cache_home()
    number = int.from_bytes(b"\1" + os.fsencode(folder), "big") % _PRIME
    return None if home is None else f"{home}/get-{number:x}.cache"


def pack_record(folder: str, inputs: CacheInputs, answers: dict[str, str]) -> bytes:
    """Return the record of `folder`."""
    body = marshal.dumps((_stamp(), folder, inputs, answers))
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


def _valid_answers(record: bytes, folder: str) -> dict[str, str] | None:
    """Return the answers in `record`, or None where it is not valid for the present state."""
    start = len(_MAGIC) + _DIGITS
    body = record[start:]
    if record[:start] != _MAGIC + _checksum(body):
        return None
    stamp, recorded_folder, inputs, answers = marshal.loads(body)
    if stamp != _stamp() or recorded_folder != folder or not _are_unchanged(inputs):
        return None
    checked: dict[str, str] = answers
    return checked


def _are_unchanged(inputs: CacheInputs) -> bool:
    """Return whether all `inputs` are unchanged."""
    contents, existing, regular_files, links, program_files = inputs
    for path, size, time in program_files:
        status = os.stat(path)
        if status.st_size != size or status.st_mtime_ns != time:
            return False
    return (
        all(os.path.exists(path) is expected for path, expected in existing)
        and all(os.path.isfile(path) is expected for path, expected in regular_files)
        and all(os.path.realpath(path) == real for path, real in links)
        and all(_has_contents(path, data) for path, data in contents)
    )


def _has_contents(path: str, data: bytes | None) -> bool:
    """Return whether the file at `path` contains `data`; None is for a missing file."""
    if data is None:
        return not os.path.lexists(path)
    descriptor = os.open(path, _FLAGS)
    try:
        content = os.read(descriptor, len(data) + 1)
        while len(content) <= len(data) and (
            chunk := os.read(descriptor, len(data) + 1 - len(content))
        ):
            content += chunk
        return content == data
    finally:
        os.close(descriptor)
