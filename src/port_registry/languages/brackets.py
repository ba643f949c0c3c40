"""Where the brackets of shell text close."""

import re


def closing_parenthesis(text: str, at: int) -> int:
    """Return where the parenthesis that opens at `at` closes, quotes left aside."""
    depth = 0
    for found in re.compile(r"""\\.|'[^']*'|"(?:[^"\\]|\\.)*"|[()]""", re.DOTALL).finditer(
        text, at
    ):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if depth == 0 and found[0] == ")":
            return found.start()
    return len(text)


def closing_brace(text: str, at: int) -> int:
    """Return where the brace that opens at `at` closes."""
    depth = 0
    for found in re.compile(r"[{}]").finditer(text, at):
        depth += 1 if found[0] == "{" else -1
        if depth == 0:
            return found.start()
    return len(text)
