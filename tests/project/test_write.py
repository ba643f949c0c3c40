import os
import signal
import stat
import subprocess
import sys
import time

import pytest

from port_registry.model import WriteError
from port_registry.project.write import Rewrite, write_all
from tests.project.made import forbidden, read, write


def _rewrite(root: str, path: str, after: str) -> Rewrite:
    return Rewrite(path, os.path.realpath(f"{root}/{path}"), read(root, path), after)


def test_mode_owner_line_endings_and_bom_are_kept(tmp_path: object) -> None:
    root = write(tmp_path, {"a.yaml": "\ufeffport: 1\r\n"})
    os.chmod(f"{root}/a.yaml", 0o640)
    if os.geteuid() == 0:
        os.chown(f"{root}/a.yaml", 12, 34)
    before = os.stat(f"{root}/a.yaml")
    write_all([_rewrite(root, "a.yaml", "\ufeffport: 2\r\n")])
    after = os.stat(f"{root}/a.yaml")
    with open(f"{root}/a.yaml", "rb") as file:
        assert file.read() == b"\xef\xbb\xbfport: 2\r\n"
    assert stat.S_IMODE(after.st_mode) == 0o640
    assert (after.st_uid, after.st_gid) == (before.st_uid, before.st_gid)
    assert os.listdir(root) == ["a.yaml"]


def test_a_link_stays_a_link(tmp_path: object) -> None:
    root = write(tmp_path, {"real/a.yaml": "old"})
    os.symlink("real/a.yaml", f"{root}/link.yaml")
    write_all([_rewrite(root, "link.yaml", "new")])
    assert os.readlink(f"{root}/link.yaml") == "real/a.yaml"
    assert read(root, "real/a.yaml") == "new"


def test_a_file_that_changed_meanwhile_is_not_written(tmp_path: object) -> None:
    root = write(tmp_path, {"a.yaml": "old", "b.yaml": "old"})
    rewrites = [_rewrite(root, "a.yaml", "new"), _rewrite(root, "b.yaml", "new")]
    write(root, {"b.yaml": "other"})
    with pytest.raises(WriteError, match=r"^b\.yaml: has changed since it was read"):
        write_all(rewrites)
    assert read(root, "b.yaml") == "other"
    assert sorted(os.listdir(root)) == ["a.yaml", "b.yaml"]


def test_a_deleted_file_is_not_created_again(tmp_path: object) -> None:
    root = write(tmp_path, {"a.yaml": "old"})
    rewrite = _rewrite(root, "a.yaml", "new")
    os.unlink(f"{root}/a.yaml")
    with pytest.raises(WriteError, match="cannot be written"):
        write_all([rewrite])
    assert os.listdir(root) == []


def test_a_read_only_file_is_not_replaced() -> None:
    with forbidden({"a.yaml": "old"}, "a.yaml") as root:
        rewrite = Rewrite("a.yaml", os.path.realpath(f"{root}/a.yaml"), "old", "new")
        with pytest.raises(WriteError, match=r"^a\.yaml: cannot be written: it is read-only"):
            write_all([rewrite])
        assert os.listdir(root) == ["a.yaml"]


def test_a_full_disk_leaves_the_old_file(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write(tmp_path, {"a.yaml": "old"})

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WriteError, match=r"^a\.yaml: cannot be written: no space left on device"):
        write_all([_rewrite(root, "a.yaml", "new")])
    assert read(root, "a.yaml") == "old"
    assert os.listdir(root) == ["a.yaml"]


_WRITER = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job ignores it
from port_registry.project.write import Rewrite, write_all
path, size = sys.argv[1], int(sys.argv[2])
texts = ["a" * size, "b" * size]
print("ready", flush=True)
while True:
    write_all([Rewrite("f", path, texts[0], texts[1])])
    texts.reverse()
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_kill_leaves_either_text_complete(tmp_path: object, number: int) -> None:
    size = 1_000_000
    root = write(tmp_path, {"f": "a" * size})
    for delay in (0.0, 0.003, 0.007, 0.02):
        write(root, {"f": "a" * size})
        with subprocess.Popen(
            [sys.executable, "-c", _WRITER, f"{root}/f", str(size)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(delay)
            writer.send_signal(number)
        assert read(root, "f") in ("a" * size, "b" * size)
        if number == signal.SIGINT:
            assert os.listdir(root) == ["f"]


def test_an_interrupt_waits_for_the_end_of_a_step(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write(tmp_path, {"a": "old", "b": "old"})
    sync = os.fsync

    def interrupted(descriptor: int) -> None:
        sync(descriptor)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_all([_rewrite(root, "a", "new"), _rewrite(root, "b", "new")])
    assert (read(root, "a"), read(root, "b")) == ("old", "old")
    assert sorted(os.listdir(root)) == ["a", "b"]
