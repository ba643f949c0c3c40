"""Pool of worker processes that read Nix files, one per processor.

The workers receive the bytes and return the readings, so that no worker reads the disk, and
every reading belongs to the bytes that name its cache entry. If a worker dies, its files are
sent again, one at a time; a file that kills two workers is reported as unreadable.
"""

import contextlib
import os
import pickle
import select
from collections.abc import Generator, Iterable, Iterator
from itertools import chain
from typing import cast

from port_registry.project.module_pickle import PickledItem, ReadAnswer, pack, unreadable
from port_registry.project.worker import Batch, answer, put, receive
from port_registry.project.worker_process import WorkerProcess, start_worker

_ENOUGH = 96 * 1024
"""The number of bytes for which other processes are started: about 0.1 seconds of work."""

_BATCH = 48 * 1024
"""The number of bytes in a batch, which fits a pipe of 64 KiB."""

_MOST_WORKERS = 8
"""The largest number of workers; one process that reads the disk cannot supply more."""

_MOST_DEATHS = 2
"""The number of workers that a file may kill."""

_QUOTA = "/sys/fs/cgroup/cpu.max"
"""The file with a container's share of the processors: microseconds per period."""


class _Pool:
    """The living workers, and the number of workers that each file has killed."""

    def __init__(self, size: int) -> None:
        self.idle: list[WorkerProcess] = []
        self.busy: dict[int, WorkerProcess] = {}
        """By the descriptor of their answers."""
        self.again: list[Batch] = []
        """The batches of dead workers."""
        self._deaths: dict[str, int] = {}
        self._may_start = size

    def has_room(self) -> bool:
        """Return whether another batch can be read now."""
        return bool(self.idle or self._may_start or not self.busy)

    def free(self) -> WorkerProcess | None:
        """Return an idle worker, which may be a new one; None where none is available."""
        if self.idle:
            return self.idle.pop()
        if not self._may_start:
            return None
        self._may_start -= 1
        try:
            return start_worker(self.workers())
        except OSError:
            self._may_start = 0
            return None

    def hand(self, worker: WorkerProcess, batch: Batch) -> None:
        """Let `worker` read `batch`."""
        worker.batch = batch
        self.busy[worker.source] = worker
        with contextlib.suppress(OSError):
            put(worker.sink, pickle.dumps(batch))

    def take(self, worker: WorkerProcess) -> Iterator[ReadAnswer]:
        """Yield the answers of `worker`, or those for the files that killed it."""
        del self.busy[worker.source]
        message = receive(worker.source)
        if message is None:
            worker.end()
            self._may_start += 1
            yield from self._lost(worker.batch)
            return
        self.idle.append(worker)
        readings = cast("list[bytes]", pickle.loads(message))
        for item, reading in zip(worker.batch, readings, strict=True):
            # If it failed there, it fails here too, where the exception is reported.
            yield ReadAnswer(item, reading or answer(item), lasting=True)

    def _lost(self, batch: Batch) -> Iterator[ReadAnswer]:
        if len(batch) > 1:
            self.again += [(item,) for item in batch]
            return
        for item in batch:
            deaths = self._deaths[item.path] = self._deaths.get(item.path, 0) + 1
            if deaths < _MOST_DEATHS:
                self.again.append(batch)
            else:
                why = unreadable(item.path, "the process that read it was killed")
                yield ReadAnswer(item, pack(why), lasting=False)

    def workers(self) -> tuple[WorkerProcess, ...]:
        """Return all living workers."""
        return (*self.idle, *self.busy.values())

    def end(self) -> None:
        """End every worker."""
        for worker in self.workers():
            worker.end()


def answers(items: Iterator[PickledItem]) -> Generator[ReadAnswer]:
    """Yield the answer for each of `items`, read here or, for many bytes, by the pool."""
    first: list[PickledItem] = []
    size = 0
    for item in items:
        first.append(item)
        size += len(item.data)
        if size >= _ENOUGH:
            break
    count = processors() if size >= _ENOUGH else 1
    if count > 1:
        with contextlib.closing(read_all(_batches(chain(first, items)), count)) as found:
            yield from found
        return
    for item in chain(first, items):
        yield ReadAnswer(item, answer(item), lasting=True)


def _batches(items: Iterable[PickledItem]) -> Iterator[Batch]:
    batch: list[PickledItem] = []
    size = 0
    for item in items:
        if batch and size + len(item.data) > _BATCH:
            yield tuple(batch)
            batch, size = [], 0
        batch.append(item)
        size += len(item.data)
    if batch:
        yield tuple(batch)


def read_all(batches: Iterable[Batch], size: int) -> Generator[ReadAnswer]:
    """Yield the answer for every file of `batches`, in the order in which they arrive.

    At most `size` processes read; without any, this process reads the files.
    """
    pool = _Pool(size)
    waiting = iter(batches)
    try:
        while True:
            yield from _feed(pool, waiting)
            if not pool.busy and not pool.again:
                return
            for descriptor in _ready(pool.busy):
                yield from pool.take(pool.busy[descriptor])
    finally:
        pool.end()


def _feed(pool: _Pool, waiting: Iterator[Batch]) -> Iterator[ReadAnswer]:
    """Send batches until every worker has one, or none is left."""
    while pool.has_room():
        batch = pool.again.pop() if pool.again else next(waiting, None)
        if batch is None:
            return
        worker = pool.free()
        if worker is not None:
            pool.hand(worker, batch)
        elif pool.busy:
            pool.again.append(batch)
        else:
            for item in batch:
                yield ReadAnswer(item, answer(item), lasting=True)


def _ready(busy: dict[int, WorkerProcess]) -> list[int]:
    """Wait for workers of `busy`, and return the descriptors of those that have answered."""
    if not busy:
        return []
    poll = select.poll()
    for descriptor in busy:
        poll.register(descriptor, select.POLLIN)
    return [descriptor for descriptor, _ in poll.poll()]


def processors() -> int:
    """Return the number of processors for this process, at most `_MOST_WORKERS`."""
    if hasattr(os, "sched_getaffinity"):
        count = len(os.sched_getaffinity(0))
    else:
        count = os.cpu_count() or 1
    quota = _quota()
    return max(1, min(count, _MOST_WORKERS, count if quota is None else quota))


def _quota() -> int | None:
    """Return the number of processors in the quota of the control group (cgroup v2), or None."""
    try:
        with open(_QUOTA, encoding="ascii") as file:
            quota, _, period = file.read().strip().partition(" ")
        return None if quota == "max" else max(1, round(int(quota) / int(period)))
    except (OSError, ValueError, ZeroDivisionError):
        return None
