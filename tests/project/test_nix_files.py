import os
from collections.abc import Iterable, Iterator

import pytest

from port_registry.project import worker_pool
from port_registry.project.cache import Cache, key_of
from port_registry.project.discovery import list_files
from port_registry.project.files import MAX_FILE_BYTES
from port_registry.project.module_pickle import PickledItem, ReadAnswer
from port_registry.project.nix_files import read_modules
from port_registry.project.progress import NoProgress
from port_registry.project.worker import Batch
from port_registry.project.worker_pool import read_all
from port_registry.project.workspace import Request, Workspace, open_workspace
from port_registry.sources.interface import NixModules
from tests.project.made import forbidden, write

_SPEAKING = "{{ services.web{0}.port = {1}; }}\n"
_PADDING = "# a port\n" * 400


def _files(count: int) -> dict[str, str]:
    return {
        f"modules/m{index}.nix": _SPEAKING.format(index, 3000 + index) + _PADDING
        for index in range(count)
    }


def _opened(folder: object) -> Workspace:
    return open_workspace(Request(str(folder)))


def _read(folder: object) -> NixModules:
    return read_modules(_opened(folder), NoProgress())


def _refuse(*_: object) -> Iterator[ReadAnswer]:
    pytest.fail("nothing was to be read")


def test_only_what_speaks_is_a_module(tmp_path: object) -> None:
    root = write(tmp_path, {**_files(3), "silent.nix": "{ a = 1; }\n", "b.yaml": "port: 1"})
    read = _read(root)
    assert [module.path for module in read.modules] == [
        f"modules/m{index}.nix" for index in (0, 1, 2)
    ]
    assert read.files == (*(module.path for module in read.modules), "silent.nix")
    assert (read.unread, read.aside) == ((), ())


@pytest.mark.slow
def test_many_are_read_by_many_as_few_are_by_one(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write(tmp_path, _files(60))
    handed: list[PickledItem] = []

    def noting(batches: Iterable[Batch], size: int) -> Iterator[ReadAnswer]:
        for known in read_all(batches, size):
            handed.append(known.item)
            yield known

    monkeypatch.setattr(worker_pool, "read_all", noting)
    monkeypatch.setattr(worker_pool, "processors", lambda: 3)
    together = _read(root)
    assert len(handed) == 60
    monkeypatch.setattr(worker_pool, "processors", lambda: 1)
    assert _read(root) == together
    assert len(handed) == 60


def test_what_is_known_is_not_read_again(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write(f"{tmp_path}/a", {**_files(3), "c.nix": "{ port = "})
    monkeypatch.setenv("XDG_CACHE_HOME", f"{tmp_path}/cache")
    first = read_modules(_opened(root)._replace(cache=Cache(root)), NoProgress())
    monkeypatch.setattr(worker_pool, "answer", _refuse)
    assert read_modules(_opened(root)._replace(cache=Cache(root)), NoProgress()) == first
    write(root, {"modules/m1.nix": "{ services.other.port = 1; }"})
    with pytest.raises(pytest.fail.Exception):
        read_modules(_opened(root)._replace(cache=Cache(root)), NoProgress())


def test_a_cache_of_nonsense_is_passed_over(tmp_path: object) -> None:
    root = write(tmp_path, _files(2))
    workspace = _opened(root)
    expected = read_modules(workspace, NoProgress())
    for path in workspace.paths:
        workspace.cache.add(key_of(path, workspace.files.read_listed(path)), b"nonsense")
    assert read_modules(workspace, NoProgress()) == expected


def test_a_text_that_was_edited_is_what_is_read(tmp_path: object) -> None:
    root = write(tmp_path, _files(2))
    workspace = _opened(root)
    edited = workspace.files.with_texts({f"{workspace.files.root}/modules/m0.nix": "{ }"})
    read = read_modules(workspace._replace(files=edited), NoProgress())
    assert [module.path for module in read.modules] == ["modules/m1.nix"]


def test_the_text_that_was_read_is_the_text_that_is_shown(tmp_path: object) -> None:
    root = write(tmp_path, _files(1))
    workspace = _opened(root)
    read_modules(workspace, NoProgress())
    write(root, {"modules/m0.nix": "changed meanwhile"})
    assert workspace.files.read("modules/m0.nix").text.startswith("{ services.web0.port")


def test_a_large_file_is_unknown_only_if_it_speaks(tmp_path: object) -> None:
    silent = "{ a = 1; }\n".ljust(MAX_FILE_BYTES, " ") + "# no more\n"
    root = write(
        tmp_path,
        {
            "silent.nix": silent,
            "early.nix": _SPEAKING.format(0, 3000) + silent,
            "late.nix": silent * 2 + _SPEAKING.format(0, 3000),
            "between.nix": " " * (MAX_FILE_BYTES - 20) + "{ services.web.port = 3000; }".ljust(60),
        },
    )
    read = _read(root)
    assert read.modules == ()
    assert [unknown.span.path for unknown in read.unread] == [
        "between.nix",
        "early.nix",
        "late.nix",
    ]
    assert {unknown.reason for unknown in read.unread} == {
        "the file cannot be read: it is larger than 1 MiB"
    }


def test_a_file_that_cannot_be_read_is_unknown() -> None:
    with forbidden({"a.nix": "{ port = 1; }", "b.nix": ""}, "a.nix") as root:
        (unknown,) = _read(root).unread
    assert unknown.span.path == "a.nix"
    assert unknown.reason == "the file cannot be read: permission denied"


def test_links_are_read_where_they_lead(tmp_path: object) -> None:
    root = write(tmp_path, {"real": "{ services.web.port = 1; }"})
    os.symlink("real", f"{root}/a.nix")
    os.symlink("none", f"{root}/dangling.nix")
    os.symlink("/etc/passwd", f"{root}/outside.nix")
    assert "a.nix" in list_files(root).paths
    read = _read(root)
    assert [module.path for module in read.modules] == ["a.nix"]
    assert read.files == ("a.nix",)


def test_tests_are_read_when_they_are_asked_for(tmp_path: object) -> None:
    root = write(tmp_path, {**_files(1), "tests/a.nix": "{ services.web.port = 1; }"})
    assert _read(root).aside == ("tests",)
    requested = open_workspace(Request(root, paths=("tests",)))
    assert len(read_modules(requested, NoProgress()).modules) == 2
    write(root, {"port-registry.toml": 'include = ["tests/"]\n'})
    read = _read(root)
    assert (len(read.modules), read.aside) == (2, ())
