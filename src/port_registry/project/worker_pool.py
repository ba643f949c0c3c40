"""Nix files read by as many processes as there are processors.

The workers get the bytes and give back what these say, so that no worker touches the disk
and every file is judged by the very bytes that its cache entry is named for. A worker that
dies takes nothing with it: its files are handed out again, one at a time, and a file that
kills two workers is left unread, and said to be.
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
"""How many bytes are worth the start of other processes: about a tenth of a second's work."""

_BATCH = 48 * 1024
"""How many bytes are handed to a process at a time; they fit a pipe, which takes 64 KiB."""

_MOST_WORKERS = 8
"""More than these are not fed fast enough by one process that reads the disk."""

_MOST_DEATHS = 2
"""How many workers a file may cost."""

_QUOTA = "/sys/fs/cgroup/cpu.max"
"""Where a container's share of the processors is: microseconds, in a period of so many."""


class _Pool:
    """The workers that live now, and how often each file was what one died of."""

    def __init__(self, size: int) -> None:
        self.idle: list[WorkerProcess] = []
        self.busy: dict[int, WorkerProcess] = {}
        """By the descriptor that their answers come from."""
        self.again: list[Batch] = []
        """What dead workers left."""
        self._deaths: dict[str, int] = {}
        self._may_start = size

    def has_room(self) -> bool:
        """Return whether another batch can be worked on now."""
        return bool(self.idle or self._may_start or not self.busy)

    def free(self) -> WorkerProcess | None:
        """Return a worker with nothing to do, a new one if need be; None where none is left."""
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
        """Yield what `worker` came to, or what there is to say in its place."""
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
            # What failed there fails here too, where it can be said what it was.
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
                why = unreadable(item.path, "the process that read it was ended")
                yield ReadAnswer(item, pack(why), lasting=False)

    def workers(self) -> tuple[WorkerProcess, ...]:
        """Return every worker that lives."""
        return (*self.idle, *self.busy.values())

    def end(self) -> None:
        """End every worker."""
        for worker in self.workers():
            worker.end()


def answers(items: Iterator[PickledItem]) -> Generator[ReadAnswer]:
    """Yield what each of `items` says, read here or, if there is enough to do, everywhere."""
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
    """Yield what every file of `batches` says, in the order in which it becomes known.

    At most `size` processes read; a batch that none can be started for is read by this one.
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
    """Hand out batches until every worker has one, or none is left."""
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
    """Return how many processors this process may use, as few as `_MOST_WORKERS`."""
    if hasattr(os, "sched_getaffinity"):
        count = len(os.sched_getaffinity(0))
    else:
        count = os.cpu_count() or 1
    quota = _quota()
    return max(1, min(count, _MOST_WORKERS, count if quota is None else quota))


def _quota() -> int | None:
    """Return how many processors the control group of a container leaves (cgroup v2)."""
    try:
        with open(_QUOTA, encoding="ascii") as file:
            quota, _, period = file.read().strip().partition(" ")
        return None if quota == "max" else max(1, round(int(quota) / int(period)))
    except (OSError, ValueError, ZeroDivisionError):
        return None
