"""From a YAML tree to a file's configuration, as process-compose's types take it.

A value of the wrong kind makes process-compose refuse the file; here it is reported and
left out, and the rest is read on. Only an `environment` written as a map, which
process-compose 1.122 refuses too, is read without a word: the pattern itself writes it.
"""

from collections.abc import Mapping as ReadOnly
from typing import NamedTuple

from port_registry.languages.go_template import NO_VARIABLES, TemplateVariable
from port_registry.languages.provenance import UNKNOWN, SourceMap
from port_registry.languages.yaml import (
    Mapping,
    MergedKey,
    Merger,
    Node,
    Scalar,
    ScalarStyle,
    Sequence,
    as_bool,
    as_integer,
    is_null,
    resolve_alias,
)
from port_registry.model import (
    Dependency,
    Insertion,
    Segment,
    Span,
    StartCondition,
    TracedText,
    TracedValue,
    UnreadablePart,
    join_segments,
)
from port_registry.sources.process_compose.config import (
    Http,
    ProbeConfig,
    ProcessConfig,
    ProjectConfig,
    Variable,
)
from port_registry.sources.process_compose.insertion import insertion_for

_MAX_VARS_DEPTH = 20
_CONDITIONS = {condition.value: condition for condition in StartCondition}

Entries = ReadOnly[str, MergedKey]


class TextNode(NamedTuple):
    """A file as it is parsed."""

    path: str
    text: str
    origin: SourceMap | None
    """None where the text is the file's own."""
    is_yaml: bool = True
    """Whether a key can be written into it as YAML."""


def decode(text: TextNode, root: Node, unreadable: list[UnreadablePart]) -> ProjectConfig:
    """Return the configuration that the tree holds, adding what is wrong to `unreadable`."""
    return _Decoder(text, unreadable).project(root)


