"""The words in which files speak of ports, and names made of them."""

from collections.abc import Collection, Iterable, Sequence
from enum import Enum
from unicodedata import normalize

from port_registry.facts.identifiers import split
from port_registry.facts.words import word_set
from port_registry.model import is_bare

_LONGEST = 48
"""How long a name that had to be made may be."""

_FILLERS = word_set("names", "fillers")
"""Words that say that something is an address, and not whose."""

_NOISE = word_set("names", "noise")
"""Words that tell nothing even where two ports of a service have to be told apart."""

_FRAMES = word_set("names", "frameworks")
"""First words of variables that a framework reads, or shows to browsers."""


class NameStyle(Enum):
    """How the words of a name are put together."""

    CAMEL = "camel"
    KEBAB = "kebab"
    SNAKE = "snake"


def telling(text: str, apart: Collection[str] = ()) -> tuple[str, ...]:
    """Return the words of a label that say whose a port is, or which; `apart` are left out."""
    words = _split(text)
    while words and words[0] in _FRAMES:
        words = words[1:]
    return tuple(word for word in words if word not in _FILLERS and word not in apart)


def parting(text: str, apart: Collection[str]) -> tuple[str, ...]:
    """Return the words of a label that tell two ports of a service apart, `http` among them."""
    return tuple(word for word in _split(text) if word not in _NOISE and word not in apart)


def _split(text: str) -> list[str]:
    """Return the words of a label; a flag of one letter has none."""
    return split(text.lower() if text.isupper() else text) if len(text) > 1 else []


def style_of(names: Iterable[str]) -> NameStyle:
    """Return the style of most of the names that have several words; CAMEL where none has."""
    counts = dict.fromkeys(NameStyle, 0)
    for name in names:
        found = _own_style(name)
        if found is not None:
            counts[found] += 1
    best = max(counts.values())
    return next(style for style in NameStyle if counts[style] == best)


def _own_style(name: str) -> NameStyle | None:
    if "-" in name:
        return NameStyle.KEBAB
    if "_" in name:
        return NameStyle.SNAKE
    has_humps = not name.isupper() and any(char.isupper() for char in name[1:])
    return NameStyle.CAMEL if has_humps else None


def joined(base: str, words: Sequence[str], style: NameStyle) -> str:
    """Return `base` with `words` behind it, in the style of `base` if that has one."""
    style = _own_style(base) or style
    if not words:
        return base
    if style is NameStyle.CAMEL:
        return base + "".join(word.upper() if word == "ui" else word.title() for word in words)
    return ("-" if style is NameStyle.KEBAB else "_").join((base, *words))


def attribute(text: str, style: NameStyle) -> str:
    """Return `text` as an attribute that needs no quotes; empty where nothing is left of it.

    What has no such form is taken apart and put together in `style`: words of digits that
    it begins with go to its end.
    """
    text = text.strip().lstrip("_")
    if is_bare(text) and 1 < len(text) <= _LONGEST and "'" not in text:
        return text
    plain = normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    words = split(plain.replace("'", ""))
    front = next((at for at, word in enumerate(words) if word[0].isalpha()), len(words))
    words = words[front:] + words[:front]
    if front == len(words) or words == [words[0][:1]]:
        return ""
    name = words[0]
    for word in words[1:]:
        longer = joined(name, (word,), style)
        if len(longer) > _LONGEST:
            break
        name = longer
    name = name[:_LONGEST]
    return name if is_bare(name) else joined(name, ("port",), style)
