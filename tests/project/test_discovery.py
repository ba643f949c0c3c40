import os

import pytest

from port_registry.project import discovery
from port_registry.project.discovery import find_root, list_files
from tests.project.made import forbidden, write


@pytest.mark.parametrize(
    ("marks", "start", "root"),
    [
        ([], "a/b", "a/b"),
        (["a/flake.nix"], "a/b", "a"),
        (["flake.nix", "a/.git/HEAD"], "a/b", "a"),
        (["a/port-registry.toml", "a/b/flake.nix"], "a/b", "a"),
        (["a/b/port-registry.toml", "a/port-registry.toml"], "a/b", "a/b"),
        (["port-registry.toml", "a/.git/HEAD"], "a/b", "a"),
        ([".git/HEAD", "a/flake.nix"], "a/b", "a"),
        ([".git/HEAD", "port-registry.toml"], "a/b", "."),
        ([".git"], "a/b", "."),
    ],
)
def test_the_root(tmp_path: object, marks: list[str], start: str, root: str) -> None:
    write(tmp_path, {"top/.git/HEAD": "", **{f"top/in/{mark}": "" for mark in marks}})
    os.makedirs(f"{tmp_path}/top/in/{start}", exist_ok=True)
    actual = os.path.relpath(find_root(f"{tmp_path}/top/in/{start}"), f"{tmp_path}/top/in")
    assert actual == (root if marks else "..")


def test_the_root_for_a_target_folder(tmp_path: object) -> None:
    top = write(
        tmp_path,
        {"a/flake.nix": "", "a/b/port-registry.toml": "", "a/c/flake.nix": "", "d/.git/x": ""},
    )
    for start, target, root in (
        ("a", "a/b", "a/b"),
        ("a/b", "a/c", "a/c"),
        ("a", "a/c", "a"),
        ("a", "d", "d"),
        ("a", "a", "a"),
    ):
        roots = find_root(f"{top}/{start}", f"{top}/{target}")
        assert os.path.relpath(roots, os.path.realpath(top)) == root, (start, target)


def test_without_any_mark_the_folder_is_the_root(tmp_path: object) -> None:
    assert find_root(str(tmp_path)) == os.path.realpath(str(tmp_path))


def test_listed_files(tmp_path: object) -> None:
    root = write(
        tmp_path,
        dict.fromkeys(
            (
                ".config/a.yaml",
                ".direnv/a.yaml",
                ".env",
                ".git/a.yaml",
                "b.yaml",
                "examples/one/lib/ports.nix",
                "examples/one/port-registry.toml",
                "lib/ports.nix",
                "node_modules/a.yaml",
                "port-registry.toml",
                "target/a.yaml",
            ),
            "",
        ),
    )
    os.symlink(".", f"{root}/loop")
    os.symlink("loop2", f"{root}/loop2")
    os.symlink("b.yaml", f"{root}/c.yaml")
    os.symlink("/etc/passwd", f"{root}/d.yaml")
    os.mkfifo(f"{root}/e.yaml")
    os.mkdir(f"{root}/ports.nix")
    listing = list_files(root)
    assert listing.paths == (
        ".config/a.yaml",
        ".env",
        "b.yaml",
        "c.yaml",
        "lib/ports.nix",
        "port-registry.toml",
    )
    assert listing.unknown == ()


def test_gitignore_files_are_applied(tmp_path: object) -> None:
    top = write(
        tmp_path,
        {
            ".git/info/exclude": "hidden.yaml\n",
            ".gitignore": "*.log.yaml\nroot/top.yaml\n",
            "root/.gitignore": "/build/\n*.override.yaml\nsub/*\n",
            "root/build/a.yaml": "",
            "root/a.override.yaml": "",
            "root/b.yaml": "",
            "root/c.log.yaml": "",
            "root/hidden.yaml": "",
            "root/top.yaml": "",
            "root/sub/.gitignore": "!kept.yaml\n",
            "root/sub/kept.yaml": "",
            "root/sub/lost.yaml": "",
        },
    )
    paths = [path for path in list_files(f"{top}/root").paths if path.endswith(".yaml")]
    assert paths == ["a.override.yaml", "b.yaml", "sub/kept.yaml"]


def test_gitignore_files_outside_a_repository_end_at_the_root(tmp_path: object) -> None:
    root = write(tmp_path, {".gitignore": "*\n", "root/a.yaml": ""})
    assert list_files(f"{root}/root").paths == ("a.yaml",)


def test_a_folder_that_cannot_be_listed_is_unknown() -> None:
    with forbidden({"a/b.yaml": "", "c.yaml": ""}, "a") as root:
        listing = list_files(root)
    (unknown,) = listing.unknown
    assert listing.paths == ("c.yaml",)
    assert unknown.span.path == "a/"
    assert unknown.reason == "the folder cannot be listed (permission denied)"


def test_a_listing_is_bounded(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write(tmp_path, {f"{index}/a.yaml": "" for index in range(9)})
    monkeypatch.setattr(discovery, "MOST_FILES", 4)
    listing = list_files(root)
    assert len(listing.paths) == 5
    assert "more than 4 files" in listing.unknown[0].reason
