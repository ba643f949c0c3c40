"""One process after merging: its replicas, templates, environment and probes."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from port_registry.languages import go_template
from port_registry.languages.go_template import NO_VARIABLES, TemplateVariable
from port_registry.languages.provenance import UNKNOWN, UnknownTracker
from port_registry.languages.shell_variables import ShellVariables
from port_registry.model import (
    Place,
    Port,
    PortRange,
    Probe,
    ProbeKind,
    Protocol,
    Role,
    Segment,
    Service,
    Span,
    TracedText,
    TracedValue,
    UnreadablePart,
    Use,
    join_segments,
    port_from_int,
)
from port_registry.sources.process_compose.config import Http, ProbeConfig, ProcessConfig
from port_registry.sources.shared import variables
from port_registry.sources.shared.commands import (
    Script,
    main_program,
    read_script,
    read_words,
)
from port_registry.sources.shared.use_collector import TextNumber, UseCollector, UseDefaults

_MAX_REPLICAS = 200
"""More replicas than this are not told apart."""
_REPLICA = "PC_REPLICA_NUM"
_NOWHERE = Span("", 0, 0)
"""The span of what process-compose itself provides."""


class ProcessSurroundings(NamedTuple):
    """What every process of a stack is given."""

    dotenv: Mapping[str, TracedText]
    environment: Mapping[str, TracedText]
    """The top-level `environment` and `env_cmds`."""
    vars: Mapping[str, TemplateVariable]
    others: frozenset[str]
    """The names of all processes, as `variables.simplified` gives them."""
    doubts: UnknownTracker
    unreadable: list[UnreadablePart]


def read_process(
    config: ProcessConfig, around: ProcessSurroundings, env_file: Mapping[str, TracedText]
) -> Service:
    """Return the process with every port that it names."""
    return _Reading(config, around, env_file).process()


class _Reading:
    """The reading of one process."""

    def __init__(
        self, config: ProcessConfig, around: ProcessSurroundings, env_file: Mapping[str, TracedText]
    ) -> None:
        self.config = config
        self.around = around
        self.env_file = env_file
        self.replicas = max(config.replicas, 1)
        self.owner = variables.EnvironmentOwner(config.name, frozenset(), around.others)
        self.found = UseCollector(around.doubts)
        self.programs: list[str] = []

    def process(self) -> Service:
        config = self.config
        if config.replicas_doubt is not None:
            self.doubt(config.replicas_doubt)
        for number in self.numbers():
            self.replica(number)
        varying = self.found.varying
        shutdown = UseCollector(self.around.doubts)
        scope = self.scope(0)
        if config.shutdown is not None:
            where = UseDefaults(config.name, Place.SHUTDOWN, None)
            read_script(config.shutdown.text, Script(scope, where, shutdown, self.owner))
        readiness = self.probe(config.readiness)
        liveness = self.probe(config.liveness)
        probed = [use for probe in (readiness, liveness) if probe for use in probe.uses]
        known = {use.number for use in (*self.found.uses, *shutdown.uses, *probed)}
        self.found.add_confirmed(known)
        shutdown.add_confirmed(known)
        return Service(
            config.name,
            config.span,
            self.disabled(),
            self.replicas,
            main_program(self.programs),
            readiness,
            liveness,
            config.dependencies,
            tuple(dict.fromkeys((*_once(self.found.uses), *shutdown.uses, *probed))),
            varying,
            config.insertion,
        )

    def disabled(self) -> bool:
        given = self.config.is_disabled
        if given is None:
            return self.config.disabled
        if UNKNOWN in given.text.text:
            self.doubt(given)
        return {"true": True, "false": False}.get(given.text.text, self.config.disabled)

    def doubt(self, value: TracedValue) -> None:
        name = ("processes", self.config.name)
        self.around.doubts.report(name, value.text, "it holds something that is not known")

    def numbers(self) -> Iterable[int]:
        """Return the numbers of the replicas whose ports have to be told apart."""
        if self.replicas == 1 or not self.varies():
            return (0,)
        if self.replicas > _MAX_REPLICAS:
            self.found.varying = True
            reason = f"more than {_MAX_REPLICAS} replicas are not told apart"
            self.around.doubts.add(("processes", self.config.name), reason, self.config.span)
        return range(min(self.replicas, _MAX_REPLICAS))

    def varies(self) -> bool:
        values = [variable.value for variable in self.config.environment]
        values.extend(value for value in (self.config.command,) if value is not None)
        return any(_REPLICA in value.text.text for value in values)

    def replica(self, number: int) -> None:
        """Add what one replica's command and environment name."""
        config = self.config
        environment = self.environment(number)
        where = UseDefaults(config.name, Place.COMMAND, None)
        script = Script(self.scope(number, environment), where, self.found, self.owner)
        if config.command is not None and config.command.text.text:
            text = config.command.text
            text = self.render(text, number) if config.rendered else text
            programs = read_script(text, script)
        else:
            words = config.entrypoint or config.args
            programs = read_words(tuple(value.text for value in words), script)
        self.programs = self.programs or programs
        self.owner = self.owner.with_programs(programs)
        where = UseDefaults(config.name, Place.ENVIRONMENT, None)
        given = {**self.env_file, **environment}
        if not self.found.spend_budget(where, given.values()):
            return
        main = main_program(self.programs)
        for name, value in given.items():
            variables.read_variable(name, value, self.owner, where, self.found, main)

    def environment(self, number: int) -> dict[str, TracedText]:
        return {
            variable.name: self.render(variable.value.text, number)
            for variable in self.config.environment
        }

    def scope(
        self, number: int, environment: Mapping[str, TracedText] | None = None
    ) -> ShellVariables:
        """Return the variables that the process sees, the ones of its own last."""
        given = self.environment(number) if environment is None else environment
        known = dict(self.around.dotenv) if self.config.dotenv else {}
        known.update(self.around.environment)
        known.update(self.env_file)
        known.update(given)
        known[_REPLICA] = _text(str(number), _NOWHERE)
        known["PC_PROC_NAME"] = _text(self.config.name, _NOWHERE)
        return ShellVariables(known, self.around.doubts)

    def render(self, text: TracedText, number: int) -> TracedText:
        """Return `text` with its templates rendered; one that fails is unknown."""
        if "{{" not in text.text:
            return text
        replica = TemplateVariable(
            TracedValue(_text(str(number), _NOWHERE), _NOWHERE), NO_VARIABLES
        )
        known = {**self.around.vars, **self.config.vars, _REPLICA: replica}
        try:
            return go_template.render(text, known, self.around.doubts)
        except go_template.TemplateError as error:
            self.around.unreadable.append(UnreadablePart(error.message, error.span))
            piece = self.around.doubts.unknown_segment(
                "process-compose cannot render it", error.span
            )
            return join_segments((piece,))

    def probe(self, config: ProbeConfig | None) -> Probe | None:
        if config is None:
            return None
        found = UseCollector(self.around.doubts)
        where = UseDefaults(self.config.name, Place.PROBE, Role.PROBES)
        if config.command is not None:
            check = ProbeKind.EXEC
            for number, text in self.rendered(config.command.text):
                script = Script(self.scope(number), where, found, self.owner)
                read_script(text, script)
        elif config.http is not None:
            check = ProbeKind.HTTP
            self.http(config.http, where, found)
        else:
            check = ProbeKind.NOTHING
        local = all(variables.is_local(use.host) for use in found.uses)
        if config.http is not None and config.command is None and config.http.host is not None:
            local = variables.is_local(self.render(config.http.host.text, 0).text)
        return Probe(check, config.span, tuple(found.uses), local)

    def rendered(self, text: TracedText) -> list[tuple[int, TracedText]]:
        """Return a probe's text for each replica.

        Replicas share their probes, and process-compose renders a shared template for
        whichever replica comes first: what it says of the replica's number is unknown.
        """
        if self.replicas > 1 and re.search(r"\{\{[^}]*PC_REPLICA_NUM", text.text):
            reason = "process-compose renders this probe once for all replicas"
            place = text.origin(text.text.find("{{")) or self.config.span
            return [(0, join_segments((self.around.doubts.unknown_segment(reason, place),)))]
        numbers = range(min(self.replicas, _MAX_REPLICAS)) if _REPLICA in text.text else (0,)
        return [(number, self.render(text, number)) for number in numbers]

    def http(self, config: Http, where: UseDefaults, found: UseCollector) -> None:
        """Add the port that an `http_get` asks.

        Where `port` is no port number, process-compose ignores it, and asks the scheme's own.
        """
        host = "" if config.host is None else self.render(config.host.text, 0).text
        if variables.is_remote(host):
            return
        shown = None if UNKNOWN in host or not host else host
        place = config.span
        if config.port is not None and config.port.text.text:
            (_, text), *_ = self.rendered(config.port.text)
            body = text.text
            whole = TextNumber(text, 0, len(body), Role.PROBES, shown, "", Protocol.TCP)
            digits = body.removeprefix("-")
            if UNKNOWN in body or (digits.isascii() and digits.isdigit()):
                found.add(where, whole)
                return
            place = config.port.span
            message = (
                f"`port` is `{body[:40]}`, which is no port number: process-compose "
                "ignores it, and asks the scheme's default port"
            )
            self.around.unreadable.append(UnreadablePart(message, place))
        if variables.is_local(host):
            self.implied(config, place, where, found, shown)

    def implied(
        self, config: Http, place: Span, where: UseDefaults, found: UseCollector, host: str | None
    ) -> None:
        """Add the port of the scheme, where no other is asked."""
        scheme = "" if config.scheme is None else self.render(config.scheme.text, 0).text
        port = port_from_int({"https": 443}.get(scheme.strip().lower(), 80))
        if port is not None and UNKNOWN not in scheme:
            text = _text(str(port), place)
            number = TextNumber(text, 0, len(text.text), Role.PROBES, host, "", Protocol.TCP)
            found.add_use(where, number, port, PortRange(Port(port), Port(port)))


def _text(text: str, span: Span) -> TracedText:
    return join_segments((Segment(text, span, verbatim=False),))


def _once(uses: list[Use]) -> list[Use]:
    """Return the uses, those of the same digits once: where the role is known, if anywhere."""
    found: dict[tuple[Span, Role], Use] = {}
    known = {use.digits for use in uses if use.role is not Role.REPEATS}
    kept: list[Use] = []
    for use in uses:
        if use.digits is None:
            kept.append(use)
        elif use.role is Role.REPEATS and use.digits in known:
            continue
        elif (use.digits, use.role) not in found:
            found[(use.digits, use.role)] = use
            kept.append(use)
    return kept
