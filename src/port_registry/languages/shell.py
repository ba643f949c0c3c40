"""Shell text taken apart into simple commands, each word traced.

As much of the POSIX shell's grammar is followed as is needed to tell words from operators,
comments and here-documents, and one command from the next. Variables are replaced by what
the process's environment and the script itself say of them; what they do not say is
`UNKNOWN`.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from port_registry.languages.brackets import closing_brace, closing_parenthesis
from port_registry.languages.provenance import SourceMap, UnknownTracker, placed
from port_registry.languages.shell_arithmetic import calculate
from port_registry.model import Segment, Span, TracedText, join_segments

_MAX_DEPTH = 8
"""How deep `$(…)` may be nested to be looked into."""

_MAX_VALUE = 10_000
"""How long a variable that a script sets may be to be kept."""

_RESERVED = frozenset("if then else elif do while until ! { time coproc fi done esac }".split())
_SKIPPED = frozenset("for case select function".split())
_SETTERS = frozenset("export declare local readonly typeset".split())


class Simple(NamedTuple):
    """A simple command."""

    assignments: tuple[tuple[str, TracedText], ...]
    """`NAME=value` words in front of it."""
    words: tuple[TracedText, ...]
    targets: tuple[TracedText, ...]
    """What its input and output are redirected to."""
    nested: bool
    """Whether it stands in a `$(…)`."""


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
                (self.doubts.piece(f"the script sets `{name}` to several values", span),)
            )
        self._set[name] = value


def commands(script: TracedText, scope: ShellVariables, depth: int = 0) -> list[Simple]:
    """Return the simple commands of `script`, in order; never raises."""
    lexer = _Lexer(script, scope, depth)
    lexer.run()
    return lexer.found


@cache
def _name() -> re.Pattern[str]:
    return re.compile(r"[A-Za-z_]\w*")


@cache
def _plain() -> re.Pattern[str]:
    return re.compile(r"""[^\s;|&()<>'"`$\\]+""")


@cache
def _assignment() -> re.Pattern[str]:
    return re.compile(r"([A-Za-z_]\w*)\+?=")


@cache
def _expansion() -> re.Pattern[str]:
    return re.compile(r"\$\{([A-Za-z_]\w*)(?:(:?[-=?+])(.*))?\}", re.DOTALL)


class _Lexer:
    """Reads one script."""

    def __init__(self, script: TracedText, scope: ShellVariables, depth: int) -> None:
        self.origin = SourceMap(script)
        self.text = script.text
        self.scope = scope
        self.depth = depth
        self.at = 0
        self.found: list[Simple] = []
        self.words: list[tuple[TracedText, bool]] = []
        self.targets: list[TracedText] = []
        self.pieces: list[Segment] = []
        self.bare = True
        self.heredocs: list[str] = []

    def run(self) -> None:
        text, size = self.text, len(self.text)
        while self.at < size:
            char = text[self.at]
            if char in " \t\r":
                self.at += 1
            elif char == "\n":
                self.at += 1
                self._end()
                self._skip_heredocs()
            elif char == "#":
                end = text.find("\n", self.at)
                self.at = size if end < 0 else end
            elif char in "<>" or text.startswith("&>", self.at):
                self._redirection()
            elif char in ";|&()":
                self.at += 1
                self._end()
            else:
                self._word()
        self._end()

    def _end(self) -> None:
        """Finish the simple command."""
        words, self.words = self.words, []
        targets, self.targets = tuple(self.targets), []
        while words and words[0][0].text in _RESERVED:
            words.pop(0)
        if words and words[0][0].text in _SKIPPED:
            return
        assignments: list[tuple[str, TracedText]] = []
        while words and words[0][1]:
            assignments.append(_split(words.pop(0)[0]))
        rest = tuple(word for word, _ in words)
        if not rest and not targets:
            for name, value in assignments:
                self.scope.assign(name, value)
        elif rest and rest[0].text in _SETTERS:
            for word, assigns in words[1:]:
                if assigns:
                    self.scope.assign(*_split(word))
        if assignments or rest or targets:
            nested = self.depth > 0
            self.found.append(Simple(tuple(assignments), rest, targets, nested))

    def _redirection(self) -> None:
        """Skip a redirection and its target."""
        text = self.text
        if self.words and text[self.at - 1].isdigit() and self.words[-1][0].text.isdigit():
            self.words.pop()
        if text[self.at + 1 : self.at + 2] == "(" and text[self.at] in "<>":
            self.at += 1
            return
        operator = re.compile(r"&?[<>]{1,3}[&|-]?").match(text, self.at)
        self.at = self.at + 1 if operator is None else operator.end()
        while self.at < len(text) and text[self.at] in " \t":
            self.at += 1
        if self.at < len(text) and text[self.at] not in ";|&()<>\n":
            before = len(self.words)
            self._word()
            target = self.words[before:]
            del self.words[before:]
            if operator is not None and operator[0] in ("<<", "<<-"):
                self.heredocs.extend(word.text for word, _ in target)
            else:
                self.targets.extend(word for word, _ in target)

    def _skip_heredocs(self) -> None:
        """Skip the here-documents whose markers stood on the line that has ended."""
        for marker in self.heredocs:
            while self.at < len(self.text):
                end = self.text.find("\n", self.at)
                end = len(self.text) if end < 0 else end
                line = self.text[self.at : end].strip("\t\r")
                self.at = end + 1
                if line == marker:
                    break
        self.heredocs.clear()

    def _word(self) -> None:
        """Read one word, which ends before a blank or an operator."""
        start = self.at
        self.pieces, self.bare = [], True
        text, size = self.text, len(self.text)
        while self.at < size:
            char = text[self.at]
            if char in " \t\r\n;|&()<>":
                break
            plain = _plain().match(text, self.at)
            if plain is not None:
                self.pieces.extend(self.origin.cut(self.at, plain.end()))
                self.at = plain.end()
            elif char == "'":
                self._single()
            elif char == '"':
                self.double()
            elif char == "\\":
                self._escape()
            else:
                self._dollar(char, start)
        if self.pieces or not self.bare:
            assigns = _assignment().match(text, start, self.at) is not None
            self.words.append((join_segments(self.pieces), assigns))
            self.pieces = []

    def _single(self) -> None:
        end = self.text.find("'", self.at + 1)
        end = len(self.text) if end < 0 else end
        self.pieces.extend(self.origin.cut(self.at + 1, end))
        self.at, self.bare = end + 1, False

    def _escape(self) -> None:
        if self.text[self.at + 1 : self.at + 2] != "\n":
            self.pieces.extend(self.origin.cut(self.at + 1, self.at + 2))
            self.bare = False
        self.at += 2

    def double(self) -> None:
        text, size = self.text, len(self.text)
        self.at, self.bare = self.at + 1, False
        while self.at < size and text[self.at] != '"':
            char = text[self.at]
            if char == "\\" and text[self.at + 1 : self.at + 2] in ("$", '"', "\\", "`", "\n"):
                if text[self.at + 1] != "\n":
                    self.pieces.extend(self.origin.cut(self.at + 1, self.at + 2))
                self.at += 2
            elif char in "$`":
                self._dollar(char, None)
            else:
                end = self.at + 1
                while end < size and text[end] not in '"\\$`':
                    end += 1
                self.pieces.extend(self.origin.cut(self.at, end))
                self.at = end
        self.at += 1

    def _dollar(self, char: str, word: int | None) -> None:
        """Read a substitution; `word` is where its word began, None inside quotes."""
        text, at = self.text, self.at
        if char == "`":
            end = text.find("`", at + 1)
            self._nested(at, at + 1, len(text) if end < 0 else end, 1)
        elif text.startswith("$((", at):
            self._arithmetic()
        elif text.startswith("$(", at):
            self._nested(at, at + 2, closing_parenthesis(text, at + 1), 1)
        elif text.startswith("${", at):
            end = closing_brace(text, at + 1)
            self.at = end + 1
            self._expand(text[at : end + 1], at, word)
        elif word is not None and text.startswith("$'", at):
            self.at += 1
        elif (name := _name().match(text, at + 1)) is not None:
            self.at = name.end()
            self._variable(name[0], at, word)
        elif at + 1 < len(text) and text[at + 1] in "0123456789@*#?$!-":
            self.at = at + 2
            self._doubt(f"`{text[at : at + 2]}`", at)
        else:
            self.pieces.extend(self.origin.cut(at, at + 1))
            self.at = at + 1

    def _nested(self, at: int, start: int, end: int, close: int) -> None:
        """Read the commands of a `$(…)`, whose own text cannot be known."""
        self.at = end + close
        if self.depth < _MAX_DEPTH:
            inner = join_segments(self.origin.cut(start, end))
            self.found.extend(commands(inner, self.scope, self.depth + 1))
        self._doubt("what a command prints", at)

    def _doubt(self, what: str, at: int) -> None:
        span = self.origin.span(Span("", at, self.at))
        reason = f"{what} is known only when it runs"
        self.pieces.append(self.scope.doubts.piece(reason, span))

    def _variable(self, name: str, at: int, word: int | None) -> None:
        value = self.scope.get(name)
        if value is None:
            span = self.origin.span(Span("", at, self.at))
            reason = f"`{name}` has no value in the project; the environment may give one"
            self.pieces.append(self.scope.doubts.piece(reason, span))
            return
        if any(not piece.span.path for piece in value.segments):
            value = placed(value, self.origin.span(Span("", at, self.at)))
        self._splice(value, word)

    def _splice(self, value: TracedText, word: int | None) -> None:
        """Put a value into the word; outside quotes its blanks part words."""
        if word is None or not any(char.isspace() for char in value.text):
            self.pieces.extend(value.segments)
            return
        for found in re.finditer(r"\s+|\S+", value.text):
            if not found[0].isspace():
                self.pieces.extend(value.cut(*found.span()).segments)
            elif self.pieces:
                self.words.append((join_segments(self.pieces), False))
                self.pieces = []

    def _expand(self, whole: str, at: int, word: int | None) -> None:
        """Read a `${…}`."""
        found = _expansion().fullmatch(whole)
        if found is None:
            self._doubt(f"`{whole[:60]}`", at)
            return
        known = self.scope.get(found[1])
        if found[2] is None or found[2].endswith("?"):
            self._variable(found[1], at, word)
        elif found[2].endswith("+"):
            if known is None:
                self._doubt(f"`{whole[:60]}`", at)
            elif known.text:
                self._default(at + found.start(3), at + found.end(3), word)
        elif known is not None and known.text:
            self._splice(known, word)
        else:
            self._default(at + found.start(3), at + found.end(3), word)

    def _default(self, start: int, end: int, word: int | None) -> None:
        inner = join_segments(self.origin.cut(start, end))
        if self.depth >= _MAX_DEPTH or not any(char in inner.text for char in "$\"'`\\"):
            self._splice(inner, word)
            return
        lexer = _Lexer(
            join_segments((Segment('"', Span("", 0, 0), verbatim=False), *inner.segments)),
            self.scope,
            self.depth + 1,
        )
        lexer.double()
        self._splice(join_segments(lexer.pieces), word)

    def _arithmetic(self) -> None:
        """Read a `$((…))`: whole numbers and variables, added, subtracted and multiplied."""
        at = self.at
        end = self.text.find("))", at)
        end = len(self.text) if end < 0 else end
        body = self.text[at + 3 : end]
        self.at = min(end + 2, len(self.text))
        number = calculate(body, self.scope.get)
        if number is None:
            self._doubt(f"`{self.text[at : self.at][:60]}`", at)
            return
        span = self.origin.span(Span("", at, self.at))
        self.pieces.append(Segment(str(number), span, verbatim=False))


def _split(word: TracedText) -> tuple[str, TracedText]:
    """Take a `NAME=value` word apart."""
    name, _, _ = word.text.partition("=")
    return name.rstrip("+"), word.cut(len(name) + 1, len(word.text))
