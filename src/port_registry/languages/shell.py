"""Shell text taken apart into simple commands, each word traced.

As much of the POSIX shell's grammar is followed as is needed to tell words from operators,
comments and here-documents, and one command from the next. Variables are replaced by what
the process's environment and the script itself say of them; what they do not say is
`UNKNOWN`.
"""

import re

from port_registry.languages.brackets import closing_backquote, closing_brace, closing_parenthesis
from port_registry.languages.provenance import SourceMap, with_default_span
from port_registry.languages.shell_variables import ShellVariables, calculate
from port_registry.model import NamedTuple, Segment, Span, TracedText, join_segments, lazy_pattern

_MAX_DEPTH = 8
"""How deep `$(…)` may be nested to be looked into."""

_RESERVED = frozenset("if then else elif do while until ! { time coproc fi done esac }".split())
_SKIPPED = frozenset("for case select function".split())
_SETTERS = frozenset("export declare local readonly typeset".split())
_ENDS = " \t\r\n;|&()<>"
"""What ends a word outside quotes."""
_ESCAPES = dict(zip("ntrabefv", "\n\t\r\a\b\x1b\f\v", strict=True))
"""What a backslash and a letter stand for in `$'…'`."""


class Simple(NamedTuple):
    """A simple command."""

    assignments: tuple[tuple[str, TracedText], ...]
    """`NAME=value` words in front of it."""
    words: tuple[TracedText, ...]
    targets: tuple[TracedText, ...]
    """What its input and output are redirected to."""
    nested: bool
    """Whether it stands in a `$(…)`, `<(…)` or `>(…)`."""


def commands(script: TracedText, scope: ShellVariables, depth: int = 0) -> list[Simple]:
    """Return the simple commands of `script`, in order; never raises."""
    lexer = _ShellLexer(script, scope, depth)
    lexer.run()
    return lexer.found


_plain = lazy_pattern(r"""[^\s;|&()<>'"`$\\]+""")
_assignment = lazy_pattern(r"[A-Za-z_]\w*\+?=")
_expansion = lazy_pattern(r"\$\{([A-Za-z_]\w*)(?:(:?[-=?+])(.*))?\}", re.DOTALL)


