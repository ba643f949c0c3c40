"""Many processes that change one registry at once, and others that get in between."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator

import pytest

from port_registry.changes.add_entry import RequestedEntry, plan_entry
from port_registry.changes.registry_transaction import OpenRegistry, open_registry
from port_registry.model import Registry, RegistryError, WriteError
from port_registry.project.files import Files
from port_registry.project.temporary_files import temporary_path
from port_registry.project.workspace import Request
from port_registry.registry.read import read_registry
from tests.project import crowd
from tests.project.made import forbidden, read, write
from tests.sizes import size

_PLAIN = "{\n  services = {\n    first = 3000;\n  };\n}\n"


class Crowd:
    """Processes that add to the registry of one project."""

    def __init__(self, root: str, processes: int, entries: int) -> None:
        program = [sys.executable, str(crowd.__file__), root, str(processes), str(entries)]
        environment = {**os.environ, "PYTHONPATH": ":".join(filter(None, sys.path))}
        self._process = subprocess.Popen(
            program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )
        assert self._process.stdout is not None
        self.children = [int(word) for word in self._process.stdout.readline().split()[1:]]

    def go(self) -> None:
        """Let all of them begin."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"." * len(self.children))
        self._process.stdin.flush()

    def told(self) -> list[str]:
        """Return what they said, once all of them are done."""
        try:
            said, _ = self._process.communicate(timeout=180)
        finally:
            self._process.kill()
            self._process.wait()
        return said.decode().splitlines()


def _registry(root: str, path: str = "lib/ports.nix") -> Registry:
    return read_registry(Files(root), path, None)


def _ports(registry: Registry) -> dict[str, int]:
    return {entry.service: entry.endpoint.ports.first for entry in registry.entries}


@contextlib.contextmanager
def _watched(root: str, pause: float) -> Generator[list[int]]:
    """Read the registry over and over meanwhile; give how many entries it had each time."""
    seen: list[int] = []
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.is_set():
            seen.append(len(_registry(root).entries))
            time.sleep(pause)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        is_over.set()
        watcher.join()


_EACH = size(5, 10)
"""How many entries each of many processes adds."""


