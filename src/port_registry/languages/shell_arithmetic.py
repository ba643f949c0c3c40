"""`$((…))`: sums and products of whole numbers; octal and other notations are not read."""

import re
from collections.abc import Callable

from port_registry.model import TracedText

Lookup = Callable[[str], TracedText | None]


def calculate(body: str, lookup: Lookup) -> int | None:
    """Return the value of a sum of products; None where it holds anything else."""
    terms = re.findall(r"\s*(\$?\{?[A-Za-z_]\w*\}?|(?:0|[1-9]\d{,8})(?!\w)|[-+*])\s*", body)
    if "".join(terms) != re.sub(r"\s+", "", body) or len(terms) % 2 == 0 or len(terms) > 50:
        return None
    values = [_number(term, lookup) for term in terms[::2]]
    total, sign = 0, 1
    product = values[0]
    for operator, value in zip(terms[1::2], values[1:], strict=True):
        if product is None or value is None or operator not in ("+", "-", "*"):
            return None
        if operator == "*":
            product *= value
        else:
            total += sign * product
            product, sign = value, 1 if operator == "+" else -1
    return None if product is None else total + sign * product


def _number(term: str, lookup: Lookup) -> int | None:
    """Return the number that a term of a calculation is."""
    if term.isdigit():
        return int(term)
    known = lookup(term.strip("${}"))
    text = "" if known is None else known.text
    return int(text) if re.fullmatch(r"0|[1-9]\d{,8}", text, re.ASCII) else None
