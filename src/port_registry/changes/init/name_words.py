"""Words of labels and variables, and names of entries made from them."""

from collections.abc import Collection, Iterable, Sequence
from enum import Enum
from unicodedata import normalize

from port_registry.facts.identifiers import split
from port_registry.facts.words import word_set
from port_registry.model import is_bare

_LONGEST = 48
"""The maximum length of a name that is made from words."""

_FILLERS = word_set("names", "fillers")
"""Words that say that something is an address, and do not name its service."""

_NOISE = word_set("names", "noise")
"""Words that do not even distinguish two ports of one service."""

_FRAMEWORKS = word_set("names", "frameworks")
"""First words of variables that a framework reads, or shows to browsers."""


class NameStyle(Enum):
    """The style in which the words of a name are joined."""

    CAMEL = "camel"
    KEBAB = "kebab"
    SNAKE = "snake"


def identifying_words(text: str, excluded: Collection[str] = ()) -> tuple[str, ...]:
    """Return the words of a label that name a service or one of its ports, without `excluded`."""
    words = _split(text)
    while words and words[0] in _FRAMEWORKS:
        words = words[1:]
    return tuple(word for word in words if word not in _FILLERS and word not in excluded)


def distinguishing_words(text: str, excluded: Collection[str]) -> tuple[str, ...]:
    """Return the words of a label that distinguish ports of a service, such as `http`."""
    return tuple(word for word in _split(text) if word not in _NOISE and word not in excluded)


def _split(text: str) -> list[str]:
    """Return the words of a label; a flag of one letter has none."""
    return split(text.lower() if text.isupper() else text) if len(text) > 1 else []


def prevailing_style(names: Iterable[str]) -> NameStyle:
    """Return the style of most of the names that have several words; CAMEL where none has."""
    counts = dict.fromkeys(NameStyle, 0)
    for name in names:
        style = _own_style(name)
        if style is not None:
            counts[style] += 1
    highest = max(counts.values())
    return next(style for style in NameStyle if counts[style] == highest)


def _own_style(name: str) -> NameStyle | None:
    if "-" in name:
        return NameStyle.KEBAB
    if "_" in name:
        return NameStyle.SNAKE
    is_camel = not name.isupper() and any(char.isupper() for char in name[1:])
    return NameStyle.CAMEL if is_camel else None


def join_words(base: str, words: Sequence[str], style: NameStyle) -> str:
    """Return `base` with `words` after it, in the style of `base` if that has one."""
    style = _own_style(base) or style
    if not words:
        return base
    if style is NameStyle.CAMEL:
        return base + "".join(word.upper() if word == "ui" else word.title() for word in words)
    return ("-" if style is NameStyle.KEBAB else "_").join((base, *words))


def attribute_name(text: str, style: NameStyle) -> str:
    """Return `text` as an attribute that needs no quotes; empty where nothing is left of it.

    A text that would need quotes is split into words, which are joined in `style`; leading
    words of digits are moved to the end.
    """
    text = text.strip().lstrip("_")
    if is_bare(text) and 1 < len(text) <= _LONGEST and "'" not in text:
        return text
    plain = normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    words = split(plain.replace("'", ""))
    first = next((index for index, word in enumerate(words) if word[0].isalpha()), len(words))
    words = words[first:] + words[:first]
    if first == len(words) or words == [words[0][:1]]:
        return ""
    name = words[0]
    for word in words[1:]:
        longer = join_words(name, (word,), style)
        if len(longer) > _LONGEST:
            break
        name = longer
    name = name[:_LONGEST]
    return name if is_bare(name) else join_words(name, ("port",), style)
