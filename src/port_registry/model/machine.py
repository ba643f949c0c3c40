"""Machines on which listeners can clash, with their services.

A machine is a NixOS host, one run of a supervisor such as process-compose (which has no name),
the published side of a Compose project, or a developer's own machine, which environment files
configure. Rules on clashes compare uses of one machine.
"""

from collections.abc import Iterator
from enum import Enum

from port_registry.model.entry import Name, Registry, Unknown
from port_registry.model.named_tuple import NamedTuple
from port_registry.model.span import Span
from port_registry.model.use import Annotation, Use


class StartCondition(Enum):
    """The condition for the start of a dependent (process-compose `depends_on.*.condition`)."""

    COMPLETED = "process_completed"
    COMPLETED_SUCCESSFULLY = "process_completed_successfully"
    HEALTHY = "process_healthy"
    STARTED = "process_started"
    LOG_READY = "process_log_ready"


class Dependency(NamedTuple):
    """An item of `depends_on`."""

    service: str
    """The process to wait for."""
    condition: StartCondition
    span: Span
    """The item's key."""


class ProbeKind(Enum):
    """The kind of a probe."""

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
    """The ports it probes (role PROBES). A template or variable that cannot be resolved is
    an `Unknown` of the stack without a use. An `http_get` of this machine without a valid port
    probes 80, or 443 for https: a use without digits."""
    local: bool
    """Whether it probes this machine (no host, `localhost`, a loopback or wildcard
    address)."""


class Insertion(NamedTuple):
    """The insertion point of a new key of a process."""

    at: Span
    """An empty span. In block style it is the end of the process's last line, before its
    line break: write `newline`, `indent`, `key: value`. In flow style it is directly after
    the last value: write `, "key": value`."""
    indent: str
    """The white space before each key; for block style only."""
    flow: bool
    """Whether the mapping is in flow style (`{a: b}`, JSON)."""
    newline: str
    """The file's line ending."""
    step: str
    """One level of the file's indentation; two spaces where it is not known."""


class Service(NamedTuple):
    """One service or process, merged from all its definitions."""

    name: str
    span: Span
    """The process's key in the last file that defines it."""
    disabled: bool = False
    """Whether it does not run, or depends on a condition in Nix that cannot be known."""
    replicas: int = 1
    """The number of copies; 1 by default."""
    program: str = ""
    """The program that the command runs, without its folder (`redis-server`) and without
    `exec`, `env`, `sudo` and shells before it; empty where it is not known."""
    readiness: Probe | None = None
    liveness: Probe | None = None
    dependencies: tuple[Dependency, ...] = ()
    uses: tuple[Use, ...] = ()
    """All ports in its command, environment, shutdown and both probes. A number that varies
    with the replica (`PC_REPLICA_NUM`) is one use per replica."""
    varying: bool = False
    """Whether some port of it is not known, so that the absence of a listener proves
    nothing."""
    insertion: Insertion | None = None
    """None where the process cannot be edited safely (an alias, an unusual layout, Nix)."""
    profiles: frozenset[str] = frozenset()
    """The profiles of which one must be active so that it runs; empty where it always does."""


class ManagerServer(NamedTuple):
    """process-compose's own HTTP server (its default is 8080)."""

    port: int
    """Its port."""
    span: Span | None
    """The definition of the port (`PC_PORT_NUM=…`); None for the default."""


class UnreadablePart(NamedTuple):
    """A file, or a part of one, that cannot be read."""

    message: str
    span: Span
    """Empty, at the start of the file, for want of a better location."""


class MachineKind(Enum):
    """The kind of a machine."""

    HOST = "host"
    """A computer with a configuration of its own."""
    STACK = "stack"
    """One run of a supervisor with its processes."""
    CONTAINERS = "containers"
    """The published side of a project of containers."""
    VARIABLES = "variables"
    """A machine with the variables of a file; nothing is known of its processes."""

    @property
    def service_noun(self) -> str:
        """The word for a service of such a machine."""
        return "process" if self is MachineKind.STACK else "service"


class Machine(NamedTuple):
    """One machine with its services."""

    files: tuple[str, ...]
    """Its files in loading order: extended files first, overrides last."""
    services: tuple[Service, ...] = ()
    shared: tuple[Use, ...] = ()
    """Uses outside all services: variables that they share, openings of the firewall."""
    annotations: tuple[Annotation, ...] = ()
    manager: ManagerServer | None = None
    """The server of the supervisor, or None."""
    unknown: tuple[Unknown, ...] = ()
    unreadable: tuple[UnreadablePart, ...] = ()
    kind: MachineKind = MachineKind.STACK
    name: str = ""
    """Empty for one without a name."""
    complete: bool = True
    """Whether all its files were found and read."""
    referenced: frozenset[Name] = frozenset()
    """The entries that its files refer to, except under a false condition; openings of the
    firewall do not count."""
    inactive: frozenset[Span] = frozenset()
    """The locations of numbers in its files (see `Use.shown`) under a false condition."""

    elsewhere: tuple[Use, ...] = ()
    """Ports in its files that are not on this machine: those inside containers, and those of
    other machines."""
    is_template: bool = False
    """Whether it is only a template to copy, `.env.example`, whose ports are not in use."""

    def uses(self) -> Iterator[Use]:
        """Yield all uses, those outside all services first."""
        yield from self.shared
        for service in self.services:
            yield from service.uses


class HostRegistry(NamedTuple):
    """One registry file of the project."""

    registry: Registry
    host: str
    """The host that it is for; empty for that of the whole fleet. Entries of a host replace
    those of the fleet with the same name."""
