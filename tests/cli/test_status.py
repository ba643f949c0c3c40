"""`status`, of real processes in a network of their own."""

import fcntl
import json
import os
import pty
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios

import pytest

from tests.cli.command import run
from tests.cli.pseudo_terminal import read_to_end, read_until
from tests.project.made import write
from tests.system.scene import as_nobody, holder, network

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux is needed")

_REGISTRY = """{
  databases = {
    redis = 6379;
    postgresql = { port = 5432; address = "127.0.0.1"; };
    mysql = { port = 3306; address = "0.0.0.0"; };
    far = { port = 9999; host = "nas"; };
    here = { port = 9998; host = "localhost"; };
  };
  development = {
    api = 3000;
    web = { port = 3001; address = "127.0.0.1"; };
    media = { from = 4000; to = 4010; };
  };
  infrastructure.mdns = 5353; # udp
  telephony.sigtran = 2905; # sctp
}
"""

_State = dict[str, tuple[str, str]]


def _program(within: tuple[str, ...], root: str, *arguments: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [*within, sys.executable, "-m", "port_registry", *arguments],
        cwd=root,
        env={**os.environ, "COLUMNS": "400"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


def _plain(text: str) -> str:
    """Return `text` with what differs from run to run taken out."""
    text = re.sub(r"pid \d+", "pid N", text)
    text = re.sub(r" in /\S+", " in DIR", text)
    return re.sub(r"since \d\d:\d\d", "since T", text)


def _states(within: tuple[str, ...], root: str) -> _State:
    status, out, _ = _program(within, root, "status", "--json")
    document = json.loads(out)
    assert status == (1 if document["disagreements"] else 0)
    return {
        entry["name"]: (entry["state"], entry["reach"])
        for entry in document["entries"]
        if (entry["state"], entry["reach"]) != ("free", "declared")
    }


_AWAY = {
    "databases.far": ("away", "declared"),
    "telephony.sigtran": ("unseen", "declared"),
}


def test_nothing_is_bound(tmp_path: object) -> None:
    root = write(
        tmp_path, {"lib/ports.nix": "{ a.b = 7001; a.c = { from = 7010; to = 7020; }; }\n"}
    )
    with network() as enter:
        status, out, err = _program(enter, root, "status")
    assert (status, err) == (0, "")
    assert out == (
        "NAME  PORT       NOW   ADDRESS  WHO\n"
        "a.b   7001       free\n"
        "a.c   7010-7020  free\n"
        "\n"
        "2 entries: 2 free.\n"
    )


def test_every_state(tmp_path: object) -> None:
    python = os.path.basename(sys.executable)
    root = write(tmp_path, {"lib/ports.nix": _REGISTRY})
    with (
        network() as enter,
        holder("tcp,127.0.0.1,6379", "tcp,::1,6379", name="redis-server", within=enter) as redis,
        holder("tcp,::,5432", name="postgres", within=enter),
        holder("tcp,127.0.0.1,3306", name="mysqld", within=enter),
        holder("tcp,::1,3001", name="web", within=enter),
        holder("tcp,127.0.0.1,3000", "tcp,0.0.0.0,4004", "udp,127.0.0.1,7", within=enter, at=root),
        holder("udp,0.0.0.0,5353,reuse", name="mdns", within=enter),
        holder("udp,0.0.0.0,5353,reuse", name="chromium", within=enter),
    ):
        assert _states(enter, root) == {
            **_AWAY,
            "databases.redis": ("expected", "declared"),
            "databases.postgresql": ("expected", "wider"),
            "databases.mysql": ("expected", "narrower"),
            "development.api": ("other", "declared"),
            "development.web": ("expected", "apart"),
            "development.media": ("other", "declared"),
            "infrastructure.mdns": ("other", "declared"),
        }
        status, out, _ = _program(enter, root, "status")
        document = json.loads(_program(enter, root, "status", "--json")[1])
    assert status == 1
    lines = _plain(out).splitlines()
    assert lines[1].split("  ")[0] == "databases.redis"
    assert lines[1].endswith("redis-server is redis (pid N, root, since T)")
    assert f"pid {redis.pid}," in out
    for text in (
        "postgresql  5432       wider     ::              declared on 127.0.0.1; postgres is post",
        "apart     ::1             declared on 127.0.0.1; web is named like development.web (pid",
        f"mdns   5353       other     0.0.0.0         {python} -S -c import os, socket, sys held",
        "other     0.0.0.0 4004 ",
        f"on nas; this host is {socket.gethostname()}",
        "unseen                    SCTP is not checked",
    ):
        assert text in _plain(out), out
    assert " in DIR" in _plain(out)
    assert (
        "NOT DECLARED  PROTOCOL  ADDRESS    WHO\n7             udp       127.0.0.1  python" in out
    )
    assert lines[-2].startswith("10 entries: 1 bound as expected, 3 bound on another address than")
    (undeclared,) = document["undeclared"]
    assert [item["port"] for item in undeclared["listeners"]] == [7]
    assert (document["version"], document["complete"]) == (1, True)
    assert document["registry"] == "lib/ports.nix"


def test_whom_an_unprivileged_user_cannot_name_is_never_free() -> None:
    nobody = as_nobody()
    with (
        tempfile.TemporaryDirectory() as root,
        network() as enter,
        holder("tcp,127.0.0.1,6379", name="redis-server", within=enter),
        holder("tcp,127.0.0.1,7000", name="shop", within=(*enter, *nobody)),
    ):
        write(root, {"lib/ports.nix": "{ databases.redis = 6379; web.shop = 7000; }\n"})
        os.chmod(root, 0o755)
        status, out, err = _program((*enter, *nobody), root, "status")
        assert (status, err) == (1, "")
        rows = [line.split(maxsplit=3) for line in out.splitlines()]
        assert rows[1] == [
            *("databases.redis", "6379", "unnamed"),
            "127.0.0.1  only root can see the owning process; user root",
        ]
        assert rows[2][:3] == ["web.shop", "7000", "expected"]
        assert _states(enter, root) == {
            "databases.redis": ("expected", "declared"),
            "web.shop": ("expected", "declared"),
        }


def test_a_process_outside_of_the_pid_namespace(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.nix": "{ databases.redis = 6379; }\n"})
    inside = ("unshare", "--pid", "--fork", "--mount-proc")
    with network() as enter, holder("tcp,0.0.0.0,6379", name="redis-server", within=enter):
        status, out, _ = _program((*enter, *inside), root, "status")
        assert status == 1
        assert "unnamed  0.0.0.0  no owning process is visible (another" in out
        _, text, _ = _program((*enter, *inside), root, "who", "6379")
        assert "  an unknown process: no owning process is visible" in text


_CLIENT = """
import socket, sys
server = socket.create_server(("127.0.0.1", 7500))
client = socket.socket()
client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, int(sys.argv[1]))
client.bind(("127.0.0.1", 7400))
client.connect(("127.0.0.1", 7500))
taken = server.accept()[0]
server.close()
print(flush=True)
sys.stdin.readline()
client.close()
taken.recv(1)
taken.close()
print(flush=True)
sys.stdin.readline()
"""


@pytest.mark.parametrize("reuse", ["0", "1"])
def test_a_connection_is_in_the_way_of_an_entry_as_far_as_the_system_says(
    tmp_path: object, reuse: str
) -> None:
    root = write(tmp_path, {"lib/ports.nix": "{ web.shop = 7400; }\n"})
    with (
        network() as enter,
        subprocess.Popen(
            [*enter, sys.executable, "-c", _CLIENT, reuse],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as client,
    ):
        assert client.stdin is not None
        assert client.stdout is not None
        client.stdout.readline()
        open_ = _program(enter, root, "status")
        client.stdin.write("\n")
        client.stdin.flush()
        client.stdout.readline()
        closed = _program(enter, root, "status")
        client.communicate("\n")
    if reuse == "1":
        assert (open_[0], closed[0]) == (0, 0)
        return
    assert (open_[0], closed[0]) == (1, 1)
    assert f"pid {client.pid}" in open_[1]
    assert "127.0.0.1 (does not listen)" in open_[1]
    assert "unnamed           a closed connection holds it for about a minute" in closed[1]


def test_ten_thousand_listeners_make_one_row(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.nix": "{ web.shop = 20500; }\n"})
    code = (
        "import resource, socket, sys\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (10_100, 10_100))\n"
        "held = [socket.create_server(('127.0.0.1', at)) for at in range(20_000, 30_000)]\n"
        "print(flush=True)\nsys.stdin.readline()\n"
    )
    with (
        network() as enter,
        subprocess.Popen(
            [*enter, sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as busy,
    ):
        assert busy.stdout is not None
        busy.stdout.readline()
        status, out, _ = _program(enter, root, "status")
        busy.communicate("\n")
    assert status == 1
    assert "\n20000-20499, 20501-29999  tcp " in out
    assert len(out.splitlines()) < 12


def test_the_system_is_asked_and_not_the_registry_alone(tmp_path: object) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        root = write(tmp_path, {"lib/ports.nix": f"{{ web.shop = {port}; }}\n"})
        done = run(root, "status", "--json")
    (entry,) = json.loads(done.out)["entries"]
    assert (done.status, entry["state"]) == (1, "other")
    (held,) = entry["holders"]
    assert [item["pid"] for item in held["processes"]] == [os.getpid()]
    assert held["listeners"][0]["address"] == "127.0.0.1"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("--watch",), "standard output is not one"),
        (("--watch", "--json"), "`--watch` cannot be used with `--json`"),
        (("--interval", "1"), "`--interval` needs `--watch`"),
        (("--interval", "soon"), "invalid float value"),
    ],
)
def test_what_makes_no_sense(tmp_path: object, arguments: tuple[str, ...], text: str) -> None:
    root = write(tmp_path, {"lib/ports.nix": "{ web.shop = 7000; }\n"})
    done = run(root, "status", *arguments)
    assert (done.status, done.out) == (2, "")
    assert text in done.err


def test_no_registry(tmp_path: object) -> None:
    done = run(write(tmp_path, {"a": ""}), "status")
    assert done.status == 2
    assert "no registry in" in done.err


class _Terminal:
    """A terminal of a few lines, on which the command runs."""

    def __init__(self, root: str, lines: int, *arguments: str) -> None:
        self.leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", lines, 80, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "port_registry", *arguments],
            cwd=root,
            env={**os.environ, "TERM": "xterm", "NO_COLOR": "1"},
            stdin=follower,
            stdout=follower,
            stderr=follower,
        )
        os.close(follower)
        self.shown = ""

    def read_until(self, expected: str) -> None:
        self.shown += read_until(self.leader, expected)

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        self.shown += read_to_end(self.leader, self.process).decode()
        os.close(self.leader)
        return self.process.wait(timeout=30)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_watching_until_somebody_ends_it(tmp_path: object, number: signal.Signals) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
        many = " ".join(f'e{at} = {{ port = {at}; host = "nas"; }};' for at in range(1, 40))
        root = write(
            tmp_path, {"lib/ports.nix": f"{{ web.shop = {port}; web2 = {{ {many} }}; }}\n"}
        )
        terminal = _Terminal(root, 8, "status", "--watch", "--interval", "0.1")
        terminal.read_until("more lines")
        assert terminal.shown.startswith("\x1b[?1049h\x1b[?25l\x1b[HNAME")
        terminal.shown = ""
        write(root, {"lib/ports.nix": "{ web.shop = 1; web.shop = "})
        terminal.read_until("error: ")
        write(root, {"lib/ports.nix": "{ web.other = 1; }\n"})
        terminal.read_until("web.other")
        picture = terminal.shown.rpartition("\x1b[H")[2]
        assert picture.count("\n") < 8
        assert terminal.end(number) == 130
    before, _, after = terminal.shown.rpartition("\x1b[?25h\x1b[?1049l")
    assert before
    assert after.startswith("NAME")
    assert "1 entry: " in after
    assert "interrupted" not in after
