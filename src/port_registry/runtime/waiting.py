"""Wait until every target is ready, or until every target is free; never past the deadline."""

import asyncio
import contextlib
import os
import signal
import time
from enum import Enum

from port_registry.model import Listener, NamedTuple, Port, Protocol
from port_registry.project.progress import Progress
from port_registry.runtime.listen_requests import ListenRequest
from port_registry.runtime.port_status import PortOwner, owners_of_listeners
from port_registry.runtime.wait_targets import Until, WaitRequest, WaitTarget
from port_registry.system.bind_probe import BindOutcome
from port_registry.system.connect_probe import Attempt, ProbeOutcome, Resolver, attempt_connection
from port_registry.system.sockets import listeners

_TICK = 0.1
"""Seconds between two updates of the progress."""
_FIRST_PAUSE = 0.02
_PAUSE_GROWTH = 1.5
_MAX_PAUSE = 0.5
"""Seconds between two attempts: short at first, for what starts at once."""
_FIRST_PATIENCE = 2.0
"""Seconds that the first attempt may take. An attempt that takes all of its time doubles that
of the next, for slow servers and for those that forgot their first client."""


class WaitState(Enum):
    """The observed state of a target."""

    CONNECTS = "connects"
    """A connection was tried; the attempt has the outcome."""
    LISTENS = "listens"
    """A UDP socket listens."""
    ABSENT = "absent"
    """No UDP socket listens."""
    SUCCEEDED = "succeeded"
    """The command exited with 0."""
    FAILED = "failed"
    """The command exited with another status."""
    RUNNING = "running"
    """The command did not exit in time."""
    FREE = "free"
    LINGERING = "lingering"
    """It is free, and recently closed connections keep it from a few servers."""
    TAKEN = "taken"


class WaitObservation(NamedTuple):
    """One observation of a target."""

    state: WaitState
    attempt: Attempt | None = None
    """The outcome of connecting, for CONNECTS."""
    status: int = 0
    """The exit status of the command, for FAILED."""
    listeners: tuple[Listener, ...] = ()
    """The sockets that have the port, for TAKEN; empty where they are not visible."""


class WaitResult(NamedTuple):
    """The result for one target."""

    target: WaitTarget
    reached: bool
    """Whether it reached the state that was waited for."""
    observation: WaitObservation
    """The last one."""
    owners: tuple[PortOwner, ...]
    """The owners of ports that are not free."""


_REACHED_STATES = (WaitState.LISTENS, WaitState.SUCCEEDED, WaitState.FREE, WaitState.LINGERING)
_REACHED_OUTCOMES = (ProbeOutcome.ACCEPTED, ProbeOutcome.ANSWERED)
_SLOW_OUTCOMES = (ProbeOutcome.SILENT, ProbeOutcome.NO_REPLY, ProbeOutcome.UNRESOLVED)


def wait(
    targets: tuple[WaitTarget, ...], request: WaitRequest, progress: Progress
) -> tuple[WaitResult, ...]:
    """Wait for each of `targets` as `request` says, and return the results."""
    observations = asyncio.run(_Wait(targets, request, progress).run())
    return tuple(
        WaitResult(target, _is_reached(seen), seen, owners_of_listeners(seen.listeners))
        for target, seen in zip(targets, observations, strict=True)
    )


def _is_reached(observation: WaitObservation) -> bool:
    if observation.state is WaitState.CONNECTS:
        attempt = observation.attempt
        return attempt is not None and attempt.outcome in _REACHED_OUTCOMES
    return observation.state in _REACHED_STATES


