import os
import socket
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from port_registry.runtime.doctor import unix_sockets
from port_registry.runtime.doctor.unix_sockets import StaleSocket
from tests.system.machine.laid_out import HEALTHY, machine

_NOBODY = 65534


@pytest.fixture
def root() -> Generator[Path]:
    """A folder whose name is short: the kernel takes paths of 107 bytes for sockets."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        for name in ("tmp", "run/postgresql", "run/mysqld"):
            os.makedirs(f"{folder}/{name}")
        yield Path(folder)


def _leave(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()


def test_a_socket_whose_server_is_gone_is_found(root: Path) -> None:
    _leave(root / "tmp/.s.PGSQL.5433")
    _leave(root / "run/mysqld/mysqld.sock")
    assert unix_sockets.read(machine(root)) == (
        StaleSocket("/tmp/.s.PGSQL.5433", "postgresql", 5433, removable=True, lock=None),
        StaleSocket("/run/mysqld/mysqld.sock", "mysql", None, removable=True, lock=None),
    )


def test_a_socket_that_somebody_listens_on_is_not(root: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(root / "tmp/.s.PGSQL.5432"))
        server.listen()
        assert unix_sockets.read(machine(root)) == ()
    assert len(unix_sockets.read(machine(root))) == 1


def test_a_socket_in_the_kernels_table_is_not_even_tried(root: Path) -> None:
    _leave(root / "tmp/.s.PGSQL.5432")
    row = "0000000000000000: 00000002 00000000 00000000 0001 01 1234 /tmp/.s.PGSQL.5432\n"
    table = {"proc/net/unix": HEALTHY["proc/net/unix"] + row}
    assert unix_sockets.read(machine(root, {**HEALTHY, **table})) == ()


def test_one_socket_by_two_ways_counts_once(root: Path) -> None:
    os.makedirs(root / "var")
    os.symlink("../run", root / "var/run")
    _leave(root / "run/postgresql/.s.PGSQL.5432")
    assert [stale_socket.path for stale_socket in unix_sockets.read(machine(root))] == [
        "/run/postgresql/.s.PGSQL.5432"
    ]


def test_what_is_no_socket_or_has_another_name_is_left_alone(root: Path) -> None:
    (root / "tmp/.s.PGSQL.5432").write_text("")
    (root / "tmp/.s.PGSQL.5432.lock").write_text("")
    _leave(root / "tmp/.s.PGSQL.x")
    _leave(root / "tmp/mine.sock")
    assert unix_sockets.read(machine(root)) == ()


def test_a_machine_without_these_folders_has_none(tmp_path: Path) -> None:
    assert unix_sockets.read(machine(tmp_path)) == ()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has files of two users")
def test_a_socket_of_another_user_in_a_folder_for_all_cannot_be_removed(root: Path) -> None:
    os.chmod(root, 0o755)
    os.chmod(root / "tmp", 0o1777)
    for name in (".s.PGSQL.5432", ".s.PGSQL.5433"):
        _leave(root / "tmp" / name)
        os.chmod(root / "tmp" / name, 0o777)
    os.chown(root / "tmp/.s.PGSQL.5433", _NOBODY, _NOBODY)
    laid_out = machine(root)
    assert [stale_socket.removable for stale_socket in unix_sockets.read(laid_out)] == [True, True]
    os.seteuid(_NOBODY)
    try:
        stale = unix_sockets.read(laid_out)
    finally:
        os.seteuid(0)
    assert [(stale_socket.port, stale_socket.removable) for stale_socket in stale] == [
        (5432, False),
        (5433, True),
    ]


def test_a_lock_counts_while_a_process_has_its_number(root: Path) -> None:
    _leave(root / "tmp/.s.PGSQL.5432")
    lock = {"tmp/.s.PGSQL.5432.lock": "-4711\n/data\n"}
    (stale,) = unix_sockets.read(machine(root, {**HEALTHY, **lock}))
    assert stale.lock is None
    (stale,) = unix_sockets.read(machine(root, {**HEALTHY, **lock, "proc/4711/comm": "cat\n"}))
    assert stale.lock == 4711
