"""One process after merging: its replicas, templates, environment and probes."""

import re
from collections.abc import Iterable, Mapping

from port_registry import model
from port_registry.languages import go_template, provenance
from port_registry.languages.go_template import NO_VARIABLES, TemplateVariable
from port_registry.languages.shell_variables import ShellVariables
from port_registry.sources.process_compose.config import HttpCheck, ProbeConfig, ProcessConfig
from port_registry.sources.shared import variables
from port_registry.sources.shared.commands import Script, main_program, read_script, read_words
from port_registry.sources.shared.use_collector import TextNumber, UseCollector, UseDefaults

_MAX_REPLICAS = 200
"""The number of replicas that are distinguished."""
_REPLICA_NUMBER = "PC_REPLICA_NUM"
_NO_SPAN = model.Span("", 0, 0)
"""The span of texts that process-compose itself provides."""


class StackContext(model.NamedTuple):
    """The context that all processes of a stack share."""

    dotenv: Mapping[str, model.TracedText]
    environment: Mapping[str, model.TracedText]
    """The top-level `environment` and `env_cmds`."""
    vars: Mapping[str, TemplateVariable]
    process_names: frozenset[str]
    """The names of all processes, as `variables.simplify_names` returns them."""
    unknowns: provenance.UnknownTracker
    unreadable: list[model.UnreadablePart]


def read_process(
    config: ProcessConfig, context: StackContext, env_file: Mapping[str, model.TracedText]
) -> model.Service:
    """Return the process with every port that it names."""
    return _ProcessReader(config, context, env_file).read()


