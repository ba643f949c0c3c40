"""What is known of a process.

Linux's own tables are read (proc_pid(5)); elsewhere psutil is asked.
"""

import sys

from port_registry.model import Process


def describe(pid: int) -> Process | None:
    """Return what may be seen of the process `pid`; None where there is none any more."""
    if sys.platform != "linux":
        from port_registry.system.process import portable

        return portable.describe(pid)
    from port_registry.system.process import procfs

    return procfs.describe(pid)
