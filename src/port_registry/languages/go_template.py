"""Go templates (`{{.PORT}}`) in commands, environments and probes.

Process-compose renders them with Go's text/template and no functions but its built-in
ones, so `{{add 8080 .PC_REPLICA_NUM}}` is an error there. Fields, literals, `print` and
`printf` are rendered here; what else Go could render is unknown.
"""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from port_registry.languages.provenance import (
    UNKNOWN,
    SourceMap,
    UnknownTracker,
    enclosing_span,
    placed,
)
from port_registry.model import Segment, Span, TracedText, TracedValue, join_segments


class TemplateVariable(NamedTuple):
    """A template variable: one value, or named ones inside."""

    value: TracedValue | None
    """What it prints; None where it has parts, or is a list."""
    parts: "Mapping[str, TemplateVariable]"
    number: bool = False
    """Whether its value is a whole number, and not a text."""


NO_VARS: Mapping[str, TemplateVariable] = MappingProxyType({})


_MAX_TEXT = 1_000_000
"""How many code points the templates of one text may print."""

_MOST_SHOWN = 60

_BUILT_IN = frozenset(
    (
        "and break call continue define block else end eq ge gt html if index js le len lt ne nil"
        " not or print printf println range slice template true false urlquery with"
    ).split()
)


_NOWHERE = Span("", 0, 0)


class TemplateError(Exception):
    """A template that Go refuses; process-compose does not start."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.message = message
        self.span = span


def render(
    text: TracedText, variables: Mapping[str, TemplateVariable], doubts: UnknownTracker
) -> TracedText:
    """Return `text` with its templates rendered.

    Raises `TemplateError`.
    """
    if "{{" not in text.text:
        return text
    pieces: list[Segment] = []
    at = grown = 0
    source = text.text
    origin = SourceMap(text)
    blanks = re.compile(r"\s*")
    while (start := source.find("{{", at)) >= 0:
        action = _action(source, start)
        if action is None:
            raise TemplateError("a template's `{{` is not closed", _place(text, start))
        stop = at + len(source[at:start].rstrip()) if action.before else start
        pieces.extend(origin.cut(at, stop))
        place = enclosing_span(origin.cut(action.start, action.end), _NOWHERE)
        printed = _evaluate(action, place, variables, doubts)
        pieces.extend(printed)
        grown += sum(len(piece.text) for piece in printed)
        if grown > _MAX_TEXT:
            reason = "its templates make it too long to be read"
            return join_segments((doubts.piece(reason, _place(text, start)),))
        at = action.end
        if action.behind:
            following = blanks.match(source, at)
            at = at if following is None else following.end()
    pieces.extend(origin.cut(at, len(source)))
    return join_segments(pieces)


class _Action(NamedTuple):
    """One `{{…}}`."""

    start: int
    end: int
    body: str
    """What is inside, without the marks that trim."""
    before: bool
    """Whether the blanks before it are trimmed (`{{- `)."""
    behind: bool
    """Whether the blanks behind it are trimmed (` -}}`)."""


@cache
def _token() -> re.Pattern[str]:
    return re.compile(r"""\}\}|"(?:[^"\\\n]|\\.)*"|`[^`]*`""")


def _action(source: str, start: int) -> _Action | None:
    """Return the action that begins at `start`; None where it is not closed."""
    before = re.compile(r"\{\{-\s").match(source, start) is not None
    at = start + (3 if before else 2)
    first = at + len(source[at : at + 200]) - len(source[at : at + 200].lstrip())
    if source.startswith("/*", first):
        closed = source.find("*/", first + 2)
        end = -1 if closed < 0 else source.find("}}", closed)
    else:
        tokens = _token().finditer(source, at)
        end = next((found.start() for found in tokens if found[0] == "}}"), -1)
    if end < 0:
        return None
    behind = source[end - 1] == "-" and end - 1 > at and source[end - 2].isspace()
    body = source[at : end - 1 if behind else end].strip()
    return _Action(start, end + 2, body, before, behind)


@cache
def _term() -> re.Pattern[str]:
    return re.compile(r"""\s*(\.[\w.]*|"(?:[^"\\]|\\.)*"|`[^`]*`|-?\d+|\||\w+)(?=[\s|]|$)""")


def _place(text: TracedText, at: int) -> Span:
    return text.origin(at) or _NOWHERE


