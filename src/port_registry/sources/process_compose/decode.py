"""Decoding of a YAML tree into a file's configuration, as process-compose's types do.

A value of the wrong kind makes process-compose reject the file; here it is reported and left
out, and the rest is read. Only an `environment` that is a map, which process-compose 1.122
rejects as well, is read without a report: the pattern itself has it.
"""

from collections.abc import Mapping as ReadOnly

from port_registry import model
from port_registry.languages import yaml
from port_registry.languages.go_template import NO_VARIABLES, TemplateVariable
from port_registry.languages.provenance import UNKNOWN, SourceMap
from port_registry.sources.process_compose import config
from port_registry.sources.process_compose.insertion import insertion_for

_MAX_VARS_DEPTH = 20
_CONDITIONS = {condition.value: condition for condition in model.StartCondition}

Entries = ReadOnly[str, yaml.MergedKey]


class ConfigText(model.NamedTuple):
    """The text of a file as it is parsed."""

    path: str
    text: str
    source_map: SourceMap | None
    """None where the text is the file's own."""
    is_editable: bool = True
    """Whether a key can be written into it as YAML."""

    def span(self, span: model.Span) -> model.Span:
        """Return the span in the source of `span` in the parsed text."""
        return span if self.source_map is None else self.source_map.trace_span(span)


def decode(
    text: ConfigText, root: yaml.Node, unreadable: list[model.UnreadablePart]
) -> config.ProjectConfig:
    """Return the configuration in the tree, adding its faults to `unreadable`."""
    return _Decoder(text, unreadable).project(root)


