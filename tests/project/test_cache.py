import os
import stat
import time

import pytest

from port_registry.project import cache
from port_registry.project.cache import Cache, key_of

_KEY = key_of("a.nix", b"{ port = 1; }")
_OTHER = key_of("b.nix", b"{ port = 1; }")


@pytest.fixture(autouse=True)
def _home(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", f"{tmp_path}/cache")


def _kept(root: str = "/project", key: bytes = _KEY) -> bytes | None:
    return Cache(root).get(key)


def _keep(*pairs: tuple[bytes, bytes], root: str = "/project") -> None:
    cache = Cache(root)
    for key, reading in pairs:
        cache.add(key, reading)
    cache.save()


def _folder() -> str:
    return os.path.join(os.environ["XDG_CACHE_HOME"], "port-registry")


def _file() -> str:
    (name,) = [name for name in os.listdir(_folder()) if name.endswith(".cache")]
    return os.path.join(_folder(), name)


def test_added_readings_exist_in_the_next_run() -> None:
    assert _kept() is None
    _keep((_KEY, b"reading"), (_OTHER, b""))
    assert _kept() == b"reading"
    assert _kept(key=_OTHER) == b""
    assert _kept(root="/another") is None


def test_a_key_depends_on_path_and_bytes() -> None:
    keys = {key_of("a", b"bc"), key_of("ab", b"c"), key_of("a", b"bd"), key_of("a\udcff", b"bc")}
    assert len(keys) == 4


def test_the_folder_is_private_and_tagged() -> None:
    _keep((_KEY, b"reading"))
    assert stat.S_IMODE(os.stat(_folder()).st_mode) == 0o700
    assert stat.S_IMODE(os.stat(_file()).st_mode) == 0o600
    with open(f"{_folder()}/CACHEDIR.TAG", encoding="ascii") as tag:
        assert tag.readline() == "Signature: 8a477f597d28d172789f06886806bc55\n"
    with open(f"{_folder()}/.gitignore", encoding="ascii") as ignore:
        assert ignore.read() == "*\n"
    os.chmod(_folder(), 0o755)
    assert _kept() == b"reading"
    assert stat.S_IMODE(os.stat(_folder()).st_mode) == 0o700


def test_a_cache_without_a_project_is_not_written() -> None:
    cache = Cache(None)
    cache.add(_KEY, b"reading")
    assert cache.get(_KEY) == b"reading"
    cache.save()
    assert not os.path.exists(_folder())


def test_unused_readings_are_dropped() -> None:
    _keep((_KEY, b"1"), (_OTHER, b"2"))
    again = Cache("/project")
    assert again.get(_KEY) == b"1"
    again.add(key_of("c", b""), b"3")
    again.save()
    assert _kept(key=_OTHER) is None
    assert _kept() == b"1"


def test_nothing_is_written_where_nothing_changed() -> None:
    _keep((_KEY, b"1"))
    before = os.stat(_file()).st_ino
    again = Cache("/project")
    assert again.get(_KEY) == b"1"
    again.save()
    assert os.stat(_file()).st_ino == before


def test_a_damaged_file_is_ignored() -> None:
    _keep((_KEY, b"reading"))
    with open(_file(), "rb") as file:
        whole = file.read()
    damaged = [whole[:end] for end in range(len(whole))]
    damaged += [
        whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(0, len(whole), 7)
    ]
    for data in (*damaged, whole + b"x"):
        with open(_file(), "wb") as file:
            file.write(data)
        assert _kept() is None
    _keep((_KEY, b"reading"))
    assert _kept() == b"reading"


@pytest.mark.parametrize("kind", ["folder", "link", "pipe"])
def test_other_kinds_of_files_are_not_read(kind: str) -> None:
    _keep((_KEY, b"reading"))
    path = _file()
    os.rename(path, f"{path}.moved")
    if kind == "folder":
        os.mkdir(path)
    elif kind == "link":
        os.symlink(f"{path}.moved", path)
    else:
        os.mkfifo(path)
    assert _kept() is None
    _keep((_KEY, b"reading"))


def test_another_version_of_the_program_ignores_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    _keep((_KEY, b"reading"))
    monkeypatch.setattr("port_registry.__version__", "0.0.0")
    assert _kept() is None


def test_changed_files_of_the_program_invalidate_the_cache(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.makedirs(f"{tmp_path}/program/below")
    with open(f"{tmp_path}/program/below/a.py", "w", encoding="utf-8") as file:
        file.write("x = 1\n")
    monkeypatch.setattr("port_registry.__path__", [f"{tmp_path}/program"])
    _keep((_KEY, b"reading"))
    assert _kept() == b"reading"
    os.utime(f"{tmp_path}/program/below/a.py", ns=(1, 1))
    assert _kept() is None


def test_without_a_home_folder_there_is_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/cache")
    _keep((_KEY, b"reading"))
    assert _kept() is None
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", "relative")
    _keep((_KEY, b"reading"))
    assert not os.path.exists("relative")


def test_the_default_is_below_the_home_folder(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    for platform, folder in (("linux", ".cache"), ("darwin", "Library/Caches")):
        monkeypatch.setattr("sys.platform", platform)
        _keep((_KEY, b"reading"))
        assert os.path.isdir(f"{tmp_path}/{folder}/port-registry")
        assert _kept() == b"reading"


def test_the_folder_of_another_user_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    _keep((_KEY, b"reading"))
    own = os.geteuid()
    monkeypatch.setattr("os.geteuid", lambda: own + 1)
    assert _kept() is None


def test_the_size_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_MOST_BYTES", 1000)
    _keep(*((key_of(str(index), b""), b"x" * 100) for index in range(50)))
    assert 500 < os.path.getsize(_file()) < 1200


def test_old_files_are_removed() -> None:
    _keep((_KEY, b"reading"))
    old = time.time() - 40 * 24 * 60 * 60
    for name in ("a.cache", ".port-registry-0-1-1-b", "CACHEDIR.TAG"):
        with open(f"{_folder()}/{name}", "a", encoding="ascii"):
            os.utime(f"{_folder()}/{name}", (old, old))
    with open(f"{_folder()}/.port-registry-0-1-1-c", "w", encoding="ascii"):
        pass
    _keep((_OTHER, b"reading"))
    names = os.listdir(_folder())
    assert ".port-registry-0-1-1-c" in names
    assert "CACHEDIR.TAG" in names
    assert not {"a.cache", ".port-registry-0-1-1-b"} & set(names)


def test_the_time_of_a_used_file_is_updated() -> None:
    _keep((_KEY, b"reading"))
    old = time.time() - 3 * 24 * 60 * 60
    os.utime(_file(), (old, old))
    assert _kept() == b"reading"
    assert time.time() - os.stat(_file()).st_mtime < 60


def test_a_failed_write_leaves_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError

    _keep((_KEY, b"1"))
    monkeypatch.setattr("os.replace", refuse)
    _keep((_KEY, b"2"))
    assert _kept() == b"1"
    assert [name for name in os.listdir(_folder()) if ".cache." in name] == []