class _Wait:
    """One wait for several targets at once."""

    def __init__(
        self, targets: tuple[WaitTarget, ...], request: WaitRequest, progress: Progress
    ) -> None:
        self._targets = targets
        self._request = request
        self._progress = progress
        self._resolver = Resolver()
        self._deadline = time.monotonic() + request.timeout
        self._last: dict[int, WaitObservation] = {}

    async def run(self) -> list[WaitObservation]:
        """Return the last observation of each target."""
        tasks = {
            asyncio.create_task(self._wait_for(index, target)): target
            for index, target in enumerate(self._targets)
        }
        waiting: set[asyncio.Task[None]] = set(tasks)
        while waiting:
            left = max(round(self._deadline - time.monotonic()), 0)
            names = ", ".join(
                target.request.title for task, target in tasks.items() if task in waiting
            )
            doing = f"{left} s left for {names}"
            self._progress.step(len(tasks) - len(waiting), len(tasks), doing)
            done, waiting = await asyncio.wait(waiting, timeout=_TICK)
            for task in done:
                task.result()
        return [self._last[index] for index in range(len(self._targets))]

    async def _wait_for(self, index: int, target: WaitTarget) -> None:
        """Observe a target until it is reached, or the time is up."""
        pause, patience = _FIRST_PAUSE, _FIRST_PATIENCE
        while True:
            left = max(self._deadline - time.monotonic(), 0.0)
            started = time.monotonic()
            observation = await self._observe(target, min(patience, left))
            attempt = observation.attempt
            is_slow = observation.state is WaitState.RUNNING or (
                attempt is not None and attempt.outcome in _SLOW_OUTCOMES
            )
            if index not in self._last or not (is_slow and left < patience):
                # An attempt that the deadline cuts short says less than the one before.
                self._last[index] = observation
            if _is_reached(observation) or time.monotonic() + pause >= self._deadline:
                return
            patience *= 2 if is_slow and time.monotonic() - started >= patience else 1
            await asyncio.sleep(pause)
            pause = min(pause * _PAUSE_GROWTH, _MAX_PAUSE)

    async def _observe(self, target: WaitTarget, patience: float) -> WaitObservation:
        """Return the state of `target`, observed within `patience` seconds."""
        request, command = target.request, self._request.command
        if self._request.until is Until.CLOSED:
            return _observe_free(request)
        deadline = time.monotonic() + patience
        observation = WaitObservation(WaitState.SUCCEEDED)
        port = request.ports.first
        if Protocol.TCP in request.protocols:
            attempt = await attempt_connection(
                target.host, port, target.page, self._resolver, patience
            )
            observation = WaitObservation(WaitState.CONNECTS, attempt)
        if Protocol.UDP in request.protocols and _is_reached(observation) and command is None:
            udp = _observe_udp(request)
            if udp.state is not WaitState.LISTENS or observation.attempt is None:
                observation = udp
        if command is not None and _is_reached(observation):
            observation = await _run(command, port, max(deadline - time.monotonic(), 0.0))
        return observation


def _observe_udp(request: ListenRequest) -> WaitObservation:
    """Return whether a UDP socket listens, by the socket table."""
    udp_request = request._replace(protocols=(Protocol.UDP,))
    sockets = udp_request.conflicts(listeners(request.ports.first).listeners)
    is_listening = any(socket.listens for socket in sockets)
    return WaitObservation(WaitState.LISTENS if is_listening else WaitState.ABSENT)


def _observe_free(request: ListenRequest) -> WaitObservation:
    """Return whether all of `request` is free, by the socket table and by binding it."""
    snapshot = listeners(request.ports.first if request.ports.is_single() else None)
    conflicts = request.conflicts(snapshot.listeners)
    if conflicts:
        return WaitObservation(WaitState.TAKEN, listeners=conflicts)
    outcome = request.probe(complete=snapshot.complete)
    if outcome is BindOutcome.TAKEN:
        return WaitObservation(WaitState.TAKEN, listeners=request.blocking_connections())
    is_free = outcome is BindOutcome.FREE
    return WaitObservation(WaitState.FREE if is_free else WaitState.LINGERING)


async def _run(command: str, port: Port, patience: float) -> WaitObservation:
    """Return how `command` exited; it is ended where it does not in time."""
    null_device = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_shell(
        command,
        stdin=null_device,
        stdout=null_device,
        stderr=null_device,
        env={**os.environ, "PORT": str(port)},
        # In a session of its own, so that all that it started can be ended with it.
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
    if status == 0:
        return WaitObservation(WaitState.SUCCEEDED)
    return WaitObservation(WaitState.FAILED, status=status)
