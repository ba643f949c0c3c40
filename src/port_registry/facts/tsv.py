"""Reader of the tables of facts, which are tab-separated text in `data/`."""

import os
from functools import cache

_FOLDER = os.path.join(os.path.dirname(__file__), "data")


@cache
def text(table: str) -> str:
    """Return the rows of `table` (`services`), one per line, without its header."""
    with open(os.path.join(_FOLDER, f"{table}.tsv"), encoding="utf-8") as file:
        return file.read().split("\n", 1)[1]


@cache
def rows(table: str) -> list[list[str]]:
    """Return the fields of each row of `table`."""
    return [line.split("\t") for line in text(table).split("\n") if line]
