"""What a rewrite changes, as a unified diff that `git apply` and `patch -p1` take."""

from collections.abc import Iterable

from port_registry.engine.write import Rewrite

_NO_NEWLINE = "\n\\ No newline at end of file\n"


def unified(rewrites: Iterable[Rewrite]) -> str:
    """Return the diff of all `rewrites`, line ends as they are in the files."""
    from difflib import unified_diff

    lines: list[str] = []
    for rewrite in rewrites:
        before, after = _lines(rewrite.before), _lines(rewrite.after)
        lines += unified_diff(before, after, f"a/{rewrite.path}", f"b/{rewrite.path}")
    return "".join(line if line.endswith("\n") else line + _NO_NEWLINE for line in lines)


def _lines(text: str) -> list[str]:
    """Split at LF alone, line ends kept."""
    lines = text.split("\n")
    last = lines.pop()
    return [f"{line}\n" for line in lines] + ([last] if last else [])
