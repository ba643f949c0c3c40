"""Go templates (`{{.PORT}}`) in commands, environments and probes.

Process-compose renders them with Go's text/template and only its built-in functions, so
`{{add 8080 .PC_REPLICA_NUM}}` is an error there. Fields, literals, `print` and `printf` are
rendered here; the result of anything else is unknown.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from port_registry import model
from port_registry.languages import provenance
from port_registry.languages.provenance import ExpansionError


class TemplateVariable(model.NamedTuple):
    """A template variable: a value, or fields with variables."""

    value: model.TracedValue | None
    """The value that it prints; None where it has fields, or is a list."""
    fields: "Mapping[str, TemplateVariable]"
    is_number: bool = False
    """Whether its value is a whole number, and not a text."""


NO_VARIABLES: Mapping[str, TemplateVariable] = MappingProxyType({})

_MAX_TEXT = 1_000_000
"""The maximum number of code points that the templates of one text may print."""

_MOST_SHOWN = 60
"""The number of characters of a template that a message shows."""

_BUILT_IN = frozenset(
    (
        "and break call continue define block else end eq ge gt html if index js le len lt ne nil"
        " not or print printf println range slice template true false urlquery with"
    ).split()
)

_NO_SPAN = model.Span("", 0, 0)


def render(
    text: model.TracedText,
    variables: Mapping[str, TemplateVariable],
    unknowns: provenance.UnknownTracker,
) -> model.TracedText:
    """Return `text` with its templates rendered.

    Raises `ExpansionError`.
    """
    if "{{" not in text.text:
        return text
    segments: list[model.Segment] = []
    position = printed_length = 0
    source = text.text
    source_map = provenance.SourceMap(text)
    white_space = re.compile(r"\s*")
    while (start := source.find("{{", position)) >= 0:
        action = _parse_action(source, start)
        if action is None:
            raise ExpansionError("a template's `{{` is not closed", _origin(text, start))
        before = source[position:start]
        stop = position + len(before.rstrip()) if action.trims_before else start
        segments.extend(source_map.cut(position, stop))
        span = provenance.enclosing_span(source_map.cut(action.start, action.end), _NO_SPAN)
        printed = _evaluate(action, span, variables, unknowns)
        segments.extend(printed)
        printed_length += sum(len(segment.text) for segment in printed)
        if printed_length > _MAX_TEXT:
            reason = "its templates make it too long to be read"
            return model.join_segments((unknowns.unknown_segment(reason, _origin(text, start)),))
        position = action.end
        if action.trims_after:
            following = white_space.match(source, position)
            position = position if following is None else following.end()
    segments.extend(source_map.cut(position, len(source)))
    return model.join_segments(segments)


class _Action(model.NamedTuple):
    """One `{{…}}`."""

    start: int
    end: int
    body: str
    """The text inside, without the trim markers."""
    trims_before: bool
    """Whether the white space before it is trimmed (`{{- `)."""
    trims_after: bool
    """Whether the white space after it is trimmed (` -}}`)."""


_token = model.lazy_pattern(r"""\}\}|"(?:[^"\\\n]|\\.)*"|`[^`]*`""")


def _parse_action(source: str, start: int) -> _Action | None:
    """Return the action that begins at `start`; None where it is not closed."""
    trims_before = re.compile(r"\{\{-\s").match(source, start) is not None
    inside = start + (3 if trims_before else 2)
    head = source[inside : inside + 200]
    first = inside + len(head) - len(head.lstrip())
    if source.startswith("/*", first):
        comment_end = source.find("*/", first + 2)
        end = -1 if comment_end < 0 else source.find("}}", comment_end)
    else:
        tokens = _token().finditer(source, inside)
        end = next((token.start() for token in tokens if token[0] == "}}"), -1)
    if end < 0:
        return None
    trims_after = source[end - 1] == "-" and end - 1 > inside and source[end - 2].isspace()
    body = source[inside : end - 1 if trims_after else end].strip()
    return _Action(start, end + 2, body, trims_before, trims_after)


_term = model.lazy_pattern(r"""\s*(\.[\w.]*|"(?:[^"\\]|\\.)*"|`[^`]*`|-?\d+|\||\w+)(?=[\s|]|$)""")


def _origin(text: model.TracedText, offset: int) -> model.Span:
    return text.origin(offset) or _NO_SPAN


