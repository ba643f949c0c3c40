"""Fixes that give a process which can never become healthy a readiness probe.

The fix is unsafe, since the probe runs a program that must be installed. A process with a
`ready_log_line` may not have a readiness probe as well (process-compose rejects both), so
its dependents wait for that line instead.
"""

from port_registry import model
from port_registry.facts.readiness import QuestionKind, readiness_question
from port_registry.matching import locality, service_affinity
from port_registry.matching.annotated_machines import AnnotatedMachine
from port_registry.matching.listeners import listeners
from port_registry.matching.project import Project


class _ProbeCheck(model.NamedTuple):
    """The check of a probe: a command, or a page."""

    kind: str
    """`exec` or `http_get`."""
    keys: tuple[tuple[str, str], ...]
    """The keys below `kind` and their values."""


def readiness_probe_fix(
    project: Project,
    annotated: AnnotatedMachine,
    target: model.Service,
    dependency: model.Dependency,
) -> model.Fix | None:
    """Return a fix that lets `target` become healthy, as `dependency` requires.

    None where its port, or the place to write to, is not known.
    """
    if _has_log_line(project, annotated, target):
        return _wait_for_line(project, dependency)
    check = _check_for(annotated, target)
    edit = None if check is None else _insert(project, target, check)
    if check is None or edit is None:
        return None
    summary = " ".join(text for _, text in check.keys)
    return model.Fix(f"add a readiness probe: {summary}", model.Safety.UNSAFE, (edit,))


def _check_for(annotated: AnnotatedMachine, process: model.Service) -> _ProbeCheck | None:
    """Return the check for `process`; None where it is not known to listen over TCP."""
    endpoints = (listener.endpoint for listener in listeners(annotated, process))
    endpoint = next((one for one in endpoints if model.Protocol.TCP in one.protocols), None)
    if endpoint is None:
        return None
    port, address, host = endpoint.ports.first, endpoint.address, "127.0.0.1"
    if address is not None and (":" in address or not locality.is_local_host(address)):
        host = address.strip("[]")
    service = service_affinity.service_named(process.program)
    question = readiness_question(service.name) if service and host == "127.0.0.1" else None
    if question is not None and question.kind is QuestionKind.PAGE:
        keys = (("host", host), ("port", str(port)), ("path", question.text))
        return _ProbeCheck("http_get", keys)
    command = f"nc -z {host} {port}" if question is None else question.text.format(port=port)
    return _ProbeCheck("exec", (("command", command),))


def _insert(project: Project, process: model.Service, check: _ProbeCheck) -> model.Edit | None:
    """Return the edit that gives `process` a readiness probe with a check."""
    insertion = process.insertion
    if insertion is None:
        return None
    if process.readiness is not None:
        return _fill(project, process.readiness, insertion, check)
    source = project.reader.read(insertion.at.path)
    if "readiness_probe" in _block(source, process):
        return None
    offset, newline = insertion.at.start, insertion.newline
    if insertion.flow:
        return model.Edit(insertion.at, _in_flow(source, offset, check))
    indent = insertion.indent + insertion.step
    lines = [f"{insertion.indent}readiness_probe:", *_block_lines(check, indent, insertion.step)]
    if offset == 0 or source.text[offset - 1] == "\n":
        return model.Edit(insertion.at, "".join(line + newline for line in lines))
    return model.Edit(insertion.at, "".join(newline + line for line in lines))


def _block_lines(check: _ProbeCheck, indent: str, step: str) -> list[str]:
    """Return the lines of a check in block style, `step` being one level of indentation."""
    lines = [f"{indent}{check.kind}:"]
    for key, text in check.keys:
        is_plain = not text.endswith(":") and ": " not in text
        lines.append(f"{indent}{step}{key}: {text if is_plain else _quoted(text)}")
    return lines


def _in_flow(source: model.Source, offset: int, check: _ProbeCheck) -> str:
    """Return the new key in flow style, with the commas that its neighbours need."""
    text = f'"readiness_probe": {_flow(check)}'
    before, after = source.text[:offset].rstrip(), source.text[offset:].lstrip()
    if not before.endswith(("{", ",")):
        text = f", {text}"
    if not after.startswith(("}", ",")):
        text = f"{text}, "
    return text


def _flow(check: _ProbeCheck) -> str:
    keys = ", ".join(
        f'"{key}": {text if text.isdecimal() else _quoted(text)}' for key, text in check.keys
    )
    return f'{{"{check.kind}": {{{keys}}}}}'


def _quoted(text: str) -> str:
    return f'"{text}"'


def _fill(
    project: Project, probe: model.Probe, insertion: model.Insertion, check: _ProbeCheck
) -> model.Edit | None:
    """Return the edit that adds a check to a readiness probe that is empty."""
    source = project.reader.read(probe.span.path)
    empty = _empty_flow().match(source.text, probe.span.end)
    if empty is not None:
        return model.Edit(model.Span(source.path, *empty.span("value")), _flow(check))
    head = _open_block().match(source.text, probe.span.end)
    if head is None or insertion.flow:
        return None
    next_line = source.position(head.end()).line
    text = source.line_text(next_line)
    indent = text[: len(text) - len(text.lstrip(" "))]
    if len(indent) < source.position(probe.span.start).column:
        return None
    start = source.line_starts()[next_line - 1]
    lines = _block_lines(check, indent, insertion.step)
    new_text = "".join(line + insertion.newline for line in lines)
    return model.Edit(model.Span(source.path, start, start), new_text)


def _has_log_line(project: Project, annotated: AnnotatedMachine, process: model.Service) -> bool:
    """Return whether `process` has a `ready_log_line`, or may get one from another file."""
    for path in annotated.machine.files:
        try:
            source = project.reader.read(path)
        except model.SourceError:
            continue
        text = _block(source, process) if path == process.span.path else source.text
        if _log_line().search(text):
            return True
    return False


def _wait_for_line(project: Project, dependency: model.Dependency) -> model.Fix | None:
    """Return the fix that makes `dependency` wait for the log line."""
    source = project.reader.read(dependency.span.path)
    condition = _healthy().match(source.text, dependency.span.end)
    if condition is None:
        return None
    edit = model.Edit(model.Span(source.path, *condition.span("value")), "process_log_ready")
    return model.Fix("wait for its ready_log_line", model.Safety.UNSAFE, (edit,))


def _block(source: model.Source, process: model.Service) -> str:
    """Return the text of `process`, from its key to the next line that is not deeper.

    In flow style that may be too much, and then there is no fix.
    """
    key = source.position(process.span.start)
    lines = [source.line_text(key.line)[key.column - 1 :]]
    for number in range(key.line + 1, len(source.line_starts()) + 1):
        line = source.line_text(number)
        content = line.lstrip(" ")
        if content and not content.startswith("#") and len(line) - len(content) < key.column:
            break
        lines.append(line)
    return "\n".join(lines)


_empty_flow = model.lazy_pattern(r"[\"']?\s*:\s*(?P<value>\{\s*\})")
_open_block = model.lazy_pattern(r"[ ]*:[ ]*(?:#[^\n]*)?\r?\n(?:[ ]*(?:#[^\n]*)?\r?\n)*")
_log_line = model.lazy_pattern(r"\bready_log_line[\"']?\s*:")
_healthy = model.lazy_pattern(
    r"[\"']?\s*:\s*(?:\{\s*)?(?:#[^\n]*\n\s*)*[\"']?condition[\"']?\s*:\s*[\"']?"
    r"(?P<value>process_healthy)"
)