def _evaluate(
    action: _Action, place: Span, variables: Mapping[str, TemplateVariable], doubts: UnknownTracker
) -> tuple[Segment, ...]:
    """Return what one action prints."""
    body = action.body
    if body.startswith("/*"):
        return ()
    terms = _terms(body)
    if terms is not None:
        for term in terms:
            if term[0].isalpha() and term not in _BUILT_IN:
                raise TemplateError(f"Go templates have no function `{term}` here", place)
        result = _pipeline(terms, variables, place)
        if result is not None:
            return placed(join_segments(result), place).segments
    shown = body[:_MOST_SHOWN].replace(UNKNOWN, "…")
    return (doubts.piece(f"the template `{{{{{shown}}}}}` is not evaluated", place),)


def _terms(body: str) -> list[str] | None:
    """Return the words of an action; None where it holds something else."""
    found: list[str] = []
    at = 0
    while at < len(body):
        term = _term().match(body, at)
        if term is None:
            return None
        found.append(term[1])
        at = term.end()
    return found or None


def _pipeline(
    terms: list[str], variables: Mapping[str, TemplateVariable], place: Span
) -> tuple[Segment, ...] | None:
    """Return what a pipeline prints; None where that is not known."""
    value: tuple[Segment, ...] | None = None
    stage: list[str] = []
    for term in (*terms, "|"):
        if term != "|":
            stage.append(term)
            continue
        value = _stage(stage, value, variables, place)
        if value is None:
            return None
        stage = []
    return value


def _stage(
    stage: list[str],
    piped: tuple[Segment, ...] | None,
    variables: Mapping[str, TemplateVariable],
    place: Span,
) -> tuple[Segment, ...] | None:
    if not stage:
        return None
    head, *rest = stage
    arguments = [_operand(term, variables, place) for term in rest]
    if piped is not None:
        arguments.append(piped)
    known = [argument for argument in arguments if argument is not None]
    if len(known) < len(arguments):
        return None
    if head == "print":
        return known[0] if len(known) == 1 else None
    if head == "printf":
        return _formatted(rest, known, variables)
    return _operand(head, variables, place) if not arguments else None


def _operand(
    term: str, variables: Mapping[str, TemplateVariable], place: Span
) -> tuple[Segment, ...] | None:
    """Return what a field or a literal is."""
    if term[0] in '"`':
        inner = term[1:-1]
        if "\\" in inner and term[0] == '"':
            return None
        return (Segment(inner, place, verbatim=False),) if inner else ()
    if term[0] in "-0123456789":
        return (Segment(term, place, verbatim=False),)
    if term[0] != "." or term == ".":
        return None
    var = _field(term, variables)
    if var is None:
        return None if UNKNOWN in term else (Segment("<no value>", place, verbatim=False),)
    return None if var.value is None else var.value.text.segments


def _field(term: str, variables: Mapping[str, TemplateVariable]) -> TemplateVariable | None:
    """Return the variable that `.A.B` names."""
    var: TemplateVariable | None = None
    inside = variables
    for name in term[1:].split("."):
        var = inside.get(name)
        if var is None:
            return None
        inside = var.parts
    return var


def _verb(term: str, variables: Mapping[str, TemplateVariable]) -> str:
    """Return the verb of `printf` that suits an argument: `%d` for numbers, `%s` for texts."""
    if term[:1] == ".":
        var = _field(term, variables)
        return "%v" if var is None else "%d" if var.number else "%s"
    return "%s" if term[:1] in '"`' else "%d"


def _formatted(
    terms: list[str],
    arguments: list[tuple[Segment, ...]],
    variables: Mapping[str, TemplateVariable],
) -> tuple[Segment, ...] | None:
    """Return what `printf "…%d…" x` prints, where each verb suits its argument."""
    if not terms or terms[0][0] not in '"`':
        return None
    text = terms[0][1:-1]
    values = arguments[1:]
    parts = re.split(r"%[dsv]", text)
    suits = [_verb(term, variables) for term in terms[1:]] + ["%v"] * (len(values) + 1 - len(terms))
    verbs: list[str] = re.findall(r"%[dsv]", text)
    if len(verbs) != len(values) or any("%" in part or "\\" in part for part in parts):
        return None
    if any(verb not in ("%v", suit) for verb, suit in zip(verbs, suits, strict=True)):
        return None
    place = arguments[0][0].span if arguments[0] else _NOWHERE
    pieces: list[Segment] = []
    for part, value in zip(parts, [*values, ()], strict=True):
        pieces.append(Segment(part, place, verbatim=False))
        pieces.extend(value)
    return tuple(piece for piece in pieces if piece.text)
