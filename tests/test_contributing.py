"""CONTRIBUTING.md's worked examples do what the page says."""

import shutil
import sys
from pathlib import Path

import pytest

from tests.contributing import PAGE, ROOT, Example, Tree, examples, played

_PAGE = PAGE.read_text(encoding="utf-8")
_EXAMPLES = {example.title: example for example in examples(_PAGE)}
_EACH = pytest.mark.parametrize("example", _EXAMPLES.values(), ids=_EXAMPLES)


def _section(title: str) -> str:
    """Return the part of the page under the heading `title`."""
    heading = f"## {title}\n"
    return heading + _PAGE.partition(heading)[2].partition("\n## ")[0] + "\n"


def test_there_is_an_example_of_each_kind() -> None:
    assert list(_EXAMPLES) == ["Add a rule", "Add a format", "Add an export", "Add a command"]


@_EACH
def test_an_example_touches_at_most_two_files_that_exist(example: Example) -> None:
    edited, new = example.edited_files(), example.new_files()
    assert 1 <= len(edited) <= 2
    assert len({*edited, *new}) == len(edited) + len(new)
    assert [path for path in edited if not (ROOT / path).is_file()] == []
    assert [path for path in new if (ROOT / path).exists()] == []


@pytest.mark.slow
@_EACH
def test_the_steps_of_an_example_print_what_the_page_shows(example: Example) -> None:
    section = _section(example.title)
    assert played(section) == section


def _tree_with_all(folder: Path) -> Tree:
    """Return a tree with the files of all examples, and none of their commands run."""
    tree = Tree(folder)
    for example in _EXAMPLES.values():
        for block in example.blocks:
            if block.path in (*example.new_files(), *example.edited_files()):
                tree.carry_out(block)
    return tree


@pytest.mark.slow
def test_what_the_examples_add_has_the_style_types_and_floors_of_the_rest(tmp_path: Path) -> None:
    tree = _tree_with_all(tmp_path)
    changed = [
        path
        for example in _EXAMPLES.values()
        for path in (*example.new_files(), *example.edited_files())
        if path.endswith(".py")
    ]
    lint_imports = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert lint_imports is not None
    for command in (
        ("-m", "ruff", "format", "--check", *changed),
        ("-m", "ruff", "check", *changed),
        ("-m", "mypy", *changed),
        (lint_imports,),
    ):
        done = tree.run(tree.root, *command)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_what_the_examples_add_is_offered(tmp_path: Path) -> None:
    tree = _tree_with_all(tmp_path)
    offered = tree.run(tree.root, "-m", "port_registry", "--help").stdout
    assert "\n  count  " in offered
    listed = tree.run(tree.root, "-m", "port_registry", "explain").stdout
    assert "undescribed-entry" in listed
    exports = tree.run(tree.root, "-m", "port_registry", "export", "--help").stdout
    assert "csv" in exports
