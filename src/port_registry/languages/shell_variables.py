"""Variables that a shell script sees: those of its environment, and those that it sets.

In arithmetic, `$((…))`, they are numbers.
"""

import re
from collections.abc import Mapping

from port_registry.languages.provenance import UnknownTracker
from port_registry.model import Span, TracedText, join_segments

_MAX_VALUE = 10_000
"""How long a variable that a script sets may be to be kept."""


class ShellVariables:
    """The variables that a script sees."""

    def __init__(self, variables: Mapping[str, TracedText], doubts: UnknownTracker) -> None:
        self._variables = variables
        self._set: dict[str, TracedText] = {}
        self.doubts = doubts

    def get(self, name: str) -> TracedText | None:
        """Return what is known of a variable."""
        found = self._set.get(name)
        return self._variables.get(name) if found is None else found

    def assign(self, name: str, value: TracedText) -> None:
        """Note an assignment; one that contradicts what is known makes the variable unknown."""
        known = self.get(name)
        contradicts = known is not None and known.text != value.text
        if contradicts or len(value.text) > _MAX_VALUE:
            span = value.segments[0].span if value.segments else Span("", 0, 0)
            value = join_segments(
                (self.doubts.unknown_segment(f"the script sets `{name}` to several values", span),)
            )
        self._set[name] = value


def calculate(body: str, variables: ShellVariables) -> int | None:
    """Return the value of a sum of products of whole numbers; None for anything else.

    Octal and other notations are not read.
    """
    terms = re.findall(r"\s*(\$?\{?[A-Za-z_]\w*\}?|(?:0|[1-9]\d{,8})(?!\w)|[-+*])\s*", body)
    if "".join(terms) != re.sub(r"\s+", "", body) or len(terms) % 2 == 0 or len(terms) > 50:
        return None
    values = [_number(term, variables) for term in terms[::2]]
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


def _number(term: str, variables: ShellVariables) -> int | None:
    """Return the number that a term of a calculation is."""
    if term.isdigit():
        return int(term)
    known = variables.get(term.strip("${}"))
    text = "" if known is None else known.text
    return int(text) if re.fullmatch(r"0|[1-9]\d{,8}", text, re.ASCII) else None
