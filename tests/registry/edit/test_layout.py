"""Texts before and after a change, to the last character.

A page of `layouts/` has one chapter a text: `=== title`, with where the entries are in
brackets if they are not at the top; the files, each below `--- path`, the registry first;
and then, below `--- request`, what the registry is after it, or `refused:` and why.
"""

import os
from typing import NamedTuple

import pytest
from tests.registry.edit.asks import changed

from port_registry.model import Name
from port_registry.registry.edit.editable_registry import RefusedError

_FOLDER = os.path.join(os.path.dirname(__file__), "layouts")
_SUFFIXES = (".nix", ".toml", ".json")


class Case(NamedTuple):
    """One change of one text."""

    title: str
    attribute: Name | None
    texts: dict[str, str]
    request: str
    expected: str


def _cases() -> list[Case]:
    found: list[Case] = []
    for page in sorted(os.listdir(_FOLDER)):
        with open(os.path.join(_FOLDER, page), encoding="utf-8") as file:
            for chapter in file.read().split("\n=== ")[1:]:
                found += _chapter(page.removesuffix(".txt"), chapter)
    return found


def _chapter(page: str, chapter: str) -> list[Case]:
    head, *parts = chapter.split("\n--- ")
    title, _, place = head.partition(" [")
    attribute = tuple(place.strip("]\n").split(".")) if place else None
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


@pytest.mark.parametrize("case", _CASES, ids=[f"{one.title}: {one.request}" for one in _CASES])
def test_layout(case: Case) -> None:
    path = next(iter(case.texts))
    if case.expected.startswith("refused: "):
        with pytest.raises(RefusedError) as refused:
            changed(case.texts, path, case.request, case.attribute)
        error = refused.value
        assert f"refused: {error}\n         {error.hint}\n" == case.expected
    else:
        assert changed(case.texts, path, case.request, case.attribute) == case.expected


def test_pages_are_read_whole() -> None:
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
def test_line_ends_tabs_and_the_end_stay(before: str, request_: str, after: str) -> None:
    assert changed({"ports.nix": before}, "ports.nix", request_) == after
