"""Ports are freed, and nobody but who listens there ends."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from port_registry.model import Port, Protocol, UsageError, single
from port_registry.project.workspace import Request, open_workspace
from port_registry.runtime import free_execute
from port_registry.runtime.free_execute import (
    EndOptions,
    Escalation,
    FreeOutcome,
    ProcessOutcome,
    TargetState,
    end_processes,
)
from port_registry.runtime.free_plan import FreeTarget, free_targets, open_free_plan
from port_registry.runtime.kill_policy import KillScope
from port_registry.runtime.port_query import PortQuery
from port_registry.system.process import ProcessHandle, portable
from tests.project.made import write
from tests.runtime.children import called, connected, listening, running, wait_for
from tests.sizes import size
from tests.system.scene import holder

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux is needed")

_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))
_ROUNDS = size(70, 500)
_ASK = EndOptions(5.0, Escalation.NONE)
_HASTY = EndOptions(0.2, Escalation.NONE)


@pytest.fixture(autouse=True)
def _no_settling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for what could come back, where nothing does."""
    monkeypatch.setattr(free_execute, "_SETTLING", 0.0)


def _aim(
    port: int, *protocols: Protocol, address: str | None = None, title: str = "x"
) -> tuple[FreeTarget]:
    wanted = PortQuery(title, single(Port(port)), ())
    return (FreeTarget(wanted, protocols or (Protocol.TCP,), (address,)),)


def _free(
    targets: tuple[FreeTarget, ...], options: EndOptions = _ASK, scope: KillScope = KillScope.ANY
) -> FreeOutcome:
    with open_free_plan(targets, scope, ()) as plan:
        (outcome,) = end_processes(plan, options)
    return outcome


def _fates(outcome: FreeOutcome) -> dict[int, ProcessOutcome]:
    return {process.pid: fate for process, fate in outcome.processes}


def _entry(tmp_path: object, leaf: object, *texts: str) -> tuple[FreeTarget, ...]:
    """Return what is asked for by `texts` where `databases.redis` is declared as `leaf`."""
    root = write(tmp_path, {"lib/ports.nix": f"{{ databases.redis = {leaf}; }}\n"})
    return free_targets(
        open_workspace(Request(root)), texts or ("databases.redis",), KillScope.EXPECTED
    )


def test_who_listens_ends_and_who_is_connected_does_not() -> None:
    with running(listening()) as (server,), running(connected(server.port)) as (client,):
        outcome = _free(_aim(server.port))
        assert (outcome.state, _fates(outcome)) == (
            TargetState.FREED,
            {server.pid: ProcessOutcome.ENDED},
        )
        assert client.lives()
        assert not server.lives()


def test_a_port_that_is_free_is_free() -> None:
    with running(listening()) as (server,):
        port = server.port
    outcome = _free(_aim(port, Protocol.TCP, Protocol.UDP))
    assert (outcome.state, outcome.processes, outcome.lingers) == (TargetState.FREE, (), False)


@pytest.mark.parametrize(
    "spec",
    ["tcp,::1,0", "tcp,::,0", "tcp,::,0,v6only", "tcp,0.0.0.0,0", "udp,127.0.0.1,0", "udp,::,0"],
)
def test_every_kind_of_listener(spec: str) -> None:
    with holder(spec) as process:
        outcome = _free(_aim(process.ports[0], Protocol(spec[:3])))
        assert (outcome.state, _fates(outcome)) == (
            TargetState.FREED,
            {process.pid: ProcessOutcome.ENDED},
        )


def test_a_socket_that_is_only_bound() -> None:
    with holder("tcp,127.0.0.1,0,idle") as process:
        outcome = _free(_aim(process.ports[0]))
        assert outcome.state in (TargetState.FREED, TargetState.UNBINDABLE)
        if outcome.state is TargetState.UNBINDABLE:
            pytest.skip("this kernel does not show sockets that are only bound")


