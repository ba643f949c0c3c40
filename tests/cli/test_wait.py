"""`wait`, with real sockets and peers that behave badly."""

import os
import pty
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from tests.bounded import within
from tests.cli.command import Done, finish, run, start
from tests.cli.pseudo_terminal import read_to_end
from tests.project.made import write
from tests.system import peers
from tests.system.peers import Clock, free_port, serving

_SOON = "0.6"


def _wait(folder: object, *arguments: str) -> tuple[Done, float]:
    clock = Clock()
    done = run(folder, "wait", *arguments)
    return done, clock.seconds()


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_both_address_families_are_tried(tmp_path: object, address: str) -> None:
    with serving(peers.says_nothing, address) as port:
        requests = (str(port), f"tcp://localhost:{port}", f"tcp://:{port}")
        done, seconds = _wait(tmp_path, *requests)
    assert done == (
        0,
        "".join(f"{request} accepts connections on {address}\n" for request in requests),
        "",
    )
    assert seconds < 5


def test_a_host_and_a_port_need_no_scheme(tmp_path: object) -> None:
    with serving(peers.says_nothing) as port:
        for host in ("localhost", "127.0.0.1", ""):
            done, _ = _wait(tmp_path, f"{host}:{port}")
            assert done == (0, f"tcp://{host}:{port} accepts connections on 127.0.0.1\n", "")
    with serving(peers.says_nothing, "::1") as port:
        done, _ = _wait(tmp_path, f"[::1]:{port}")
    assert done.out == f"tcp://[::1]:{port} accepts connections on ::1\n"


def test_what_is_missing_is_said_with_what_was_seen(tmp_path: object) -> None:
    port = free_port()
    with serving(peers.says(b"HTTP/1.1 503 Busy\r\n\r\n")) as busy:
        url = f"http://localhost:{busy}/ready"
        done, seconds = _wait(tmp_path, str(port), url, "--timeout", _SOON, "--color", "never")
        there, _ = _wait(tmp_path, str(busy))
    assert (done.status, done.out) == (1, "")
    assert done.err == (
        f"error: timed out after 0.6 s: 2 of 2 targets are not ready\n"
        f"  {port}: connections are refused on 127.0.0.1 and ::1\n"
        f"  {url}: 127.0.0.1 answered with HTTP 503\n"
    )
    assert 0.4 < seconds < 5
    assert there.status == 0


