"""Worker process that reads Nix files for another process.

A message is its length in eight bytes and that many bytes after it. An incoming message is a
batch, a pickled tuple of paths and bytes; an outgoing message is a list with the packed reading
of each file, empty where a bug prevented it. The two ends trust each other, because no other
process has the pipes.
"""

import os
import pickle
from typing import cast

from port_registry.languages.nix.parse import parse
from port_registry.model import Source, Unknown
from port_registry.project.files import ReadFailure, decode
from port_registry.project.module_pickle import PickledItem, Reading, pack, unreadable
from port_registry.sources.nix.read import read_module

Batch = tuple[PickledItem, ...]
"""Files that are sent together."""

_LENGTH = 8


def read(path: str, data: bytes) -> Reading:
    """Return the reading of the Nix file at `path` with the bytes `data`."""
    source = decode(path, data)
    if isinstance(source, ReadFailure):
        return unreadable(path, source.message)
    return read_module(source) or _broken(source)


def _broken(source: Source) -> Unknown | None:
    """Return why the ports of `source` are not known, or None for a valid file."""
    errors = parse(source).errors
    if not errors:
        return None
    return Unknown((), f"the file is not valid Nix: {errors[0].message}", errors[0].span)


def answer(item: PickledItem) -> bytes:
    """Return the packed reading of `item`."""
    try:
        return pack(read(item.path, item.data))
    except RecursionError:
        return pack(unreadable(item.path, "it is nested too deeply"))


def _attempt(item: PickledItem) -> bytes:
    """Return the packed reading of `item`, or empty bytes where a bug prevents it."""
    try:
        return answer(item)
    except Exception:
        return b""


def serve(source: int, sink: int) -> None:
    """Answer the batches from the descriptor `source` at `sink`, until the end of `source`."""
    while (message := receive(source)) is not None:
        batch = cast("Batch", pickle.loads(message))
        put(sink, pickle.dumps([_attempt(item) for item in batch]))


def put(sink: int, message: bytes) -> None:
    """Write all of `message` to the descriptor `sink`."""
    remaining = memoryview(len(message).to_bytes(_LENGTH, "big") + message)
    while remaining:
        remaining = remaining[os.write(sink, remaining) :]


def receive(source: int) -> bytes | None:
    """Return the next message from the descriptor `source`.

    None where the other end has closed the pipe, perhaps within a message.
    """
    head = _exactly(source, _LENGTH)
    return None if head is None else _exactly(source, int.from_bytes(head, "big"))


def _exactly(source: int, count: int) -> bytes | None:
    received = bytearray()
    while len(received) < count:
        chunk = os.read(source, min(count - len(received), 1 << 20))
        if not chunk:
            return None
        received += chunk
    return bytes(received)


def main() -> None:
    """Serve the process that started this one, at its standard input and output."""
    import gc

    gc.disable()
    try:
        serve(0, 1)
    except BrokenPipeError:
        # The other process has ended and needs no answer.
        os._exit(1)
