"""The process that reads Nix files for another: files in, readings out, until there are no more.

A message is its length in eight bytes and as many bytes behind it. What comes in is a batch,
a pickled tuple of paths and bytes; what goes out is a list with the packed reading of each
file, empty where a bug prevented it. The two ends trust each other: nobody else has the pipes.
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
"""Files that are handed over together."""

_LENGTH = 8


def read(path: str, data: bytes) -> Reading:
    """Return what the Nix file at `path` says, whose bytes are `data`."""
    source = decode(path, data)
    if isinstance(source, ReadFailure):
        return unreadable(path, source.message)
    return read_module(source) or _broken(source)


def _broken(source: Source) -> Unknown | None:
    """Return why `source`, which says nothing, cannot say anything; None where it could."""
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
    """Return the packed reading of `item`, or nothing at all where a bug prevents it."""
    try:
        return answer(item)
    except Exception:
        return b""


def serve(source: int, sink: int) -> None:
    """Answer the batches that come from the descriptor `source` into `sink`, up to its end."""
    while (message := receive(source)) is not None:
        batch = cast("Batch", pickle.loads(message))
        put(sink, pickle.dumps([_attempt(item) for item in batch]))


def put(sink: int, message: bytes) -> None:
    """Write `message` to the descriptor `sink`, all of it."""
    left = memoryview(len(message).to_bytes(_LENGTH, "big") + message)
    while left:
        left = left[os.write(sink, left) :]


def receive(source: int) -> bytes | None:
    """Return the next message from the descriptor `source`.

    None where there is none, or only a part of one, because the other end has gone.
    """
    head = _exactly(source, _LENGTH)
    return None if head is None else _exactly(source, int.from_bytes(head, "big"))


def _exactly(source: int, count: int) -> bytes | None:
    taken = bytearray()
    while len(taken) < count:
        piece = os.read(source, min(count - len(taken), 1 << 20))
        if not piece:
            return None
        taken += piece
    return bytes(taken)


def main() -> None:
    """Serve the process that started this one, at its standard input and output."""
    import gc

    gc.disable()
    try:
        serve(0, 1)
    except BrokenPipeError:
        # Whoever asked has gone; there is nobody to tell.
        os._exit(1)
