"""`run`: ports looked at before, then the command itself."""

import json
import os
import re
import signal
import socket
import stat
import sys
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from tests.cli.command import Done, finish, start
from tests.project.made import write
from tests.system.peers import free_port

_SHOW = (sys.executable, "-c", "import json, os; print(json.dumps(dict(os.environ)))")


def _run(root: object, *arguments: str, **environment: str) -> Done:
    return finish(start(root, "run", *arguments, **environment))


def _environment(root: object, *arguments: str, **environment: str) -> dict[str, str]:
    done = _run(root, *arguments, "--", *_SHOW, **environment)
    assert (done.status, done.err) == (0, "")
    variables: dict[str, str] = json.loads(done.out)
    return variables


def _registry(text: str) -> dict[str, str]:
    return {"lib/ports.nix": f"{{\n{text}\n}}\n", "flake.nix": ""}


@contextmanager
def _held(port: int, address: str = "127.0.0.1") -> Generator[None]:
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as held:
        held.bind((address, port))
        held.listen()
        yield


def test_the_environment(tmp_path: object) -> None:
    root = write(
        tmp_path,
        _registry(
            "databases.redis = 26001; development.temporalUI = 26002; a.api = 26003;"
            " b.api = 26004; media.rtp = { from = 26010; to = 26019; };"
        ),
    )
    variables = _environment(root, DATABASES_REDIS_PORT="1", API_PORT="2", PORT="3", KEPT="4")
    assert {name: value for name, value in variables.items() if "PORT" in name} == {
        "DATABASES_REDIS_PORT": "26001",
        "REDIS_PORT": "26001",
        "DEVELOPMENT_TEMPORAL_UI_PORT": "26002",
        "TEMPORAL_UI_PORT": "26002",
        "A_API_PORT": "26003",
        "B_API_PORT": "26004",
        "API_PORT": "2",
        "MEDIA_RTP_PORT_START": "26010",
        "MEDIA_RTP_PORT_END": "26019",
        "RTP_PORT_START": "26010",
        "RTP_PORT_END": "26019",
        "PORT": "3",
    }
    assert variables["KEPT"] == "4"
    assert _environment(root, "a.api", PORT="3")["PORT"] == "26003"
    assert _environment(root, "a.api", "b.api", PORT="3")["PORT"] == "3"
    assert _environment(root, "media.rtp", PORT="3")["PORT"] == "3"


def test_a_port_that_is_taken(tmp_path: object) -> None:
    port, other = free_port(), free_port()
    root = write(tmp_path, _registry(f"databases.redis = {port}; web.api = {other};"))
    with _held(port):
        done = _run(root, "databases.redis", "web.api", "--", "touch", "ran")
        assert _run(root, "web.api", "--", "true").status == 0
        assert _run(root, "--", "true").status == 0
    assert (done.status, done.out) == (1, "")
    assert f"error: port {port} is taken (databases.redis)" in done.err
    assert f"pid {os.getpid()}" in done.err
    assert "on 127.0.0.1" in done.err
    assert f"`port-registry free {port}` ends it" in done.err
    assert "nothing was run" in done.err
    assert not os.path.exists(f"{root}/ran")
    assert _run(root, "databases.redis", "--", "true").status == 0


def test_only_the_entrys_own_address_counts(tmp_path: object) -> None:
    port = free_port()
    root = write(
        tmp_path,
        _registry(
            f'one = {{ port = {port}; address = "127.0.0.1"; }}; two = {port};'
            f' three = {{ port = {port}; host = "elsewhere.invalid"; }};'
        ),
    )
    with _held(port, "::1"):
        assert _run(root, "one", "--", "true").status == 0
        assert _run(root, "two", "--", "true").status == 1
        assert _run(root, "three", "--", "true").status == 0


def test_connections_that_were_closed_are_in_nobodys_way(tmp_path: object) -> None:
    port = free_port()
    root = write(tmp_path, _registry(f"databases.redis = {port};"))
    with socket.socket() as server, socket.socket() as client:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", port))
        server.listen()
        client.connect(("127.0.0.1", port))
        server.accept()[0].close()
        client.recv(1)
    with socket.socket() as strict, pytest.raises(OSError, match="in use"):
        strict.bind(("127.0.0.1", port))
    assert _run(root, "databases.redis", "--", "true").status == 0