class _ProcessReader:
    """Reads one process."""

    def __init__(
        self, config: ProcessConfig, context: StackContext, env_file: Mapping[str, model.TracedText]
    ) -> None:
        self.config = config
        self.context = context
        self.env_file = env_file
        self.replicas = max(config.replicas, 1)
        self.owner = variables.EnvironmentOwner(config.name, frozenset(), context.process_names)
        self.collector = UseCollector(context.unknowns)
        self.programs: list[str] = []

    def read(self) -> model.Service:
        """Return the process with every port that it names."""
        config = self.config
        if config.unknown_replicas is not None:
            self.report_unknown(config.unknown_replicas)
        for number in self.replica_numbers():
            self.read_replica(number)
        varying = self.collector.varying
        shutdown = UseCollector(self.context.unknowns)
        if config.shutdown is not None:
            defaults = UseDefaults(config.name, model.Place.SHUTDOWN, None)
            scope = self.shell_variables(0)
            read_script(config.shutdown.text, Script(scope, defaults, shutdown, self.owner))
        readiness = self.read_probe(config.readiness)
        liveness = self.read_probe(config.liveness)
        probed = [use for probe in (readiness, liveness) if probe for use in probe.uses]
        known = {use.number for use in (*self.collector.uses, *shutdown.uses, *probed)}
        self.collector.add_confirmed(known)
        shutdown.add_confirmed(known)
        uses = (*_without_duplicates(self.collector.uses), *shutdown.uses, *probed)
        return model.Service(
            name=config.name,
            span=config.span,
            disabled=self.is_disabled(),
            replicas=self.replicas,
            program=main_program(self.programs),
            readiness=readiness,
            liveness=liveness,
            dependencies=config.dependencies,
            uses=tuple(dict.fromkeys(uses)),
            varying=varying,
            insertion=config.insertion,
        )

    def is_disabled(self) -> bool:
        """Return whether the process does not run."""
        value = self.config.is_disabled
        if value is None:
            return self.config.disabled
        if provenance.UNKNOWN in value.text.text:
            self.report_unknown(value)
        return {"true": True, "false": False}.get(value.text.text, self.config.disabled)

    def report_unknown(self, value: model.TracedValue) -> None:
        """Record that `value`, a part of which is unknown, would have been needed."""
        name = ("processes", self.config.name)
        self.context.unknowns.report(name, value.text, "it holds something that is not known")

    def replica_numbers(self) -> Iterable[int]:
        """Return the numbers of the replicas whose ports have to be distinguished."""
        if self.replicas == 1 or not self.uses_replica_number():
            return (0,)
        if self.replicas > _MAX_REPLICAS:
            self.collector.varying = True
            reason = f"more than {_MAX_REPLICAS} replicas are not told apart"
            self.context.unknowns.add(("processes", self.config.name), reason, self.config.span)
        return range(min(self.replicas, _MAX_REPLICAS))

    def uses_replica_number(self) -> bool:
        """Return whether a command or variable contains the number of the replica."""
        values = [variable.value for variable in self.config.environment]
        values.extend(value for value in (self.config.command,) if value is not None)
        return any(_REPLICA_NUMBER in value.text.text for value in values)

    def read_replica(self, number: int) -> None:
        """Add the ports in the command and the environment of one replica."""
        config = self.config
        environment = self.environment(number)
        scope = self.shell_variables(number, environment)
        defaults = UseDefaults(config.name, model.Place.COMMAND, None)
        script = Script(scope, defaults, self.collector, self.owner)
        if config.command is not None and config.command.text.text:
            text = config.command.text
            text = self.render(text, number) if config.renders_templates else text
            programs = read_script(text, script)
        else:
            words = config.entrypoint or config.args
            programs = read_words(tuple(value.text for value in words), script)
        self.programs = self.programs or programs
        self.owner = self.owner.with_programs(programs)
        defaults = UseDefaults(config.name, model.Place.ENVIRONMENT, None)
        all_variables = {**self.env_file, **environment}
        if not self.collector.spend_budget(defaults, all_variables.values()):
            return
        program = main_program(self.programs)
        for name, value in all_variables.items():
            variables.read_variable(name, value, self.owner, defaults, self.collector, program)

    def environment(self, number: int) -> dict[str, model.TracedText]:
        """Return the process's own variables for one replica."""
        return {
            variable.name: self.render(variable.value.text, number)
            for variable in self.config.environment
        }

    def shell_variables(
        self, number: int, environment: Mapping[str, model.TracedText] | None = None
    ) -> ShellVariables:
        """Return the variables of the process, its own over those of the stack."""
        own = self.environment(number) if environment is None else environment
        merged = dict(self.context.dotenv) if self.config.reads_dotenv else {}
        merged.update(self.context.environment)
        merged.update(self.env_file)
        merged.update(own)
        merged[_REPLICA_NUMBER] = _computed_text(str(number), _NO_SPAN)
        merged["PC_PROC_NAME"] = _computed_text(self.config.name, _NO_SPAN)
        return ShellVariables(merged, self.context.unknowns)

    def render(self, text: model.TracedText, number: int) -> model.TracedText:
        """Return `text` with its templates rendered; one that fails is unknown."""
        if "{{" not in text.text:
            return text
        replica = TemplateVariable(
            model.TracedValue(_computed_text(str(number), _NO_SPAN), _NO_SPAN), NO_VARIABLES
        )
        template_variables = {**self.context.vars, **self.config.vars, _REPLICA_NUMBER: replica}
        unknowns = self.context.unknowns
        try:
            return go_template.render(text, template_variables, unknowns)
        except provenance.ExpansionError as error:
            self.context.unreadable.append(model.UnreadablePart(error.message, error.span))
            reason = "process-compose cannot render it"
            return model.join_segments((unknowns.unknown_segment(reason, error.span),))

    def read_probe(self, config: ProbeConfig | None) -> model.Probe | None:
        """Return a probe with the ports that it asks."""
        if config is None:
            return None
        collector = UseCollector(self.context.unknowns)
        defaults = UseDefaults(self.config.name, model.Place.PROBE, model.Role.PROBES)
        if config.command is not None:
            check = model.ProbeKind.EXEC
            for number, text in self.render_probe(config.command.text):
                script = Script(self.shell_variables(number), defaults, collector, self.owner)
                read_script(text, script)
        elif config.http is not None:
            check = model.ProbeKind.HTTP
            self.read_http_check(config.http, defaults, collector)
        else:
            check = model.ProbeKind.NOTHING
        local = all(variables.is_local(use.host) for use in collector.uses)
        if config.http is not None and config.command is None and config.http.host is not None:
            local = variables.is_local(self.render(config.http.host.text, 0).text)
        return model.Probe(check, config.span, tuple(collector.uses), local)

    def render_probe(self, text: model.TracedText) -> list[tuple[int, model.TracedText]]:
        """Return a probe's text for each replica.

        Replicas share their probes, and process-compose renders a shared template for
        whichever replica comes first: a text with the replica's number is unknown.
        """
        if self.replicas > 1 and re.search(r"\{\{[^}]*PC_REPLICA_NUM", text.text):
            reason = "process-compose renders this probe once for all replicas"
            span = text.origin(text.text.find("{{")) or self.config.span
            return [
                (0, model.join_segments((self.context.unknowns.unknown_segment(reason, span),)))
            ]
        numbers = range(min(self.replicas, _MAX_REPLICAS)) if _REPLICA_NUMBER in text.text else (0,)
        return [(number, self.render(text, number)) for number in numbers]

    def read_http_check(
        self, config: HttpCheck, defaults: UseDefaults, collector: UseCollector
    ) -> None:
        """Add the port that an `http_get` asks.

        Where `port` is not a port number, process-compose ignores it, and asks the default
        port of the scheme.
        """
        host = "" if config.host is None else self.render(config.host.text, 0).text
        if variables.is_remote(host):
            return
        known_host = None if provenance.UNKNOWN in host or not host else host
        span = config.span
        if config.port is not None and config.port.text.text:
            (_, text), *_ = self.render_probe(config.port.text)
            digits = text.text.removeprefix("-")
            if provenance.UNKNOWN in text.text or (digits.isascii() and digits.isdigit()):
                collector.add(defaults, _probed_number(text, known_host))
                return
            span = config.port.span
            message = (
                f"`port` is `{text.text[:40]}`, which is not a port number: process-compose "
                "ignores it, and asks the scheme's default port"
            )
            self.context.unreadable.append(model.UnreadablePart(message, span))
        if variables.is_local(host):
            scheme = "" if config.scheme is None else self.render(config.scheme.text, 0).text
            port = model.port_from_int({"https": 443}.get(scheme.strip().lower(), 80))
            if port is not None and provenance.UNKNOWN not in scheme:
                number = _probed_number(_computed_text(str(port), span), known_host)
                collector.add_use(defaults, number, port, model.single(port))


def _probed_number(text: model.TracedText, host: str | None) -> TextNumber:
    """Return the number of a probe, the whole of `text`."""
    return TextNumber(
        text=text,
        start=0,
        end=len(text.text),
        role=model.Role.PROBES,
        host=host,
        protocol=model.Protocol.TCP,
    )


def _computed_text(text: str, span: model.Span) -> model.TracedText:
    return model.join_segments((model.Segment(text, span, verbatim=False),))


def _without_duplicates(uses: list[model.Use]) -> list[model.Use]:
    """Return the uses, each digits once for a role; without REPEATS where they have another."""
    with_role = {use.digits for use in uses if use.role is not model.Role.REPEATS}
    seen = set[tuple[model.Span, model.Role]]()
    kept: list[model.Use] = []
    for use in uses:
        if use.digits is None:
            kept.append(use)
        elif use.role is model.Role.REPEATS and use.digits in with_role:
            continue
        elif (use.digits, use.role) not in seen:
            seen.add((use.digits, use.role))
            kept.append(use)
    return kept