def test_other_protocols_and_addresses_are_left_alone() -> None:
    with holder("tcp,127.0.0.1,0") as mine:
        port = mine.ports[0]
        with holder(f"udp,127.0.0.1,{port}") as udp, holder(f"tcp,127.0.0.2,{port}") as other:
            outcome = _free(_aim(port, address="127.0.0.1"))
            assert (outcome.state, [*_fates(outcome)]) == (TargetState.FREED, [mine.pid])
            os.kill(udp.pid, 0)
            assert _free(_aim(port, address="127.0.0.1")).state is TargetState.FREE
            assert [*_fates(_free(_aim(port)))] == [other.pid]


def test_all_of_a_group_go() -> None:
    with (
        holder("tcp,127.0.0.1,0,reuse") as process,
        holder(f"tcp,127.0.0.1,{process.ports[0]},reuse") as other,
    ):
        outcome = _free(_aim(process.ports[0]))
        assert outcome.state is TargetState.FREED
        assert _fates(outcome) == {
            process.pid: ProcessOutcome.ENDED,
            other.pid: ProcessOutcome.ENDED,
        }


_PARENT = """
import os, signal, socket, sys
open("/proc/self/comm", "w").write(sys.argv[1])
server = socket.create_server(("127.0.0.1", 0))
named, naming = os.pipe()
child = os.fork()
if child:
    os.read(named, 1)
    print(server.getsockname()[1], child, flush=True)
    if sys.argv[3] == "goes":
        os._exit(0)
else:
    open("/proc/self/comm", "w").write(sys.argv[2])
    os.write(naming, b".")
signal.pause()
"""


@contextlib.contextmanager
def _parent(name: str, child_name: str, then: str = "stays") -> Iterator[tuple[int, int, int]]:
    """Run a process that shares its socket with a child; yield the port, and both."""
    command = [sys.executable, "-c", _PARENT, name, child_name, then]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port, child = map(int, process.stdout.readline().split())
        try:
            yield port, process.pid, child
        finally:
            for pid in (process.pid, child):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def test_all_who_inherited_a_socket_go() -> None:
    with _parent("server", "worker") as (port, pid, child):
        outcome = _free(_aim(port))
        assert _fates(outcome) == {pid: ProcessOutcome.ENDED, child: ProcessOutcome.ENDED}
        assert outcome.state is TargetState.FREED


def test_a_child_outlives_its_parent() -> None:
    with _parent("server", "worker", "goes") as (port, pid, child):
        wait_for(lambda: not _holds_port(pid))
        outcome = _free(_aim(port))
        assert (outcome.state, _fates(outcome)) == (
            TargetState.FREED,
            {child: ProcessOutcome.ENDED},
        )


