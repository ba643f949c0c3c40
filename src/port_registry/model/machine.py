"""Machines: places in which two listeners meet, with the services on them.

A machine is a NixOS host, one run of a supervisor such as process-compose (which has no name
of its own), a Compose project's published side, or a developer's own machine as an
environment file speaks of it. Rules on clashes compare uses of one machine.
"""

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from port_registry.model.entry import Name, Registry, Unknown
from port_registry.model.span import Span
from port_registry.model.use import Annotation, Use


class StartCondition(Enum):
    """What a dependent waits for (process-compose `depends_on.*.condition`)."""

    COMPLETED = "process_completed"
    COMPLETED_SUCCESSFULLY = "process_completed_successfully"
    HEALTHY = "process_healthy"
    STARTED = "process_started"
    LOG_READY = "process_log_ready"


class Dependency(NamedTuple):
    """One `depends_on` item."""

    service: str
    """The process waited for."""
    condition: StartCondition
    span: Span
    """The item's key."""


class ProbeKind(Enum):
    """How a probe asks."""

    EXEC = "exec"
    HTTP = "http_get"
    NOTHING = "nothing"
    """An empty probe: it passes validation and never succeeds."""


class Probe(NamedTuple):
    """A readiness or liveness probe."""

    check: ProbeKind
    span: Span
    """The probe's key."""
    uses: tuple[Use, ...]
    """The ports it asks (role PROBES). A template or variable that cannot be resolved
    leaves no use and an `Unknown` in the stack. An `http_get` of this machine without a
    port that process-compose takes asks 80, or 443 for https: a use without digits."""
    local: bool
    """Whether it asks this machine (no host, `localhost`, a loopback or wildcard
    address)."""


class Insertion(NamedTuple):
    """Where a new key of a process can be written."""

    at: Span
    """An empty span. In block style it is the end of the process's last line, before its
    line break: write `newline`, `indent`, `key: value`. In flow style it is directly behind
    the last value: write `, "key": value`."""
    indent: str
    """The white space before each key; for block style only."""
    flow: bool
    """Whether the mapping is written in flow style (`{a: b}`, JSON)."""
    newline: str
    """The file's line end."""
    step: str
    """One level of indentation as the file has it; two spaces where it cannot be told."""


class Service(NamedTuple):
    """One process after merging, with the places that made it."""

    name: str
    span: Span
    """The process's key in the last file that defines it."""
    disabled: bool
    """Whether it does not run, or stands under a condition in Nix that cannot be known."""
    replicas: int
    """How many copies run; 1 where not said."""
    program: str
    """The program that the command runs, without its folder (`redis-server`), looking
    through `exec`, `env`, `sudo` and shells; empty where it cannot be told."""
    readiness: Probe | None
    liveness: Probe | None
    dependencies: tuple[Dependency, ...]
    uses: tuple[Use, ...]
    """Every port named in command, environment, shutdown and both probes. A number that
    varies with the replica (`PC_REPLICA_NUM`) is one use per replica."""
    varying: bool
    """Whether some port of it could not be known, so that the absence of a listener
    means nothing."""
    insertion: Insertion | None
    """None where the process cannot be edited safely (an alias, an odd layout, Nix)."""
    profiles: frozenset[str] = frozenset()
    """The profiles of which one has to be asked for so that it runs; empty where it always
    does."""


class ManagerServer(NamedTuple):
    """process-compose's own HTTP server (its default is 8080)."""

    port: int
    """The port it will take."""
    span: Span | None
    """Where that is written (`PC_PORT_NUM=…`); None for the default."""


class UnreadablePart(NamedTuple):
    """A file, or a part of one, that process-compose or we could not take in."""

    message: str
    span: Span
    """Empty, at the start of the file, where there is no better place."""


class MachineKind(Enum):
    """What kind of place a machine is."""

    HOST = "host"
    """A computer with a configuration of its own, which other files are a part of."""
    STACK = "stack"
    """One run of a supervisor with its processes."""
    CONTAINERS = "containers"
    """The published side of a project of containers."""
    VARIABLES = "variables"
    """The machine on which variables of a file apply; nothing is known to run there."""

    @property
    def service_noun(self) -> str:
        """What a service of such a machine is called."""
        return "process" if self is MachineKind.STACK else "service"


class Machine(NamedTuple):
    """One machine, and what is on it."""

    files: tuple[str, ...]
    """What it is made of, in loading order: extended files first, overrides last."""
    services: tuple[Service, ...]
    shared: tuple[Use, ...]
    """Uses above all services: variables that they share, openings of the firewall."""
    annotations: tuple[Annotation, ...]
    manager: ManagerServer | None
    """The server of the supervisor itself; None where it has none."""
    unknown: tuple[Unknown, ...]
    unreadable: tuple[UnreadablePart, ...]
    kind: MachineKind = MachineKind.STACK
    name: str = ""
    """Empty for one without a name."""
    complete: bool = True
    """Whether every file that it is made of was found and read."""
    referenced: frozenset[Name] = frozenset()
    """The entries that its files refer to, where no condition rules it out; openings of the
    firewall do not count."""
    inactive: frozenset[Span] = frozenset()
    """The places of numbers in its files (see `Use.shown`) that a condition rules out."""

    elsewhere: tuple[Use, ...] = ()
    """Ports that its files name and that are none of its own: those inside containers, and
    those of other machines."""
    is_template: bool = False
    """Whether it is only what people copy, `.env.example`: what it alone names is not in use."""

    def uses(self) -> Iterator[Use]:
        """Yield every use, those above all services first."""
        yield from self.shared
        for service in self.services:
            yield from service.uses


class HostRegistry(NamedTuple):
    """One registry file of the project."""

    registry: Registry
    host: str
    """The host that it is for; empty for the whole fleet's. A host's own entries are put
    over the fleet's by name."""
