"""Reader of the files of a project on disk."""

import errno
import os
import stat
from collections.abc import Iterator, Mapping

from port_registry.model import NamedTuple, Position, Source, SourceError

MAX_FILE_BYTES = 1024 * 1024
"""The size limit of a file. People write far smaller ones, and the trees of larger ones would
take hundreds of megabytes."""

_CHUNK = 1024 * 1024

_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
"""Non-blocking, because opening a FIFO would wait for a writer."""

_OVERLAP = 256
"""The number of bytes of a chunk that are repeated in the next one, so that no word is cut."""


class TooLargeError(SourceError):
    """A file that exceeds the size limit."""


class ReadFailure(NamedTuple):
    """The reason why a file cannot be read."""

    message: str
    position: Position | None = None


class Files:
    """A reader of the regular files below one folder, each at most once.

    It is a `port_registry.model.Reader`. Links are followed if they end inside the folder.
    """

    __slots__ = ("_edited", "_kept", "_read", "root")

    def __init__(self, root: str, edited: Mapping[str, str] | None = None) -> None:
        """Read below `root`; the texts `edited`, by real path, replace those on disk."""
        self.root = os.path.realpath(root)
        self._edited = edited or {}
        self._read: dict[str, Source | ReadFailure] = {}
        self._kept: dict[str, bytes] = {}

    def read(self, path: str) -> Source:
        """Return the file at `path`, relative to the root.

        Raises `SourceError` where it cannot be read; at a byte that is not UTF-8 the error
        has the byte's position.
        """
        source = self._read.get(path)
        if source is None:
            source = self._read[path] = self._load(path)
        if isinstance(source, ReadFailure):
            message = f"cannot be read: {source.message}"
            raise SourceError(message, path=path, position=source.position)
        return source

    def read_listed(self, path: str) -> bytes:
        """Return the bytes of a file from a listing of the root.

        It does not resolve links along the path, as `read` does, and caches nothing. Raises
        `TooLargeError`, or another `SourceError` where the file cannot be read.
        """
        absolute = _as_prefix(self.root) + path
        text = self._edited.get(absolute)
        if text is not None:
            return text.encode("utf-8")
        try:
            return read_bytes(absolute, flags=os.O_NOFOLLOW)
        except TooLargeError:
            raise
        except SourceError:
            return self._linked(path)

    def _linked(self, path: str) -> bytes:
        real = self._inside(path)
        text = self._edited.get(real)
        return read_bytes(real) if text is None else text.encode("utf-8")

    def keep_bytes(self, path: str, data: bytes) -> None:
        """Keep the `data` of `read_listed`, so that `read` returns the same text."""
        self._kept[path] = data

    def chunks(self, path: str) -> Iterator[bytes]:
        """Yield the bytes of the file at `path`, of any size, in overlapping chunks.

        Raises `SourceError` where it cannot be read.
        """
        descriptor, _ = _open(self._inside(path), 0)
        tail = b""
        try:
            while chunk := os.read(descriptor, _CHUNK):
                yield tail + chunk
                tail = chunk[-_OVERLAP:]
        except OSError as error:
            raise SourceError(_reason(error)) from error
        finally:
            os.close(descriptor)

    def _inside(self, path: str) -> str:
        real = self.real_path(path)
        if real is None:
            raise SourceError("it is outside the project")
        return real

    def exists(self, path: str) -> bool:
        """Return whether `path` is a regular file inside the root."""
        real = self.real_path(path)
        if real is None:
            return False
        try:
            return stat.S_ISREG(os.stat(real).st_mode)
        except (OSError, ValueError):
            return False

    def real_path(self, path: str) -> str | None:
        """Return the real path of `path`, with links resolved; None where that is outside."""
        try:
            real = os.path.realpath(os.path.join(self.root, path))
        except (OSError, ValueError):
            return None
        return real if real == self.root or real.startswith(_as_prefix(self.root)) else None

    def with_texts(self, texts: Mapping[str, str]) -> "Files":
        """Return a reader in which `texts`, by real path, replace those on disk."""
        return Files(self.root, {**self._edited, **texts})

    def _load(self, path: str) -> Source | ReadFailure:
        data = self._kept.pop(path, None)
        if data is not None:
            return decode(path, data)
        try:
            real = self._inside(path)
            text = self._edited.get(real)
            if text is not None:
                return Source(path, text)
            return decode(path, read_bytes(real))
        except SourceError as error:
            return ReadFailure(error.message)


def decode(path: str, data: bytes) -> Source | ReadFailure:
    """Return `data` as the source at `path`, or the failure where it is not UTF-8."""
    try:
        return Source(path, data.decode("utf-8"))
    except UnicodeDecodeError as error:
        before = Source(path, data[: error.start].decode("utf-8"))
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        return ReadFailure(message, before.position(len(before.text)))


def read_bytes(path: str, limit: int = MAX_FILE_BYTES, flags: int = 0) -> bytes:
    """Return the bytes of the regular file at `path`, without blocking.

    It is opened with the additional `flags`. Raises `TooLargeError` where the file has more
    than `limit` bytes, and another `SourceError` where it cannot be read.
    """
    descriptor, size = _open(path, flags)
    try:
        return _read_all(descriptor, size, limit)
    except OSError as error:
        raise SourceError(_reason(error)) from error
    finally:
        os.close(descriptor)


def _open(path: str, flags: int) -> tuple[int, int]:
    """Return the descriptor of the regular file at `path`, and its size."""
    try:
        descriptor = os.open(path, _FLAGS | flags)
    except (OSError, ValueError) as error:
        raise SourceError(_reason(error)) from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            is_folder = stat.S_ISDIR(status.st_mode)
            raise SourceError("it is a directory" if is_folder else "it is not a regular file")
    except BaseException as error:
        os.close(descriptor)
        if isinstance(error, OSError):
            raise SourceError(_reason(error)) from error
        raise
    return descriptor, status.st_size


def _read_all(descriptor: int, size: int, limit: int) -> bytes:
    chunks: list[bytes] = []
    remaining = limit + 1 if size <= limit else 0
    while remaining and (chunk := os.read(descriptor, min(remaining, max(size, 4095) + 1, _CHUNK))):
        chunks.append(chunk)
        remaining -= len(chunk)
    if not remaining:
        raise TooLargeError(f"it is larger than {limit // (1024 * 1024)} MiB")
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, OSError) and error.errno is not None:
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            return "there is no such file"
        if error.errno == errno.ELOOP:
            return "its links form a loop"
        if error.errno in (errno.ENXIO, errno.ENODEV):
            return "it is not a regular file"
        return os.strerror(error.errno).lower()
    return "its path is not valid"


def _as_prefix(folder: str) -> str:
    return folder if folder.endswith("/") else folder + "/"
