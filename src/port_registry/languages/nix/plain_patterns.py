"""Patterns of the tokens of plain Nix, for `plain_parse`."""

import re
from functools import cache

from port_registry.model import NamedTuple

_NAME = r"[a-zA-Z_][\w'-]*+"
_NAMES = rf"{_NAME}(?:\.{_NAME})*+"
_SPACE = r"[ \t\n]*+"
_COMMENT = r"\#[^\n\0]*+|/\*(?:[^*]++|\*(?!/))*+\*/"
_GAP = rf"(?:[ \t\n]++|{_COMMENT})*+"
_STRING = r'"[^"\\$]*+"'
_STEP = r"[\w.+-]"
"""A character of a path, which includes names and operators without a space before them."""
_PATH = rf"{_STEP}*+/(?:{_STEP}|\$\{{)"
"""The start of a path, up to its first slash and a character that excludes a division."""
_NO_PATH = rf"(?!{_PATH}|{_STEP}*+:[^\s])"
"""Not the start of a path such as `a/b` or `a+b/c`, nor of a URI."""
_SEARCHED = rf"<{_STEP}+(?:/{_STEP}+)*+>"
_BOUNDARY = r"(?![\w'-])"


class PlainPatterns(NamedTuple):
    """The patterns, each to match at the start of a token unless noted otherwise."""

    space: re.Pattern[str]
    """To match after a token."""
    comment: re.Pattern[str]
    arguments: re.Pattern[str]
    """A brace with text after it that only the arguments of a function have."""
    operand: re.Pattern[str]
    """Names (group 1), a string without escapes (2), an integer (3), a float (4), a path (5),
    a path up to its first `${` (6), a path that is looked up (7)."""
    path: re.Pattern[str]
    """To match inside a path: all up to its end or to `${`."""
    more: re.Pattern[str]
    """To match after an operand: the `.` of a selection, or `or`."""
    operator: re.Pattern[str]
    binding: re.Pattern[str]
    """`name =` (group 1); where the value is an integer, a string without escapes or names, with
    that (2), the `;` (3) and the space after it."""
    inherit: re.Pattern[str]
    name: re.Pattern[str]
    word: re.Pattern[str]
    """A keyword that separates parts of an expression."""
    text: re.Pattern[str]
    """To match inside a `"…"`: all up to its end or to `${`."""
    indented: re.Pattern[str]
    """The same inside a `''…''`."""


@cache
def patterns() -> PlainPatterns:
    """Return the patterns, compiled."""
    function = rf"\{{{_GAP}(?:\.\.\.|\}}{_GAP}[:@]|{_NAME}{_GAP}(?:[,?]|\}}{_GAP}[:@]))"
    path = rf"(?:~|{_STEP}*+)(?:/{_STEP}++)++(?![/$])"
    begun = rf"(?:~|{_STEP}*+)(?:(?:/{_STEP}++)++/?+|/)(?=\$\{{)"
    float_ = rf"(?:[1-9]\d*+|0)\.\d++(?:[eE][+-]?\d++)?(?!{_STEP}|/)"
    operators = (
        rf"->|\|\||&&|==|!=|<=|>=|<(?!\|)(?!{_STEP}+(?:/{_STEP}+)*+>)|>|//|\+\+(?!{_PATH})"
        rf"|[+-](?!{_PATH})|\*|/(?!{_STEP}|[/*$])|\?"
    )
    value = rf"(\d{{1,18}}|{_STRING}|{_NAMES}){_SPACE}(;){_SPACE}"
    sources = (
        _SPACE,
        _COMMENT,
        function,
        (
            rf"({_NAMES}){_NO_PATH}|({_STRING})|(\d{{1,18}})(?![\w.]){_NO_PATH}|({float_})|({path})"
            rf"|({begun})|({_SEARCHED})"
        ),
        rf"(?:{_STEP}++|/(?={_STEP}|\$\{{))*+",
        rf"{_SPACE}(?:(\.)(?![./\d])(?!{_PATH})|or{_BOUNDARY}(?!{_PATH}))",
        operators,
        rf"({_NAMES}){_SPACE}=(?!=){_SPACE}(?:{value})?",
        rf"inherit{_BOUNDARY}",
        _NAME,
        rf"(then|else|in){_BOUNDARY}",
        r'(?:[^"$\\\0]++|\$[^{"\\\0]|\$?\\[^\0]|\$(?="))*+',
        r"(?:[^$'\0]++|\$[^{'\0]|''(?:[$']|\\[^\0])|'[^'$\0]|\$(?=')|'(?=\$))*+",
    )
    return PlainPatterns(*(re.compile(source, re.ASCII | re.DOTALL) for source in sources))
