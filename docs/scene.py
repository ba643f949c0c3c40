"""A machine on which ports are bound, for a picture of what `status` says of it (Linux).

It has a network, processes and a folder `/srv` of its own, which nobody else sees: `picture.py`
starts it as the first of its processes, with the interpreter that has Port Registry.
"""

import os
import subprocess
import sys

_REGISTRY = """{
  databases = {
    postgresql = 5432;
    redis = 6379;
  };
  development = {
    api = 3000;
    storybook = 6006;
  };
  storage.minio = { port = 9000; address = "127.0.0.1"; };
  infrastructure.prometheus = 9090;
}
"""

_HOLD = """
import os, socket, sys
held = []
for place in os.environ["HOLD"].split():
    address, _, port = place.rpartition(":")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    one = socket.socket(family)
    one.bind((address, int(port)))
    one.listen()
    held.append(one)
print(flush=True)
sys.stdin.read()
"""
"""Listens on the places that it is told, until its input is closed."""

OUTSIDE = ("/usr/bin/prometheus", "0.0.0.0:9090", "shop")
_INSIDE = (
    ("postgres", "127.0.0.1:5432 ::1:5432", "shop"),
    ("node", "0.0.0.0:3000", "last-year"),
    ("minio", "0.0.0.0:9000", "shop"),
    ("vite", "::1:5173", "shop"),
)
"""What each is called, the places where it listens, and the folder that it works in."""


def start(program: str, places: str, folder: str) -> "subprocess.Popen[bytes]":
    """Start a process that listens, and return when it does."""
    os.makedirs(f"/srv/{folder}", exist_ok=True)
    with open(f"/srv/{folder}/server.js", "w", encoding="utf-8") as file:
        file.write(_HOLD)
    started = subprocess.Popen(
        [program, "server.js"],
        executable=os.path.realpath(sys.executable),
        cwd=f"/srv/{folder}",
        env={"HOLD": places, "PYTHONHOME": sys.base_prefix},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert started.stdout is not None
    started.stdout.readline()
    return started


def main() -> None:
    """Start what listens, and print what the command says."""
    if sys.argv[1] == "outside":
        # Only what is started from here on is in the innermost namespace.
        with start(*OUTSIDE) as outside:
            inner = ["unshare", "--pid", "--fork", "--mount-proc", sys.executable, __file__]
            subprocess.run([*inner, "inside", *sys.argv[2:]], check=True)
            outside.kill()
        return
    os.makedirs("/srv/shop/lib", exist_ok=True)
    with open("/srv/shop/lib/ports.nix", "w", encoding="utf-8") as file:
        file.write(_REGISTRY)
    started = [start(*one) for one in _INSIDE]
    command = [sys.executable, "-m", "port_registry", *sys.argv[2:]]
    # That something disagrees is what the picture shows.
    subprocess.run(command, cwd="/srv/shop", check=False)
    for one in started:
        one.kill()


if __name__ == "__main__":
    main()