class _Decoder:
    """Reads one file's tree."""

    def __init__(self, text: TextNode, unreadable: list[UnreadablePart]) -> None:
        self.text = text
        self.unreadable = unreadable
        self.merger = Merger()
        self.values: dict[tuple[Span, TracedText | None], TracedValue] = {}
        """Values by place: aliases of one scalar share one."""

    def project(self, root: Node) -> ProjectConfig:
        path = self.text.path
        entries = self.entries("the file", root)
        processes = self.entries("processes", self.node(entries, "processes"))
        commands = self.entries("env_cmds", self.node(entries, "env_cmds"))
        return ProjectConfig(
            path,
            self.string(entries, "extends"),
            not self.flag(entries, "disable_env_expansion"),
            tuple(self.process(entry) for entry in processes.values()),
            self.environment(self.node(entries, "environment")),
            tuple(commands),
            self.vars(self.node(entries, "vars"), 0),
            self.server(self.node(entries, "mcp_server")),
        )

    def process(self, entry: MergedKey) -> ProcessConfig:
        name = entry.key.value
        entries = self.entries(f"the process `{name[:60]}`", entry.value)
        replicas, doubt = self.replicas(entries)
        shutdown = self.entries("shutdown", self.node(entries, "shutdown"))
        return ProcessConfig(
            name,
            self.span(entry.key.span),
            self.insertion(entry),
            self.string(entries, "extends"),
            self.string(entries, "command"),
            self.strings(entries, "entrypoint"),
            self.strings(entries, "args"),
            self.environment(self.node(entries, "environment")),
            self.string(entries, "env_file"),
            self.string(entries, "working_dir"),
            self.dependencies(self.node(entries, "depends_on")),
            self.probe(entries.get("readiness_probe")),
            self.probe(entries.get("liveness_probe")),
            self.string(shutdown, "command"),
            self.flag(entries, "disabled"),
            self.string(entries, "is_disabled"),
            replicas,
            doubt,
            self.vars(self.node(entries, "vars"), 0),
            not self.flag(entries, "is_template_disabled"),
            not self.flag(entries, "is_dotenv_disabled"),
        )

    def insertion(self, entry: MergedKey) -> Insertion | None:
        if not self.text.is_yaml:
            return None
        return insertion_for(self.text.text, entry, self.text.origin)

    def probe(self, entry: MergedKey | None) -> ProbeConfig | None:
        if entry is None or is_null(entry.value):
            return None
        entries = self.entries(entry.key.value, entry.value)
        command: TracedValue | None = None
        if (found := entries.get("exec")) is not None and not is_null(found.value):
            command = self.string(self.entries("exec", found.value), "command")
            if command is None:
                command = TracedValue(TracedText("", ()), self.span(found.key.span))
        http: Http | None = None
        if (found := entries.get("http_get")) is not None and not is_null(found.value):
            inner = self.entries("http_get", found.value)
            parts = (self.string(inner, name) for name in ("host", "scheme", "port"))
            http = Http(self.span(found.key.span), *parts)
        return ProbeConfig(self.span(entry.key.span), command, http)

    def dependencies(self, node: Node | None) -> tuple[Dependency, ...]:
        found: list[Dependency] = []
        for name, entry in self.entries("depends_on", node).items():
            inner = self.entries(f"the dependency `{name[:60]}`", entry.value)
            given = self.string(inner, "condition")
            condition = StartCondition.COMPLETED
            if given is not None:
                condition = _CONDITIONS.get(given.text.text, StartCondition.COMPLETED)
                if given.text.text not in _CONDITIONS and UNKNOWN not in given.text.text:
                    names = ", ".join(_CONDITIONS)
                    self.complain(f"no such condition; there are {names}", given.span)
            found.append(Dependency(name, condition, self.span(entry.key.span)))
        return tuple(found)

    def environment(self, node: Node | None) -> tuple[Variable, ...]:
        """Return the variables of an `environment`, which may be a list or a map."""
        target = None if node is None else resolve_alias(node)
        if target is None or is_null(target):
            return ()
        if isinstance(target, Mapping):
            entries = self.entries("environment", target).values()
            return tuple(
                Variable(entry.key.value, value, "=" not in value.text.text)
                for entry in entries
                if (value := self.text_of("environment", entry.value)) is not None
            )
        if isinstance(target, Scalar) and UNKNOWN in target.value:
            return ()
        if not isinstance(target, Sequence):
            self.complain("`environment` has to be a list of `NAME=value`", self.span(target.span))
            return ()
        values = (self.text_of("environment", item) for item in target.items)
        return tuple(_variable(value) for value in values if value is not None)

    def vars(self, node: Node | None, depth: int) -> ReadOnly[str, TemplateVariable]:
        if node is None or depth > _MAX_VARS_DEPTH:
            return NO_VARIABLES
        found: dict[str, TemplateVariable] = {}
        for name, entry in self.entries("vars", node).items():
            target = resolve_alias(entry.value)
            if isinstance(target, Scalar):
                number = as_integer(target) is not None
                found[name] = TemplateVariable(self.printed(target), NO_VARIABLES, number)
            elif isinstance(target, Mapping):
                found[name] = TemplateVariable(None, self.vars(target, depth + 1))
            else:
                found[name] = TemplateVariable(None, NO_VARIABLES)
        return found

    def printed(self, scalar: Scalar) -> TracedValue:
        """Return a variable's value as a Go template prints it."""
        value = self.value(scalar)
        number = as_integer(scalar)
        shown = value.text.text
        if scalar.style is ScalarStyle.PLAIN and scalar.tag is None:
            if is_null(scalar):
                shown = "<no value>"
            elif number is not None:
                shown = str(number)
            elif shown.lower() in ("true", "false"):
                shown = shown.lower()
        if shown == value.text.text:
            return value
        return TracedValue(join_segments((Segment(shown, value.span, verbatim=False),)), value.span)

    def server(self, node: Node | None) -> tuple[TracedValue | None, TracedValue] | None:
        entries = self.entries("mcp_server", node)
        transport = self.string(entries, "transport")
        port = self.string(entries, "port")
        if port is None or (transport is not None and transport.text.text.lower() == "stdio"):
            return None
        return self.string(entries, "host"), port

    def replicas(self, entries: Entries) -> tuple[int, TracedValue | None]:
        node = self.node(entries, "replicas")
        if node is None or is_null(node):
            return 0, None
        target = resolve_alias(node)
        if isinstance(target, Scalar):
            if UNKNOWN in target.value:
                return 0, self.value(target)
            number = as_integer(target)
            if number is not None:
                return number, None
        self.complain("`replicas` has to be a whole number", self.span(node.span))
        return 0, None

    def flag(self, entries: Entries, name: str) -> bool:
        node = self.node(entries, name)
        if node is None or is_null(node):
            return False
        target = resolve_alias(node)
        found = as_bool(target) if isinstance(target, Scalar) else None
        if found is None and not (isinstance(target, Scalar) and UNKNOWN in target.value):
            self.complain(f"`{name}` has to be true or false", self.span(node.span))
        return bool(found)

    def strings(self, entries: Entries, name: str) -> tuple[TracedValue, ...]:
        node = self.node(entries, name)
        if node is None or is_null(node):
            return ()
        target = resolve_alias(node)
        if isinstance(target, Scalar) and UNKNOWN in target.value:
            return ()
        if not isinstance(target, Sequence):
            self.complain(f"`{name}` has to be a list of texts", self.span(node.span))
            return ()
        values = (self.text_of(name, item) for item in target.items)
        return tuple(value for value in values if value is not None)

    def string(self, entries: Entries, name: str) -> TracedValue | None:
        node = self.node(entries, name)
        return None if node is None else self.text_of(name, node)

    def text_of(self, name: str, node: Node) -> TracedValue | None:
        """Return a scalar as a text; None for null, and for what is no scalar."""
        if is_null(node):
            return None
        target = resolve_alias(node)
        if isinstance(target, Scalar):
            return self.value(target)
        kind = "a map" if isinstance(target, Mapping) else "a list"
        self.complain(f"`{name}` is {kind} where a text belongs", self.span(node.span))
        return None

    def value(self, scalar: Scalar) -> TracedValue:
        known = self.values.get((scalar.span, scalar.computed))
        if known is None:
            text = scalar.traced()
            if self.text.origin is not None:
                text = self.text.origin.trace(text)
            known = TracedValue(text, self.span(scalar.span))
            self.values[scalar.span, scalar.computed] = known
        return known

    def entries(self, name: str, node: Node | None) -> Entries:
        """Return a mapping's entries; none for null, and for what is no mapping."""
        if node is None or is_null(node):
            return {}
        target = resolve_alias(node)
        if isinstance(target, Mapping):
            return self.merger.entries(target)
        if not (isinstance(target, Scalar) and target.value == UNKNOWN):
            self.complain(f"{_quoted(name)} has to be a map", self.span(node.span))
        return {}

    def node(self, entries: Entries, name: str) -> Node | None:
        found = entries.get(name)
        return None if found is None else found.value

    def span(self, span: Span) -> Span:
        return span if self.text.origin is None else self.text.origin.trace_span(span)

    def complain(self, message: str, span: Span) -> None:
        self.unreadable.append(UnreadablePart(message, span))


def _quoted(name: str) -> str:
    return name if " " in name else f"`{name}`"


def _variable(value: TracedValue) -> Variable:
    """Take a `NAME=value` apart."""
    text = value.text.text
    name, equals, _ = text.partition("=")
    rest = value.text.cut(len(name) + len(equals), len(text))
    return Variable(name, TracedValue(rest, value.span), text.count("=") == 1)