def _holds_port(pid: int) -> bool:
    try:
        return bool(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return False


def test_what_the_expected_service_started_goes_with_it(tmp_path: object) -> None:
    with _parent("redis-server", "worker") as (port, pid, child):
        outcome = _free(_entry(tmp_path, port), scope=KillScope.EXPECTED)
        assert (outcome.state, {*_fates(outcome)}) == (TargetState.FREED, {pid, child})
        reasons = {
            process.process.pid: process.expected_because for process in outcome.target.verdicts
        }
        assert reasons[pid] == "redis-server is redis"
        assert reasons[child] == f"started by process {pid}, whose socket it shares"


def test_one_who_is_spared_spares_all(tmp_path: object) -> None:
    with _parent("worker", "redis-server") as (port, pid, child):
        outcome = _free(_entry(tmp_path, port), scope=KillScope.EXPECTED)
        assert (outcome.state, outcome.processes) == (TargetState.REFUSED, ())
        spared = {
            process.process.pid: process.spared is not None for process in outcome.target.verdicts
        }
        assert spared == {pid: True, child: False}


def test_the_expected_service_alone_ends(tmp_path: object) -> None:
    with running(listening(name="postgres")) as (server,):
        for text in ("databases.redis", str(server.port)):
            targets = _entry(tmp_path, server.port, text)
            outcome = _free(targets, scope=KillScope.EXPECTED)
            assert (outcome.state, outcome.processes) == (TargetState.REFUSED, ())
            (verdict,) = outcome.target.verdicts
            assert verdict.spared is not None
            assert verdict.spared.reason == "nothing shows that it is databases.redis"
        assert server.lives()
        assert _free(targets, scope=KillScope.ANY).state is TargetState.FREED


def test_nobody_is_expected_where_nothing_is_declared(tmp_path: object) -> None:
    with running(listening()) as (server,):
        outcome = _free(_entry(tmp_path, 6379, str(server.port)), scope=KillScope.EXPECTED)
        (verdict,) = outcome.target.verdicts
        assert verdict.spared is not None
        assert verdict.spared.reason.startswith(f"no entry declares port {server.port}")
        assert "--any" in verdict.spared.hint
        assert server.lives()


@pytest.mark.parametrize("name", ["sshd", "sshd-session", "systemd"])
def test_what_one_cannot_do_without(name: str) -> None:
    with running(listening(name=name)) as (server,):
        outcome = _free(_aim(server.port))
        assert (outcome.state, outcome.processes) == (TargetState.REFUSED, ())
        assert server.lives()


def test_this_command_itself() -> None:
    with socket.create_server(("127.0.0.1", 0)) as own:
        outcome = _free(_aim(own.getsockname()[1]))
        assert outcome.state is TargetState.REFUSED
        (verdict,) = outcome.target.verdicts
        assert verdict.spared is not None
        assert verdict.spared.reason == "it is this command"


def test_what_it_ends_besides_is_shown() -> None:
    with holder("tcp,127.0.0.1,0", "udp,127.0.0.1,0") as process:
        with open_free_plan(_aim(process.ports[0]), KillScope.ANY, ()) as plan:
            (victim,) = plan.processes
            assert [(more.protocol, more.port) for more in victim.other_listeners] == [
                (Protocol.UDP, process.ports[1])
            ]
        os.kill(process.pid, 0)


def _deaf(port: int = 0) -> int:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    return listening(port)()


def test_one_that_does_not_heed_sigterm() -> None:
    with running(_deaf) as (server,):
        outcome = _free(_aim(server.port), _HASTY)
        assert (outcome.state, _fates(outcome)) == (
            TargetState.HELD,
            {server.pid: ProcessOutcome.DEFIANT},
        )
        assert server.lives()
        outcome = _free(_aim(server.port), EndOptions(0.1, Escalation.KILL))
        assert (outcome.state, _fates(outcome)) == (
            TargetState.FREED,
            {server.pid: ProcessOutcome.KILLED},
        )


def test_one_that_lets_go_and_takes_its_time() -> None:
    def graceful() -> int:
        port = listening()()
        close = signal.getsignal(signal.SIGUSR1)
        signal.signal(signal.SIGTERM, close)
        return port

    with running(graceful) as (server,):
        outcome = _free(_aim(server.port), EndOptions(5.0, Escalation.KILL))
        assert (outcome.state, _fates(outcome)) == (
            TargetState.FREED,
            {server.pid: ProcessOutcome.CLOSED},
        )
        assert server.lives()


def test_one_that_ends_meanwhile() -> None:
    with running(listening()) as (server,):
        with open_free_plan(_aim(server.port), KillScope.ANY, ()) as plan:
            os.kill(server.pid, signal.SIGKILL)
            # It stays a zombie: nobody asked after it.
            wait_for(lambda: not _holds_port(server.pid))
            (outcome,) = end_processes(plan, _ASK)
        assert (outcome.state, _fates(outcome)) == (
            TargetState.FREE,
            {server.pid: ProcessOutcome.GONE},
        )
        assert _free(_aim(server.port)).state is TargetState.FREE


def test_one_that_becomes_another_program() -> None:
    def changing() -> int:
        port = listening()()
        close = signal.getsignal(signal.SIGUSR1)
        signal.signal(signal.SIGUSR1, lambda *_: called("editor" if close else ""))
        return port

    with running(changing) as (server,):
        with open_free_plan(_aim(server.port), KillScope.ANY, ()) as plan:
            os.kill(server.pid, signal.SIGUSR1)
            wait_for(lambda: _name(server.pid) == "editor")
            (outcome,) = end_processes(plan, _ASK)
        assert (outcome.state, _fates(outcome)) == (
            TargetState.HELD,
            {server.pid: ProcessOutcome.CHANGED},
        )
        assert server.lives()


def _name(pid: int) -> str:
    with open(f"/proc/{pid}/comm", encoding="utf-8") as comm:
        return comm.read().strip()


def test_one_that_this_user_may_not_end() -> None:
    class Forbidden:
        def __init__(self, handle: ProcessHandle) -> None:
            self.has_ended, self.release = handle.has_ended, handle.release

        def send(self, number: signal.Signals) -> None:
            raise PermissionError(number)

    with running(listening()) as (server,):
        with open_free_plan(_aim(server.port), KillScope.ANY, ()) as plan:
            (victim,) = plan.processes
            forbidden = victim._replace(handle=Forbidden(victim.handle))
            (outcome,) = end_processes(plan._replace(processes=(forbidden,)), _ASK)
        assert (outcome.state, _fates(outcome)) == (
            TargetState.HELD,
            {server.pid: ProcessOutcome.FORBIDDEN},
        )


def test_without_descriptors_of_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: int) -> None:
        raise OSError(38, "no such call")

    monkeypatch.setattr(os, "pidfd_open", missing)
    with running(listening()) as (server,), running(_deaf) as (deaf,):
        assert _fates(_free(_aim(server.port))) == {server.pid: ProcessOutcome.ENDED}
        with open_free_plan(_aim(deaf.port), KillScope.ANY, ()) as plan:
            (victim,) = plan.processes
            assert isinstance(victim.handle, portable.PsutilHandle)
            (outcome,) = end_processes(plan, EndOptions(0.1, Escalation.KILL))
        assert _fates(outcome) == {deaf.pid: ProcessOutcome.KILLED}
        os.waitpid(deaf.pid, 0)
        with pytest.raises(ProcessLookupError):
            victim.handle.send(signal.SIGTERM)
        assert portable.open_handle(deaf.pid) is None


