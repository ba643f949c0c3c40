"""Error messages for text that is not valid Nix.

The grammar recovers from errors and does not say what was wrong. So a text that it could not
parse is read again here, from left to right, up to the first unexpected token. No tree is
built; only the error counts.
"""

import re
from typing import NoReturn

from port_registry.languages.nix.builder import KEYWORDS
from port_registry.languages.nix.tree import ParseProblem
from port_registry.model import Source, Span

_MAX_DEPTH = 120
"""The greatest depth of expressions and operands; a set in a set is two levels."""
_SKIPPED = r"(?:[ \t\r\n]++|\#[^\n]*+|/\*(?s:.*?)\*/)++"
_LEXEME = r"""(?x)
      (?P<path>[\w.+-]{0,30}+(?:/[\w.+-]+)+/?|~/[\w.+/-]+|<[\w.+/-]+>)
    | (?P<uri>[a-zA-Z][\w.+-]{0,29}+:[\w%/?:@&=+$,.!~*'-]+)
    | (?P<number>\d+\.\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|\d+)
    | (?P<name>[a-zA-Z_][\w'-]*)
    | (?P<other>\.\.\.|==|!=|<=|>=|&&|\|\||->|//|\+\+|\$\{|''|[-+*/<>!?.,;:@=(){}\[\]"])
    """
_PLAIN = r'(?:[^"$\\]++|\\(?s:.)|\$(?!\{)(?:\\(?s:.))?|\$\$\{)*+'
_INDENTED = r"(?:''(?:\$|'|\\(?s:.))|'(?!')|\$\$\{|\$(?!\{)|[^'$]++)*+"
_BINARY = frozenset("== != <= >= && || -> // ++ - + * / < >".split(" "))


class _TooDeepError(Exception):
    """The text is nested too deeply to search it for errors."""


