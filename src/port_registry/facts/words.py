"""Named lists of words (`data/words/*.txt`).

A file is a topic. In it, a list is a paragraph: `#` lines with its source or its reason, its
name with a colon, and its words up to the next empty line. `@name` includes another list of
the topic, and `@topic/name` a list of another topic.
"""

import os
from functools import cache

_FOLDER = os.path.join(os.path.dirname(__file__), "data", "words")


def word_set(topic: str, name: str) -> frozenset[str]:
    """Return the words of the list `name`. Raises `LookupError` if there is no such list."""
    return frozenset(word_list(topic, name))


@cache
def word_list(topic: str, name: str) -> tuple[str, ...]:
    """Return the words of the list `name`, each once, in the order of the file.

    Raises `LookupError` if there is no such list.
    """
    words = spelled(topic, name)
    if "@" not in words:
        return tuple(words.split())
    included: dict[str, None] = {}
    for word in words.split():
        if word[0] == "@":
            other, _, part = word[1:].rpartition("/")
            included.update(dict.fromkeys(word_list(other or topic, part)))
        else:
            included[word] = None
    return tuple(included)


def spelled(topic: str, name: str) -> str:
    """Return the list `name` as it is written, with the names of the lists that it includes.

    Raises `LookupError` if there is no such list.
    """
    words = _lists(topic).get(name)
    if words is None:
        raise LookupError(f"no list of words is called {topic}/{name}")
    return words


@cache
def _lists(topic: str) -> dict[str, str]:
    """Return the lists of `topic` by name, as they are written."""
    with open(os.path.join(_FOLDER, f"{topic}.txt"), encoding="utf-8") as file:
        text = file.read()
    lists: dict[str, str] = {}
    name = ""
    for line in text.split("\n"):
        if line[:1] == " ":
            lists[name] += line
        elif line and line[0] != "#":
            name, _, words = line.partition(":")
            lists[name] = words
    return lists
