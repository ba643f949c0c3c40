"""Who listens: beside `ss` and `lsof`, on a quiet machine and on a busy one (Linux)."""

import shutil
import statistics
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager

from benchmarks.timing import ENVIRONMENT, Run, run

PROCESSES = 500
SOCKETS = 5_000
"""What the busy machine has more than the quiet one."""
_TIMES = 15

_SS = ("ss", "-ltnp")
_LSOF = ("lsof", "-nP", "-iTCP", "-sTCP:LISTEN")

_CROWD = """
import gc, os, signal, socket, sys

gc.freeze()
ready, done = os.pipe()
children = []
for _ in range(int(sys.argv[1])):
    child = os.fork()
    if child == 0:
        held = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(sys.argv[2]))]
        os.write(done, b".")
        signal.pause()
    children.append(child)
seen = 0
while seen < len(children):
    seen += len(os.read(ready, 65536))
print(flush=True)
sys.stdin.read()
for child in children:
    os.kill(child, signal.SIGKILL)
"""
"""Holds listening sockets in many small processes until its input is closed."""

_LOOKUP = """
import gc
gc.disable()
from time import perf_counter
from port_registry.system.socket_owners import find_owners
from port_registry.system.sockets import listeners, netlink
start = perf_counter()
find_owners(one.socket for one in listeners().listeners)
print(perf_counter() - start)
"""


def looked_up(program: str, folder: str) -> int:
    """Print the tables of the lookup and of the commands; return how many runs failed.

    The commands are run in `folder`, whose registry has `databases.redis`.
    """
    if sys.platform != "linux" or None in (shutil.which("ss"), shutil.which("lsof")):
        print("ss and lsof are not installed: no comparison with them", file=sys.stderr)
        return 0
    print("| machine | the lookup alone, ms | `ss -ltnp`, ms | `lsof`, ms | against `ss` ", end="")
    print("| against `lsof` | `status`, ms | `who PORT`, ms | `who NAME`, ms |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    failed = _row("quiet", program, folder)
    with _crowd():
        failed += _row(f"{PROCESSES} processes with {SOCKETS} sockets more", program, folder)
    print()
    return failed


def _row(machine: str, program: str, folder: str) -> int:
    """Print what each takes, run in turn; commands without the start of the interpreter."""
    bare = [sys.executable, "-c", "pass"]
    commands = (
        _SS,
        _LSOF,
        (program, "status"),
        (program, "who", "6379"),
        (program, "who", "databases.redis"),
        bare,
    )
    rounds: list[tuple[float, list[Run]]] = []
    for _ in range(_TIMES + 1):
        rounds.append((_lookup(), [run(command, folder) for command in commands]))
    # The first round warms up.
    rounds = rounds[1:]
    lookup = statistics.median(seconds for seconds, _ in rounds)
    ss, lsof = (statistics.median(runs[at].seconds for _, runs in rounds) for at in (0, 1))
    against = [
        statistics.median(seconds / runs[at].seconds for seconds, runs in rounds) for at in (0, 1)
    ]
    own = [
        statistics.median(runs[at].seconds - runs[-1].seconds for _, runs in rounds)
        for at in (2, 3, 4)
    ]
    cells = [f"{1000 * seconds:.0f}" for seconds in (lookup, ss, lsof)]
    cells += [f"{ratio:.2f}x" for ratio in against]
    cells += [f"{1000 * seconds:.0f}" for seconds in own]
    print(f"| {machine} | {' | '.join(cells)} |")
    return sum(one.status > 1 for _, runs in rounds for one in runs[2:5])


def _lookup() -> float:
    """Return the seconds that the lookup takes in a process that has just started."""
    done = subprocess.run(
        [sys.executable, "-c", _LOOKUP], capture_output=True, check=True, env=ENVIRONMENT
    )
    return float(done.stdout)


@contextmanager
def _crowd() -> Generator[None]:
    """Fill the machine with processes that listen."""
    each = str(SOCKETS // PROCESSES)
    with subprocess.Popen(
        [sys.executable, "-c", _CROWD, str(PROCESSES), each],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as crowd:
        assert crowd.stdout is not None
        crowd.stdout.readline()
        yield
        crowd.communicate()
