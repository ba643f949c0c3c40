"""Who holds a socket, and whether there may be more who do."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable

import pytest

from port_registry.model import Port
from port_registry.system.socket_owners import SocketOwners, find_owners, owns_socket
from port_registry.system.sockets import listeners
from tests.system.scene import as_nobody, end, holder

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux is needed")


def _sockets(port: int) -> list[int]:
    return [owner.socket for owner in listeners(Port(port)).listeners]


def _pids(port: int) -> list[tuple[int, ...]]:
    numbers = _sockets(port)
    found = find_owners(numbers).pids
    return sorted(found.get(number, ()) for number in numbers)


def test_one_process() -> None:
    with holder("tcp,127.0.0.1,0", "udp,127.0.0.1,0") as owner:
        for port in owner.ports:
            (number,) = _sockets(port)
            assert find_owners([number, 0]).pids == {number: (owner.pid,)}
            assert owns_socket(owner.pid, number)
            assert not owns_socket(os.getpid(), number)
    assert not owns_socket(owner.pid, number)


def test_a_group_that_shares_a_port() -> None:
    with (
        holder("tcp,127.0.0.1,0,reuse") as owner,
        holder(f"tcp,127.0.0.1,{owner.ports[0]},reuse") as other,
    ):
        assert _pids(owner.ports[0]) == sorted([(owner.pid,), (other.pid,)])


_PARENT = """
import os, socket, sys

server = socket.create_server(("127.0.0.1", 0))
child = os.fork()
if child:
    print(server.getsockname()[1], child, flush=True)
    sys.stdin.readline()
else:
    os.close(0)
    os.close(1)
    import signal
    signal.pause()
"""


def test_an_inherited_socket_outlives_the_parent() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        port, child = map(int, parent.stdout.readline().split())
        try:
            assert _pids(port) == [tuple(sorted((parent.pid, child)))]
            parent.communicate("\n")
            assert _pids(port) == [(child,)]
        finally:
            end(child)


_HEADLESS = """
import ctypes, platform, socket, sys, threading

server = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=sys.stdin.readline).start()
print(server.getsockname()[1], flush=True)
number = {"x86_64": 60, "aarch64": 93}[platform.machine()]
ctypes.CDLL(None).syscall(number, 0)
"""
"""Ends its first thread alone (`exit`, not `exit_group`)."""


def test_a_process_whose_first_thread_ended() -> None:
    if os.uname().machine not in ("x86_64", "aarch64"):
        pytest.skip("the number of the system call is not known here")
    with subprocess.Popen(
        [sys.executable, "-c", _HEADLESS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        _until_zombie(process.pid)
        assert _pids(port) == [(process.pid,)]
        assert owns_socket(process.pid, *_sockets(port))
        process.communicate("\n")


def _until_zombie(pid: int) -> None:
    for _ in range(10_000):
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            if file.read().rpartition(")")[2].split()[0] == "Z":
                return
    pytest.fail("it did not become a zombie")


def test_a_zombie_holds_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.set_inheritable(True)
        with subprocess.Popen([sys.executable, "-c", ""], pass_fds=[server.fileno()]) as child:
            os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
            assert _pids(server.getsockname()[1]) == [(os.getpid(),)]


def test_processes_that_come_and_go_meanwhile() -> None:
    done = threading.Event()

    def churn() -> None:
        while not done.is_set():
            pid = os.posix_spawn("/bin/true", ["true"], {})
            os.waitpid(pid, 0)

    workers = [threading.Thread(target=churn) for _ in range(2)]
    with holder("tcp,127.0.0.1,0") as owner:
        for worker in workers:
            worker.start()
        try:
            for _ in range(50):
                assert _pids(owner.ports[0]) == [(owner.pid,)]
        finally:
            done.set()
            for worker in workers:
                worker.join()


def _asked(within: Iterable[str], numbers: Iterable[int]) -> str:
    code = (
        "import sys; from port_registry.system.socket_owners import find_owners; "
        "found = find_owners(map(int, sys.argv[1:])); print(dict(found.pids), found.hidden)"
    )
    done = subprocess.run(
        [*within, sys.executable, "-c", code, *map(str, numbers)],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_what_is_anothers_is_hidden_and_not_absent() -> None:
    with holder("tcp,127.0.0.1,0") as owner:
        assert _asked(as_nobody(), _sockets(owner.ports[0])) == "{} True\n"


_HIDE = 'mount -t proc -o hidepid=2 proc /proc && exec "$@"'


def test_a_proc_that_hides_processes() -> None:
    command = ("unshare", "--mount", "sh", "-c", _HIDE, "sh", *as_nobody())
    with holder("tcp,127.0.0.1,0") as owner:
        try:
            output = _asked(command, _sockets(owner.ports[0]))
        except subprocess.CalledProcessError:
            pytest.skip("/proc cannot be mounted here")
        assert output == "{} True\n"


def test_root_sees_what_others_hold() -> None:
    with holder("tcp,127.0.0.1,0", within=as_nobody()) as owner:
        (pids,) = _pids(owner.ports[0])
        assert len(pids) == 1
        assert os.stat(f"/proc/{pids[0]}").st_uid != 0


def test_nothing_asked_nothing_read() -> None:
    assert find_owners([]).pids == {}
    assert isinstance(find_owners([0]), SocketOwners)
