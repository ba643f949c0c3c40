"""The table of formats, and the entry points by which other packages add to it."""

import subprocess
import sys
from pathlib import Path

import pytest

from port_registry.sources.plugins import ENTRY_POINTS

_PRINT = """
import sys
from port_registry.sources.table import formats
print([one.NAME for one in formats()][5:])
print("importlib.metadata" in sys.modules)
"""


def _formats(folder: Path) -> list[str]:
    """Return the formats of others with `folder` on the path, and whether metadata was read."""
    begin = f"import sys; sys.path.insert(0, {str(folder)!r})"
    done = subprocess.run(
        [sys.executable, "-c", begin + _PRINT], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


@pytest.mark.parametrize("folder", ["demo-1.dist-info", "demo.egg-info"])
def test_a_package_adds_a_format_by_an_entry_point(tmp_path: Path, folder: str) -> None:
    (tmp_path / "demo_format.py").write_text("NAME = 'demo'\ndef read(files): ...\n")
    described = tmp_path / folder
    described.mkdir()
    (described / "METADATA").write_text("Name: demo\nVersion: 1\n")
    (described / "PKG-INFO").write_text("Name: demo\nVersion: 1\n")
    points = f"[other.group]\nx = demo_format\n\n[{ENTRY_POINTS}]\ndemo = demo_format\n"
    (described / "entry_points.txt").write_text(points)
    assert _formats(tmp_path) == ["['demo']", "True"]


def test_where_no_package_has_one_their_metadata_is_not_read(tmp_path: Path) -> None:
    described = tmp_path / "demo-1.dist-info"
    described.mkdir()
    (described / "entry_points.txt").write_text("[console_scripts]\ndemo = demo:main\n")
    (tmp_path / "file.egg-info").write_text("Name: demo\n")
    assert _formats(tmp_path) == ["[]", "False"]