@pytest.mark.slow
def test_nobodys_entry_is_lost(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.nix": _PLAIN})
    many = Crowd(root, 64, _EACH)
    with _watched(root, 0.5) as seen:
        many.go()
        told = many.told()
    registry = _registry(root)
    ports = _ports(registry)
    assert len(told) == 64 * _EACH, told[-1]
    assert len(registry.entries) == 64 * _EACH + 1
    assert len(set(ports.values())) == 64 * _EACH + 1
    assert {f"{name} {port}" for name, port in ports.items() if name != "first"} == set(told)
    assert seen == sorted(seen)
    assert os.listdir(f"{root}/lib") == ["ports.nix"]


@pytest.mark.slow
def test_those_that_are_killed_leave_the_registry_whole(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.nix": _PLAIN})
    many = Crowd(root, 32, 20)
    chance = random.Random(7)
    with _watched(root, 0.02) as seen:
        many.go()
        for child in chance.sample(many.children, 24):
            time.sleep(chance.uniform(0.0, 0.2))
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        told = many.told()
    registry = _registry(root)
    ports = _ports(registry)
    assert not [line for line in told if line.startswith("failed")]
    # What was said to be added is there; the killed may have added one more each, unsaid.
    handed_out = dict(line.split() for line in told)
    assert {name: str(ports[name]) for name in handed_out} == handed_out
    assert len(registry.entries) <= len(told) + 1 + 24
    assert len(set(ports.values())) == len(ports) == len(registry.entries)
    assert seen == sorted(seen)
    # The next one finds neither a lock nor a file in its way, and tidies up.
    assert _add(root, "last") not in ports.values()
    assert os.listdir(f"{root}/lib") == ["ports.nix"]


def _add(root: str, name: str, registry: str | None = None) -> int:
    """Add an entry, and return its port."""
    with open_registry(Request(root, registry=registry)) as holder:
        return _write(holder, name)


def _write(holder: OpenRegistry, name: str) -> int:
    planned = plan_entry(holder, RequestedEntry(("services", name)))
    holder.write((planned.rewrite,))
    return planned.endpoint.ports.first


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells that a process has ended")
def test_what_a_process_left_is_swept_before_its_parent_asks_after_it(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.nix": _PLAIN})
    leaving = (
        "import sys; from port_registry.project.temporary_files import temporary_path as path; "
    )
    leaving += "open(path(sys.argv[1]), 'w').close(); print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", leaving, f"{root}/lib"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as maker:
        assert maker.stdin is not None
        assert maker.stdout is not None
        maker.stdout.readline()
        _add(root, "x")
        assert len(os.listdir(f"{root}/lib")) == 2
        maker.stdin.close()
        # It has ended, and is not reaped.
        os.waitid(os.P_PID, maker.pid, os.WEXITED | os.WNOWAIT)
        _add(root, "y")
        assert os.listdir(f"{root}/lib") == ["ports.nix"]


def test_a_link_stays_one_and_both_names_are_one_registry(tmp_path: object) -> None:
    root = write(tmp_path, {"real/deep/mine.nix": _PLAIN})
    os.makedirs(f"{root}/lib")
    os.symlink("../real/deep/mine.nix", f"{root}/lib/ports.nix")
    os.symlink("deep", f"{root}/real/short")
    ports = {
        _add(root, "a"),
        _add(root, "b", "real/deep/mine.nix"),
        _add(root, "c", "real/short/mine.nix"),
    }
    assert len(ports) == 3
    assert os.readlink(f"{root}/lib/ports.nix") == "../real/deep/mine.nix"
    assert set(_ports(_registry(root))) == {"first", "a", "b", "c"}
    assert os.listdir(f"{root}/real/deep") == ["mine.nix"]


def test_processes_that_name_one_registry_differently(tmp_path: object) -> None:
    root = write(tmp_path, {"real/ports.nix": _PLAIN, "port-registry.toml": ""})
    os.symlink("real", f"{root}/lib")
    with open_registry(Request(root)) as holder:
        waiting = Crowd(root, 4, 5)
        waiting.go()
        time.sleep(0.3)
        assert _ports(_registry(root)) == {"first": 3000}
        _write(holder, "own")
    assert len(waiting.told()) == 20
    assert len(set(_ports(_registry(root)).values())) == 22


def test_someone_who_does_not_lock_is_not_overwritten(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.nix": _PLAIN})
    theirs = _PLAIN.replace("3000", "3100")
    with open_registry(Request(root)) as holder:
        planned = plan_entry(holder, RequestedEntry(("services", "x")))
        write(root, {"lib/ports.nix": theirs})
        with pytest.raises(WriteError, match="has changed since it was read") as found:
            holder.write((planned.rewrite,))
    assert found.value.hint == "run the command again"
    assert read(root, "lib/ports.nix") == theirs
    assert os.listdir(f"{root}/lib") == ["ports.nix"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "no registry in"),
        ("", r"^lib/ports\.nix:1:1: the registry is empty"),
        ("{ a = ", r"^lib/ports\.nix:1:\d+: invalid Nix"),
        ("[ 1 2 ]", "the registry is not a set of attributes"),
    ],
)
def test_a_registry_that_cannot_be_read_is_left_alone(
    tmp_path: object, text: str | None, message: str
) -> None:
    root = write(tmp_path, {"port-registry.toml": ""})
    if text is not None:
        write(root, {"lib/ports.nix": text})
    with pytest.raises(RegistryError, match=message):
        _add(root, "x")
    if text is not None:
        assert read(root, "lib/ports.nix") == text
        # And the lock is free again.
        write(root, {"lib/ports.nix": _PLAIN})
        _add(root, "x")


def test_a_registry_that_is_gone_under_the_lock(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.nix": _PLAIN})
    with open_registry(Request(root)) as holder:
        planned = plan_entry(holder, RequestedEntry(("services", "x")))
        os.unlink(f"{root}/lib/ports.nix")
        with pytest.raises(WriteError, match="cannot be written"):
            holder.write((planned.rewrite,))
    assert os.listdir(f"{root}/lib") == []


@pytest.mark.parametrize(
    ("modes", "message"),
    [
        ((0o444, 0o777), "cannot be written: it is read-only"),
        ((0o666, 0o555), "cannot be written: its folder is read-only"),
    ],
)
def test_what_may_not_be_written(modes: tuple[int, int], message: str) -> None:
    with forbidden({"lib/ports.nix": _PLAIN, "other": ""}, "other") as root:
        nobody, owner = os.geteuid(), os.getuid()
        os.seteuid(owner)
        for path, mode in zip(("lib/ports.nix", "lib"), modes, strict=True):
            os.chmod(f"{root}/{path}", mode)
        os.seteuid(nobody)
        with pytest.raises(WriteError, match=message):
            _add(root, "x")
        assert read(root, "lib/ports.nix") == _PLAIN
        assert os.listdir(f"{root}/lib") == ["ports.nix"]
        os.seteuid(owner)
        os.chmod(f"{root}/lib", 0o755)
        os.seteuid(nobody)


def test_what_the_dead_left_is_swept_and_nothing_else(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.nix": _PLAIN})
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    own = os.path.basename(temporary_path(f"{root}/lib"))
    left = own.replace(f"-{os.getpid()}-", f"-{dead.pid}-")
    *_, system, pid, started, _ = own.split("-")
    reused = own.replace(f"-{pid}-{started}-", f"-{pid}-{int(started) - 1}-")
    elsewhere = left.replace(system, "0" * len(system))
    names = [own, elsewhere, ".port-registry-notes", f".port-registry-{system}-x-y", "other"]
    write(f"{root}/lib", dict.fromkeys([left, reused, *names], "x"))
    os.makedirs(f"{root}/lib/{left}a")
    _add(root, "x")
    assert sorted(os.listdir(f"{root}/lib")) == sorted(["ports.nix", f"{left}a", *names])
    long_ago = time.time() - 2 * 24 * 60 * 60
    os.utime(f"{root}/lib/{elsewhere}", (long_ago, long_ago))
    _add(root, "y")
    assert elsewhere not in os.listdir(f"{root}/lib")
