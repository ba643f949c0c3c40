"""Bound ports: the sockets that processes hold now, and their owners."""

from enum import Enum

from port_registry.model.named_tuple import NamedTuple
from port_registry.model.port import Port, Protocol


class Listener(NamedTuple):
    """A socket that accepts connections or datagrams."""

    protocol: Protocol
    address: str
    """Numeric: `127.0.0.1`, `::1`; `0.0.0.0` and `::` are wildcards."""
    port: Port
    takes_ipv4: bool | None
    """Whether an IPv6 wildcard accepts IPv4 too; None for every other address, and where
    the system does not say."""
    listens: bool
    """Whether it listens; a socket that is only bound blocks the port all the same."""
    socket: int
    """The system's number for the socket (on Linux its inode); 0 without one."""
    uid: int | None
    """The user that owns it; None where the system does not say."""

    def is_wildcard(self) -> bool:
        """Return whether it is bound on all addresses of one family, or of both."""
        return not self.address.strip("0.:")

    def is_ipv6(self) -> bool:
        """Return whether its address is an IPv6 address."""
        return ":" in self.address


class Process(NamedTuple):
    """A snapshot of a process."""

    pid: int
    started: float
    """The start time in seconds since the epoch; together with `pid` it is unique."""
    parent: int
    """The pid of its parent; 0 without one."""
    user: str
    """The name of its user, or the user's number where there is no name."""
    name: str
    """The system's name for it: `redis-server`, at most 15 characters on Linux."""
    command: tuple[str, ...]
    """The program and its arguments; empty for a zombie, and without permission."""
    directory: str
    """Its working directory; empty without permission to see it."""


class SupervisorKind(Enum):
    """The kind of a supervisor."""

    SYSTEMD = "systemd"
    SYSTEMD_USER = "systemd-user"
    CONTAINER = "container"
    PROCESS_COMPOSE = "process-compose"


class Supervisor(NamedTuple):
    """The program that started a process and would restart it."""

    kind: SupervisorKind
    name: str
    """The name of the unit, the container, or the process in process-compose."""
    stop: str
    """The command that stops it for good."""


class OwnedSocket(NamedTuple):
    """A listener and the processes that hold it."""

    listener: Listener
    processes: tuple[Process, ...]
    """Sorted by pid; several where a socket was inherited. Empty where no owner is
    visible: see `hidden`."""
    hidden: bool
    """Whether processes that this user may not inspect may hold it too."""
