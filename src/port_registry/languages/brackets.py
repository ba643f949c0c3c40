"""Where the brackets and backquotes of shell text close."""

import re


def closing_parenthesis(text: str, at: int) -> int:
    """Return where the parenthesis that opens at `at` closes, quotes and comments left aside."""
    depth = 0
    for found in re.compile(
        r"""\\.|'[^']*'|"(?:[^"\\]|\\.)*"|[()]|(?<=[\s;])\#[^\n]*""", re.DOTALL
    ).finditer(text, at):
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


def closing_backquote(text: str, at: int) -> int:
    """Return where the backquote that opens at `at` closes."""
    found = re.compile(r"(?:[^`\\]|\\.)*", re.DOTALL).match(text, at + 1)
    return len(text) if found is None else found.end()
