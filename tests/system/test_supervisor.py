"""What would start a process again."""

import os
import subprocess
import sys
import textwrap

import pytest

from port_registry.model import Process, Supervisor, SupervisorKind
from port_registry.system import supervisor
from port_registry.system.process import describe
from port_registry.system.procfs import ancestor_pids, read_text
from port_registry.system.supervisor import supervisors_of
from tests import real
from tests.system.scene import holder

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux is needed")

_ID = "0123456789ab" + "0" * 52
_USER = "0::/user.slice/user-1000.slice/user@1000.service/app.slice"


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ("0::/\n", None),
        ("0::/user.slice/user-1000.slice/session-2.scope\n", None),
        (
            "1:name=systemd:/\n0::/system.slice/redis-main.service\n",
            Supervisor(
                SupervisorKind.SYSTEMD, "redis-main.service", "systemctl stop redis-main.service"
            ),
        ),
        (
            "0::/system.slice/system-redis.slice/redis@a.service/sub\n",
            Supervisor(SupervisorKind.SYSTEMD, "redis@a.service", "systemctl stop redis@a.service"),
        ),
        (f"{_USER}/vte-spawn.scope\n", None),
        (
            f"{_USER}/shop.service\n",
            Supervisor(
                SupervisorKind.SYSTEMD_USER, "shop.service", "systemctl --user stop shop.service"
            ),
        ),
        (
            f"0::/system.slice/docker-{_ID}.scope\n",
            Supervisor(SupervisorKind.CONTAINER, "0123456789ab", "docker stop 0123456789ab"),
        ),
        (
            f"4:memory:/docker/{_ID}\n",
            Supervisor(SupervisorKind.CONTAINER, "0123456789ab", "docker stop 0123456789ab"),
        ),
        (
            f"0::/machine.slice/libpod-{_ID}.scope/container\n",
            Supervisor(SupervisorKind.CONTAINER, "0123456789ab", "podman stop 0123456789ab"),
        ),
    ],
)
def test_the_control_group(
    groups: str, expected: Supervisor | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        supervisor,
        "read_text",
        lambda path: groups if path.endswith("/cgroup") else read_text(path),
    )
    assert supervisors_of(_process("x")) == (() if expected is None else (expected,))


def _process(*command: str) -> Process:
    return Process(os.getpid(), 0.0, 1, "alice", "x", command, "")


def test_a_container_behind_docker() -> None:
    command = ("docker-proxy", "-proto", "tcp", "-host-ip", "::", "-host-port", "6380")
    container = ("-container-ip", "172.17.0.2", "-container-port", "6379")
    owner = supervisors_of(_process(*command, *container, "-use-listen-fd"))[0]
    assert (owner.kind, owner.name) == (SupervisorKind.CONTAINER, "172.17.0.2:6379")
    assert owner.stop == "docker stop $(docker ps --quiet --filter publish=6380)"


def test_the_ancestors() -> None:
    with holder() as child:
        above = ancestor_pids(child.pid)
    assert above[0] == os.getpid()
    assert above[1] == os.getppid()
    assert len(above) == len(set(above))
    assert ancestor_pids(1) == ()


def test_a_process_of_process_compose(tmp_path: object) -> None:
    program = real.process_compose()
    with open(f"{tmp_path}/process-compose.yaml", "w", encoding="utf-8") as file:
        file.write(
            textwrap.dedent(
                """\
                processes:
                  the shop:
                    command: echo "pid $$$$"; exec sleep 60
                """
            )
        )
    command = [program, "--port", "0", "--no-server", "--tui=false", "up"]
    with subprocess.Popen(
        command, cwd=str(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as up:
        assert up.stdout is not None
        try:
            line = next(line for line in up.stdout if "pid " in line)
            pid = int(line.rpartition("pid ")[2].split()[0].rstrip('"}'))
            process = describe(pid)
            assert process is not None
            owner = supervisors_of(process)[0]
        finally:
            up.terminate()
            up.communicate(timeout=30)
    assert (owner.kind, owner.name) == (SupervisorKind.PROCESS_COMPOSE, "the shop")
    assert owner.stop.startswith("process-compose ")
    assert owner.stop.endswith("process stop 'the shop'")