def _evaluate(
    action: _Action,
    span: model.Span,
    variables: Mapping[str, TemplateVariable],
    unknowns: provenance.UnknownTracker,
) -> tuple[model.Segment, ...]:
    """Return the text that one action prints."""
    body = action.body
    if body.startswith("/*"):
        return ()
    terms = _terms(body)
    if terms is not None:
        for term in terms:
            if term[0].isalpha() and term not in _BUILT_IN:
                raise ExpansionError(f"Go templates have no function `{term}` here", span)
        result = _pipeline(terms, variables, span)
        if result is not None:
            return provenance.with_default_span(model.join_segments(result), span).segments
    shown = body[:_MOST_SHOWN].replace(provenance.UNKNOWN, "…")
    return (unknowns.unknown_segment(f"the template `{{{{{shown}}}}}` is not evaluated", span),)


def _terms(body: str) -> list[str] | None:
    """Return the words of an action; None where it contains something else."""
    terms: list[str] = []
    position = 0
    while position < len(body):
        term = _term().match(body, position)
        if term is None:
            return None
        terms.append(term[1])
        position = term.end()
    return terms or None


def _pipeline(
    terms: list[str], variables: Mapping[str, TemplateVariable], span: model.Span
) -> tuple[model.Segment, ...] | None:
    """Return the text that a pipeline prints; None where it is not known."""
    value: tuple[model.Segment, ...] | None = None
    command: list[str] = []
    for term in (*terms, "|"):
        if term != "|":
            command.append(term)
            continue
        value = _command(command, value, variables, span)
        if value is None:
            return None
        command = []
    return value


def _command(
    command: list[str],
    piped: tuple[model.Segment, ...] | None,
    variables: Mapping[str, TemplateVariable],
    span: model.Span,
) -> tuple[model.Segment, ...] | None:
    """Return the text that one command of a pipeline prints; None where it is not known."""
    if not command:
        return None
    head, *rest = command
    arguments = [_operand(term, variables, span) for term in rest]
    if piped is not None:
        arguments.append(piped)
    known = [argument for argument in arguments if argument is not None]
    if len(known) < len(arguments):
        return None
    if head == "print":
        return known[0] if len(known) == 1 else None
    if head == "printf":
        return _printf(rest, known, variables)
    return _operand(head, variables, span) if not arguments else None


def _operand(
    term: str, variables: Mapping[str, TemplateVariable], span: model.Span
) -> tuple[model.Segment, ...] | None:
    """Return the value of a field or a literal; None where it is not known."""
    if term[0] in '"`':
        inner = term[1:-1]
        if "\\" in inner and term[0] == '"':
            return None
        return (model.Segment(inner, span, verbatim=False),) if inner else ()
    if term[0] in "-0123456789":
        return (model.Segment(term, span, verbatim=False),)
    if term[0] != "." or term == ".":
        return None
    variable = _field(term, variables)
    if variable is None:
        return (
            None
            if provenance.UNKNOWN in term
            else (model.Segment("<no value>", span, verbatim=False),)
        )
    return None if variable.value is None else variable.value.text.segments


def _field(term: str, variables: Mapping[str, TemplateVariable]) -> TemplateVariable | None:
    """Return the variable that `.A.B` names."""
    variable: TemplateVariable | None = None
    fields = variables
    for name in term[1:].split("."):
        variable = fields.get(name)
        if variable is None:
            return None
        fields = variable.fields
    return variable


def _matching_verb(term: str, variables: Mapping[str, TemplateVariable]) -> str:
    """Return the verb of `printf` for an argument: `%d` for numbers, `%s` for texts."""
    if term[:1] == ".":
        variable = _field(term, variables)
        return "%v" if variable is None else "%d" if variable.is_number else "%s"
    return "%s" if term[:1] in '"`' else "%d"


def _printf(
    terms: list[str],
    arguments: list[tuple[model.Segment, ...]],
    variables: Mapping[str, TemplateVariable],
) -> tuple[model.Segment, ...] | None:
    """Return the text that `printf "…%d…" x` prints, where each verb matches its argument."""
    if not terms or terms[0][0] not in '"`':
        return None
    text = terms[0][1:-1]
    values = arguments[1:]
    literals = re.split(r"%[dsv]", text)
    matching = [_matching_verb(term, variables) for term in terms[1:]]
    matching += ["%v"] * (len(values) - len(matching))
    verbs: list[str] = re.findall(r"%[dsv]", text)
    if len(verbs) != len(values) or any("%" in text or "\\" in text for text in literals):
        return None
    if any(verb not in ("%v", match) for verb, match in zip(verbs, matching, strict=True)):
        return None
    span = arguments[0][0].span if arguments[0] else _NO_SPAN
    segments: list[model.Segment] = []
    for literal, value in zip(literals, [*values, ()], strict=True):
        segments.append(model.Segment(literal, span, verbatim=False))
        segments.extend(value)
    return tuple(segment for segment in segments if segment.text)
