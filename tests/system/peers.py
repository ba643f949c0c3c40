"""Peers that behave as badly as some do, each on a port of its own."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from port_registry.model import Port, Protocol
from port_registry.system.bind_probe import is_bound

Behaviour = Callable[[socket.socket, threading.Event], None]
"""Takes a connection, and returns when it is to be closed."""


@contextmanager
def serving(behave: Behaviour, address: str = "127.0.0.1") -> Generator[int]:
    """Give the port of a server that treats each of its clients so."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    over = threading.Event()
    with socket.socket(family) as server:
        server.bind((address, 0))
        server.listen()
        server.settimeout(0.05)
        clients: list[threading.Thread] = []

        def accept() -> None:
            while not over.is_set():
                with contextlib.suppress(TimeoutError):
                    connection, _ = server.accept()
                    client = threading.Thread(target=treat, args=(connection,))
                    client.start()
                    clients.append(client)

        def treat(connection: socket.socket) -> None:
            with connection, contextlib.suppress(OSError):
                behave(connection, over)

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            over.set()
            thread.join()
            for client in clients:
                client.join()


def says_nothing(_: socket.socket, over: threading.Event) -> None:
    over.wait(20)


def dribbles(connection: socket.socket, over: threading.Event) -> None:
    for byte in b"HTTP/1.1 200 OK" + b" " * 1000:
        connection.send(bytes((byte,)))
        if over.wait(0.3):
            return


def closes_at_once(connection: socket.socket, _: threading.Event) -> None:
    connection.close()


def says(answer: bytes) -> Behaviour:
    def behave(connection: socket.socket, _: threading.Event) -> None:
        connection.recv(4096)
        connection.send(answer)

    return behave


def _full(port: int) -> list[socket.socket]:
    """Return connections, the last of which was not accepted any more."""
    made: list[socket.socket] = []
    for _ in range(64):
        client = socket.socket()
        made.append(client)
        client.settimeout(0.1)
        try:
            client.connect(("127.0.0.1", port))
        except TimeoutError:
            return made
    raise AssertionError("the backlog never fills")


@contextmanager
def full_backlog() -> Generator[int]:
    """Give the port of a server that accepts nobody any more."""
    with socket.socket() as server, contextlib.ExitStack() as stack:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        port = server.getsockname()[1]
        for client in _full(port):
            stack.enter_context(client)
        yield port


def free_port() -> int:
    """Return a port that nothing has, below those that outgoing connections get; each once.

    Processes that run tests at the same time begin far from each other.
    """
    first = os.getpid() * 1009
    for port in (20000 + (first + at) % 12000 for at in range(12000)):
        if port not in _given and not is_bound(Port(port), (Protocol.TCP, Protocol.UDP)):
            _given.add(port)
            return port
    raise AssertionError("no port is free")


_given: set[int] = set()


class Clock:
    """How long something took."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def seconds(self) -> float:
        return time.monotonic() - self._began
