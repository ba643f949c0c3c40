"""Decoding of a YAML tree into a file's configuration, as process-compose's types do.

A value of the wrong kind makes process-compose reject the file; here it is reported and left
out, and the rest is read. Only an `environment` that is a map, which process-compose 1.122
rejects as well, is read without a report: the pattern itself has it.
"""

from collections.abc import Mapping as ReadOnly

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
    NamedTuple,
    Segment,
    Span,
    StartCondition,
    TracedText,
    TracedValue,
    UnreadablePart,
    join_segments,
)
from port_registry.sources.process_compose.config import (
    EnvironmentVariable,
    HttpCheck,
    ProbeConfig,
    ProcessConfig,
    ProjectConfig,
)
from port_registry.sources.process_compose.insertion import insertion_for

_MAX_VARS_DEPTH = 20
_CONDITIONS = {condition.value: condition for condition in StartCondition}

Entries = ReadOnly[str, MergedKey]


class ConfigText(NamedTuple):
    """The text of a file as it is parsed."""

    path: str
    text: str
    source_map: SourceMap | None
    """None where the text is the file's own."""
    is_editable: bool = True
    """Whether a key can be written into it as YAML."""


def decode(text: ConfigText, root: Node, unreadable: list[UnreadablePart]) -> ProjectConfig:
    """Return the configuration in the tree, adding its faults to `unreadable`."""
    return _Decoder(text, unreadable).project(root)


