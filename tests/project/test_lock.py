import fcntl
import os
import threading
import time

import pytest

from port_registry.model import WriteError
from port_registry.project import lock
from port_registry.project.lock import hold_folders
from tests.project.made import write


def _is_held(folder: str) -> bool:
    """Return whether someone holds `folder`."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def test_the_folder_is_locked_without_a_lock_file(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.nix": "{ }"})
    real = os.path.realpath(f"{root}/lib")
    with hold_folders((f"{root}/lib/ports.nix",), "lib/ports.nix") as locked:
        assert locked == {real}
        assert _is_held(real)
    assert not _is_held(real)
    assert os.listdir(f"{root}/lib") == ["ports.nix"]


def test_an_exception_releases_the_lock(tmp_path: object) -> None:
    root = write(tmp_path, {"a": ""})
    with pytest.raises(ZeroDivisionError), hold_folders((f"{root}/a",), "a"):
        raise ZeroDivisionError
    assert not _is_held(root)


def test_the_folders_of_a_link_and_its_target_are_locked(tmp_path: object) -> None:
    root = write(tmp_path, {"real/ports.nix": "{ }", "lib/other": ""})
    os.symlink("../real/ports.nix", f"{root}/lib/ports.nix")
    with hold_folders((f"{root}/lib/ports.nix",), "lib/ports.nix") as locked:
        assert locked == {os.path.realpath(f"{root}/{name}") for name in ("lib", "real")}
        assert _is_held(f"{root}/lib")
        assert _is_held(f"{root}/real")


def test_two_paths_to_one_file_are_one_lock(tmp_path: object) -> None:
    root = write(tmp_path, {"real/ports.nix": "{ }"})
    os.symlink("real", f"{root}/lib")
    with hold_folders(
        (f"{root}/lib/ports.nix", f"{root}/real/ports.nix"), "lib/ports.nix"
    ) as locked:
        assert locked == {os.path.realpath(f"{root}/real")}


def test_a_second_run_waits(tmp_path: object) -> None:
    root = write(tmp_path, {"a": ""})
    order: list[str] = []
    has_begun = threading.Event()

    def second() -> None:
        has_begun.set()
        with hold_folders((f"{root}/a",), "a"):
            order.append("second")

    with hold_folders((f"{root}/a",), "a"):
        other = threading.Thread(target=second)
        other.start()
        has_begun.wait()
        time.sleep(0.05)
        order.append("first")
    other.join()
    assert order == ["first", "second"]


def test_two_runs_with_the_same_folders_do_not_deadlock(tmp_path: object) -> None:
    root = write(tmp_path, {"a/x": "", "b/x": ""})
    paths = [f"{root}/a/x", f"{root}/b/x"]
    done: list[int] = []

    def run(number: int) -> None:
        for _ in range(20):
            with hold_folders(paths[:: 1 if number % 2 else -1], "x"):
                done.append(number)

    runs = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for process in runs:
        process.start()
    for process in runs:
        process.join(30)
    assert len(done) == 80


def test_waiting_for_a_lock_times_out(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write(tmp_path, {"a": ""})
    monkeypatch.setattr(lock, "_LONGEST", 0.2)
    with (
        hold_folders((f"{root}/a",), "a"),
        pytest.raises(WriteError, match=r"^a: was locked by another run") as caught,
        hold_folders((f"{root}/a",), "a"),
    ):
        pass
    assert caught.value.hint == "wait for that run or stop it, and run the command again"


def test_a_missing_folder(tmp_path: object) -> None:
    with (
        pytest.raises(WriteError, match=r"^a: its folder cannot be opened: no such file"),
        hold_folders((f"{tmp_path}/none/a",), "a"),
    ):
        pass


def test_a_file_system_without_locks(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write(tmp_path, {"a": ""})

    def unsupported(_descriptor: int, _how: int) -> None:
        raise OSError(lock._UNSUPPORTED[0], "not supported")

    monkeypatch.setattr(fcntl, "flock", unsupported)
    with hold_folders((f"{root}/a",), "a") as locked:
        assert locked == {os.path.realpath(root)}


def test_a_lock_that_the_system_refuses(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write(tmp_path, {"a": ""})

    def refuse(_descriptor: int, _how: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with (
        pytest.raises(WriteError, match=r"^a: cannot be locked: input/output error"),
        hold_folders((f"{root}/a",), "a"),
    ):
        pass
