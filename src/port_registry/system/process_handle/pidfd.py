"""A grip by a file descriptor that stands for the process (Linux: pidfd_open(2)).

Where `/proc` is the one of another pid namespace, its numbers are not those that the system
calls take, and a number from the one would be another process in the other. What a descriptor
stands for is told in the numbers of `/proc`, too (proc_pid_fdinfo(5)), and must agree.
"""

import os
import select
import signal
import sys

if sys.platform == "linux":

    class PidfdHandle:
        """Holds one process, whose number may become another's."""

        def __init__(self, descriptor: int) -> None:
            self._descriptor = descriptor

        def send(self, number: signal.Signals) -> None:
            """Send a signal."""
            signal.pidfd_send_signal(self._descriptor, number)

        def has_ended(self, patience: float) -> bool:
            """Return whether the process has ended, or does within `patience` seconds."""
            poll = select.poll()
            poll.register(self._descriptor, select.POLLIN)
            return bool(poll.poll(max(0.0, patience) * 1000))

        def release(self) -> None:
            """Let go."""
            os.close(self._descriptor)

    def open_handle(pid: int) -> PidfdHandle | None:
        """Take hold of the process that `/proc` calls `pid`; None where that cannot be done.

        Raises `OSError` where the system gives no such descriptors.
        """
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            return None
        if _number_of(descriptor) == pid:
            return PidfdHandle(descriptor)
        os.close(descriptor)
        return None

    def _number_of(descriptor: int) -> int | None:
        """Return what `/proc` calls the process; None where it has ended, or is not in there."""
        try:
            with open(f"/proc/self/fdinfo/{descriptor}", encoding="ascii") as told:
                for line in told:
                    if line.startswith("Pid:"):
                        return int(line.split()[1])
        except OSError:
            pass
        return None
