"""Cache of the readings of Nix files across runs.

The key of an entry is the path and the bytes of a file; the entry is the reading of that file
alone (`port_registry.project.module_pickle`), which depends on nothing else but this program.
No change of the registry, of the configuration or of another file can make it stale. A change
of the program can: the file of the cache starts with a digest of the program's own files, by
name, size and time, and of the Python version, so that a checkout under development is safe.

A project has one file, in a private folder of the user. It is written next to the old one and
moved in one step, so that concurrent runs see either file, and both are valid. A file that is
truncated, damaged, of another user or of another version is ignored, and failed writes are
ignored too: a cache may be lost at any time. It is not an attack vector either, since readings
are unpacked only to plain values.
"""

import contextlib
import os
import stat
import sys
import time
from collections.abc import Iterator

import port_registry
from port_registry.model import NamedTuple
from port_registry.project import cache_dir, temporary_files

_MAGIC = b"port-registry cache 1\n"
_DIGEST = 16
_LENGTH = 4
_MOST_BYTES = 64 * 1024 * 1024
"""The size limit of a project's file."""
_KEPT_DAYS = 30
"""The number of days after which the file of an unused project is removed."""
_SUFFIX = ".cache"
_DAY = 24 * 60 * 60

_TAG = """\
Signature: 8a477f597d28d172789f06886806bc55
# This folder is a cache of port-registry, and can be deleted at any time.
# See https://bford.info/cachedir/
"""


class Cache:
    """The packed readings of one project's files, on disk or only for this run."""

    __slots__ = ("_added", "_home", "_kept", "_root", "_used")

    def __init__(self, root: str | None) -> None:
        """Use the file of the project at `root`; with None, do not use the disk."""
        self._root = root
        self._home: _Home | None = None
        self._kept: dict[bytes, bytes] | None = None
        self._used: set[bytes] = set()
        self._added = False

    def get(self, key: bytes) -> bytes | None:
        """Return the reading with `key`, or None."""
        reading = self._all().get(key)
        if reading is not None:
            self._used.add(key)
        return reading

    def add(self, key: bytes, reading: bytes) -> None:
        """Add `reading` with `key`."""
        self._all()[key] = reading
        self._used.add(key)
        self._added = True

    def save(self) -> None:
        """Write what was asked for or added since the start, if that is not what is there."""
        if self._home is None or not (self._added or 2 * len(self._used) < len(self._all())):
            return
        self._added = False
        with contextlib.suppress(OSError):
            records = self._records()
            whole = b"".join((self._home.stamp, _digest(records), records))
            temporary_files.replace_file(self._home.path, whole)
            sweep(os.path.dirname(self._home.path))

    def _all(self) -> dict[bytes, bytes]:
        if self._kept is None:
            self._home = None if self._root is None else _home_of(self._root)
            self._kept = {} if self._home is None else dict(_entries(_load(self._home)))
        return self._kept

    def _records(self) -> bytes:
        readings, remaining = self._all(), _MOST_BYTES
        records: list[bytes] = []
        for key in sorted(self._used):
            reading = readings[key]
            remaining -= _DIGEST + _LENGTH + len(reading)
            if remaining < 0:
                break
            records += (key, len(reading).to_bytes(_LENGTH, "big"), reading)
        return b"".join(records)


class _Home(NamedTuple):
    """The location of the cache of a project."""

    path: str
    stamp: bytes
    """The start of a file of this version of the program."""


def key_of(path: str, data: bytes) -> bytes:
    """Return the key of the file at `path` with the bytes `data`."""
    return _digest(os.fsencode(path) + b"\0" + data)


def _digest(data: bytes) -> bytes:
    from hashlib import blake2b

    return blake2b(data, digest_size=_DIGEST).digest()


def _entries(records: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(records):
        start = at + _DIGEST + _LENGTH
        end = start + int.from_bytes(records[at + _DIGEST : start], "big")
        yield records[at : at + _DIGEST], records[start:end]
        at = end


def _home_of(root: str) -> _Home | None:
    folder = cache_folder()
    stamp = None if folder is None else _stamp()
    if folder is None or stamp is None:
        return None
    name = _digest(os.fsencode(root)).hex() + _SUFFIX
    return _Home(os.path.join(folder, name), _MAGIC + stamp)


def cache_folder() -> str | None:
    """Return the folder of the cache, created if needed; None where that is not possible."""
    folder = cache_dir.cache_home()
    if folder is None:
        return None
    try:
        if not os.path.isdir(folder):
            os.makedirs(os.path.dirname(folder), 0o700, exist_ok=True)
            os.mkdir(folder, 0o700)
            for name, text in (("CACHEDIR.TAG", _TAG), (".gitignore", "*\n")):
                with open(os.path.join(folder, name), "x", encoding="ascii") as file:
                    file.write(text)
    except FileExistsError:
        # Another run was faster.
        pass
    except OSError:
        return None
    return folder if _is_own(folder) else None


def _is_own(folder: str) -> bool:
    """Return whether `folder` belongs to this user, and make it private."""
    try:
        status = os.lstat(folder)
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
            return False
        if status.st_mode & 0o077:
            os.chmod(folder, 0o700)
    except OSError:
        return False
    return True


def _stamp() -> bytes | None:
    """Return the digest of the program and its Python; None where its files are not on disk."""
    parts = [f"{port_registry.__version__} {sys.implementation.cache_tag} {sys.version}"]
    try:
        for folder in port_registry.__path__:
            parts.append(os.path.realpath(folder))
            parts += sorted(_files_below(folder))
    except OSError:
        return None
    return _digest("\0".join(parts).encode("utf-8", "surrogateescape"))


def _files_below(folder: str) -> Iterator[str]:
    with os.scandir(folder) as items:
        for item in items:
            if item.is_dir():
                if item.name != "__pycache__":
                    yield from _files_below(item.path)
            else:
                status = item.stat()
                yield f"{item.path} {status.st_size} {status.st_mtime_ns}"


def _load(home: _Home) -> bytes:
    """Return the records in the file at `home`; none where it is not valid."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        with open(os.open(home.path, flags), "rb") as file:
            status = os.fstat(file.fileno())
            foreign = not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid()
            if foreign or status.st_size > 2 * _MOST_BYTES:
                return b""
            whole = file.read()
            if time.time() - status.st_mtime > _DAY:
                os.utime(file.fileno())
    except OSError:
        return b""
    start = len(home.stamp) + _DIGEST
    records = whole[start:]
    if whole[:start] != home.stamp + _digest(records):
        return b""
    return records


def sweep(folder: str) -> None:
    """Remove the temporary files of ended runs, and the files of unused projects."""
    temporary_files.sweep(folder)
    oldest = time.time() - _KEPT_DAYS * _DAY
    with os.scandir(folder) as items:
        for item in items:
            with contextlib.suppress(OSError):
                if item.name.endswith(_SUFFIX) and (
                    item.stat(follow_symlinks=False).st_mtime < oldest
                ):
                    os.unlink(item.path)
