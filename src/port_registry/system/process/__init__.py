"""Facts of a process.

Linux's own tables are read (proc_pid(5)); elsewhere psutil is asked.
"""

import sys

from port_registry.model import Process


def describe(pid: int) -> Process | None:
    """Return the visible facts of the process `pid`; None where it has ended."""
    if sys.platform != "linux":
        from port_registry.system.process import portable

        return portable.describe(pid)
    from port_registry.system.process import procfs

    return procfs.describe(pid)
