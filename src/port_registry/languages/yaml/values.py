"""Types of plain scalars, by the rules of gopkg.in/yaml.v3 (its `resolve.go`)."""

from port_registry.languages.yaml.nodes import Node, Scalar, ScalarStyle, resolve_alias

_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_TRUE = frozenset(("true", "True", "TRUE", "y", "Y", "yes", "Yes", "YES", "on", "On", "ON"))
_FALSE = frozenset(("false", "False", "FALSE", "n", "N", "no", "No", "NO", "off", "Off", "OFF"))
_MAX_DIGITS = 1000
"""The length of the longest integer; Python's own limit is 4300 digits."""


def is_null(node: Node) -> bool:
    """Return whether the node is null: `~`, `null`, or empty."""
    node = resolve_alias(node)
    if not isinstance(node, Scalar):
        return False
    return node.style is ScalarStyle.PLAIN and node.tag is None and node.value in _NULLS


def as_bool(node: Scalar) -> bool | None:
    """Return the value of the scalar for a boolean field, or None."""
    plain = node.style is ScalarStyle.PLAIN
    if node.value in _TRUE and (plain or node.value not in ("true", "True", "TRUE")):
        return True
    if node.value in _FALSE and (plain or node.value not in ("false", "False", "FALSE")):
        return False
    return None


def as_integer(node: Scalar) -> int | None:
    """Return the value of the plain scalar for an integer field, or None."""
    if node.style is not ScalarStyle.PLAIN or len(node.value) > _MAX_DIGITS:
        return None
    text = node.value.replace("_", "")
    sign = -1 if text.startswith("-") else 1
    digits = text[1:] if text[:1] in ("-", "+") else text
    if not digits[:1].isdigit() or not digits.isascii():
        return None
    try:
        if digits[:1] == "0" and digits.isdigit() and len(digits) > 1:
            return sign * int(digits, 8)
        return sign * int(digits, 0)
    except ValueError:
        return _whole_float(text)


def _whole_float(text: str) -> int | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if abs(number) < 1 << 62 else None
