"""Many processes that add to one registry at once; started as a program by its tests.

    crowd.py ROOT PROCESSES ENTRIES

Every child says on standard output which name it was given which port, once the registry is
written. The parent says who they are, and waits for all of them.
"""

import contextlib
import gc
import os
import sys

from port_registry.changes.add_entry import RequestedEntry, plan_entry
from port_registry.changes.registry_transaction import open_registry
from port_registry.model import PortRegistryError
from port_registry.project.workspace import Request


def _say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


def _add(root: str, name: str) -> None:
    with open_registry(Request(root)) as registry:
        planned = plan_entry(registry, RequestedEntry(("services", name)))
        registry.write((planned.rewrite,))
    _say(f"{name} {planned.endpoint.ports.first}")


def _child(root: str, number: int, entries: int) -> int:
    # The parent lets all of them go at once.
    os.read(0, 1)
    for at in range(entries):
        try:
            _add(root, f"p{number}x{at}")
        except PortRegistryError as error:
            _say(f"failed {error}")
            return 1
    return 0


def _main(root: str, processes: int, entries: int) -> None:
    gc.disable()
    children: list[int] = []
    for number in range(processes):
        child = os.fork()
        if child == 0:
            status = 70
            with contextlib.suppress(BaseException):
                status = _child(root, number, entries)
            os._exit(status)
        children.append(child)
    _say("children " + " ".join(map(str, children)))
    for child in children:
        os.waitpid(child, 0)


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
