"""Waiting until everything is there, or until everything is free; never past the deadline."""

import asyncio
import contextlib
import os
import signal
import time
from enum import Enum
from typing import NamedTuple

from port_registry.model import Listener, Port, Protocol
from port_registry.project.progress import Progress
from port_registry.runtime.listen_requests import (
    ListenRequest,
    blocking_connections,
    conflicting_listeners,
    probe_request,
)
from port_registry.runtime.port_status import PortOwner, owners_of_listeners
from port_registry.runtime.wait_targets import Until, WaitRequest, WaitTarget
from port_registry.system import connect_probe
from port_registry.system.bind_probe import BindOutcome
from port_registry.system.connect_probe import Attempt, Resolver
from port_registry.system.sockets import listeners

_TICK = 0.1
"""Seconds between two words on the progress."""
_FIRST_PAUSE = 0.02
_GROWTH = 1.5
_LONGEST_PAUSE = 0.5
"""Seconds between two attempts: short ones first, for what starts at once."""
_PATIENCE = 2.0
"""Seconds that the first attempt may take; each that takes all of them gives the next twice
as many, for what is slow and for what has forgotten its first client."""


class WaitState(Enum):
    """What was seen of a target."""

    CONNECTS = "connects"
    """The attempt tells how far."""
    LISTENS = "listens"
    """A UDP socket waits for anyone."""
    ABSENT = "absent"
    """No UDP socket does."""
    SUCCEEDED = "succeeded"
    """The command exited with 0."""
    FAILED = "failed"
    """It exited with another status."""
    RUNNING = "running"
    """It did not come to an end."""
    FREE = "free"
    LINGERING = "lingering"
    """It is free, and connections that were closed a moment ago keep it from a few."""
    TAKEN = "taken"


class WaitObservation(NamedTuple):
    """What was seen of a target last."""

    state: WaitState
    attempt: Attempt | None = None
    """What came of connecting, for CONNECTS."""
    status: int = 0
    """The status of the command, for FAILED."""
    listeners: tuple[Listener, ...] = ()
    """What has the port, for TAKEN; empty where that cannot be seen."""


class WaitResult(NamedTuple):
    """What waiting for one target came to."""

    target: WaitTarget
    reached: bool
    """Whether it is as it was waited for."""
    observation: WaitObservation
    owners: tuple[PortOwner, ...]
    """Who has the ports that were to be free."""


_REACHED = (WaitState.LISTENS, WaitState.SUCCEEDED, WaitState.FREE, WaitState.LINGERING)
_GOOD = (connect_probe.ProbeOutcome.ACCEPTED, connect_probe.ProbeOutcome.ANSWERED)
_SLOW = (
    connect_probe.ProbeOutcome.SILENT,
    connect_probe.ProbeOutcome.NO_REPLY,
    connect_probe.ProbeOutcome.UNRESOLVED,
)


def wait(
    targets: tuple[WaitTarget, ...], demand: WaitRequest, progress: Progress
) -> tuple[WaitResult, ...]:
    """Wait until each of `targets` is as `demand` says, or until its time is up."""
    sights = asyncio.run(_Waiting(targets, demand, progress).run())
    return tuple(
        WaitResult(target, _is_reached(sight), sight, owners_of_listeners(sight.listeners))
        for target, sight in zip(targets, sights, strict=True)
    )


def _is_reached(sight: WaitObservation) -> bool:
    good = sight.attempt is not None and sight.attempt.outcome in _GOOD
    return sight.state in _REACHED or (sight.state is WaitState.CONNECTS and good)


