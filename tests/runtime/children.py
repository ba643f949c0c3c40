"""Small processes that listen, and can be told to let go."""

import contextlib
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from port_registry.model import Port

_PATIENCE = 60.0


class Child(NamedTuple):
    """A process that this one started."""

    pid: int
    port: Port

    def lives(self) -> bool:
        """Return whether it has not ended; asks once, for then it is forgotten."""
        return os.waitpid(self.pid, os.WNOHANG) == (0, 0)


def start(act: Callable[[], int]) -> Child:
    """Start a process that does `act`, which returns a port, and then waits for ever."""
    input_end, output_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            os.close(input_end)
            os.write(output_end, str(act()).encode())
            os.close(output_end)
            while True:
                # Not signal.pause(): a signal that comes just before it would wait for another.
                time.sleep(0.05)
        finally:
            os._exit(1)
    os.close(output_end)
    with open(input_end, encoding="ascii") as reading:
        port = reading.read()
    return Child(pid, Port(int(port)))


def called(name: str) -> None:
    """Give the process that calls this another name."""
    with open("/proc/self/comm", "w", encoding="ascii") as comm:
        comm.write(name)


def listening(
    port: int = 0, address: str = "127.0.0.1", name: str = "redis-server"
) -> Callable[[], int]:
    """Return what listens on a port, and lets go of it on SIGUSR1."""

    def listen() -> int:
        called(name)
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        held = socket.socket(family)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                held.bind((address, port))
                held.listen()
                break
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.001)

        def let_go(*_: object) -> None:
            held.close()
            called("let-go")

        signal.signal(signal.SIGUSR1, let_go)
        return int(held.getsockname()[1])

    return listen


def connected(port: int) -> Callable[[], int]:
    """Return what connects to a port and stays so."""

    def connect() -> int:
        client = socket.create_connection(("127.0.0.1", port))
        signal.signal(signal.SIGUSR1, lambda *_: client.close())
        return port

    return connect


def idle() -> int:
    """Hold nothing."""
    return 1


def let_go(child: Child) -> None:
    """Have a child let go of its socket, and wait until it has."""
    os.kill(child.pid, signal.SIGUSR1)
    wait_for(lambda: _name(child.pid) == "let-go")


def wait_for(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + _PATIENCE
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def end(*children: Child) -> None:
    """End children, whatever they do, and forget them."""
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(child.pid, 0)


@contextlib.contextmanager
def running(*acts: Callable[[], int]) -> Iterator[list[Child]]:
    """Have children do `acts`, one after the other, and end them afterwards."""
    children: list[Child] = []
    try:
        for act in acts:
            children.append(start(act))
        yield children
    finally:
        end(*children)


def start_as(pid: int, act: Callable[[], int]) -> Child:
    """Start a process whose number is `pid`, which nobody has; for a pid namespace of one's own."""
    with open("/proc/sys/kernel/ns_last_pid", "w", encoding="ascii") as last:
        last.write(str(pid - 1))
    child = start(act)
    assert child.pid == pid, f"the number {pid} was not given again, but {child.pid}"
    return child


def _name(pid: int) -> str:
    with open(f"/proc/{pid}/comm", encoding="utf-8") as comm:
        return comm.read().strip()
