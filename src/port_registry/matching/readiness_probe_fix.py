"""How a process that can never become healthy gets a readiness probe.

The probe is unsafe to write without a look, since it runs a program that must be there.
A process with a `ready_log_line` may not have a readiness probe as well (process-compose
refuses both), so whoever waits for it waits for that line instead.
"""

import re
from functools import cache
from typing import NamedTuple

from port_registry.facts.readiness import QuestionKind, readiness_question
from port_registry.matching import service_affinity
from port_registry.matching.annotation_links import AnnotatedMachine
from port_registry.matching.listeners import Listening, listeners
from port_registry.matching.locality import is_local_host
from port_registry.matching.project import Project
from port_registry.model import (
    Dependency,
    Edit,
    Fix,
    Insertion,
    Protocol,
    Safety,
    Service,
    Source,
    SourceError,
    Span,
)


class _Asked(NamedTuple):
    """What a probe asks: a command, or a page."""

    kind: str
    """`exec` or `http_get`."""
    keys: tuple[tuple[str, str], ...]


def mend(
    project: Project, ties: AnnotatedMachine, target: Service, dependency: Dependency
) -> Fix | None:
    """Return the fix by which `target` can become healthy to who has `dependency`.

    None where its port, or the place to write to, is not known.
    """
    if _has_log_line(project, ties, target):
        return _wait_for_line(project, dependency)
    asked = _ask(ties, target)
    if asked is None:
        return None
    edit = _insert(project, target, asked) if target.readiness is None else None
    if target.readiness is not None:
        edit = _fill(project.reader.read(target.readiness.span.path), target, asked)
    if edit is None:
        return None
    shown = " ".join(text for _, text in asked.keys)
    return Fix(f"add a readiness probe: {shown}", Safety.UNSAFE, (edit,))


def _ask(ties: AnnotatedMachine, process: Service) -> _Asked | None:
    """Return what to ask `process`, or None where it is not known to listen over TCP."""
    found = [
        listener
        for listener in listeners(ties, process)
        if Protocol.TCP in listener.endpoint.protocols
    ]
    if not found:
        return None
    service = service_affinity.service_named(process.program)
    port, host = found[0].endpoint.ports.first, _host(found[0])
    if service is not None and host == "127.0.0.1":
        question = readiness_question(service.name)
        if question is not None and question.kind is QuestionKind.COMMAND:
            return _Asked("exec", (("command", question.text.format(port=port)),))
        if question is not None:
            keys = (("host", host), ("port", str(port)), ("path", question.text))
            return _Asked("http_get", keys)
    return _Asked("exec", (("command", f"nc -z {host} {port}"),))


def _host(listener: Listening) -> str:
    """Return the address to ask `listener` at."""
    address = listener.endpoint.address
    if address is None or (is_local_host(address) and ":" not in address):
        return "127.0.0.1"
    return address.strip("[]")


def _insert(project: Project, process: Service, asked: _Asked) -> Edit | None:
    """Return the edit that gives `process`, which has no readiness probe, one."""
    place = process.insertion
    if place is None:
        return None
    source = project.reader.read(place.at.path)
    if "readiness_probe" in _block(source, process):
        return None
    if place.flow:
        return Edit(place.at, _in_flow(source, place.at.start, asked))
    lines = [f"{place.indent}readiness_probe:", *_lines(asked, place)]
    at = place.at.start
    if at == 0 or source.text[at - 1] == "\n":
        return Edit(place.at, "".join(line + place.newline for line in lines))
    return Edit(place.at, "".join(place.newline + line for line in lines))


def _lines(asked: _Asked, place: Insertion) -> list[str]:
    indent = place.indent + place.step
    keys = [f"{indent}{place.step}{key}: {_scalar(text)}" for key, text in asked.keys]
    return [f"{indent}{asked.kind}:", *keys]


def _scalar(text: str) -> str:
    """Return `text` as YAML takes it in block style."""
    return f'"{text}"' if text.endswith(":") or ": " in text else text