def test_closed_connections_are_told_from_a_listener() -> None:
    def serving() -> int:
        server = socket.socket()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", 0))
        server.listen()
        held = []
        signal.signal(signal.SIGUSR1, lambda *_: held.append(server.accept()))
        return int(server.getsockname()[1])

    with running(serving) as (server,):
        client = socket.create_connection(("127.0.0.1", server.port))
        os.kill(server.pid, signal.SIGUSR1)
        wait_for(lambda: len(os.listdir(f"/proc/{server.pid}/fd")) > 4)
        outcome = _free(_aim(server.port))
        client.close()
        assert (outcome.state, outcome.lingers) == (TargetState.FREED, True)
        again = _free(_aim(server.port))
        assert (again.state, again.lingers, again.connections) == (TargetState.FREE, True, ())
        with socket.socket() as anew:
            anew.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            anew.bind(("127.0.0.1", server.port))
            anew.listen()


def test_a_connection_of_somebody_who_does_not_listen() -> None:
    def connecting() -> int:
        client = socket.create_connection(listener.getsockname(), source_address=("127.0.0.1", 0))
        signal.signal(signal.SIGUSR1, lambda *_: client.close())
        return int(client.getsockname()[1])

    with socket.create_server(("127.0.0.1", 0)) as listener, running(connecting) as (client,):
        outcome = _free(_aim(client.port))
        assert (outcome.state, outcome.processes) == (TargetState.UNBINDABLE, ())
        assert [process.pid for held in outcome.connections for process in held.processes] == [
            client.pid
        ]
        assert client.lives()