class _ShellLexer:
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
        self.pattern = False
        """Whether a pattern of a `case` may come next."""

    def run(self) -> None:
        text, size = self.text, len(self.text)
        while self.at < size:
            char = text[self.at]
            if char in " \t\r":
                self.at += 1
            elif char == "#":
                self._comment()
            elif self._is_word(self.at):
                self._word()
            elif char in "<>" or text.startswith("&>", self.at):
                self._redirection()
            else:
                self.at += 1
                self._operator(char)
        self._end("\n")

    def _is_word(self, at: int) -> bool:
        """Return whether a word begins, or goes on, at `at`."""
        text = self.text
        if text[at] in "<>":
            return text.startswith("(", at + 1)
        return text[at] not in _ENDS

    def _comment(self) -> None:
        end = self.text.find("\n", self.at)
        self.at = len(self.text) if end < 0 else end

    def _operator(self, char: str) -> None:
        """Finish the simple command before the operator that has been read."""
        text = self.text
        if char == "(" and len(self.words) == 1:
            function = re.compile(r"\s*\)").match(text, self.at)
            if function is not None:
                self.words.clear()
                self.at = function.end()
        self._end(char)
        if char == "\n":
            self._skip_heredocs()
        elif char == ";" and text[self.at : self.at + 1] in (";", "&"):
            self.at += 1
            self.pattern = True

    def _is_pattern(self, words: list[tuple[TracedText, bool]], operator: str) -> bool:
        """Return whether the words before `operator` are of a `case`'s head or patterns."""
        head = bool(words) and words[0][0].text == "case"
        found = head or (self.pattern and (not words or operator in "|()"))
        self.pattern = found and operator != ")"
        return found

    def _end(self, operator: str) -> None:
        """Finish the simple command, which `operator` ends."""
        words, self.words = self.words, []
        targets, self.targets = tuple(self.targets), []
        while words and words[0][0].text in _RESERVED:
            self.pattern = self.pattern and words[0][0].text != "esac"
            words.pop(0)
        if self._is_pattern(words, operator) or (words and words[0][0].text in _SKIPPED):
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
        operator = re.compile(r"&?[<>]{1,3}[&|-]?").match(text, self.at)
        self.at = self.at + 1 if operator is None else operator.end()
        while self.at < len(text) and text[self.at] in " \t":
            self.at += 1
        if self.at < len(text) and self._is_word(self.at):
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
        start, text = self.at, self.text
        self.pieces, self.bare = [], True
        self.parts(start, _ENDS)
        if text.startswith("(", self.at) and _assignment().fullmatch(text, start, self.at):
            self._array()
        if self.pieces or not self.bare:
            assigns = _assignment().match(text, start, self.at) is not None
            self.words.append((join_segments(self.pieces), assigns))
            self.pieces = []

    def parts(self, word: int | None, ends: str) -> None:
        """Read what a word that began at `word`, None inside quotes, is made of.

        Where nothing `ends` it, it is the default of a variable, whose blanks part words later.
        """
        text, size = self.text, len(self.text)
        while self.at < size:
            at, char = self.at, text[self.at]
            if char in ends and not self._is_word(at):
                break
            plain = _plain().match(text, at)
            if plain is not None:
                self.pieces.extend(self.origin.cut(at, plain.end()))
                self.at = plain.end()
            elif char == "'" and word is not None:
                self._single()
            elif char == '"':
                self._double()
            elif char == "\\":
                self._escape()
            elif char in "$`" or char in ends:
                self._dollar(char, word if ends else None)
            else:
                self.pieces.extend(self.origin.cut(at, at + 1))
                self.at = at + 1

    def _array(self) -> None:
        """Read `NAME=(…)`: its items are arguments, of a program that is not told."""
        at, end = self.at, closing_parenthesis(self.text, self.at)
        self.at = end + 1
        self._doubt("what an array holds", at)
        if self.depth < _MAX_DEPTH:
            inner = _ShellLexer(
                join_segments(self.origin.cut(at + 1, end)), self.scope, self.depth + 1
            )
            self.found.extend(inner.items(join_segments(self.pieces[-1:])))

    def items(self, program: TracedText) -> list[Simple]:
        """Return the commands in an array, and one that gives its items to `program`."""
        while self.at < len(self.text):
            if self.text[self.at] == "#":
                self._comment()
            elif self._is_word(self.at):
                self._word()
            else:
                self.at += 1
        given = (program, *(word for word, _ in self.words))
        return [*self.found, Simple((), given, (), nested=True)]

    def _ansi(self) -> None:
        """Read `$'…'`, in which a backslash and a letter may stand for another character."""
        self.at, self.bare = self.at + 2, False
        for part in re.compile(r"[^'\\]+|\\.", re.DOTALL).finditer(self.text, self.at):
            if part.start() != self.at:
                break
            self.at = part.end()
            meant = _ESCAPES.get(part[0][1:]) if part[0][0] == "\\" else None
            if meant is not None:
                span = self.origin.trace_span(Span("", *part.span()))
                self.pieces.append(Segment(meant, span, verbatim=False))
            else:
                start = part.end() - 1 if part[0][0] == "\\" else part.start()
                self.pieces.extend(self.origin.cut(start, part.end()))
        self.at += 1

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

    def _double(self) -> None:
        text, size = self.text, len(self.text)
        self.at, self.bare = self.at + 1, False
        while self.at < size and text[self.at] != '"':
            at, char = self.at, text[self.at]
            if char in "$`":
                self._dollar(char, None)
            elif char == "\\" and text[at + 1 : at + 2] in ("$", '"', "\\", "`", "\n"):
                self._escape()
            else:
                plain = re.compile(r"""[^"`$\\]+""").match(text, at + 1)
                self.at = at + 1 if plain is None else plain.end()
                self.pieces.extend(self.origin.cut(at, self.at))
        self.at += 1

    def _dollar(self, char: str, word: int | None) -> None:
        """Read a substitution; `word` is where its word began, None inside quotes."""
        text, at = self.text, self.at
        if char == "`":
            self._nested(at, at + 1, closing_backquote(text, at))
        elif text.startswith(("$(", "<(", ">("), at):
            end = closing_parenthesis(text, at + 1)
            if text.startswith("$((", at) and text.startswith("))", end - 1):
                self._arithmetic(end)
            else:
                self._nested(at, at + 2, end)
        elif text.startswith("${", at):
            end = closing_brace(text, at + 1)
            self.at = end + 1
            self._expand(text[at : end + 1], at, word)
        elif word is not None and text.startswith("$'", at):
            self._ansi()
        elif word is not None and text.startswith('$"', at):
            self.at += 1
        elif (name := re.compile(r"[A-Za-z_]\w*").match(text, at + 1)) is not None:
            self.at = name.end()
            self._variable(name[0], at, word)
        elif at + 1 < len(text) and text[at + 1] in "0123456789@*#?$!-":
            self.at = at + 2
            self._doubt(f"`{text[at : at + 2]}`", at)
        else:
            self.pieces.extend(self.origin.cut(at, at + 1))
            self.at = at + 1

    def _nested(self, at: int, start: int, end: int) -> None:
        """Read the commands of a `$(…)`, whose own text cannot be known."""
        self.at = end + 1
        if self.depth < _MAX_DEPTH:
            inner = join_segments(self.origin.cut(start, end))
            self.found.extend(commands(inner, self.scope, self.depth + 1))
        self._doubt("what a command prints", at)

    def _doubt(self, what: str, at: int) -> None:
        span = self.origin.trace_span(Span("", at, self.at))
        reason = f"{what} is known only when it runs"
        self.pieces.append(self.scope.doubts.unknown_segment(reason, span))

    def _variable(self, name: str, at: int, word: int | None) -> None:
        value = self.scope.get(name)
        if value is None:
            span = self.origin.trace_span(Span("", at, self.at))
            reason = f"`{name}` has no value in the project; the environment may give one"
            self.pieces.append(self.scope.doubts.unknown_segment(reason, span))
            return
        if any(not piece.span.path for piece in value.segments):
            value = with_default_span(value, self.origin.trace_span(Span("", at, self.at)))
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
        alternative = found[2] is not None and found[2].endswith("+")
        if found[2] is None or found[2].endswith("?"):
            self._variable(found[1], at, word)
        elif known is None and alternative:
            self._doubt(f"`{whole[:60]}`", at)
        elif (known is not None and known.text != "") == alternative:
            self._default(at + found.start(3), at + found.end(3), word)
        elif known is not None:
            self._splice(known, word)

    def _default(self, start: int, end: int, word: int | None) -> None:
        inner = join_segments(self.origin.cut(start, end))
        if self.depth >= _MAX_DEPTH or not any(char in inner.text for char in "$\"'`\\"):
            self._splice(inner, word)
            return
        lexer = _ShellLexer(inner, self.scope, self.depth + 1)
        lexer.parts(word, "")
        self.found.extend(lexer.found)
        self._splice(join_segments(lexer.pieces), word if lexer.bare else None)

    def _arithmetic(self, end: int) -> None:
        """Read a `$((…))` that closes at `end`."""
        at, self.at = self.at, end + 1
        body = self.text[at + 3 : end - 1]
        number = calculate(body, self.scope)
        if number is None:
            self._doubt(f"`{self.text[at : self.at][:60]}`", at)
            return
        span = self.origin.trace_span(Span("", at, self.at))
        self.pieces.append(Segment(str(number), span, verbatim=False))


def _split(word: TracedText) -> tuple[str, TracedText]:
    """Take a `NAME=value` word apart."""
    name, _, _ = word.text.partition("=")
    return name.rstrip("+"), word.cut(len(name) + 1, len(word.text))
