"""What is bound: sockets that processes hold now, and the processes that hold them."""

from enum import Enum
from typing import NamedTuple

from port_registry.model.port import Port, Protocol


class Listener(NamedTuple):
    """One socket that takes connections, or datagrams, from others."""

    protocol: Protocol
    address: str
    """Numeric: `127.0.0.1`, `::1`; `0.0.0.0` and `::` are wildcards."""
    port: Port
    takes_ipv4: bool | None
    """Whether an IPv6 wildcard takes IPv4 too; None where the system does not say, and for
    every other address."""
    listens: bool
    """Whether it listens; a socket that is only bound keeps others away all the same."""
    socket: int
    """The number by which the system knows the socket (Linux: its inode), 0 where it has
    none."""
    uid: int | None
    """The user it belongs to; None where the system does not say."""

    def is_wildcard(self) -> bool:
        """Return whether it is bound on all addresses of its family, or of both."""
        return not self.address.strip("0.:")

    def is_ipv6(self) -> bool:
        """Return whether its address is one of IPv6."""
        return ":" in self.address


class Process(NamedTuple):
    """A process, as it was at one moment."""

    pid: int
    started: float
    """When, in seconds since the epoch; with `pid` it names the process for ever."""
    parent: int
    """The pid of its parent, 0 where it has none."""
    user: str
    """The user it runs as; the number where there is no name."""
    name: str
    """What the system calls it: `redis-server`, at most 15 characters on Linux."""
    command: tuple[str, ...]
    """The program and its arguments; empty for a zombie, and where it may not be seen."""
    directory: str
    """Where it works; empty where that may not be seen."""


class Keeping(Enum):
    """What kind of thing keeps a process running."""

    SYSTEMD = "systemd"
    SYSTEMD_USER = "systemd-user"
    CONTAINER = "container"
    PROCESS_COMPOSE = "process-compose"


class Supervisor(NamedTuple):
    """What started a process, and would start it again."""

    kind: Keeping
    name: str
    """The unit, the container, or the process of process-compose."""
    stop: str
    """The command that ends it for good."""


class OwnedSocket(NamedTuple):
    """A listener and those who hold it."""

    listener: Listener
    processes: tuple[Process, ...]
    """By pid; several where a socket was inherited. Empty where nobody can be named: see
    `hidden`."""
    hidden: bool
    """Whether processes of others, which this user may not look into, may hold it too."""
