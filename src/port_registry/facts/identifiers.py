"""Word splitting of identifiers: `temporalUI`, `minio-console`, `node_exporter`."""

from collections.abc import Iterable


def split(name: str) -> list[str]:
    """Return the words of `name` in lower case: `temporal` and `ui` of `temporalUI`."""
    words: list[str] = []
    start = 0
    for at, char in enumerate(name):
        if not char.isalnum():
            words.append(name[start:at])
            start = at + 1
        elif char.isupper() and at > start:
            ends_capitals = name[at + 1 : at + 2].islower()
            if not name[at - 1].isupper() or ends_capitals:
                words.append(name[start:at])
                start = at
    words.append(name[start:])
    return [word.lower() for word in words if word]


def normalise(name: str) -> str:
    """Return only the letters and digits of `name`, in lower case."""
    return "".join(char for char in name.lower() if char.isalnum())


def variable(parts: Iterable[str]) -> str:
    """Return `parts` as the name of an environment variable: `DATABASES_REDIS_CACHE`."""
    return "_".join(word for part in parts for word in split(part)).upper()
