r"""Patterns of paths in the syntax of `.gitignore` (gitignore(5)).

They are used for `.gitignore` files and for path patterns of the configuration: `*` and `?`
stop at a slash, `**` does not, a pattern with a slash before its end is anchored at its
folder, one that ends with a slash matches only folders, `!` negates, and the last pattern
that matches decides. Matching takes time linear in the path for each pattern: every `*` but
the last uses its first match.
"""

import re
from collections.abc import Iterable

from port_registry.model import NamedTuple


class _Pattern(NamedTuple):
    matches: re.Pattern[str]
    is_negated: bool


class Patterns:
    """The patterns of one ignore file, or of one configuration key."""

    __slots__ = ("_any", "_patterns")

    def __init__(self, lines: Iterable[str]) -> None:
        """Compile one pattern per line; empty lines and lines that start with `#` are skipped."""
        self._patterns = [pattern for line in lines if (pattern := _pattern(line)) is not None]
        union = "|".join(pattern.matches.pattern for pattern in self._patterns)
        self._any = re.compile(union) if union else None

    def decide(self, path: str) -> bool | None:
        """Return whether `path` is ignored, or None where no pattern matches it.

        The path is relative to the patterns' folder; a folder's ends with a slash.
        """
        if self._any is None or self._any.fullmatch(path) is None:
            return None
        for pattern in reversed(self._patterns):
            if pattern.matches.fullmatch(path):
                return not pattern.is_negated
        return None

    def covers(self, path: str) -> bool:
        """Return whether the file at `path`, or one of its folders, is ignored."""
        if self._any is None:
            return False
        slash = path.find("/")
        while slash >= 0:
            if self.decide(path[: slash + 1]):
                return True
            slash = path.find("/", slash + 1)
        return bool(self.decide(path))


def _pattern(line: str) -> _Pattern | None:
    text = line.rstrip("\r\n")
    while text.endswith(" ") and not text.endswith("\\ "):
        text = text[:-1]
    if not text or text.startswith("#"):
        return None
    is_negated = text.startswith("!")
    text = text[1:] if is_negated else text
    end = "/" if text.endswith("/") else "/?"
    text = text[:-1] if text.endswith("/") else text
    anchored = "/" in text
    segments = text.removeprefix("/").split("/")
    if not anchored:
        segments.insert(0, "**")
    try:
        return _Pattern(re.compile(_path_regex(segments, end)), is_negated)
    except (re.error, _NeverMatchesError):
        return None


class _NeverMatchesError(Exception):
    """A pattern that never matches in git: an open bracket, a single backslash at the end."""


def _path_regex(segments: list[str], end: str) -> str:
    """Return the regex for `segments`; `**` matches any number of folders."""
    runs: list[list[str]] = [[]]
    for segment in segments:
        if segment == "**":
            runs.append([])
        else:
            runs[-1].append(_segment_regex(segment))
    if len(runs) == 1:
        return "/".join(runs[0]) + end
    last = runs.pop()
    first = "".join(f"{part}/" for part in runs[0])
    middle = "".join(
        f"(?>(?:[^/]+/)*?{''.join(f'{part}/' for part in run)})" for run in runs[1:] if run
    )
    if not last:
        return f"{first}{middle}(?s:.+)" if end == "/?" else f"{first}{middle}(?s:.+)/"
    return f"{first}{middle}(?:[^/]+/)*{'/'.join(last)}{end}"


def _segment_regex(segment: str) -> str:
    """Return the regex for a segment of a path, which has no slash."""
    parts: list[str] = [""]
    index = 0
    while index < len(segment):
        char = segment[index]
        index += 1
        if char == "*":
            if parts[-1] or len(parts) == 1:
                parts.append("")
        elif char == "?":
            parts[-1] += "[^/]"
        elif char == "[":
            regex, index = _class_regex(segment, index)
            parts[-1] += regex
        elif char == "\\":
            if index == len(segment):
                raise _NeverMatchesError
            parts[-1] += re.escape(segment[index])
            index += 1
        else:
            parts[-1] += re.escape(char)
    if not any(parts):
        return "[^/]+"
    if len(parts) == 1:
        return parts[0]
    middle = "".join(f"(?>[^/]*?{piece})" for piece in parts[1:-1])
    return f"{parts[0]}{middle}[^/]*{parts[-1]}"


_CLASSES = {
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "alnum": "a-zA-Z0-9",
    "upper": "A-Z",
    "lower": "a-z",
    "space": r"\s",
    "xdigit": "0-9a-fA-F",
}


def _class_regex(segment: str, index: int) -> tuple[str, int]:
    """Return the regex for the bracket whose contents start at `index`, and its end."""
    negated = segment[index : index + 1] in ("!", "^")
    start = index = index + negated
    inside = ""
    while index < len(segment) and (segment[index] != "]" or index == start):
        name = segment[index + 2 : segment.find(":]", index)]
        if segment.startswith("[:", index) and name in _CLASSES:
            inside += _CLASSES[name]
            index += len(name) + 4
            continue
        if segment[index] == "\\" and index + 1 < len(segment):
            index += 1
            inside += re.escape(segment[index])
        else:
            inside += "-" if segment[index] == "-" else re.escape(segment[index])
        index += 1
    if index >= len(segment):
        raise _NeverMatchesError
    return f"(?!/)[{'^' if negated else ''}{inside}]", index + 1
