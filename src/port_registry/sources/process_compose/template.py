"""Go templates (`{{.PORT}}`) in commands, environments and probes.

Process-compose renders them with Go's text/template and no functions but its built-in
ones, so `{{add 8080 .PC_REPLICA_NUM}}` is an error there. Fields, literals, `print` and
`printf` are rendered here; what else Go could render is unknown.
"""

import re
from collections.abc import Mapping
from functools import cache

from port_registry.model.span import Span
from port_registry.model.traced import Piece, Traced, traced
from port_registry.sources.process_compose.config import Var
from port_registry.sources.process_compose.origin import UNKNOWN, Doubts, hull, placed
from port_registry.sources.process_compose.words import words

_MAX_TEXT = 1_000_000
"""How many code points the templates of one text may print."""

_BUILT_IN = words(
    "and break call continue define block else end eq ge gt html if index js le len lt ne nil"
    " not or print printf println range slice template true false urlquery with"
)


class TemplateError(Exception):
    """A template that Go refuses; process-compose does not start."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.message = message
        self.span = span


def render(text: Traced, variables: Mapping[str, Var], doubts: Doubts) -> Traced:
    """Return `text` with its templates rendered.

    Raises `TemplateError`.
    """
    if "{{" not in text.text:
        return text
    pieces: list[Piece] = []
    at = grown = 0
    source = text.text
    while (start := source.find("{{", at)) >= 0:
        action = _action().match(source, start)
        if action is None:
            raise TemplateError("a template's `{{` is not closed", _place(text, start))
        before = text.cut(at, start)
        if action[1]:
            before = text.cut(at, at + len(before.text.rstrip()))
        pieces.extend(before.pieces)
        printed = _evaluate(text, action, variables, doubts)
        pieces.extend(printed)
        grown += sum(len(piece.text) for piece in printed)
        if grown > _MAX_TEXT:
            reason = "its templates make it too long to be read"
            return traced((doubts.piece(reason, _place(text, start)),))
        at = action.end()
        if action[3]:
            at += len(source[at:]) - len(source[at:].lstrip())
    pieces.extend(text.cut(at, len(source)).pieces)
    return traced(pieces)


@cache
def _action() -> re.Pattern[str]:
    inner = r"""(?:/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|`[^`]*`|(?!\}\}| -\}\}).)*?"""
    return re.compile(r"\{\{(-(?=\s))?\s*(" + inner + r")\s*((?<=\s)-)?\}\}", re.DOTALL)


@cache
def _term() -> re.Pattern[str]:
    return re.compile(r"""\s*(\.[\w.]*|"(?:[^"\\]|\\.)*"|`[^`]*`|-?\d+|\||\w+)(?=[\s|]|$)""")


def _place(text: Traced, at: int) -> Span:
    return text.origin(at) or Span("", 0, 0)


def _evaluate(
    text: Traced, action: re.Match[str], variables: Mapping[str, Var], doubts: Doubts
) -> tuple[Piece, ...]:
    """Return what one action prints."""
    body = action[2].strip()
    place = hull(text.cut(*action.span()).pieces, Span("", 0, 0))
    if body.startswith("/*"):
        return ()
    terms = _terms(body)
    if terms is not None:
        for term in terms:
            if term[0].isalpha() and term not in _BUILT_IN:
                raise TemplateError(f"Go templates have no function `{term}` here", place)
        result = _pipeline(terms, variables, place)
        if result is not None:
            return placed(traced(result), place).pieces
    return (doubts.piece(f"the template `{action[0][:60]}` is not evaluated", place),)


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
    terms: list[str], variables: Mapping[str, Var], place: Span
) -> tuple[Piece, ...] | None:
    """Return what a pipeline prints; None where that is not known."""
    value: tuple[Piece, ...] | None = None
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
    piped: tuple[Piece, ...] | None,
    variables: Mapping[str, Var],
    place: Span,
) -> tuple[Piece, ...] | None:
    if not stage:
        return None
    head, *rest = stage
    arguments = [_operand(term, variables, place) for term in rest]
    if piped is not None:
        arguments.append(piped)
    if head in ("print", "printf"):
        known = [argument for argument in arguments if argument is not None]
        if len(known) < len(arguments):
            return None
        return _printed(known) if head == "print" else _formatted(rest, known)
    return _operand(head, variables, place) if not arguments else None


def _operand(term: str, variables: Mapping[str, Var], place: Span) -> tuple[Piece, ...] | None:
    """Return what a field or a literal is."""
    if term[0] in '"`':
        inner = term[1:-1]
        if "\\" in inner and term[0] == '"':
            return None
        return (Piece(inner, place, verbatim=False),) if inner else ()
    if term[0] in "-0123456789":
        return (Piece(term, place, verbatim=False),)
    if term[0] != "." or term == ".":
        return None
    var: Var | None = None
    inside = variables
    for name in term[1:].split("."):
        var = inside.get(name)
        if var is None:
            return None if UNKNOWN in term else (Piece("<no value>", place, verbatim=False),)
        inside = var.parts
    if var is None or var.value is None:
        return None
    return var.value.text.pieces


def _printed(arguments: list[tuple[Piece, ...]]) -> tuple[Piece, ...] | None:
    return arguments[0] if len(arguments) == 1 else None


def _formatted(terms: list[str], arguments: list[tuple[Piece, ...]]) -> tuple[Piece, ...] | None:
    """Return what `printf "…%d…" x` prints, for the plain verbs."""
    if not terms or terms[0][0] not in '"`':
        return None
    pieces: list[Piece] = []
    values = arguments[1:]
    parts = re.split(r"%[dsv]", terms[0][1:-1])
    if len(parts) != len(values) + 1 or any("%" in part or "\\" in part for part in parts):
        return None
    place = arguments[0][0].span if arguments[0] else Span("", 0, 0)
    for index, part in enumerate(parts):
        pieces.append(Piece(part, place, verbatim=False))
        if index < len(values):
            pieces.extend(values[index])
    return tuple(piece for piece in pieces if piece.text)
