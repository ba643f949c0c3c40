"""Handle by a file descriptor of the process (Linux: pidfd_open(2)).

Where `/proc` is that of another pid namespace, its pids are not those of system calls, and one
of them would be another process. `/proc` has the pid of a descriptor's process, too
(proc_pid_fdinfo(5)), which must agree.
"""

import os
import select
import signal
import sys

if sys.platform == "linux":

    class PidfdHandle:
        """A handle on one process, by its descriptor."""

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
            """Close the handle."""
            os.close(self._descriptor)

    def open_handle(pid: int) -> PidfdHandle | None:
        """Return a handle on the process that is `pid` in `/proc`; None where there cannot be one.

        Raises `OSError` where the system has no such descriptors.
        """
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            return None
        if _pid_in_proc(descriptor) == pid:
            return PidfdHandle(descriptor)
        os.close(descriptor)
        return None

    def _pid_in_proc(descriptor: int) -> int | None:
        """Return the pid of the process in `/proc`; None where it has ended, or is not there."""
        try:
            with open(f"/proc/self/fdinfo/{descriptor}", encoding="ascii") as file:
                for line in file:
                    if line.startswith("Pid:"):
                        return int(line.split()[1])
        except OSError:
            pass
        return None