class _Decoder:
    """Decodes the tree of one file."""

    def __init__(self, text: ConfigText, unreadable: list[UnreadablePart]) -> None:
        self.text = text
        self.unreadable = unreadable
        self.merger = Merger()
        self.values: dict[tuple[Span, TracedText | None], TracedValue] = {}
        """Values by span: aliases of one scalar share one."""

    def project(self, root: Node) -> ProjectConfig:
        """Return the configuration of the file."""
        entries = self.entries("the file", root)
        processes = self.entries("processes", self.node(entries, "processes"))
        commands = self.entries("env_cmds", self.node(entries, "env_cmds"))
        return ProjectConfig(
            path=self.text.path,
            extends=self.string(entries, "extends"),
            expands_variables=not self.flag(entries, "disable_env_expansion"),
            processes=tuple(self.process(entry) for entry in processes.values()),
            environment=self.environment(self.node(entries, "environment")),
            command_variables=tuple(commands),
            vars=self.vars(self.node(entries, "vars"), 0),
            mcp_server=self.mcp_server(self.node(entries, "mcp_server")),
        )

    def process(self, entry: MergedKey) -> ProcessConfig:
        """Return the configuration of one process."""
        name = entry.key.value
        entries = self.entries(f"the process `{name[:60]}`", entry.value)
        replicas, unknown_replicas = self.replicas(entries)
        shutdown = self.entries("shutdown", self.node(entries, "shutdown"))
        return ProcessConfig(
            name=name,
            span=self.span(entry.key.span),
            insertion=self.insertion(entry),
            extends=self.string(entries, "extends"),
            command=self.string(entries, "command"),
            entrypoint=self.strings(entries, "entrypoint"),
            args=self.strings(entries, "args"),
            environment=self.environment(self.node(entries, "environment")),
            env_file=self.string(entries, "env_file"),
            working_dir=self.string(entries, "working_dir"),
            dependencies=self.dependencies(self.node(entries, "depends_on")),
            readiness=self.probe(entries.get("readiness_probe")),
            liveness=self.probe(entries.get("liveness_probe")),
            shutdown=self.string(shutdown, "command"),
            disabled=self.flag(entries, "disabled"),
            is_disabled=self.string(entries, "is_disabled"),
            replicas=replicas,
            unknown_replicas=unknown_replicas,
            vars=self.vars(self.node(entries, "vars"), 0),
            renders_templates=not self.flag(entries, "is_template_disabled"),
            reads_dotenv=not self.flag(entries, "is_dotenv_disabled"),
        )

    def insertion(self, entry: MergedKey) -> Insertion | None:
        """Return the place for a new key in a process."""
        if not self.text.is_editable:
            return None
        return insertion_for(self.text.text, entry, self.text.source_map)

    def probe(self, entry: MergedKey | None) -> ProbeConfig | None:
        """Return a probe; None for null."""
        if entry is None or is_null(entry.value):
            return None
        entries = self.entries(entry.key.value, entry.value)
        command: TracedValue | None = None
        exec_entry, http_entry = entries.get("exec"), entries.get("http_get")
        if exec_entry is not None and not is_null(exec_entry.value):
            command = self.string(self.entries("exec", exec_entry.value), "command")
            if command is None:
                command = TracedValue(TracedText("", ()), self.span(exec_entry.key.span))
        http: HttpCheck | None = None
        if http_entry is not None and not is_null(http_entry.value):
            check = self.entries("http_get", http_entry.value)
            http = HttpCheck(
                span=self.span(http_entry.key.span),
                host=self.string(check, "host"),
                scheme=self.string(check, "scheme"),
                port=self.string(check, "port"),
            )
        return ProbeConfig(self.span(entry.key.span), command, http)

    def dependencies(self, node: Node | None) -> tuple[Dependency, ...]:
        """Return the items of a `depends_on`."""
        dependencies: list[Dependency] = []
        for name, entry in self.entries("depends_on", node).items():
            item = self.entries(f"the dependency `{name[:60]}`", entry.value)
            value = self.string(item, "condition")
            condition = StartCondition.COMPLETED
            if value is not None:
                text = value.text.text
                condition = _CONDITIONS.get(text, StartCondition.COMPLETED)
                if text not in _CONDITIONS and UNKNOWN not in text:
                    names = ", ".join(_CONDITIONS)
                    self.report(f"no such condition; there are {names}", value.span)
            dependencies.append(Dependency(name, condition, self.span(entry.key.span)))
        return tuple(dependencies)

    def environment(self, node: Node | None) -> tuple[EnvironmentVariable, ...]:
        """Return the variables of an `environment`, which may be a list or a map."""
        target = None if node is None else resolve_alias(node)
        if target is None or is_null(target):
            return ()
        if isinstance(target, Mapping):
            entries = self.entries("environment", target).values()
            return tuple(
                EnvironmentVariable(entry.key.value, value, "=" not in value.text.text)
                for entry in entries
                if (value := self.text_of("environment", entry.value)) is not None
            )
        if isinstance(target, Scalar) and UNKNOWN in target.value:
            return ()
        if not isinstance(target, Sequence):
            self.report("`environment` has to be a list of `NAME=value`", self.span(target.span))
            return ()
        values = (self.text_of("environment", item) for item in target.items)
        return tuple(_parse_variable(value) for value in values if value is not None)

    def vars(self, node: Node | None, depth: int) -> ReadOnly[str, TemplateVariable]:
        """Return the template variables in `vars`."""
        if node is None or depth > _MAX_VARS_DEPTH:
            return NO_VARIABLES
        variables: dict[str, TemplateVariable] = {}
        for name, entry in self.entries("vars", node).items():
            target = resolve_alias(entry.value)
            if isinstance(target, Scalar):
                value, is_number = self.template_value(target), as_integer(target) is not None
                variables[name] = TemplateVariable(value, NO_VARIABLES, is_number)
            elif isinstance(target, Mapping):
                variables[name] = TemplateVariable(None, self.vars(target, depth + 1))
            else:
                variables[name] = TemplateVariable(None, NO_VARIABLES)
        return variables

    def template_value(self, scalar: Scalar) -> TracedValue:
        """Return a variable's value as a Go template prints it."""
        value = self.value(scalar)
        number = as_integer(scalar)
        printed = value.text.text
        if scalar.style is ScalarStyle.PLAIN and scalar.tag is None:
            if is_null(scalar):
                printed = "<no value>"
            elif number is not None:
                printed = str(number)
            elif printed.lower() in ("true", "false"):
                printed = printed.lower()
        if printed == value.text.text:
            return value
        text = join_segments((Segment(printed, value.span, verbatim=False),))
        return TracedValue(text, value.span)

    def mcp_server(self, node: Node | None) -> tuple[TracedValue | None, TracedValue] | None:
        """Return the host and port of `mcp_server`; None where it listens on no port."""
        entries = self.entries("mcp_server", node)
        transport = self.string(entries, "transport")
        port = self.string(entries, "port")
        if port is None or (transport is not None and transport.text.text.lower() == "stdio"):
            return None
        return self.string(entries, "host"), port

    def replicas(self, entries: Entries) -> tuple[int, TracedValue | None]:
        """Return the value of `replicas` as a number, and as a text where it is unknown."""
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
        self.report("`replicas` has to be a whole number", self.span(node.span))
        return 0, None

    def flag(self, entries: Entries, name: str) -> bool:
        """Return a boolean; False where it is not one."""
        node = self.node(entries, name)
        if node is None or is_null(node):
            return False
        target = resolve_alias(node)
        value = as_bool(target) if isinstance(target, Scalar) else None
        if value is None and not (isinstance(target, Scalar) and UNKNOWN in target.value):
            self.report(f"`{name}` has to be true or false", self.span(node.span))
        return bool(value)

    def strings(self, entries: Entries, name: str) -> tuple[TracedValue, ...]:
        """Return a list of texts."""
        node = self.node(entries, name)
        if node is None or is_null(node):
            return ()
        target = resolve_alias(node)
        if isinstance(target, Scalar) and UNKNOWN in target.value:
            return ()
        if not isinstance(target, Sequence):
            self.report(f"`{name}` has to be a list of texts", self.span(node.span))
            return ()
        values = (self.text_of(name, item) for item in target.items)
        return tuple(value for value in values if value is not None)

    def string(self, entries: Entries, name: str) -> TracedValue | None:
        """Return a text; None where there is none."""
        node = self.node(entries, name)
        return None if node is None else self.text_of(name, node)

    def text_of(self, name: str, node: Node) -> TracedValue | None:
        """Return a scalar as a text; None for null, and for anything else."""
        if is_null(node):
            return None
        target = resolve_alias(node)
        if isinstance(target, Scalar):
            return self.value(target)
        kind = "a map" if isinstance(target, Mapping) else "a list"
        self.report(f"`{name}` is {kind} where a text belongs", self.span(node.span))
        return None

    def value(self, scalar: Scalar) -> TracedValue:
        """Return the text of a scalar, traced to its source."""
        known = self.values.get((scalar.span, scalar.computed))
        if known is None:
            text = scalar.traced()
            if self.text.source_map is not None:
                text = self.text.source_map.trace(text)
            known = TracedValue(text, self.span(scalar.span))
            self.values[scalar.span, scalar.computed] = known
        return known

    def entries(self, name: str, node: Node | None) -> Entries:
        """Return a mapping's entries; none for null, and for anything else."""
        if node is None or is_null(node):
            return {}
        target = resolve_alias(node)
        if isinstance(target, Mapping):
            return self.merger.entries(target)
        if not (isinstance(target, Scalar) and target.value == UNKNOWN):
            self.report(f"{_quoted(name)} has to be a map", self.span(node.span))
        return {}

    def node(self, entries: Entries, name: str) -> Node | None:
        """Return the value of a key; None where there is none."""
        entry = entries.get(name)
        return None if entry is None else entry.value

    def span(self, span: Span) -> Span:
        """Return the span in the source of `span` in the parsed text."""
        return span if self.text.source_map is None else self.text.source_map.trace_span(span)

    def report(self, message: str, span: Span) -> None:
        """Report a fault."""
        self.unreadable.append(UnreadablePart(message, span))


def _quoted(name: str) -> str:
    return name if " " in name else f"`{name}`"


def _parse_variable(value: TracedValue) -> EnvironmentVariable:
    """Return the variable in a text `NAME=value`."""
    text = value.text.text
    name, equals, _ = text.partition("=")
    rest = value.text.cut(len(name) + len(equals), len(text))
    return EnvironmentVariable(name, TracedValue(rest, value.span), text.count("=") == 1)
