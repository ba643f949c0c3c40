import os

import pytest

from port_registry.model import Position, SourceError
from port_registry.project.files import MAX_FILE_BYTES, Files
from tests.project.made import forbidden


def _error(files: Files, path: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        files.read(path)
    assert caught.value.path == path
    return caught.value


def _write(folder: object, name: str, data: bytes) -> None:
    with open(f"{folder}/{name}", "wb") as file:
        file.write(data)


@pytest.mark.parametrize("data", [b"", b"a: 1\r\nb: 2\r\n", b"\xef\xbb\xbfx", "ä🎉".encode()])
def test_the_text_encodes_back_to_the_bytes(tmp_path: object, data: bytes) -> None:
    _write(tmp_path, "a.yaml", data)
    assert Files(str(tmp_path)).read("a.yaml").text.encode() == data


def test_a_path_is_read_once(tmp_path: object) -> None:
    _write(tmp_path, "a.yaml", b"1")
    files = Files(str(tmp_path))
    first = files.read("a.yaml")
    _write(tmp_path, "a.yaml", b"2")
    assert files.read("a.yaml") is first
    assert Files(str(tmp_path)).read("a.yaml").text == "2"


def test_invalid_utf8_has_a_position(tmp_path: object) -> None:
    _write(tmp_path, "a.yaml", "ä: 1\r\nbé: ".encode() + b"\xff\n")
    error = _error(Files(str(tmp_path)), "a.yaml")
    assert error.position == Position(2, 5)
    assert str(error) == "a.yaml:2:5: cannot be read: byte 0xff is not UTF-8"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("none.nix", "there is no such file"),
        ("folder/none/none.nix", "there is no such file"),
        ("a.yaml/b", "there is no such file"),
        ("folder", "it is a directory"),
        ("fifo", "it is not a regular file"),
        ("loop", "its links form a loop"),
        ("large", "it is larger than 1 MiB"),
        ("../outside", "it is outside the project"),
        ("/etc/passwd", "it is outside the project"),
        ("leak", "it is outside the project"),
        ("away/passwd", "it is outside the project"),
        ("nul\0", "it is outside the project"),
        ("x" * 300, "file name too long"),
    ],
)
def test_unreadable_files(tmp_path: object, path: str, why: str) -> None:
    root = f"{tmp_path}/root"
    os.makedirs(f"{root}/folder")
    _write(tmp_path, "outside", b"")
    _write(root, "a.yaml", b"")
    os.mkfifo(f"{root}/fifo")
    os.symlink("loop", f"{root}/loop")
    os.symlink("/etc/passwd", f"{root}/leak")
    os.symlink("/etc", f"{root}/away")
    with open(f"{root}/large", "wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    files = Files(root)
    assert _error(files, path).message == f"cannot be read: {why}"
    assert not files.exists(path) or path == "large"


def test_a_file_of_the_largest_size_is_read(tmp_path: object) -> None:
    _write(tmp_path, "large", b"x" * MAX_FILE_BYTES)
    assert len(Files(str(tmp_path)).read("large").text) == MAX_FILE_BYTES


def test_a_file_without_permission() -> None:
    with forbidden({"a.yaml": ""}, "a.yaml") as root:
        assert _error(Files(root), "a.yaml").message == "cannot be read: permission denied"


def test_links_inside_the_project_are_followed(tmp_path: object) -> None:
    os.mkdir(f"{tmp_path}/folder")
    _write(tmp_path, "folder/a.yaml", b"text")
    os.symlink("folder/a.yaml", f"{tmp_path}/b.yaml")
    files = Files(str(tmp_path))
    assert files.exists("b.yaml")
    assert files.read("b.yaml").text == "text"
    assert files.real_path("b.yaml") == files.real_path("folder/a.yaml")


def test_edited_texts_are_seen_under_every_name(tmp_path: object) -> None:
    _write(tmp_path, "a.yaml", b"old")
    os.symlink("a.yaml", f"{tmp_path}/b.yaml")
    files = Files(str(tmp_path))
    real = files.real_path("a.yaml")
    assert real is not None
    edited = files.with_texts({real: "new"})
    assert [edited.read(path).text for path in ("a.yaml", "b.yaml")] == ["new", "new"]
    assert files.read("a.yaml").text == "old"