@pytest.fixture
def root(tmp_path: object) -> str:
    return write(tmp_path, _registry("databases.redis = 26001;"))


def test_the_exit_status_is_the_commands(root: str) -> None:
    assert _run(root, "--", "sh", "-c", "echo out; echo err >&2; exit 7") == (7, "out\n", "err\n")


def test_it_is_the_command_that_runs(root: str) -> None:
    process = start(root, "run", "--", "sh", "-c", "echo $$")
    done = finish(process)
    assert int(done.out) == process.pid


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1])
def test_signals_reach_the_command(root: str, number: signal.Signals) -> None:
    script = "import signal, time; print('up', flush=True); time.sleep(30)"
    process = start(root, "run", "--", sys.executable, "-S", "-c", script)
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode == -number


def test_a_command_that_handles_a_signal_ends_as_it_likes(root: str) -> None:
    script = "trap 'echo bye; exit 9' TERM; echo up; while :; do sleep 0.05; done"
    process = start(root, "run", "--", "sh", "-c", script)
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    process.terminate()
    out, _ = process.communicate(timeout=30)
    assert (process.returncode, out) == (9, "bye\n")


def test_no_signal_is_ignored_that_was_not_before(root: str) -> None:
    """Python ignores SIGPIPE, and what it starts would do so too."""
    done = _run(root, "--", "grep", "SigIgn", "/proc/self/status")
    assert int(done.out.split()[1], 16) & (1 << (signal.SIGPIPE - 1)) == 0


@pytest.mark.parametrize(
    ("command", "status", "message"),
    [
        ("nowhere-to-be-found", 127, "command not found"),
        ("./missing", 127, "command not found"),
        ("./plain", 126, "permission denied"),
        ("./folder", 126, "permission denied"),
        ("./orphan", 126, "its interpreter is not found"),
        ("", 126, "cannot be empty"),
    ],
)
def test_what_cannot_be_run(root: str, command: str, status: int, message: str) -> None:
    write(root, {"plain": "x", "folder/x": "", "orphan": "#!/nowhere/sh\n"})
    os.chmod(f"{root}/orphan", stat.S_IRWXU)
    done = _run(root, "--", command)
    assert (done.status, done.out) == (status, "")
    assert message in done.err


@pytest.mark.slow
def test_usage(root: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    for arguments in ((), ("databases.redis",), ("databases.redis", "--")):
        done = _run(root, *arguments)
        assert done.status == 2
        assert "write it after `--`" in done.err
    done = _run(root, "databases.rediss", "--", "true")
    assert done.status == 2
    assert "did you mean `databases.redis`?" in done.err
    assert _run(tmp_path_factory.mktemp("empty"), "--", "true").status == 2
    done = _run(root, "--", "echo", "--registry", "x", "--", "-h")
    assert done.out == "--registry x -- -h\n"


_STACK = """\
processes:
  redis:
    command: redis-server --port ${DATABASES_REDIS_PORT}
  api:
    # Port from lib/ports.nix: web.api = %(api)d
    command: bun run dev --port %(api)d
    depends_on: {redis: {condition: process_started}}
  job:
    command: redis-cli -p %(other)d ping
  off:
    disabled: true
    command: python3 -m http.server %(other)d
"""


class _Stack:
    """A project with a stack, and a program in place of process-compose."""

    def __init__(self, folder: object) -> None:
        self.ports = {name: free_port() for name in ("redis", "api", "other", "server")}
        entries = "databases.redis = {redis}; web.api = {api}; web.other = {other};"
        program = '#!/bin/sh\necho "ran $*"\n'
        self.root = write(
            folder,
            {
                **_registry(entries.format(**self.ports)),
                "process-compose.yaml": _STACK % self.ports,
                ".pc_env": f"PC_PORT_NUM={self.ports['server']}\n",
                "bin/process-compose": program,
                "sub/x": "",
            },
        )
        os.chmod(f"{self.root}/bin/process-compose", stat.S_IRWXU)

    def run(self, *arguments: str, folder: str = "", **environment: str) -> Done:
        path = f"{self.root}/bin:{os.environ['PATH']}"
        command = ("--", "process-compose", *arguments)
        where = os.path.join(self.root, folder)
        return _run(where, *command, PATH=path, **environment)

    def refused(self, *arguments: str, folder: str = "", **environment: str) -> set[str]:
        """Return those whose ports keep process-compose from running, if they are taken."""
        blocked: set[str] = set()
        for name, port in self.ports.items():
            with _held(port):
                done = self.run(*arguments, folder=folder, **environment)
            assert done.status in (0, 1)
            titles = re.findall(rf"port {port} is taken \((.+)\)", done.err)
            assert bool(titles) == bool(done.status), done.err
            assert done.out == ("" if done.status else f"ran {' '.join(arguments)}\n")
            blocked.update([name] if titles else [])
        return blocked


@pytest.mark.slow
def test_process_compose_needs_what_its_file_uses(tmp_path: object) -> None:
    stack = _Stack(tmp_path)
    assert stack.refused("up", "-t=false") == {"redis", "api", "server"}
    with _held(stack.ports["api"]), _held(stack.ports["redis"]):
        done = stack.run()
    assert re.findall(r"is taken \((.+)\)", done.err) == [
        "databases.redis, process redis",
        "web.api, process api",
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (("up", "redis"), {"redis", "server"}),
        (("up", "api"), {"redis", "api", "server"}),
        (("up", "--no-deps", "api"), {"api", "server"}),
        (("up", "off"), {"other", "server"}),
        (("run", "redis", "--", "api"), {"redis", "server"}),
        (("--no-server",), {"redis", "api"}),
        (("up", "-U"), {"redis", "api"}),
        (("up", "--no-server=false"), {"redis", "api", "server"}),
        (("-Dp", "1"), {"redis", "api"}),
        (("--port=1", "up"), {"redis", "api"}),
        (("down",), set[str]()),
        (("up", "--dry-run"), set[str]()),
    ],
)
def test_process_compose_needs_what_it_would_start(
    tmp_path: object, arguments: tuple[str, ...], needed: set[str]
) -> None:
    assert _Stack(tmp_path).refused(*arguments) == needed


