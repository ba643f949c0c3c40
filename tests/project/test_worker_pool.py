import errno
import os
import signal
import sys
from collections.abc import Iterable, Iterator
from time import sleep

import pytest

from port_registry.model import Unknown
from port_registry.project import worker, worker_pool, worker_process
from port_registry.project.module_pickle import PickledItem, ReadAnswer, unpack
from port_registry.project.worker import Batch, answer, read
from port_registry.project.worker_pool import read_all
from port_registry.project.worker_process import WorkerProcess

_PARENT = os.getpid()


_FORKED = pytest.param("forked", marks=pytest.mark.alone)


@pytest.fixture(params=[_FORKED, "started afresh"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return how workers begin."""
    name: str = request.param
    forked = name == "forked"
    if forked and not worker_process._may_fork():
        pytest.skip("this process cannot be forked")
    monkeypatch.setattr(worker_process, "_may_fork", lambda: forked)
    return name


_ITEMS = [
    PickledItem(f"modules/m{index}.nix", b"{ services.web%d.port = %d; }" % (index, 3000 + index))
    for index in range(60)
]


def _batches(count: int = 7) -> Iterator[Batch]:
    for start in range(0, len(_ITEMS), count):
        yield tuple(_ITEMS[start : start + count])


def _reads(answers: list[ReadAnswer]) -> bool:
    """Return whether `answers` are what each file says, of every file once."""
    readings = sorted((answer.item, unpack(answer.reading)) for answer in answers)
    return readings == sorted((item, read(*item)) for item in _ITEMS)


def _no_children() -> bool:
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return True
    return False


@pytest.mark.parametrize("size", [1, 3])
def test_every_file_is_read_once(size: int) -> None:
    assert _reads(list(read_all(_batches(), size)))
    assert _no_children()


def test_no_worker_starts_without_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_pool, "start_worker", pytest.fail)
    assert list(read_all(iter(()), 2)) == []


@pytest.mark.parametrize("executable", ["", "/nowhere/python", "/dev/null"])
def test_without_workers_the_process_reads(
    monkeypatch: pytest.MonkeyPatch, executable: str
) -> None:
    def fail() -> int:
        raise OSError(errno.EAGAIN, "too many processes")

    monkeypatch.setattr(os, "fork", fail)
    monkeypatch.setattr(sys, "executable", executable)
    assert _reads(list(read_all(_batches(), 2)))
    assert _no_children()


def _killing(batches: Iterator[Batch], pids: list[int]) -> Iterator[Batch]:
    """Hand out `batches`, and kill a worker that has one; twice, and its file is given up."""
    for number, batch in enumerate(batches):
        if number == 2:
            os.kill(pids[-1], signal.SIGKILL)
        yield batch


def test_the_files_of_a_dead_worker_are_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    pids: list[int] = []
    start = worker_process.start_worker

    def noting(others: Iterable[WorkerProcess]) -> WorkerProcess:
        worker = start(others)
        pids.append(worker.pid)
        return worker

    monkeypatch.setattr(worker_pool, "start_worker", noting)
    answers = list(read_all(_killing(_batches(), pids), 2))
    assert len(pids) > 2
    assert _reads(answers)
    assert _no_children()


def test_a_file_that_kills_its_reader_is_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def die(item: PickledItem) -> bytes:
        if item.path == "modules/m13.nix" and os.getpid() != _PARENT:
            os._exit(1)
        return answer(item)

    monkeypatch.setattr(worker, "answer", die)
    deadly = "import os, sys; from port_registry.project import worker; answer = worker.answer"
    deadly += "; worker.answer = lambda item: os._exit(1) if item.path == sys.argv[1] else "
    deadly += "answer(item); worker.main()"
    begin = "import sys; sys.path[:] = sys.argv[1:]; sys.argv[1] = 'modules/m13.nix'; "
    monkeypatch.setattr(worker_process, "_START", begin + deadly)
    answers = list(read_all(_batches(), 2))
    (lost,) = [result for result in answers if not result.lasting]
    unknown = unpack(lost.reading)
    assert isinstance(unknown, Unknown)
    assert unknown.span.path == lost.item.path == "modules/m13.nix"
    assert "the process that read it was killed" in unknown.reason
    assert len(answers) == len(_ITEMS)
    assert _no_children()


def test_an_exception_in_a_worker_is_raised_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr(worker, "read", fail)
    failing = "import sys; sys.path[:] = sys.argv[1:]; from port_registry.project import worker; "
    monkeypatch.setattr(worker_process, "_START", failing + "worker.read = None; worker.main()")
    with pytest.raises(KeyError):
        list(read_all(_batches(), 2))
    assert _no_children()


def test_a_worker_ends_when_its_pipes_are_closed_while_others_live() -> None:
    first = worker_process.start_worker(())
    second = worker_process.start_worker((first,))
    for started in (first, second):
        started.close()
        assert _has_ended(started.pid)


def _has_ended(pid: int) -> bool:
    """Return whether the child `pid` ends in time."""
    for _ in range(1000):
        if os.waitpid(pid, os.WNOHANG)[0] == pid:
            return True
        sleep(0.02)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return False


def test_closing_the_answers_early_leaves_no_process() -> None:
    answers = read_all(_batches(), 2)
    next(answers)
    answers.close()
    assert _no_children()


def _interrupted() -> Iterator[Batch]:
    yield from list(_batches())[:3]
    raise KeyboardInterrupt


def test_an_interrupt_leaves_no_process() -> None:
    with pytest.raises(KeyboardInterrupt):
        list(read_all(_interrupted(), 2))
    assert _no_children()


def test_a_worker_ends_with_its_input() -> None:
    (source, batches), (answers, sink) = os.pipe(), os.pipe()
    worker.put(batches, b"")
    os.close(batches)
    assert worker.receive(source) == b""
    worker.serve(source, sink)
    os.close(sink)
    assert worker.receive(answers) is None
    for descriptor in (source, answers):
        os.close(descriptor)


def test_a_file_that_is_nested_too_deeply_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def deep(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(worker, "read", deep)
    unknown = unpack(answer(PickledItem("a.nix", b"")))
    assert isinstance(unknown, Unknown)
    assert "nested too deeply" in unknown.reason


def test_processors_are_counted() -> None:
    assert 1 <= worker_pool.processors() <= 8


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("max 100000\n", None),
        ("150000 100000\n", 2),
        ("1000 100000\n", 1),
        ("x", None),
        ("1 0", None),
    ],
)
def test_the_quota_of_a_container(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch, text: str, count: int | None
) -> None:
    with open(f"{tmp_path}/cpu.max", "w", encoding="ascii") as file:
        file.write(text)
    monkeypatch.setattr(worker_pool, "_QUOTA", f"{tmp_path}/cpu.max")
    assert worker_pool._quota() == count
    monkeypatch.setattr(worker_pool, "_QUOTA", f"{tmp_path}/none")
    assert worker_pool._quota() is None