def test_one_that_is_bound_a_moment_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(free_execute, "_SETTLING", 10.0)
    with (
        running(listening()) as (server,),
        open_free_plan(_aim(server.port), KillScope.ANY, ()) as plan,
        _successor(server.port) as later,
    ):
        (outcome,) = end_processes(plan, _ASK)
        assert (outcome.state, _fates(outcome)) == (
            TargetState.HELD,
            {server.pid: ProcessOutcome.ENDED},
        )
        ((held, supervisor),) = outcome.owners_now
        assert ([process.pid for process in held.processes], supervisor) == ([later], None)


@contextlib.contextmanager
def _successor(port: int) -> Iterator[int]:
    """Run a process that takes the port as soon as it can."""
    script = (
        "import socket, sys, time, signal\n"
        "while True:\n"
        "    try:\n"
        "        held = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n"
        "        break\n"
        "    except OSError:\n"
        "        time.sleep(0.01)\n"
        "signal.pause()\n"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(port)]) as process:
        try:
            yield process.pid
        finally:
            process.kill()


def test_what_is_asked_for(tmp_path: object) -> None:
    named, numbered, other = _entry(tmp_path, 6379, "databases.redis", "6379", "6380", "6380")
    assert named.protocols == numbered.protocols == (Protocol.TCP,)
    assert other.protocols == (Protocol.TCP, Protocol.UDP)
    local = '{ port = 6379; address = "127.0.0.1"; }'
    named, numbered = _entry(tmp_path, local, "databases.redis", "6379")
    assert (named.addresses, numbered.addresses) == (("127.0.0.1",), (None,))
    away = '{ port = 6379; host = "elsewhere"; }'
    assert _entry(tmp_path, away, "6379")[0].query.entries == ()
    with pytest.raises(UsageError, match="is on elsewhere, not on this machine"):
        _entry(tmp_path, away)


def _namespace(*more: str) -> list[str]:
    """Return what runs a command in a pid namespace of its own, or skip."""
    user = [] if os.geteuid() == 0 else ["--map-root-user"]
    command = ["unshare", *user, "--pid", "--fork", "--kill-child", *more]
    try:
        tried = subprocess.run([*command, "true"], capture_output=True)
    except FileNotFoundError:
        pytest.skip("unshare is not installed")
    if tried.returncode != 0:
        pytest.skip("no pid namespace can be made")
    return command


@pytest.mark.slow
def test_many_rounds_without_a_wrong_end() -> None:
    command = [
        *_namespace("--mount-proc"),
        sys.executable,
        "-m",
        "tests.runtime.rounds",
        str(_ROUNDS),
    ]
    playing = [
        subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=180) for process in playing]
    assert said == [(f"{_ROUNDS} rounds of 7 kinds\n".encode(), b"")] * 2


_STRANGER = """
import os, sys
from tests.runtime.children import end as end_all, idle, start_as
from port_registry.runtime.free_execute import EndOptions, Escalation, end_processes
from tests.runtime.test_free_plan import _aim
from port_registry.runtime.free_plan import open_free_plan
from port_registry.runtime.kill_policy import KillScope

pid, port = map(int, sys.argv[1:])
# The number that /proc shows is that of somebody else in here.
innocent = start_as(pid, idle)
with open_free_plan(_aim(port), KillScope.ANY, ()) as plan:
    assert plan.processes == (), plan
    (outcome,) = end_processes(plan, EndOptions(1.0, Escalation.KILL))
print(outcome.state.name, outcome.target.verdicts[0].spared is not None, innocent.lives())
end_all(innocent)
"""


def test_a_proc_of_another_pid_namespace() -> None:
    with running(listening()) as (server,):
        done = subprocess.run(
            [*_namespace(), sys.executable, "-c", _STRANGER, str(server.pid), str(server.port)],
            cwd=_ROOT,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert (done.stdout, done.stderr) == ("REFUSED True True\n", "")
        assert server.lives()


def test_time_is_not_wasted() -> None:
    with running(listening()) as (server,):
        begun = time.monotonic()
        _free(_aim(server.port))
        assert time.monotonic() - begun < _ASK.patience
