"""How the tables of facts are read: tab-separated text beside this module."""

import os

_FOLDER = os.path.join(os.path.dirname(__file__), "data")


def text(table: str) -> str:
    """Return the rows of `table` (`services`), one a line, without the line of columns."""
    with open(os.path.join(_FOLDER, f"{table}.tsv"), encoding="utf-8") as file:
        return file.read().split("\n", 1)[1]


def rows(table: str) -> list[list[str]]:
    """Return the fields of each row of `table`."""
    return [line.split("\t") for line in text(table).split("\n") if line]
