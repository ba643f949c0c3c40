"""The lists of words, and who reads them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import port_registry
from port_registry.facts.words import spelled, word_list, word_set

SOURCE = Path(port_registry.__file__).parent
DATA = SOURCE / "facts" / "data" / "words"
NIX = SOURCE.parent.parent / "nix"

LEAST_REPEATED = 5
"""A list of so many words is included where it is needed, and not spelled out again."""
MOST_SHARED = 8
"""How many words two lists may both spell out; more are a list of their own."""


class ListName(NamedTuple):
    """A list of words, by its file and its name in it."""

    topic: str
    name: str


class Paragraph(NamedTuple):
    """A list as it stands in its file."""

    title: ListName
    comment: str


def paragraphs() -> Iterator[Paragraph]:
    """Yield the lists of all files."""
    for path in sorted(DATA.iterdir()):
        for block in path.read_text(encoding="utf-8").split("\n\n"):
            found = re.search(r"^([a-z0-9-]+):", block, re.MULTILINE)
            if found is not None:
                comment = block[: found.start()].replace("\n# ", " ")
                yield Paragraph(ListName(path.stem, found[1]), comment)


def calls() -> Iterator[ListName | None]:
    """Yield what the code's calls of the reader name; None for one that computes a name."""
    for path in SOURCE.rglob("*.py"):
        if path.name == "words.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in ("word_set", "word_list"):
                names = [one.value for one in node.args if isinstance(one, ast.Constant)]
                yield ListName(*map(str, names)) if len(names) == 2 else None


def _name(function: ast.expr) -> str:
    """Return the last name of a function: `word_set`, also of `words.word_set`."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def nix_names() -> Iterator[ListName]:
    """Yield what the Nix half names."""
    for path in (NIX / "lib").glob("*.nix"):
        found = re.findall(r"\blists\.([a-z-]+)\.([a-z-]+)", path.read_text(encoding="utf-8"))
        yield from (ListName(topic, name) for topic, name in found)


def spelled_words(title: ListName) -> frozenset[str]:
    """Return the words of a list that do not come from another one."""
    return frozenset(word for word in spelled(*title).split() if word[0] != "@")


def included(title: ListName) -> Iterator[ListName]:
    """Yield the lists that a list includes."""
    for word in spelled(*title).split():
        if word.startswith("@"):
            topic, _, name = word[1:].rpartition("/")
            yield ListName(topic or title.topic, name)


LISTS = tuple(paragraphs())
TITLES = frozenset(one.title for one in LISTS)


def test_all_lists_are_found() -> None:
    assert len(TITLES) > 50
    assert len(LISTS) == len(TITLES)


@pytest.mark.slow
def test_code_names_lists_that_exist() -> None:
    named = set(calls())
    assert len(named) > 50
    assert named <= TITLES


def test_the_nix_half_names_lists_that_exist() -> None:
    named = set(nix_names())
    assert len(named) > 4
    assert named <= TITLES


@pytest.mark.slow
def test_every_list_is_used() -> None:
    used = {*calls(), *nix_names()} | {one for title in TITLES for one in included(title)}
    assert used >= TITLES, TITLES - used


@pytest.mark.parametrize("one", LISTS, ids=lambda one: "/".join(one.title))
def test_list_gives_its_source_and_no_word_twice(one: Paragraph) -> None:
    assert re.search(r"^# (Source|Reason): \S", one.comment, re.MULTILINE)
    own = [word for word in spelled(*one.title).split() if word[0] != "@"]
    inherited = frozenset[str]().union(*(word_set(*part) for part in included(one.title)))
    assert len(own) == len(set(own))
    assert inherited.isdisjoint(own), inherited.intersection(own)
    assert own or len(list(included(one.title))) > 1


@pytest.mark.parametrize("one", LISTS, ids=lambda one: "/".join(one.title))
def test_list_repeats_no_other(one: Paragraph) -> None:
    own = spelled_words(one.title)
    for other in TITLES - {one.title}:
        known = word_set(*other)
        assert len(known) < LEAST_REPEATED or not known <= own, other
        assert len(own & spelled_words(other)) <= MOST_SHARED, other


def test_words_of_included_lists_come_where_they_are_named() -> None:
    assert word_list("nixos", "packages-of-settings") == (
        *("Packages", "packages", "Inputs"),
        *("overlays", "pkgs"),
    )
    assert word_set("names", "next-to-ports") >= word_set("registry", "measures")


@pytest.mark.parametrize("topic_name", [("names", "port"), ("names", "Reason"), ("names", "")])
def test_unknown_list_is_an_error(topic_name: tuple[str, str]) -> None:
    with pytest.raises(LookupError, match="no list of words is called"):
        word_set(*topic_name)
