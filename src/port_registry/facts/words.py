"""Named lists of words (`data/words/*.txt`).

A file is a topic. In it, a list is a paragraph: `#` lines that give its source or its reason,
its name with a colon, and its words up to the next empty line. `@name` stands for the words of
another list of the topic, and `@topic/name` for those of a list of another topic.
"""

import os
from functools import cache

_FOLDER = os.path.join(os.path.dirname(__file__), "data", "words")


def word_set(topic: str, name: str) -> frozenset[str]:
    """Return the words of the list `name`. Raises `LookupError` if there is no such list."""
    return frozenset(word_list(topic, name))


def word_list(topic: str, name: str) -> tuple[str, ...]:
    """Return the words of the list `name`, each once, in the order of the file.

    Raises `LookupError` if there is no such list.
    """
    found: dict[str, None] = {}
    for word in spelled(topic, name):
        if word[0] == "@":
            other, _, part = word[1:].rpartition("/")
            found.update(dict.fromkeys(word_list(other or topic, part)))
        else:
            found[word] = None
    return tuple(found)


def spelled(topic: str, name: str) -> list[str]:
    """Return the list `name` as it is written, with the names of the lists that it includes."""
    text = _text(topic)
    start = text.find(f"\n{name}:")
    if start < 0:
        raise LookupError(f"no list of words is called {topic}/{name}")
    end = text.find("\n\n", start)
    return text[start + len(name) + 2 : end if end >= 0 else None].split()


@cache
def _text(topic: str) -> str:
    """Return the text of the file of `topic`."""
    with open(os.path.join(_FOLDER, f"{topic}.txt"), encoding="utf-8") as file:
        return file.read()
