"""Which processes `free` spares, why, and what to do in its place."""

import os
from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from port_registry.model import (
    Entry,
    Machine,
    Process,
    Supervisor,
    SupervisorKind,
    format_name,
)
from port_registry.runtime.expected_process import program_names, why_expected
from port_registry.system.process import describe
from port_registry.system.process_handle import own_ancestry
from port_registry.system.supervisor import supervisors_of

_SYSTEMD = "systemd"
_LOGIN = "sshd"


class KillScope(Enum):
    """Which processes may be ended."""

    EXPECTED = "expected"
    """Those that an entry expects on the port, if nothing would start them again."""
    ANY = "anybody"
    """All but those without which one cannot work."""


class Spared(NamedTuple):
    """Why a process, or somebody who cannot be named, is not ended."""

    reason: str
    """A clause: `nothing says that it is databases.redis`."""
    hint: str
    """What to do; empty where there is nothing to say."""


class ProcessVerdict(NamedTuple):
    """A process that holds a port, and what becomes of it."""

    process: Process
    expected_because: str
    """Why it counts as the one that is expected, a clause; empty where nothing says so."""
    supervisor: Supervisor | None
    """What would start it again."""
    spared: Spared | None
    """None where it may be ended."""


class KillPolicy:
    """Judges processes; knows which ones this command runs in."""

    def __init__(self, whom: KillScope, stacks: Iterable[Machine]) -> None:
        self._whom = whom
        self._stacks = stacks
        self._line = own_ancestry()
        me = describe(os.getpid())
        # What runs this command, too, runs whole sessions: a terminal, a runner of CI.
        self._mine = frozenset(() if me is None else (_same(one) for one in supervisors_of(me)))

    def verdicts(
        self, processes: Iterable[Process], entries: tuple[Entry, ...], title: str
    ) -> list[ProcessVerdict]:
        """Judge those who hold ports that `entries` have, and that are known as `title`."""
        everybody = list(processes)
        reasons = self._reasons(everybody, entries)
        found: list[ProcessVerdict] = []
        for process in everybody:
            reason = reasons.get(process.pid, "")
            keeper = self.restarting_supervisor(process)
            spared = self._indispensable(process)
            if spared is None and self._whom is KillScope.EXPECTED:
                spared = _stranger(reason, entries, title, keeper) or _kept(keeper)
            found.append(ProcessVerdict(process, reason, keeper, spared))
        return found

    def restarting_supervisor(self, process: Process) -> Supervisor | None:
        """Return what would start the process again, without what runs this command, too."""
        kept = (one for one in supervisors_of(process) if _same(one) not in self._mine)
        return next(kept, None)

    def _reasons(self, processes: list[Process], entries: tuple[Entry, ...]) -> dict[int, str]:
        """Return why each process is expected, by pid; those that one started are as it is."""
        reasons: dict[int, str] = {}
        for process in processes:
            clauses = (why_expected(entry, process, self._stacks) for entry in entries)
            reason = next((one for one in clauses if one is not None), None)
            if reason is not None:
                reasons[process.pid] = reason
        waiting = [one for one in processes if one.pid not in reasons]
        while True:
            started = [one for one in waiting if one.parent in reasons]
            if not started:
                return reasons
            for one in started:
                reasons[one.pid] = f"started by process {one.parent}, whose socket it shares"
            waiting = [one for one in waiting if one.pid not in reasons]

    def _indispensable(self, process: Process) -> Spared | None:
        """Return why the process is never ended, if it is one of those."""
        names = {process.name, *program_names(process)}
        if process.pid == 1 or _SYSTEMD in names:
            user = "" if process.pid == 1 else "--user "
            return Spared(
                "it is what starts everything else here"
                if process.pid == 1
                else "it runs the whole session of its user",
                f"`systemctl {user}list-sockets` names the socket's unit, if systemd holds it for "
                f"one; `systemctl {user}stop UNIT.socket` ends that",
            )
        if process.pid in self._line:
            mine = process.pid == os.getpid()
            return Spared("it is this command" if mine else "this command runs in it", "")
        if any(name.startswith(_LOGIN) for name in names):
            return Spared(
                "it lets people log in to this machine", "`systemctl stop ssh` if you mean that"
            )
        return None


def _same(keeper: Supervisor) -> tuple[SupervisorKind, str]:
    return keeper.kind, keeper.name


def _stranger(
    reason: str, entries: tuple[Entry, ...], title: str, keeper: Supervisor | None
) -> Spared | None:
    if reason:
        return None
    anyway = f"`port-registry free {title} --any` ends it all the same"
    if keeper is not None:
        anyway = f"`{keeper.stop}` stops it for good; {anyway}"
    if not entries:
        return Spared(f"no entry declares port {title}, so that nobody is expected there", anyway)
    names = " or ".join(format_name(entry.name) for entry in entries)
    return Spared(f"nothing says that it is {names}", anyway)


def _kept(keeper: Supervisor | None) -> Spared | None:
    if keeper is None:
        return None
    return Spared(
        f"{supervisor_label(keeper)} runs it, and may start it again",
        f"`{keeper.stop}` stops it for good; `--any` ends the process alone",
    )


def supervisor_label(keeper: Supervisor) -> str:
    """Return what a keeper is, `systemd (redis.service)`."""
    kinds = {
        SupervisorKind.SYSTEMD: "systemd",
        SupervisorKind.SYSTEMD_USER: "the user's systemd",
        SupervisorKind.CONTAINER: "the container",
        SupervisorKind.PROCESS_COMPOSE: "process-compose",
    }
    return f"{kinds[keeper.kind]} ({keeper.name})"
