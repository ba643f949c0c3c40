"""Where a key stands in a TOML file, which the standard library's parser does not say."""


def find_key(text: str, way: tuple[str, ...]) -> int:
    """Return the offset of the key or table header that spells `way` in `text`.

    Where the key itself is not found (it may be in an inline table), the place is that of
    the nearest key or table around it, and 0 where there is none.
    """
    best, depth = 0, 0
    table: tuple[str, ...] = ()
    offset = 0
    for line in text.split("\n"):
        stripped = line.lstrip(" \t\ufeff")
        start = offset + len(line) - len(stripped)
        offset += len(line) + 1
        here: tuple[str, ...] = ()
        if stripped.startswith("["):
            brackets = len(stripped) - len(stripped.lstrip("["))
            table = here = _keys(stripped[brackets:], "]")
            start += brackets
        elif keys := _keys(stripped, "="):
            here = table + keys
        if depth < len(here) <= len(way) and here == way[: len(here)]:
            best, depth = start, len(here)
    return best


def _keys(text: str, end: str) -> tuple[str, ...]:
    """Return the dotted key at the start of `text` up to `end`; empty where there is none."""
    keys: list[str] = []
    while True:
        text = text.lstrip(" \t")
        quote = text[:1]
        if quote in ("'", '"') and quote:
            key, closed, text = text[1:].partition(quote)
            if not closed:
                return ()
        else:
            length = len(text) - len(text.lstrip(_BARE))
            key, text = text[:length], text[length:]
            if not key:
                return ()
        keys.append(key)
        text = text.lstrip(" \t")
        if text.startswith(end):
            return tuple(keys)
        if not text.startswith("."):
            return ()
        text = text[1:]


_BARE = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
