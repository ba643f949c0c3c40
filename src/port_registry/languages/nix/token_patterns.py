"""Patterns of the tokens of Nix.

They never backtrack, and look ahead no further than to the end of a path's first component, so
that reading takes linear time.
"""

import re
from functools import cache

from port_registry.model import NamedTuple, lazy_pattern

_NAME = r"[a-zA-Z_][\w'-]*+"
_NAMES = rf"{_NAME}(?:\.{_NAME})*+"
_SPACE = r"[ \t\r\n]*+"
_COMMENT = r"\#[^\r\n\0]*+|/\*(?:[^*]++|\*(?!/))*+\*/"
_GAP = rf"(?:[ \t\r\n]++|{_COMMENT})*+"
_STRING = r'"[^"\\$\r\0]*+"'
_STEP = r"[\w.+-]"
"""A character of a path, which includes names and operators without a space before them."""
_IN_PATH = r"[\w.+/-]"
_STEPS = rf"{_STEP}{{0,255}}+"
"""The component of a path before its first slash, as long as the name of a file can be."""
_IN_URI = r"[\w%/?:@&=+$,.!~*'-]"
_URI = rf"[a-zA-Z][a-zA-Z\d+.-]{{0,255}}+:{_IN_URI}"
_PATH = rf"{_STEPS}/(?:{_STEP}|\$\{{)"
"""The start of a path, up to its first slash and a character that excludes a division."""
_NO_PATH = rf"(?!{_PATH})"
_ALONE = rf"(?!{_STEPS}(?:/(?:{_STEP}|\$\{{)|:{_IN_URI}))"
"""After a name: it is not the start of a path such as `a/b` or `a+b/c`, nor of a URI."""
_SEARCHED = rf"<{_STEP}++(?:/{_STEP}++)*+>"
_WORD_END = rf"(?![\w'-]){_ALONE}"
_FLOAT = r"(?:[1-9]\d*+\.\d*+|0?\.\d++)(?:[eE][+-]?\d++)?"
_RAW_PATH = rf"(?:~|{_STEPS})/(?:{_STEP}{_IN_PATH}*+|(?=\$\{{))"
_OPERATOR = (
    rf"->|\|>|\|\||&&|==|!=|<=|>=|<\||<(?!{_STEP}++(?:/{_STEP}++)*+>)|>|//|\+\+{_NO_PATH}"
    rf"|[+-]{_NO_PATH}|\*|/(?!{_STEP}|[/*]|\$\{{)|\?"
)
any_token = lazy_pattern(
    rf"{_RAW_PATH}|{_SEARCHED}|{_URI}{_IN_URI}*+|{_FLOAT}|\d++|{_NAME}"
    rf"|\.\.\.|{_OPERATOR}|\$\{{|''|[!.,;:@=(){{}}\[\]\"]",
    re.ASCII,
)
"""To match any token, for messages about it."""


class TokenPatterns(NamedTuple):
    """The patterns, each to match at the start of a token unless noted otherwise."""

    space: re.Pattern[str]
    """To match after a token."""
    comment: re.Pattern[str]
    arguments: re.Pattern[str]
    """A brace with text after it that only the arguments of a function have."""
    operand: re.Pattern[str]
    """Names (group 1), a string without escapes (2), a float (3), an integer (4), a path up to
    its end or first `${` (5), a path that is looked up (6), a URI (7), a name right before a
    path or URI (8)."""
    path: re.Pattern[str]
    """To match inside a path: all up to its end or to `${`."""
    more: re.Pattern[str]
    """To match after an operand: the `.` of a selection (group 1), a comment before one
    perhaps (2), or `or`."""
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
def patterns() -> TokenPatterns:
    """Return the patterns, compiled."""
    function = rf"\{{{_GAP}(?:\.\.\.|\}}{_GAP}[:@]|{_NAME}{_GAP}(?:[,?]|\}}{_GAP}[:@]))"
    value = rf"(\d{{1,18}}|{_STRING}|{_NAMES}){_SPACE}(;){_SPACE}"
    sources = (
        _SPACE,
        _COMMENT,
        function,
        (
            rf"({_NAMES}){_ALONE}|({_STRING})|({_FLOAT}){_NO_PATH}|(\d++){_NO_PATH}"
            rf"|({_RAW_PATH})|({_SEARCHED})|({_URI}{_IN_URI}*+)|({_NAME})"
        ),
        rf"{_IN_PATH}*+",
        rf"{_SPACE}(?:(\.)(?![./\d]){_NO_PATH}|or{_WORD_END}|(?=(\#|/\*)))",
        _OPERATOR,
        rf"({_NAMES}){_SPACE}=(?!=){_SPACE}(?:{value})?",
        rf"inherit{_WORD_END}",
        rf"(?!{_PATH}|{_URI}){_NAME}",
        rf"(then|else|in){_WORD_END}",
        r'(?:[^"$\\\0]++|\$[^{"\\\0]|\$?\\[^\0]|\$(?="))*+',
        r"(?:[^$'\0]++|\$[^{'\0]|''(?:[$']|\\[^\0])|'[^'$\0]|\$(?=')|'(?=\$))*+",
    )
    return TokenPatterns(*(re.compile(source, re.ASCII | re.DOTALL) for source in sources))