class _SyntaxFoundError(Exception):
    """The first error in the text."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end


def first_parse_error(source: Source) -> ParseProblem | None:
    """Return the first error of syntax in `source`; None where none is found."""
    try:
        _Checker(source.text).file()
    except _TooDeepError:
        return None
    except _SyntaxFoundError as error:
        return ParseProblem(error.message, Span(source.path, error.start, error.end))
    return None


class _Checker:
    """A reader of the text, token by token; `word` is the next token."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._skipped = re.compile(_SKIPPED)
        self._token = re.compile(_LEXEME, re.ASCII)
        self._depth = 0
        self.kind = ""
        self.word = ""
        """Empty at the end of the text."""
        self.start = 0
        self.end = 0
        self.last_end = 0
        """The end of the previous token."""

    def file(self) -> None:
        """Read the whole text; raises `_SyntaxFoundError`."""
        if self._text.startswith("\ufeff"):
            self._raise_at("Nix does not accept a byte order mark", 0, 1)
        self._resume(0)
        if not self.word:
            self._raise_at("the file is empty: expected an expression", 0, 0)
        self._expression()
        if self.word:
            self._raise_here(f"unexpected {self._quoted_word()} after the end of the expression")

    # Tokens.

    def _resume(self, offset: int) -> None:
        """Make the token at or after `offset` the next one."""
        text = self._text
        skipped = self._skipped.match(text, offset)
        self.start = offset if skipped is None else skipped.end()
        if text.startswith("/*", self.start):
            self._raise_at("this comment is never closed", self.start, self.start + 2)
        match = self._token.match(text, self.start)
        if match is not None:
            self.kind, self.word, self.end = match.lastgroup or "", match.group(), match.end()
        elif self.start < len(text):
            self._raise_at(
                f"{self._quoted_char(text[self.start])} has no meaning in Nix here",
                self.start,
                self.start + 1,
            )
        else:
            self.kind, self.word, self.end = "end", "", self.start

    def _next(self) -> None:
        self.last_end = self.end
        self._resume(self.end)

    def _expect(self, token: str, message: str, start: int, end: int) -> None:
        if self.word != token:
            self._raise_at(message, start, end)
        self._next()

    def _close(self, token: str, opener: int, width: int) -> None:
        """Read the bracket `token` that closes the one at `opener`."""
        if self.word == token:
            self._next()
            return
        opening = self._text[opener : opener + width]
        if not self.word:
            self._raise_at(f"this `{opening}` is never closed", opener, opener + width)
        self._raise_here(f"expected `{token}` to close `{opening}`, not {self._quoted_word()}")

    def _quoted_word(self) -> str:
        return f"`{self.word[:30]}`" if self.word else "the end of the file"

    def _quoted_char(self, char: str) -> str:
        return f"`{char}`" if char.isprintable() else f"the character U+{ord(char):04X}"

    def _raise_here(self, message: str) -> NoReturn:
        self._raise_at(message, self.start, self.end)

    def _raise_at(self, message: str, start: int, end: int) -> NoReturn:
        raise _SyntaxFoundError(message, start, end)

    # Expressions.

    def _expression(self) -> None:
        self._enter_level()
        if self.word in ("if", "with", "assert", "let"):
            self._keyword()
        elif self._begins_function():
            self._function()
        else:
            self._operation()
        self._depth -= 1

    def _enter_level(self) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise _TooDeepError

    def _keyword(self) -> None:
        keyword, start, end = self.word, self.start, self.end
        self._next()
        if keyword == "let":
            if self.word == "{":
                self._braces()
                return
            self._bindings("in")
            self._expect("in", "this `let` has no `in`", start, end)
        elif keyword == "if":
            self._expression()
            self._expect("then", "this `if` has no `then`", start, end)
            self._expression()
            self._expect("else", "this `if` has no `else`", start, end)
        else:
            self._expression()
            self._expect(";", f"expected `;` after this `{keyword}`", start, end)
        self._expression()

    def _begins_function(self) -> bool:
        if self.kind == "name" and self.word not in KEYWORDS:
            return re.compile(r"\s*[:@]").match(self._text, self.end) is not None
        if self.word != "{":
            return False
        pattern = r"\s*(?:\}\s*[:@]|\.\.\.|[a-zA-Z_][\w'-]*\s*(?:[,?]|\}\s*[:@]))"
        skipped = self._skipped.match(self._text, self.end)
        offset = self.end if skipped is None else skipped.end()
        return re.compile(pattern).match(self._text, offset) is not None

    def _function(self) -> None:
        self._parameter()
        if self.word == "@":
            self._next()
            self._parameter()
        if self.word != ":":
            self._raise_here(
                f"expected `:` after the arguments of a function, not {self._quoted_word()}"
            )
        self._next()
        self._expression()

    def _parameter(self) -> None:
        if self.kind == "name":
            self._next()
            return
        opener = self.start
        self._expect("{", "expected the arguments of a function", self.start, self.end)
        while self.word != "}":
            if self.word == "...":
                self._next()
                break
            if self.kind != "name" or self.word in KEYWORDS:
                if not self.word:
                    break
                self._raise_here(f"expected the name of an argument, not {self._quoted_word()}")
            self._next()
            if self.word == "?":
                self._next()
                self._expression()
            if self.word != ",":
                break
            self._next()
        self._close("}", opener, 1)

    def _operation(self) -> None:
        while True:
            while self.word in ("-", "!"):
                self._next()
            if self.word in ("if", "with", "assert", "let") or self._begins_function():
                self._raise_here(f"{self._quoted_word()} needs parentheses around it here")
            self._application()
            if self.word == "?":
                self._next()
                self._path()
            elif self.word not in _BINARY:
                return
            if self.word in _BINARY:
                self._next()
            else:
                return

    def _application(self) -> None:
        first = self.start
        self._selection()
        before = first
        while self._begins_value():
            before_end = self.last_end
            named = self.kind == "name"
            self._selection()
            if named and self.word in ("=", "."):
                self._raise_at("expected `;` after this value", before, before_end)
            before = first

    def _begins_value(self) -> bool:
        if self.kind == "name":
            return self.word not in KEYWORDS or self.word == "rec"
        return self.kind in ("number", "path", "uri") or self.word in ('"', "''", "(", "[", "{")

    def _selection(self) -> None:
        self._enter_level()
        self._simple()
        while self.word == ".":
            self._next()
            self._path()
            if self.kind == "name" and self._text[self.start : self.end] == "or":
                self._next()
                self._selection()
        self._depth -= 1

    def _simple(self) -> None:
        opener = self.start
        if self.word == "rec":
            self._next()
        if self.word == "{":
            self._braces()
        elif self.word in ('"', "''"):
            self._string()
        elif self.word == "(":
            self._next()
            self._expression()
            self._close(")", opener, 1)
        elif self.word == "[":
            self._next()
            while self._begins_value():
                self._selection()
            self._close("]", opener, 1)
        elif self.kind in ("number", "path", "uri") or (
            self.kind == "name" and self.word not in KEYWORDS
        ):
            self._next()
        else:
            self._raise_here(f"expected a value here, not {self._quoted_word()}")

    def _braces(self) -> None:
        opener = self.start
        self._next()
        self._bindings("}")
        self._close("}", opener, 1)

    def _bindings(self, closer: str) -> None:
        while self.word not in (closer, "", ")", "]", "}"):
            if self.word == "inherit":
                self._inherit()
                continue
            start = self.start
            self._path()
            if self.word != "=" and closer == "in":
                self._raise_at("expected `in` or another binding here", start, self.last_end)
            if self.word != "=":
                message = f"expected `=` after this name, not {self._quoted_word()}"
                self._raise_at(message, start, self.last_end)
            self._next()
            start = self.start
            self._expression()
            self._expect(";", "expected `;` after this value", start, self.last_end)

    def _inherit(self) -> None:
        start = self.start
        self._next()
        if self.word == "(":
            opener = self.start
            self._next()
            self._expression()
            self._close(")", opener, 1)
        while self.kind == "name" or self.word in ('"', "${"):
            self._key()
        self._expect(";", "expected `;` after these names", start, self.last_end)

    def _path(self) -> None:
        self._key()
        while self.word == ".":
            self._next()
            self._key()

    def _key(self) -> None:
        if self.word == '"':
            self._string()
        elif self.word == "${":
            opener = self.start
            self._next()
            self._expression()
            self._close("}", opener, 2)
        elif self.kind == "name" and self.word not in KEYWORDS:
            self._next()
        else:
            self._raise_here(f"expected a name here, not {self._quoted_word()}")

    def _string(self) -> None:
        """Read the string that starts at the next token."""
        opener, quote = self.start, self.word
        content = re.compile(_PLAIN if quote == '"' else _INDENTED)
        offset = self.end
        while True:
            match = content.match(self._text, offset)
            offset = offset if match is None else match.end()
            if self._text.startswith("${", offset):
                self._resume(offset + 2)
                self._expression()
                if self.word != "}":
                    self._close("}", offset, 2)
                offset = self.end
            elif self._text.startswith(quote, offset):
                self.end = offset + len(quote)
                self._next()
                return
            else:
                self._raise_at("this string is never closed", opener, opener + len(quote))
