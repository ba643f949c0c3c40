"""Policy of `free`: which processes it spares, why, and what to do instead."""

import os
from collections.abc import Iterable
from enum import Enum

from port_registry import model
from port_registry.runtime.expected_process import program_names, why_expected
from port_registry.system.process import describe, own_ancestry
from port_registry.system.supervisor import supervisors_of

_SYSTEMD = "systemd"
_LOGIN = "sshd"


class KillScope(Enum):
    """Which processes may be ended."""

    EXPECTED = "expected"
    """Those that an entry expects on the port, unless a supervisor would start them again."""
    ANY = "any"
    """All but those that the machine, or this command, cannot do without."""


class Spared(model.NamedTuple):
    """Why a process, known or not, is not ended."""

    reason: str
    """A clause: `nothing shows that it is databases.redis`."""
    hint: str
    """What to do instead; may be empty."""


class ProcessVerdict(model.NamedTuple):
    """A process that owns a port, and whether it may be ended."""

    process: model.Process
    expected_because: str
    """Why it is expected on the port, as a clause; empty where it is not."""
    supervisor: model.Supervisor | None
    """The supervisor that would start it again."""
    spared: Spared | None
    """None where it may be ended."""


class KillPolicy:
    """Judges processes; knows the processes and supervisors that this command runs in."""

    def __init__(self, scope: KillScope, stacks: Iterable[model.Machine]) -> None:
        self._scope = scope
        self._stacks = stacks
        self._own_ancestry = own_ancestry()
        own_process = describe(os.getpid())
        # A supervisor of this command, by kind and name, runs whole sessions: a terminal, CI.
        self._own_supervisors = frozenset(
            () if own_process is None else (one[:2] for one in supervisors_of(own_process))
        )

    def verdicts(
        self, processes: Iterable[model.Process], entries: tuple[model.Entry, ...], title: str
    ) -> list[ProcessVerdict]:
        """Return the verdict on each of `processes`, owners of the ports of `entries`.

        `title` is what the user calls the ports.
        """
        owners = list(processes)
        reasons = self._expectations(owners, entries)
        verdicts: list[ProcessVerdict] = []
        for process in owners:
            reason = reasons.get(process.pid, "")
            supervisor = self.restarting_supervisor(process)
            spared = self._indispensable(process)
            if spared is None and self._scope is KillScope.EXPECTED:
                spared = _out_of_scope(reason, entries, title, supervisor)
            verdicts.append(ProcessVerdict(process, reason, supervisor, spared))
        return verdicts

    def restarting_supervisor(self, process: model.Process) -> model.Supervisor | None:
        """Return the supervisor that would start the process again, if it is not this command's."""
        supervisors = supervisors_of(process)
        others = (one for one in supervisors if one[:2] not in self._own_supervisors)
        return next(others, None)

    def _expectations(
        self, processes: list[model.Process], entries: tuple[model.Entry, ...]
    ) -> dict[int, str]:
        """Return why each process is expected, by pid; children are if their parent is."""
        reasons: dict[int, str] = {}
        for process in processes:
            clauses = (why_expected(entry, process, self._stacks) for entry in entries)
            if reason := next(filter(None, clauses), None):
                reasons[process.pid] = reason
        waiting = [process for process in processes if process.pid not in reasons]
        while children := [process for process in waiting if process.parent in reasons]:
            for child in children:
                reasons[child.pid] = f"started by process {child.parent}, whose socket it shares"
            waiting = [process for process in waiting if process.pid not in reasons]
        return reasons

    def _indispensable(self, process: model.Process) -> Spared | None:
        """Return why the process is never ended; None for most."""
        names = {process.name, *program_names(process)}
        if process.pid == 1 or _SYSTEMD in names:
            option = "" if process.pid == 1 else "--user "
            return Spared(
                "it is the init process" if process.pid == 1 else "it runs its user's session",
                f"`systemctl {option}list-sockets` names the socket unit, if there is one; "
                f"`systemctl {option}stop UNIT.socket` ends it",
            )
        if process.pid in self._own_ancestry:
            is_self = process.pid == os.getpid()
            return Spared("it is this command" if is_self else "this command runs in it", "")
        if any(name.startswith(_LOGIN) for name in names):
            return Spared("it accepts logins to this machine", "`systemctl stop ssh` stops it")
        return None


def _out_of_scope(
    reason: str, entries: tuple[model.Entry, ...], title: str, supervisor: model.Supervisor | None
) -> Spared | None:
    """Return why a process is spared that may not be expected, or may be started again."""
    stop = "" if supervisor is None else f"`{supervisor.stop}` stops it for good; "
    command = f"`port-registry free {title} --any`"
    if not reason:
        names = " or ".join(model.format_name(entry.name) for entry in entries)
        doubt = f"nothing shows that it is {names}"
        if not entries:
            doubt = f"no entry declares port {title}, so that no process is expected"
        return Spared(doubt, f"{stop}{command} ends it anyway")
    if supervisor is None:
        return None
    doubt = f"{supervisor_label(supervisor)} runs it, and may start it again"
    return Spared(doubt, f"{stop}{command} ends only the process")


def supervisor_label(supervisor: model.Supervisor) -> str:
    """Return the kind and the name of a supervisor: `systemd (redis.service)`."""
    kinds = {
        model.SupervisorKind.SYSTEMD: "systemd",
        model.SupervisorKind.SYSTEMD_USER: "the user's systemd",
        model.SupervisorKind.CONTAINER: "the container",
        model.SupervisorKind.PROCESS_COMPOSE: "process-compose",
    }
    return f"{kinds[supervisor.kind]} ({supervisor.name})"