class _Decoder:
    """Decodes the tree of one file."""

    def __init__(self, text: ConfigText, unreadable: list[model.UnreadablePart]) -> None:
        self.text = text
        self.span = text.span
        self.unreadable = unreadable
        self.merger = yaml.Merger()
        self.values: dict[tuple[model.Span, model.TracedText | None], model.TracedValue] = {}
        """Values by span: aliases of one scalar share one."""

    def project(self, root: yaml.Node) -> config.ProjectConfig:
        """Return the configuration of the file."""
        entries = self.entries("the file", root)
        processes = self.entries("processes", self.node(entries, "processes"))
        commands = self.entries("env_cmds", self.node(entries, "env_cmds"))
        return config.ProjectConfig(
            path=self.text.path,
            extends=self.string(entries, "extends"),
            expands_variables=not self.flag(entries, "disable_env_expansion"),
            processes=tuple(self.process(entry) for entry in processes.values()),
            environment=self.environment(self.node(entries, "environment")),
            command_variables=tuple(commands),
            vars=self.vars(self.node(entries, "vars"), 0),
            mcp_server=self.mcp_server(self.node(entries, "mcp_server")),
        )

    def process(self, entry: yaml.MergedKey) -> config.ProcessConfig:
        """Return the configuration of one process."""
        name = entry.key.value
        text = self.text
        insertion = insertion_for(text.text, entry, text.source_map) if text.is_editable else None
        entries = self.entries(f"the process `{name[:60]}`", entry.value)
        replicas, unknown_replicas = self.replicas(entries)
        shutdown = self.entries("shutdown", self.node(entries, "shutdown"))
        return config.ProcessConfig(
            name=name,
            span=self.span(entry.key.span),
            insertion=insertion,
            extends=self.string(entries, "extends"),
            command=self.string(entries, "command"),
            entrypoint=self.strings(entries, "entrypoint"),
            args=self.strings(entries, "args"),
            environment=self.environment(self.node(entries, "environment")),
            env_file=self.string(entries, "env_file"),
            working_dir=self.string(entries, "working_dir"),
            dependencies=self.dependencies(self.node(entries, "depends_on")),
            readiness=self.probe(self.entry(entries, "readiness_probe")),
            liveness=self.probe(self.entry(entries, "liveness_probe")),
            shutdown=self.string(shutdown, "command"),
            disabled=self.flag(entries, "disabled"),
            is_disabled=self.string(entries, "is_disabled"),
            replicas=replicas,
            unknown_replicas=unknown_replicas,
            vars=self.vars(self.node(entries, "vars"), 0),
            renders_templates=not self.flag(entries, "is_template_disabled"),
            reads_dotenv=not self.flag(entries, "is_dotenv_disabled"),
        )

    def probe(self, entry: yaml.MergedKey | None) -> config.ProbeConfig | None:
        """Return a probe; None for null."""
        if entry is None:
            return None
        entries = self.entries(entry.key.value, entry.value)
        command: model.TracedValue | None = None
        exec_entry, http_entry = self.entry(entries, "exec"), self.entry(entries, "http_get")
        if exec_entry is not None:
            command = self.string(self.entries("exec", exec_entry.value), "command")
            if command is None:
                nothing = model.TracedText("", ())
                command = model.TracedValue(nothing, self.span(exec_entry.key.span))
        http: config.HttpCheck | None = None
        if http_entry is not None:
            check = self.entries("http_get", http_entry.value)
            http = config.HttpCheck(
                span=self.span(http_entry.key.span),
                host=self.string(check, "host"),
                scheme=self.string(check, "scheme"),
                port=self.string(check, "port"),
            )
        return config.ProbeConfig(self.span(entry.key.span), command, http)

    def dependencies(self, node: yaml.Node | None) -> tuple[model.Dependency, ...]:
        """Return the items of a `depends_on`."""
        dependencies: list[model.Dependency] = []
        for name, entry in self.entries("depends_on", node).items():
            item = self.entries(f"the dependency `{name[:60]}`", entry.value)
            value = self.string(item, "condition")
            condition = model.StartCondition.COMPLETED
            if value is not None:
                text = value.text.text
                condition = _CONDITIONS.get(text, model.StartCondition.COMPLETED)
                if text not in _CONDITIONS and UNKNOWN not in text:
                    names = ", ".join(_CONDITIONS)
                    self.report(f"no such condition; there are {names}", value.span)
            dependencies.append(model.Dependency(name, condition, self.span(entry.key.span)))
        return tuple(dependencies)

    def environment(self, node: yaml.Node | None) -> tuple[config.EnvironmentVariable, ...]:
        """Return the variables of an `environment`, which may be a list or a map."""
        if node is None:
            return ()
        target = yaml.resolve_alias(node)
        if isinstance(target, yaml.Mapping):
            entries = self.entries("environment", target).values()
            return tuple(
                config.EnvironmentVariable(entry.key.value, value, "=" not in value.text.text)
                for entry in entries
                if (value := self.text_of("environment", entry.value)) is not None
            )
        if isinstance(target, yaml.Scalar) and UNKNOWN in target.value:
            return ()
        if not isinstance(target, yaml.Sequence):
            self.report("`environment` has to be a list of `NAME=value`", self.span(target.span))
            return ()
        values = (self.text_of("environment", item) for item in target.items)
        return tuple(_parse_variable(value) for value in values if value is not None)

    def vars(self, node: yaml.Node | None, depth: int) -> ReadOnly[str, TemplateVariable]:
        """Return the template variables in `vars`."""
        if node is None or depth > _MAX_VARS_DEPTH:
            return NO_VARIABLES
        variables: dict[str, TemplateVariable] = {}
        for name, entry in self.entries("vars", node).items():
            target = yaml.resolve_alias(entry.value)
            if isinstance(target, yaml.Scalar):
                value, is_number = self.template_value(target), yaml.as_integer(target) is not None
                variables[name] = TemplateVariable(value, NO_VARIABLES, is_number)
            elif isinstance(target, yaml.Mapping):
                variables[name] = TemplateVariable(None, self.vars(target, depth + 1))
            else:
                variables[name] = TemplateVariable(None, NO_VARIABLES)
        return variables

    def template_value(self, scalar: yaml.Scalar) -> model.TracedValue:
        """Return a variable's value as a Go template prints it."""
        value = self.value(scalar)
        number = yaml.as_integer(scalar)
        printed = value.text.text
        if scalar.style is yaml.ScalarStyle.PLAIN and scalar.tag is None:
            if yaml.is_null(scalar):
                printed = "<no value>"
            elif number is not None:
                printed = str(number)
            elif printed.lower() in ("true", "false"):
                printed = printed.lower()
        if printed == value.text.text:
            return value
        text = model.join_segments((model.Segment(printed, value.span, verbatim=False),))
        return model.TracedValue(text, value.span)

    def mcp_server(
        self, node: yaml.Node | None
    ) -> tuple[model.TracedValue | None, model.TracedValue] | None:
        """Return the host and port of `mcp_server`; None where it listens on no port."""
        entries = self.entries("mcp_server", node)
        transport = self.string(entries, "transport")
        port = self.string(entries, "port")
        if port is None or (transport is not None and transport.text.text.lower() == "stdio"):
            return None
        return self.string(entries, "host"), port

    def replicas(self, entries: Entries) -> tuple[int, model.TracedValue | None]:
        """Return the value of `replicas` as a number, and as a text where it is unknown."""
        node = self.node(entries, "replicas")
        if node is None:
            return 0, None
        target = yaml.resolve_alias(node)
        if isinstance(target, yaml.Scalar):
            if UNKNOWN in target.value:
                return 0, self.value(target)
            number = yaml.as_integer(target)
            if number is not None:
                return number, None
        self.report("`replicas` has to be a whole number", self.span(node.span))
        return 0, None

    def flag(self, entries: Entries, name: str) -> bool:
        """Return a boolean; False where it is not one."""
        node = self.node(entries, name)
        if node is None:
            return False
        target = yaml.resolve_alias(node)
        value = yaml.as_bool(target) if isinstance(target, yaml.Scalar) else None
        if value is None and not (isinstance(target, yaml.Scalar) and UNKNOWN in target.value):
            self.report(f"`{name}` has to be true or false", self.span(node.span))
        return bool(value)

    def strings(self, entries: Entries, name: str) -> tuple[model.TracedValue, ...]:
        """Return a list of texts."""
        node = self.node(entries, name)
        if node is None:
            return ()
        target = yaml.resolve_alias(node)
        if isinstance(target, yaml.Scalar) and UNKNOWN in target.value:
            return ()
        if not isinstance(target, yaml.Sequence):
            self.report(f"`{name}` has to be a list of texts", self.span(node.span))
            return ()
        values = (self.text_of(name, item) for item in target.items)
        return tuple(value for value in values if value is not None)

    def string(self, entries: Entries, name: str) -> model.TracedValue | None:
        """Return a text; None where there is none."""
        node = self.node(entries, name)
        return None if node is None else self.text_of(name, node)

    def text_of(self, name: str, node: yaml.Node) -> model.TracedValue | None:
        """Return a scalar as a text; None for null, and for anything else."""
        if yaml.is_null(node):
            return None
        target = yaml.resolve_alias(node)
        if isinstance(target, yaml.Scalar):
            return self.value(target)
        kind = "a map" if isinstance(target, yaml.Mapping) else "a list"
        self.report(f"`{name}` is {kind} where a text belongs", self.span(node.span))
        return None

    def value(self, scalar: yaml.Scalar) -> model.TracedValue:
        """Return the text of a scalar, traced to its source."""
        known = self.values.get((scalar.span, scalar.computed))
        if known is None:
            text = scalar.traced()
            if self.text.source_map is not None:
                text = self.text.source_map.trace(text)
            known = model.TracedValue(text, self.span(scalar.span))
            self.values[scalar.span, scalar.computed] = known
        return known

    def entries(self, name: str, node: yaml.Node | None) -> Entries:
        """Return a mapping's entries; none for null, and for anything else."""
        if node is None or yaml.is_null(node):
            return {}
        target = yaml.resolve_alias(node)
        if isinstance(target, yaml.Mapping):
            return self.merger.entries(target)
        if not (isinstance(target, yaml.Scalar) and target.value == UNKNOWN):
            quoted = name if " " in name else f"`{name}`"
            self.report(f"{quoted} has to be a map", self.span(node.span))
        return {}

    def entry(self, entries: Entries, name: str) -> yaml.MergedKey | None:
        """Return a key with its value; None where that is null or missing."""
        entry = entries.get(name)
        return None if entry is None or yaml.is_null(entry.value) else entry

    def node(self, entries: Entries, name: str) -> yaml.Node | None:
        """Return the value of a key; None where that is null or missing."""
        entry = self.entry(entries, name)
        return None if entry is None else entry.value

    def report(self, message: str, span: model.Span) -> None:
        """Report a fault."""
        self.unreadable.append(model.UnreadablePart(message, span))


def _parse_variable(value: model.TracedValue) -> config.EnvironmentVariable:
    """Return the variable in a text `NAME=value`."""
    text = value.text.text
    name, equals, _ = text.partition("=")
    rest = value.text.cut(len(name) + len(equals), len(text))
    return config.EnvironmentVariable(
        name, model.TracedValue(rest, value.span), text.count("=") == 1
    )