@pytest.mark.slow
def test_process_compose_is_told_by_its_environment(tmp_path: object) -> None:
    stack = _Stack(tmp_path)
    assert stack.refused(PC_NO_SERVER="1", PC_DISABLED_PROCESSES="api,x") == {"redis"}
    assert stack.refused(PC_PORT_NUM="1") == {"redis", "api"}
    write(stack.root, {".env": f"DATABASES_REDIS_PORT={stack.ports['other']}\n"})
    assert stack.refused(PC_NO_SERVER="1") == {"other", "api"}
    assert stack.refused("--disable-dotenv", "--no-server") == {"redis", "api"}
    os.unlink(f"{stack.root}/.env")
    files = {"PC_CONFIG_FILES": "../process-compose.yaml"}
    assert stack.refused(folder="sub", PC_NO_SERVER="1", **files) == {"redis", "api"}


@pytest.mark.slow
def test_files_that_are_named(tmp_path: object) -> None:
    stack = _Stack(tmp_path)
    write(
        stack.root,
        {
            "one.yaml": "processes: {a: {command: redis-server --port 1}}\n",
            "two.yaml": f"processes: {{a: {{command: redis-server --port {stack.ports['other']}}}}}"
            "\n",
            "process-compose.override.yaml": "processes: {api: {disabled: true}}\n",
        },
    )
    assert stack.refused("-f", "one.yaml", "--config=two.yaml", "--no-server") == {"other"}
    assert stack.refused("-fone.yaml", "-ftwo.yaml", "-U") == {"other"}
    assert stack.refused("--no-server") == {"redis"}


def test_what_is_not_known_is_said(tmp_path: object) -> None:
    stack = _Stack(tmp_path)
    for arguments, message in (
        (("-f", "missing.yaml"), "there is no such file"),
        (("-f", "../outside.yaml"), "lies outside the project"),
        (("-n", "x"), "namespace"),
    ):
        done = stack.run(*arguments)
        assert done.status == 0
        assert "note: not every port was checked: " in done.err
        assert message in done.err
    assert "no file here" in stack.run(folder="sub").err


def test_names_say_it_better(tmp_path: object) -> None:
    stack = _Stack(tmp_path)
    with _held(stack.ports["redis"]):
        path = f"{stack.root}/bin:{os.environ['PATH']}"
        done = _run(stack.root, "web.api", "--", "process-compose", "up", PATH=path)
    assert (done.status, done.out, done.err) == (0, "ran up\n", "")
