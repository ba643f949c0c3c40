"""`run` and `wait` around a real Redis that the real process-compose starts."""

import os
import shutil
import signal
import subprocess
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from tests import real
from tests.cli.command import Done, finish, run, start
from tests.project.made import read, write
from tests.system.peers import free_port

_STACK = """\
processes:
  redis:
    # Port from lib/ports.nix: databases.redis = %(redis)d
    command: redis-server --port %(redis)d --save "" --appendonly no
  worker:
    command: echo "redis answers on $DATABASES_REDIS_PORT" > worked; sleep 300
    depends_on:
      redis:
        condition: process_healthy
"""


class _Stack:
    """A project whose stack runs Redis, and waits for a readiness probe that `check` wrote."""

    def __init__(self, folder: object) -> None:
        self.path = os.path.dirname(real.process_compose())
        for program in ("redis-server", "redis-cli"):
            if real.found(program) is None:
                pytest.skip(f"{program} is not installed")
        self.redis, self.server = free_port(), free_port()
        self.root = write(
            folder,
            {
                "lib/ports.nix": f"{{\n  databases.redis = {self.redis};\n}}\n",
                "flake.nix": "",
                "process-compose.yaml": _STACK % {"redis": self.redis},
            },
        )

    def command(self, *arguments: str) -> "subprocess.Popen[str]":
        environment = {
            "PATH": f"{self.path}:{os.environ['PATH']}",
            "PC_LOG_FILE": f"{self.root}/log",
        }
        return start(self.root, *arguments, **environment)

    def up(self) -> "subprocess.Popen[str]":
        flags = ("up", "-t=false", "-p", str(self.server))
        return self.command("run", "--", "process-compose", *flags)

    def wait(self, *arguments: str) -> Done:
        return finish(self.command("wait", "--timeout", "30", *arguments))

    @contextmanager
    def running(self) -> Generator["subprocess.Popen[str]"]:
        process = self.up()
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)


@pytest.mark.slow
def test_a_stack_from_start_to_end(tmp_path: object) -> None:
    stack = _Stack(tmp_path)
    run(stack.root, "check", "--fix", "--unsafe-fixes", "--select", "missing-probe")
    text = read(stack.root, "process-compose.yaml")
    assert f"redis-cli -p {stack.redis} ping" in text
    with stack.running() as process:
        done = stack.wait("databases.redis", f"http://localhost:{stack.server}/live")
        assert done.status == 0, done.err
        assert f"databases.redis ({stack.redis}) accepts connections on " in done.out
        assert "answers with 200" in done.out
        waited = stack.wait("databases.redis", "--exec", "redis-cli -p $PORT ping | grep PONG")
        assert waited.status == 0, waited.err
        worked = stack.wait("databases.redis", "--exec", "grep answers worked")
        assert worked.status == 0, "the probe never succeeded"
        assert read(stack.root, "worked") == f"redis answers on {stack.redis}\n"
        again = finish(stack.up())
        assert again.status == 1
        assert f"port {stack.redis} is taken (databases.redis, process redis)" in again.err
        assert "redis-server" in again.err
        # Redis writes over the name that it was given; process-compose itself tells it.
        assert f"process-compose --port {stack.server} process stop redis" in again.err
        assert f"port {stack.server} is taken (process-compose's own server)" in again.err
        still_taken = finish(
            stack.command("wait", "--closed", "databases.redis", "--timeout", "0.3")
        )
        assert still_taken.status == 1
        closing = stack.command("wait", "--closed", "databases.redis", str(stack.server))
        process.send_signal(signal.SIGINT)
        freed = finish(closing)
        assert freed.status == 0, freed.err
        assert f"databases.redis ({stack.redis}) is free" in freed.out
    assert process.returncode is not None


def test_redis_alone(tmp_path: object) -> None:
    stack = _Stack(tmp_path)
    server = shutil.which("redis-server") or ""
    shell = f'exec {server} --port "$PORT" --save "" --bind ::1'
    process = stack.command("run", "databases.redis", "--", "sh", "-c", shell)
    try:
        done = stack.wait("databases.redis", f"redis://localhost:{stack.redis}")
        assert done.status == 0, done.err
        assert done.out.count("accepts connections on ::1") == 2
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert stack.wait("--closed", "databases.redis").status == 0
