"""`port-registry free`, run as people do."""

import contextlib
import os
import pty
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

import pytest

from port_registry.model import Process, Supervisor, SupervisorKind
from port_registry.runtime import kill_policy
from tests import real
from tests.cli.command import finish, run, start
from tests.cli.pseudo_terminal import read_to_end
from tests.project.made import write
from tests.runtime.children import listening, running, wait_for
from tests.system.peers import free_port
from tests.system.scene import as_nobody

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux is needed")


def _project(tmp_path: object, port: int) -> str:
    text = f"{{ databases.redis = {port}; web.api = 3000; }}\n"
    return write(tmp_path, {"lib/ports.nix": text, "flake.nix": ""})


def test_the_expected_service_is_ended(tmp_path: object) -> None:
    with running(listening()) as (server,):
        root = _project(tmp_path, server.port)
        shown = run(root, "free", "databases.redis", "--dry-run")
        assert (shown.status, shown.err) == (0, "")
        assert shown.out.startswith(
            f"databases.redis ({server.port})\n  ends   redis-server ({server.pid}) of "
        )
        where = f"         on 127.0.0.1:{server.port} tcp\n"
        assert shown.out.endswith(f"\n{where}         redis-server is redis\n")
        assert server.lives()
        done = run(root, "free", "databases.redis", "--yes")
        assert done == (
            0,
            f"freed databases.redis ({server.port}): redis-server ({server.pid}) ended\n",
            shown.out,
        )
        again = run(root, "free", "databases.redis", str(server.port))
        assert (again.status, again.err) == (0, "")
        message = f"databases.redis ({server.port}) is free\nport {server.port} is free\n"
        assert again.out == message


def test_nobody_is_asked_where_nobody_sits(tmp_path: object) -> None:
    with running(listening()) as (server,):
        done = finish(start(_project(tmp_path, server.port), "free", "databases.redis"))
        assert (done.status, done.out) == (2, "")
        assert f"  ends   redis-server ({server.pid})" in done.err
        assert "cannot ask for confirmation without a terminal" in done.err
        assert " hint: `port-registry free databases.redis --yes` ends them\n" in done.err
        assert server.lives()


def _on_terminal(root: str, typed: str) -> tuple[int, str]:
    """Return what `free databases.redis` comes to on a terminal where `typed` is typed."""
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "port_registry", "free", "databases.redis", "--color", "never"],
        cwd=root,
        stdin=follower,
        stdout=follower,
        stderr=follower,
    ) as process:
        os.close(follower)
        os.write(leader, typed.encode())
        shown = read_to_end(leader, process)
    os.close(leader)
    return process.returncode, shown.decode().replace("\r\n", "\n")


def test_the_person_at_the_terminal_is_asked(tmp_path: object) -> None:
    with running(listening()) as (server,):
        root = _project(tmp_path, server.port)
        for typed in ("\n", "no\n", "yesno\n"):
            status, shown = _on_terminal(root, typed)
            assert status == 1
            assert f"End redis-server ({server.pid})? [no]: " in shown
            assert shown.endswith("Nothing was ended.\n")
            assert server.lives()
        status, shown = _on_terminal(root, "y\n")
        assert (status, server.lives()) == (0, False)
        assert shown.count(f"  ends   redis-server ({server.pid})") == 1


def test_what_is_refused_says_why_and_what_to_do(tmp_path: object) -> None:
    with running(listening(name="postgres")) as (server,):
        root = _project(tmp_path, server.port)
        done = run(root, "free", "databases.redis", "--yes")
        assert (done.status, done.err) == (1, "")
        assert done.out.startswith(f"error: databases.redis ({server.port}) is not free\n")
        assert "stays: nothing shows that it is databases.redis\n" in done.out
        assert "hint: `port-registry free databases.redis --any` ends it anyway" in done.out
        assert run(root, "free", "databases.redis", "--dry-run").status == 1
        assert server.lives()
        assert run(root, "free", "databases.redis", "--any", "--yes").status == 0


def test_one_of_several_is_refused(tmp_path: object) -> None:
    with running(listening(), listening(name="vite")) as (mine, other):
        root = _project(tmp_path, mine.port)
        done = run(root, "free", "databases.redis", str(other.port), "--yes")
        assert done.status == 1
        assert f"freed databases.redis ({mine.port})" in done.out
        message = f"no entry declares port {other.port}, so that no process is expected"
        assert message in done.out
        assert message in done.err
        assert (mine.lives(), other.lives()) == (False, True)


