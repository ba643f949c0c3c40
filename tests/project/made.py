"""Folders of small projects for tests."""

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager

_NOBODY = 65534


def write(root: object, files: dict[str, str]) -> str:
    """Write `files` (path to text) below `root`, and return it."""
    for path, text in files.items():
        whole = f"{root}/{path}"
        os.makedirs(os.path.dirname(whole), exist_ok=True)
        with open(whole, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    return str(root)


def read(root: object, path: str) -> str:
    """Return the text of the file at `path` below `root`."""
    with open(f"{root}/{path}", encoding="utf-8", newline="") as file:
        return file.read()


@contextmanager
def forbidden(files: dict[str, str], path: str) -> Generator[str]:
    """Give the root of a project of `files` in which `path` may not be read by this user."""
    root = write(tempfile.mkdtemp(), files)
    was = os.geteuid()
    os.chmod(root, 0o755)
    os.chmod(f"{root}/{path}", 0)
    try:
        if was == 0:
            os.seteuid(_NOBODY)
        yield root
    finally:
        os.seteuid(was)
        os.chmod(f"{root}/{path}", 0o700)
        shutil.rmtree(root)
