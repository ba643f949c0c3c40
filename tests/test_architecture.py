"""The floors, the graph of imports, and the sizes of modules and functions."""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import cast

import grimp
import pytest

_ROOT = Path(__file__).parents[1]
_SOURCE = _ROOT / "src"
_MOST_LINES = 400
_MOST_LINES_OF_A_FUNCTION = 50

_Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef

_DEFENDED_IMPORTS = {
    (
        "port_registry",
        "port_registry.library",
    ): "the library's face is the package itself, of which floors below read the version",
    (
        "port_registry.project.unknown_rule",
        "port_registry.project.rule_selection",
    ): "this rule judges the names of all rules, and is one of them",
}
"""The imports that close a cycle, and why each is right; all of them are lazy."""


@pytest.fixture
def graph() -> grimp.ImportGraph:
    """Return all imports of the program: at the top, inside functions, and for types alone."""
    return grimp.build_graph(
        "port_registry",
        include_external_packages=False,
        exclude_type_checking_imports=False,
        cache_dir=None,
    )


def test_no_modules_import_each_other_in_a_circle(graph: grimp.ImportGraph) -> None:
    for importer, imported in _DEFENDED_IMPORTS:
        assert imported in graph.find_modules_directly_imported_by(importer)
        graph.remove_import(importer=importer, imported=imported)
    assert _circular({name: _imports(graph, name) for name in graph.modules}) == []


def test_every_defended_import_closes_a_circle(graph: grimp.ImportGraph) -> None:
    for importer, imported in _DEFENDED_IMPORTS:
        assert graph.chain_exists(importer=imported, imported=importer)


def test_rules_and_matching_never_look_at_a_format(graph: grimp.ImportGraph) -> None:
    formats = {"port_registry.sources", *graph.find_descendants("port_registry.sources")}
    looking = {
        name
        for floor in ("port_registry.rules", "port_registry.matching")
        for name in (floor, *graph.find_descendants(floor))
        if _imports(graph, name) & formats
    }
    assert looking == set()


def test_circles_are_found() -> None:
    around = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a", "e"}, "e": set[str](), "f": {"f"}}
    assert _circular(around) == ["a", "b", "c", "f"]


def _imports(graph: grimp.ImportGraph, name: str) -> set[str]:
    return graph.find_modules_directly_imported_by(name)


def _circular(imports: Mapping[str, set[str]]) -> list[str]:
    """Return the modules that can be reached from themselves, sorted."""
    return sorted(name for name in imports if name in _reached_from(name, imports))


def _reached_from(name: str, imports: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = [name]
    while waiting:
        new = imports[waiting.pop()] - reached
        reached |= new
        waiting += new
    return reached


def _modules() -> list[Path]:
    return sorted(_SOURCE.rglob("*.py"))


@cache
def _definitions() -> tuple[tuple[str, _Definition], ...]:
    """Return every class and function with the path of its module."""
    return tuple(
        (path.relative_to(_SOURCE).as_posix(), node)
        for path in _modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, _Definition)
    )


def test_no_module_is_longer_than_can_be_read_at_once() -> None:
    lengths = {
        path.relative_to(_SOURCE).as_posix(): path.read_text(encoding="utf-8").count("\n")
        for path in _modules()
    }
    assert {name: count for name, count in lengths.items() if count > _MOST_LINES} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{path}:{node.lineno} {node.name}"
        for path, node in _definitions()
        if not isinstance(node, ast.ClassDef)
        and (node.end_lineno or 0) - node.lineno + 1 > _MOST_LINES_OF_A_FUNCTION
    ]
    assert long == []


def test_a_class_has_its_name_to_itself() -> None:
    """At most one class in fifty shares its name with another one."""
    names = Counter(node.name for _, node in _definitions() if isinstance(node, ast.ClassDef))
    shared = {name: count for name, count in names.items() if count > 1}
    assert sum(shared.values()) * 50 <= names.total(), shared


def _contract() -> dict[str, list[str]]:
    """Return the contract of import-linter that holds the floors."""
    with open(_ROOT / "pyproject.toml", "rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    (floors,) = (contract for contract in contracts if contract["type"] == "layers")
    return cast("dict[str, list[str]]", floors)


def _floors_of_the_contract() -> list[set[str]]:
    return [set(re.split(r" *[|:] *", layer)) for layer in _contract()["layers"]]


def _floors_of_the_page() -> list[set[str]]:
    """Return the floors of ARCHITECTURE.md, the highest first."""
    page = (_ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| (`.+?`) \|", page, re.MULTILINE)
    assert [int(number) for number, _ in rows] == [*reversed(range(len(rows)))]
    return [set(re.findall(r"`(\w+)`", parts)) for _, parts in rows]


def test_the_floors_of_the_page_are_those_of_the_contract() -> None:
    assert _floors_of_the_page() == _floors_of_the_contract()


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_the_modules_that_a_page_names_are_there(page: str) -> None:
    text = (_ROOT / page).read_text(encoding="utf-8")
    prose = re.sub(r"^ *(`{3,}).*?^ *\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    paths = re.findall(r"`((?:\w+/)+(?:\w+\.py)?)`", prose)
    assert len(paths) > 5
    places = (_ROOT, _SOURCE / "port_registry", _SOURCE)
    assert [path for path in paths if not any((place / path).exists() for place in places)] == []


def test_every_floor_is_there() -> None:
    for name in set[str]().union(*_floors_of_the_contract()):
        folder = _SOURCE / "port_registry" / name
        assert folder.is_dir() or folder.with_suffix(".py").is_file(), name


def test_the_contract_passes_over_no_import_that_is_not_defended_here() -> None:
    passed_over = {tuple(line.split(" -> ")) for line in _contract()["ignore_imports"]}
    assert passed_over <= set(_DEFENDED_IMPORTS)
