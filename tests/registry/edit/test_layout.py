"""Exact texts of registries before and after a change.

A page of `layouts/` has one chapter per registry: `=== title`, with the path of the entries
in brackets if they are not at the top level; the files, each below `--- path`, the registry
first; and then, below `--- request`, the registry after it, or `refused:` with the reason.
"""

import os
from typing import NamedTuple

import pytest
from tests.registry.edit.change_requests import changed

from port_registry.model import Name
from port_registry.registry.edit.editable_registry import RefusedError

_FOLDER = os.path.join(os.path.dirname(__file__), "layouts")
_SUFFIXES = (".nix", ".toml", ".json")


class Case(NamedTuple):
    """A change of a registry."""

    title: str
    attribute: Name | None
    texts: dict[str, str]
    request: str
    expected: str


def _cases() -> list[Case]:
    cases: list[Case] = []
    for page in sorted(os.listdir(_FOLDER)):
        with open(os.path.join(_FOLDER, page), encoding="utf-8") as file:
            for chapter in file.read().split("\n=== ")[1:]:
                cases += _chapter(page.removesuffix(".txt"), chapter)
    return cases


def _chapter(page: str, chapter: str) -> list[Case]:
    head, *parts = chapter.split("\n--- ")
    title, _, attribute_text = head.partition(" [")
    attribute = tuple(attribute_text.strip("]\n").split(".")) if attribute_text else None
    texts: dict[str, str] = {}
    cases: list[Case] = []
    for part in parts:
        line, _, text = part.partition("\n")
        text = text.rstrip("\n") + "\n"
        if line.endswith(_SUFFIXES):
            texts[line] = text
        else:
            cases.append(Case(f"{page}: {title}", attribute, texts, line, text))
    return cases


_CASES = _cases()


@pytest.mark.parametrize("case", _CASES, ids=[f"{case.title}: {case.request}" for case in _CASES])
def test_layout(case: Case) -> None:
    path = next(iter(case.texts))
    if case.expected.startswith("refused: "):
        with pytest.raises(RefusedError) as refused:
            changed(case.texts, path, case.request, case.attribute)
        error = refused.value
        assert f"refused: {error}\n         {error.hint}\n" == case.expected
    else:
        assert changed(case.texts, path, case.request, case.attribute) == case.expected


def test_all_cases_are_read() -> None:
    assert len(_CASES) > 200
    assert len({case.title for case in _CASES}) > 40


_CRLF = "{\r\n  a = 1; # x\r\n  b = 2;\r\n}\r\n"
_TABS = "{\n\ta = {\n\t\tb = 1;\n\t};\n}"


@pytest.mark.parametrize(
    ("before", "request_", "after"),
    [
        (_CRLF, "add c 3", _CRLF.replace("}", "  c = 3;\r\n}")),
        (_CRLF, "add w/c 3", _CRLF.replace("}", "  w = {\r\n    c = 3;\r\n  };\r\n}")),
        (_CRLF, "remove a", "{\r\n  b = 2;\r\n}\r\n"),
        (_CRLF, "rename a z", _CRLF.replace("a", "z")),
        (_CRLF, "describe a y", _CRLF.replace("x", "y")),
        (_CRLF, "describe b y", _CRLF.replace("2;", "2; # y")),
        (_TABS, "add a/c 2", _TABS.replace("\t};", "\t\tc = 2;\n\t};")),
        (_TABS, "add d/c 2", _TABS.replace("\t};\n", "\t};\n\td = {\n\t\tc = 2;\n\t};\n")),
        ("{ a = 1; }", "add b 2", "{ a = 1; b = 2; }"),
        ("{ a = 1; }", "remove a", "{ }"),
        ("{ a = 1; }", "set a 65535", "{ a = 65535; }"),
        ("{a=1;}", "add b 2", "{a=1; b = 2;}"),
        ("{\n  a = 1; # ü𝄞\n}\n", "add b 2", "{\n  a = 1; # ü𝄞\n  b = 2;\n}\n"),
    ],
)
def test_line_endings_tabs_and_the_end_of_the_file_are_kept(
    before: str, request_: str, after: str
) -> None:
    assert changed({"ports.nix": before}, "ports.nix", request_) == after