def test_a_port_where_there_is_no_registry(tmp_path: object) -> None:
    root = write(tmp_path, {"flake.nix": ""})
    with running(listening()) as (server,):
        assert run(root, "free", str(server.port), "--yes").status == 1
        assert run(root, "free", str(server.port), "--yes", "--any").status == 0
        assert run(root, "free", str(server.port)).status == 0
        assert "no registry in" in run(root, "free", "databases.redis").err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["databases.rediss"], "did you mean `databases.redis`?"),
        (["0"], "expected 1 to 65535"),
        (["8000-8009"], "there is no entry `8000-8009`"),
        (["3000", "--timeout", "soon"], "invalid timeout `soon`"),
        ([], "the following arguments are required"),
    ],
)
def test_what_cannot_be_freed(tmp_path: object, arguments: list[str], message: str) -> None:
    done = run(_project(tmp_path, 6379), "free", *arguments)
    assert (done.status, done.out) == (2, "")
    assert message in done.err


_SHELL = """
import os, signal, socket, subprocess, sys
server = socket.create_server(("127.0.0.1", 0))
done = subprocess.run(
    [sys.executable, "-m", "port_registry", "free", str(server.getsockname()[1]), "--any", "--yes"],
    capture_output=True, text=True,
)
print(done.returncode, done.stdout)
"""


def test_its_own_ancestors_are_never_ended(tmp_path: object) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import subprocess, sys; subprocess.run([sys.executable, '-c', '''{_SHELL}'''])",
        ],
        cwd=_project(tmp_path, 6379),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("1 error: port ")
    assert "stays: this command runs in it\n" in done.stdout


def test_the_process_of_another_user() -> None:
    before = as_nobody()
    with running(listening()) as (server,), tempfile.TemporaryDirectory() as root:
        os.chmod(write(root, {"flake.nix": ""}), 0o755)
        command = ["-m", "port_registry", "free", str(server.port), "--any", "--yes"]
        done = subprocess.run(
            [*before, sys.executable, *command],
            cwd=root,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert (done.returncode, done.stderr) == (1, "")
        assert "it belongs to the user root, and only root can see" in done.stdout
        assert f"hint: `sudo port-registry free {server.port}` can end it\n" in done.stdout
        assert server.lives()


def test_what_a_unit_runs_is_stopped_as_one(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit = Supervisor(SupervisorKind.SYSTEMD, "redis.service", "systemctl stop redis.service")
    session = Supervisor(
        SupervisorKind.SYSTEMD_USER, "code.service", "systemctl --user stop code.service"
    )

    def supervisors_of(process: Process) -> tuple[Supervisor, ...]:
        return (session,) if process.pid == os.getpid() else (*supervisors, session)

    supervisors: tuple[Supervisor, ...] = (unit,)

    monkeypatch.setattr(kill_policy, "supervisors_of", supervisors_of)
    with running(listening()) as (server,):
        root = _project(tmp_path, server.port)
        done = run(root, "free", "databases.redis", "--yes")
        assert done.status == 1
        assert "stays: systemd (redis.service) runs it, and may start it again\n" in done.out
        assert "hint: `systemctl stop redis.service` stops it for good" in done.out
        assert server.lives()
        # What this command runs in as well would not start it again.
        supervisors = ()
        assert run(root, "free", "databases.redis", "--yes").status == 0


@contextlib.contextmanager
def _composed(root: str, command: str) -> Iterator[int]:
    """Run a stack whose process `redis` comes back; yield the port of its server."""
    server = free_port()
    stack = (
        f"processes:\n  redis:\n    command: {command}\n"
        "    availability: { restart: always, backoff_seconds: 1 }\n"
    )
    write(root, {"process-compose.yaml": stack})
    with subprocess.Popen(
        [real.process_compose(), "up", "-t=false", "-f", "process-compose.yaml"],
        cwd=root,
        env={**os.environ, "PC_PORT_NUM": str(server)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield server
        finally:
            process.terminate()
            process.wait(20)


def test_what_process_compose_starts_again(tmp_path: object) -> None:
    port = free_port()
    root = _project(tmp_path, port)
    script = f"#!{sys.executable}\nimport signal, socket\n"
    script += f"held = socket.create_server(('127.0.0.1', {port}))\nsignal.pause()\n"
    write(root, {"bin/redis-server": script})
    os.chmod(f"{root}/bin/redis-server", 0o755)
    with _composed(root, f"{root}/bin/redis-server") as server:
        stop = f"process-compose --port {server} process stop redis"
        wait_for(lambda: _is_open(port))
        refused = run(root, "free", "databases.redis", "--yes")
        assert refused.status == 1
        assert "stays: process-compose (redis) runs it, and may start it again\n" in refused.out
        assert f"hint: `{stop}` stops it for good" in refused.out
        back = run(root, "free", "databases.redis", "--yes", "--any")
        assert back.status == 1
        assert "has taken it since\n" in back.out
        assert f"process-compose (redis) started it\n    hint: `{stop}` stops" in back.out
        subprocess.run(stop.split(), check=True, capture_output=True, timeout=20)
        wait_for(lambda: run(root, "free", "databases.redis").status == 0)


def _is_open(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        time.sleep(0.02)
        return False
    return True