class _Waiting:
    """One wait for several targets at once."""

    def __init__(
        self, targets: tuple[WaitTarget, ...], demand: WaitRequest, progress: Progress
    ) -> None:
        self.targets = targets
        self.demand = demand
        self.progress = progress
        self.resolver = Resolver()
        self.until = time.monotonic() + demand.timeout
        self.last: dict[int, WaitObservation] = {}

    async def run(self) -> list[WaitObservation]:
        """Return what was seen of each target last."""
        waits = {
            asyncio.create_task(self.one(at, target)): target
            for at, target in enumerate(self.targets)
        }
        waiting: set[asyncio.Task[None]] = set(waits)
        while waiting:
            left = max(round(self.until - time.monotonic()), 0)
            names = ", ".join(target.title for one, target in waits.items() if one in waiting)
            doing = f"{left} s left for {names}"
            self.progress.step(len(waits) - len(waiting), len(waits), doing)
            done, waiting = await asyncio.wait(waiting, timeout=_TICK)
            for one in done:
                one.result()
        return [self.last[at] for at in range(len(self.targets))]

    async def one(self, at: int, target: WaitTarget) -> None:
        """Look at one target until it is as it should be, or the time is up."""
        pause, patience = _FIRST_PAUSE, _PATIENCE
        while True:
            left = max(self.until - time.monotonic(), 0.0)
            began = time.monotonic()
            sight = await self.look(target, min(patience, left))
            slow = _is_slow(sight)
            if at not in self.last or not (slow and left < patience):
                # What the deadline cuts short says less than what was seen before.
                self.last[at] = sight
            if _is_reached(sight) or time.monotonic() + pause >= self.until:
                return
            patience *= 2 if slow and time.monotonic() - began >= patience else 1
            await asyncio.sleep(pause)
            pause = min(pause * _GROWTH, _LONGEST_PAUSE)

    async def look(self, target: WaitTarget, patience: float) -> WaitObservation:
        """Return what is seen of `target` within `patience` seconds."""
        if self.demand.until is Until.CLOSED:
            return _closed(target)
        until = time.monotonic() + patience
        sight = WaitObservation(WaitState.SUCCEEDED)
        port, command = target.ports.first, self.demand.command
        if Protocol.TCP in target.protocols:
            sight = WaitObservation(WaitState.CONNECTS, await self.connect(target, port, patience))
        if Protocol.UDP in target.protocols and _is_reached(sight) and command is None:
            udp = _udp(target)
            sight = sight if udp.state is WaitState.LISTENS and sight.attempt is not None else udp
        if command is not None and _is_reached(sight):
            sight = await _run(command, port, max(until - time.monotonic(), 0.0))
        return sight

    async def connect(self, target: WaitTarget, port: Port, patience: float) -> Attempt:
        """Return what comes of asking for the target's page, or of a connection alone."""
        if target.page is None:
            return await connect_probe.connect(target.host, port, self.resolver, patience)
        return await connect_probe.request_page(
            target.host, port, target.page, self.resolver, patience
        )


def _is_slow(sight: WaitObservation) -> bool:
    slow = sight.attempt is not None and sight.attempt.outcome in _SLOW
    return slow or sight.state is WaitState.RUNNING


def _claim(target: WaitTarget, protocols: tuple[Protocol, ...]) -> ListenRequest:
    return ListenRequest(target.title, target.ports, protocols, target.address)


def _udp(target: WaitTarget) -> WaitObservation:
    """Return whether a socket waits for datagrams of anyone."""
    found = conflicting_listeners(_claim(target, (Protocol.UDP,)), listeners(target.ports.first))
    return WaitObservation(
        WaitState.LISTENS if any(one.listens for one in found) else WaitState.ABSENT
    )


def _closed(target: WaitTarget) -> WaitObservation:
    """Return whether everything of `target` is free: by the socket table, and by binding it."""
    claim = _claim(target, target.protocols)
    only = target.ports.first if target.ports.is_single() else None
    sockets = listeners(only)
    found = conflicting_listeners(claim, sockets)
    if found:
        return WaitObservation(WaitState.TAKEN, listeners=found)
    match probe_request(claim, complete=sockets.complete):
        case BindOutcome.FREE:
            return WaitObservation(WaitState.FREE)
        case BindOutcome.LINGERING:
            return WaitObservation(WaitState.LINGERING)
        case BindOutcome.TAKEN:
            return WaitObservation(WaitState.TAKEN, listeners=blocking_connections(claim))


async def _run(command: str, port: Port, patience: float) -> WaitObservation:
    """Return how `command` ended; one that is not done in time is ended."""
    nowhere = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        "/bin/sh",
        "-c",
        command,
        stdin=nowhere,
        stdout=nowhere,
        stderr=nowhere,
        env={**os.environ, "PORT": str(port)},
        # In a session of its own, so that all that it has started can be ended with it.
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(patience):
            status = await process.wait()
    except TimeoutError:
        return WaitObservation(WaitState.RUNNING)
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    return (
        WaitObservation(WaitState.SUCCEEDED)
        if status == 0
        else WaitObservation(WaitState.FAILED, status=status)
    )