@pytest.mark.parametrize(
    ("behave", "message"),
    [
        (peers.says_nothing, "accepted the connection, and did not answer"),
        (peers.dribbles, "accepted the connection, and did not answer"),
        (peers.closes_at_once, "accepted the connection, and closed it without an answer"),
        (peers.says(b"-ERR unknown command\r\n"), "but it does not speak HTTP"),
        (peers.says(b"HTTP/1.1 404 No\r\n\r\n"), "answered with HTTP 404"),
        (peers.says(b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 500 No\r\n"), "HTTP 500"),
        (peers.says(b"HTTP/1.1 2"), "closed it without an answer"),
    ],
)
def test_the_deadline_holds_whatever_a_peer_does(
    tmp_path: object, behave: peers.Behaviour, message: str
) -> None:
    with serving(behave) as port:
        accepted, _ = _wait(tmp_path, str(port))
        done, seconds = _wait(tmp_path, str(port), "--http", "/", "--timeout", _SOON)
        secure, more = _wait(tmp_path, f"https://127.0.0.1:{port}", "--timeout", _SOON)
    assert accepted.status == 0
    assert done.status == 1
    assert message in done.err
    assert secure.status == 1
    assert max(seconds, more) < 5


def test_a_full_backlog_is_no_server(tmp_path: object) -> None:
    with peers.full_backlog() as port:
        done, seconds = _wait(tmp_path, f"tcp://127.0.0.1:{port}", "--timeout", _SOON)
    assert done.status == 1
    assert "no reply from 127.0.0.1" in done.err
    assert seconds < 5


def test_a_name_that_does_not_resolve(tmp_path: object) -> None:
    done, seconds = _wait(tmp_path, "http://nowhere.invalid", "--timeout", _SOON)
    assert done.status == 1
    assert "`nowhere.invalid` does not resolve" in done.err
    assert seconds < 5


def test_a_resolver_that_hangs_holds_nobody_up(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()
    requests: list[str] = []

    def hang(host: str, *_: object, **__: object) -> list[object]:
        requests.append(host)
        over.wait(20)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    done, seconds = _wait(tmp_path, "tcp://somewhere.invalid:80", "--timeout", "2.6")
    over.set()
    assert done.status == 1
    assert "`somewhere.invalid` does not resolve in time" in done.err
    assert seconds < 5
    assert requests == ["somewhere.invalid"]


def test_a_port_never_meets_itself(tmp_path: object) -> None:
    """Where nothing listens, a client to whom the system gives the very port would connect."""
    if os.geteuid() != 0 or shutil.which("unshare") is None or shutil.which("ip") is None:
        pytest.skip("unshare: there is no way to choose the ports of clients")
    script = (
        "ip link set lo up && echo 40000 40003 > /proc/sys/net/ipv4/ip_local_port_range && "
        f"exec {sys.executable} -m port_registry wait 40000 --timeout 1.5"
    )
    done = subprocess.run(
        ["unshare", "--net", "sh", "-c", script],
        cwd=str(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "refused" in done.stderr


@pytest.mark.parametrize("status", [b"200 OK", b"204 No Content", b"302 Found"])
def test_a_page_that_is_answered(tmp_path: object, status: bytes) -> None:
    with serving(peers.says(b"HTTP/1.1 " + status + b"\r\nX: y\r\n\r\n")) as port:
        done, _ = _wait(tmp_path, str(port), "--http", "/health")
    assert done.status == 0
    assert done.out == f"{port} answers with {status[:3].decode()} on 127.0.0.1\n"


def test_which_page_is_asked_for(tmp_path: object) -> None:
    requests: list[bytes] = []

    def behave(connection: socket.socket, _: threading.Event) -> None:
        requests.append(connection.recv(4096))
        connection.send(b"HTTP/1.1 200 OK\r\n\r\n")

    with serving(behave) as port:
        netloc = f"localhost:{port}"
        urls = (f"http://{netloc}", f"http://u:secret@{netloc}/own?a=b", f"ws://{netloc}/x")
        done, _ = _wait(tmp_path, *urls, "--http", "health")
    assert "secret" not in done.out + done.err
    assert sorted(request.split(b"\r\n")[0] for request in requests) == [
        b"GET /health HTTP/1.1",
        b"GET /health HTTP/1.1",
        b"GET /own?a=b HTTP/1.1",
    ]
    assert all(f"Host: {netloc}\r\n".encode() in request for request in requests)


def test_a_certificate_need_not_be_trusted(tmp_path: object) -> None:
    subprocess.run(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
        " -subj /CN=localhost -keyout key -out certificate".split(),
        cwd=str(tmp_path),
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{tmp_path}/certificate", f"{tmp_path}/key")

    def behave(connection: socket.socket, _: threading.Event) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            secure.recv(4096)
            secure.send(b"HTTP/1.1 200 OK\r\n\r\n")

    with serving(behave) as port:
        done, _ = _wait(tmp_path, f"https://localhost:{port}/")
    assert done.status == 0, done.err


@contextmanager
def _later(seconds: float, address: str, port: int) -> Generator[None]:
    """Listen on a port after some time."""
    over = threading.Event()

    def serve() -> None:
        time.sleep(seconds)
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family) as server:
            server.bind((address, port))
            server.listen()
            over.wait(20)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::"])
def test_what_comes_later_is_seen_soon(tmp_path: object, address: str) -> None:
    port = free_port()
    with _later(0.4, address, port):
        done, seconds = _wait(tmp_path, str(port), "--timeout", "10")
    assert done.status == 0
    assert 0.3 < seconds < 5


def test_waiting_costs_next_to_nothing(tmp_path: object) -> None:
    with within(0.2):
        _wait(tmp_path, str(free_port()), "--timeout", "2")


def test_until_free(tmp_path: object) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        done, seconds = _wait(tmp_path, "--closed", str(port), "--timeout", _SOON)
        assert done.status == 1
        assert f"pid {os.getpid()}" in done.err
        assert seconds < 5
        soon = threading.Timer(0.4, held.close)
        soon.start()
        done, seconds = _wait(tmp_path, "--closed", f"http://localhost:{port}", "--timeout", "10")
        soon.join()
    assert (done.status, done.err) == (0, "")
    assert done.out == f"http://localhost:{port} is free\n"
    assert seconds < 5


def test_a_socket_that_is_only_bound_keeps_a_port(tmp_path: object) -> None:
    with socket.socket(socket.AF_INET6) as held:
        held.bind(("::1", 0))
        port = str(held.getsockname()[1])
        assert _wait(tmp_path, "--closed", port, "--timeout", _SOON)[0].status == 1
    assert _wait(tmp_path, "--closed", port)[0].status == 0


def test_connections_that_were_closed_are_nobody(tmp_path: object) -> None:
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        port = server.getsockname()[1]
        client.connect(("127.0.0.1", port))
        accepted, _ = server.accept()
        accepted.close()
        client.recv(1)
    done, seconds = _wait(tmp_path, "--closed", str(port))
    assert done.status == 0
    assert "is free, though" in done.out
    assert seconds < 5


def test_a_connection_that_keeps_the_port_is_named(tmp_path: object) -> None:
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        client.connect(("127.0.0.1", port))
        accepted, _ = server.accept()
        server.close()
        with accepted:
            done, _ = _wait(tmp_path, "--closed", str(port), "--timeout", _SOON)
    assert done.status == 1
    assert f"pid {os.getpid()}" in done.err


def test_waiting_for_a_page_leaves_the_port_free(tmp_path: object) -> None:
    """A server that closes first would leave its port in TIME_WAIT."""
    with serving(peers.says(b"HTTP/1.0 200 OK\r\n\r\nbody")) as port:
        assert _wait(tmp_path, str(port), "--http", "/")[0].status == 0
    done, _ = _wait(tmp_path, "--closed", str(port))
    assert done.out == f"{port} is free\n"


def _project(root: object, port: int, **more: str) -> str:
    entries = "".join(f"  {name} = {value};\n" for name, value in more.items())
    return write(root, {"lib/ports.nix": f"{{\n  databases.redis = {port};\n{entries}}}\n"})


def test_entries(tmp_path: object) -> None:
    udp = free_port()
    udp_entry = f'{{ port = {udp}; protocol = "udp"; }}'
    with serving(peers.says_nothing, "::1") as port:
        root = _project(tmp_path, port, vpn=udp_entry, rtp="{ from = 40000; to = 40009; }")
        done, _ = _wait(root, "databases.redis", "vpn", "--timeout", _SOON)
        assert done.status == 1
        assert done.out == f"databases.redis ({port}) accepts connections on ::1\n"
        assert f"vpn ({udp}): nothing listens there (UDP)" in done.err
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
            listening.bind(("127.0.0.1", udp))
            done, _ = _wait(root, "vpn", str(udp), "--timeout", _SOON)
            assert done.out == f"vpn ({udp}) listens (UDP)\n{udp} listens (UDP)\n"
            assert _wait(root, "--closed", "vpn", "--timeout", _SOON)[0].status == 1
    done, _ = _wait(root, "--closed", "vpn", "rtp")
    assert done.out == f"vpn ({udp}) is free\nrtp (40000-40009) is free\n"
    done, _ = _wait(root, "vpn", "--exec", "exit 0")
    assert done.out == f"vpn ({udp}) is ready: the command succeeds\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("databases.rediss",), "did you mean `databases.redis`?"),
        (("rtp",), "`port-registry wait 40000`"),
        (("70000",), "invalid port `70000`"),
        (("0",), "invalid port `0`"),
        (("localhost:http",), "`port-registry wait localhost:6379`"),
        (("localhost:0",), "has no port"),
        (("::1:80",), "invalid URL"),
        (("gopher2://x",), "has no port"),
        (("tcp://x:99999",), "invalid URL"),
        (("udp://elsewhere.invalid:53",), "`--exec CMD`"),
        (("--closed", "tcp://elsewhere.invalid:53"), "can be observed on elsewhere.invalid only"),
        (("--closed", "80", "--http", "/"), "`--closed` cannot be used with"),
        (("80", "--timeout", "0"), "invalid timeout `0`"),
        (("80", "--timeout", "nan"), "invalid timeout `nan`"),
        (("80", "--timeout", "-1"), ""),
        (("80", "--http", "/a b"), "holds a space"),
        ((), ""),
    ],
)
def test_what_cannot_be_waited_for(
    tmp_path: object, arguments: tuple[str, ...], message: str
) -> None:
    root = _project(tmp_path, 6379, rtp="{ from = 40000; to = 40009; }")
    done, seconds = _wait(root, *arguments)
    assert done.status == 2
    assert message in done.err
    assert seconds < 5


def test_names_need_a_registry_and_ports_do_not(tmp_path: object) -> None:
    done, _ = _wait(tmp_path, "databases.redis")
    assert done.status == 2
    assert "no registry" in done.err
    write(tmp_path, {"lib/ports.nix": "{ broken"})
    with serving(peers.says_nothing) as port:
        assert _wait(tmp_path, str(port))[0].status == 0


def test_a_command_is_asked(tmp_path: object) -> None:
    with serving(peers.says_nothing) as port:
        command = f'test "$PORT" = {port} && test -e there'
        done, _ = _wait(tmp_path, str(port), "--exec", command, "--timeout", _SOON)
        assert done.status == 1
        assert f"`{command}` exits with 1" in done.err
        write(tmp_path, {"there": ""})
        assert _wait(tmp_path, str(port), "--exec", command)[0].status == 0


def test_a_command_that_does_not_end_is_ended(tmp_path: object) -> None:
    command = "echo $$ > pid; sleep 60 & sleep 60; true"
    with serving(peers.says_nothing) as port:
        done, seconds = _wait(tmp_path, str(port), "--exec", command, "--timeout", _SOON)
    assert done.status == 1
    assert "is still running" in done.err
    assert seconds < 5
    with open(f"{tmp_path}/pid", encoding="ascii") as file:
        group = int(file.read())
    for _ in range(50):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            break
        time.sleep(0.05)
    else:
        raise AssertionError("it goes on")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_it(tmp_path: object, number: signal.Signals) -> None:
    with serving(peers.says_nothing) as port:
        process = start(tmp_path, "wait", str(port), "--exec", "echo $$ > pid; sleep 60")
        for _ in range(200):
            if os.path.exists(f"{tmp_path}/pid") and os.path.getsize(f"{tmp_path}/pid"):
                break
            time.sleep(0.05)
        process.send_signal(number)
        done = finish(process)
    assert done == (130, "", "interrupted\n")


def test_a_terminal_shows_who_is_waited_for(tmp_path: object) -> None:
    leader, follower = pty.openpty()
    port = free_port()
    command = [sys.executable, "-m", "port_registry", "wait", str(port), "--timeout", "1.2"]
    with subprocess.Popen(
        command, cwd=str(tmp_path), stdin=follower, stdout=follower, stderr=follower
    ) as process:
        os.close(follower)
        shown = read_to_end(leader, process)
    os.close(leader)
    assert f"0/1 1 s left for {port}".encode() in shown
    before, _, after = shown.rpartition(b"\x1b[K")
    assert before.endswith(b"\r")
    assert b"timed out" in after
