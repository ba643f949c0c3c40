"""`who`, of real processes."""

import json
import os
import re
import socket
import subprocess
import sys

import pytest

from tests.cli.command import run
from tests.project.made import write
from tests.system.scene import holder, network

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux is needed")


def _plain(text: str) -> str:
    text = re.sub(r"pid \d+", "pid N", text)
    return re.sub(r"since \d\d:\d\d", "since T", text)


def _registry(port: int) -> dict[str, str]:
    return {"lib/ports.nix": f"{{ databases.redis = {port}; }}\n"}


def test_the_expected_service(tmp_path: object) -> None:
    with holder("tcp,127.0.0.1,0", called="redis-server", at=str(tmp_path)) as owner:
        root = write(tmp_path, _registry(owner.ports[0]))
        for query in ("databases.redis", str(owner.ports[0])):
            done = run(root, "who", query)
            assert (done.status, done.err) == (0, "")
            lines = _plain(done.out).splitlines()
            assert lines[:4] == [
                f"databases.redis = {owner.ports[0]} (tcp)",
                "  the expected service: redis-server is redis",
                "    listens on  127.0.0.1",
                f"    process     pid N of {_user()}, since T",
            ]
            assert lines[4].startswith("      runs      redis-server -S -c ")
            assert lines[5] == f"      in        {os.path.realpath(str(tmp_path))}"
            assert f"pid {owner.pid} of" in done.out


def _user() -> str:
    return subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()


def test_somebody_else(tmp_path: object) -> None:
    with holder("tcp,127.0.0.1,0", called="node") as owner:
        done = run(write(tmp_path, _registry(owner.ports[0])), "who", "databases.redis")
        assert done.status == 1
        assert done.out.splitlines()[1] == "  another process"


def test_free(tmp_path: object) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    root = write(tmp_path, _registry(port))
    done = run(root, "who", "databases.redis")
    assert (done.status, done.out) == (0, f"databases.redis = {port} (tcp)\n  free\n")


def test_a_port_needs_no_registry(tmp_path: object) -> None:
    root = write(tmp_path, {"a": ""})
    with holder("tcp,127.0.0.1,0", "udp,127.0.0.1,0") as owner:
        done = run(root, "who", str(owner.ports[0]))
        assert (done.status, done.err) == (0, "")
        assert done.out.startswith(
            f"{owner.ports[0]}, declared by no entry\n  bound\n    listens on  127.0.0.1\n"
        )
    assert run(root, "who", str(owner.ports[0])).out.endswith("\n  free\n")
    named = run(root, "who", "databases.redis")
    assert (named.status, named.out) == (2, "")
    assert "no registry in" in named.err


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("databases.rediss", "did you mean `databases.redis`?"),
        ("0", "expected 1 to 65535"),
        ("65536", "expected 1 to 65535"),
    ],
)
def test_what_is_not_there(tmp_path: object, query: str, message: str) -> None:
    done = run(write(tmp_path, _registry(6379)), "who", query)
    assert (done.status, done.out) == (2, "")
    assert message in done.err


def test_a_range_a_group_and_an_address_that_is_not_the_entrys(tmp_path: object) -> None:
    files = {
        "lib/ports.nix": (
            "{ media.rtp = { from = 4000; to = 4010; };\n"
            '  web.shop = { port = 7000; address = "127.0.0.1"; }; }\n'
        )
    }
    root = write(tmp_path, files)

    def query(within: tuple[str, ...], what: str, *more: str) -> str:
        return subprocess.run(
            [*within, sys.executable, "-m", "port_registry", "who", what, *more],
            cwd=root,
            capture_output=True,
            text=True,
            timeout=60,
        ).stdout

    with (
        network() as enter,
        holder("tcp,0.0.0.0,4001,reuse", "tcp,::1,4003", name="rtp", within=enter) as owner,
        holder("tcp,0.0.0.0,4001,reuse", name="other", within=enter) as other,
        holder("tcp,::,7000,v6only", name="cart", within=enter),
    ):
        document = json.loads(query(enter, "media.rtp", "--json"))
        (entry,) = document["entries"]
        assert (document["port"], document["port_end"], document["disagreements"]) == (
            4000,
            4010,
            1,
        )
        assert [
            (held["state"], held["processes"][0]["pid"], [at["port"] for at in held["listeners"]])
            for held in entry["holders"]
        ] == [("other", other.pid, [4001]), ("expected", owner.pid, [4001, 4003])]
        assert "    listens on  0.0.0.0 4001, ::1 4003\n" in query(enter, "media.rtp")
        assert query(enter, "web.shop").startswith(
            "web.shop = 7000 (tcp) at 127.0.0.1\n"
            "  free\n"
            "  on an address that is not the entry's\n"
            "    listens on  :: (IPv6 only)\n"
        )
