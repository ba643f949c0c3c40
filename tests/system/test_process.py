"""What is known of a process, beside what psutil knows of it."""

import os
import subprocess
import sys
import time

import pytest

from port_registry.system.process import describe, portable
from tests.system.scene import as_nobody, holder

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux is needed")


def test_it_is_what_psutil_says() -> None:
    with holder("tcp,127.0.0.1,0", called="redis-server") as child:
        mine, theirs = describe(child.pid), portable.describe(child.pid)
        assert mine is not None
        assert theirs is not None
        assert mine._replace(started=0) == theirs._replace(started=0)
        assert abs(mine.started - theirs.started) < 2
        assert (mine.parent, mine.directory) == (os.getpid(), os.getcwd())
        assert mine.command[0] == "redis-server"
        assert abs(mine.started - time.time()) < 60
        again = describe(child.pid)
        assert again == mine


def test_a_process_that_is_gone() -> None:
    with holder() as child:
        pass
    assert describe(child.pid) is None
    assert portable.describe(child.pid) is None


def test_a_name_that_looks_like_the_end_of_one() -> None:
    with holder(name="a) S 1 (b\n c") as child:
        process = describe(child.pid)
        assert process is not None
        assert (process.name, process.parent) == ("a) S 1 (b\n c", os.getpid())


def test_a_zombie() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        process = describe(child.pid)
        assert process is not None
        assert (process.command, process.directory, process.parent) == ((), "", os.getpid())


def test_what_may_not_be_seen_is_empty() -> None:
    code = (
        "import sys; from port_registry.system.process import describe; "
        "found = describe(int(sys.argv[1])); print(found.pid, [found.directory], found.user)"
    )
    with holder() as child:
        done = subprocess.run(
            [*as_nobody(), sys.executable, "-c", code, str(child.pid)],
            capture_output=True,
            text=True,
            check=True,
        )
    assert done.stdout == f"{child.pid} [''] root\n"