def _in_flow(source: Source, at: int, asked: _Asked) -> str:
    """Return the new key in flow style, with the commas that its neighbours need."""
    text = f'"readiness_probe": {_flow(asked)}'
    before, after = source.text[:at].rstrip(), source.text[at:].lstrip()
    if not before.endswith(("{", ",")):
        text = f", {text}"
    if not after.startswith(("}", ",")):
        text = f"{text}, "
    return text


def _flow(asked: _Asked) -> str:
    keys = ", ".join(
        f'"{key}": {text if text.isdecimal() else _quoted(text)}' for key, text in asked.keys
    )
    return f'{{"{asked.kind}": {{{keys}}}}}'


def _quoted(text: str) -> str:
    return f'"{text}"'


def _fill(source: Source, process: Service, asked: _Asked) -> Edit | None:
    """Return the edit that lets the empty readiness probe of `process` ask something."""
    probe, place = process.readiness, process.insertion
    if probe is None or place is None:
        return None
    empty = _empty_flow().match(source.text, probe.span.end)
    if empty is not None:
        return Edit(Span(source.path, empty.start("value"), empty.end("value")), _flow(asked))
    head = _open_block().match(source.text, probe.span.end)
    if head is None or place.flow:
        return None
    line = source.position(head.end()).line
    text = source.line_text(line)
    indent = text[: len(text) - len(text.lstrip(" "))]
    own = source.position(probe.span.start).column - 1
    if len(indent) <= own:
        return None
    keys = [f"{indent}{place.step}{key}: {_scalar(value)}" for key, value in asked.keys]
    start = source.line_starts()[line - 1]
    lines = [f"{indent}{asked.kind}:", *keys]
    return Edit(Span(source.path, start, start), "".join(one + place.newline for one in lines))


def _has_log_line(project: Project, ties: AnnotatedMachine, process: Service) -> bool:
    """Return whether `process` has a `ready_log_line`, or may have one from another file."""
    for path in ties.machine.files:
        try:
            source = project.reader.read(path)
        except SourceError:
            continue
        text = _block(source, process) if path == process.span.path else source.text
        if _log_line().search(text):
            return True
    return False


def _wait_for_line(project: Project, dependency: Dependency) -> Fix | None:
    """Return the fix by which `dependency` waits for the log line."""
    source = project.reader.read(dependency.span.path)
    found = _healthy().match(source.text, dependency.span.end)
    if found is None:
        return None
    span = Span(source.path, found.start("value"), found.end("value"))
    return Fix("wait for its ready_log_line", Safety.UNSAFE, (Edit(span, "process_log_ready"),))


def _block(source: Source, process: Service) -> str:
    """Return the text of `process`, from its key to the next line that is no deeper.

    In flow style that may be too much, which only costs a fix.
    """
    head = source.position(process.span.start)
    kept = [source.line_text(head.line)[head.column - 1 :]]
    for line in range(head.line + 1, len(source.line_starts()) + 1):
        text = source.line_text(line)
        bare = text.lstrip(" ")
        if bare and not bare.startswith("#") and len(text) - len(bare) < head.column:
            break
        kept.append(text)
    return "\n".join(kept)


@cache
def _empty_flow() -> re.Pattern[str]:
    return re.compile(r"[\"']?\s*:\s*(?P<value>\{\s*\})")


@cache
def _open_block() -> re.Pattern[str]:
    return re.compile(r"[ ]*:[ ]*(?:#[^\n]*)?\r?\n(?:[ ]*(?:#[^\n]*)?\r?\n)*")


@cache
def _log_line() -> re.Pattern[str]:
    return re.compile(r"\bready_log_line[\"']?\s*:")


@cache
def _healthy() -> re.Pattern[str]:
    return re.compile(
        r"[\"']?\s*:\s*(?:\{\s*)?(?:#[^\n]*\n\s*)*[\"']?condition[\"']?\s*:\s*[\"']?"
        r"(?P<value>process_healthy)"
    )
