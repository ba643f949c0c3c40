"""`port-registry doctor` on this machine, and in network namespaces that are made for it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import Done, run
from tests.project.made import write

_PORTS = """
{
  jobs.runner = 50123;
  web.api = { port = 3000; address = "::1"; };
}
"""


def _apart(folder: Path, setting: str, *arguments: str) -> Done:
    """Run the command in a network namespace of its own, after the script `setting`."""
    unshare = shutil.which("unshare")
    made = unshare and subprocess.run([unshare, "-n", "true"], capture_output=True, timeout=60)
    if unshare is None or not made or made.returncode != 0:
        pytest.skip("network namespaces cannot be made here")
    program = [sys.executable, "-m", "port_registry", "doctor", *arguments]
    done = subprocess.run(
        [unshare, "-n", "sh", "-ec", f'{setting}\nexec "$@"', "sh", *program],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "COLUMNS": "200"},
    )
    return Done(done.returncode, done.stdout, done.stderr)


def _checks(done: Done) -> dict[str, str]:
    """Return the level of each check's first word."""
    levels: dict[str, str] = {}
    for check in json.loads(done.out)["checks"]:
        levels.setdefault(check["check"], check["level"])
    return levels


def test_without_a_registry_the_machine_is_looked_at(tmp_path: Path) -> None:
    done = run(tmp_path, "doctor")
    assert done.status in (0, 1)
    assert "(the machine only: no registry was found)." in done.out
    assert done.err == ""


def test_the_json_says_the_same_as_the_page(tmp_path: Path) -> None:
    write(tmp_path, {"lib/ports.nix": _PORTS})
    page, json_result = run(tmp_path, "doctor"), run(tmp_path, "doctor", "--json")
    assert page.status == json_result.status
    document = json.loads(json_result.out)
    assert document["version"] == 1
    assert document["registry"] == "lib/ports.nix"
    for check in document["checks"]:
        assert f"{check['level']}[{check['check']}]: " in page.out
    assert json_result.status == any(check["level"] == "problem" for check in document["checks"])


def test_the_problems_stand_first(tmp_path: Path) -> None:
    write(tmp_path, {"lib/ports.nix": _PORTS})
    done = _apart(tmp_path, "echo 32768 60999 > /proc/sys/net/ipv4/ip_local_port_range")
    assert done.status == 1
    assert done.out.startswith(
        "problem[ephemeral-range]: outgoing connections get their ports from 32768-60999, and so"
        " may take jobs.runner = 50123 before its service starts\n"
        "  do: give it a port outside that range: "
        '`port-registry set jobs.runner "$(port-registry free-port jobs)"`\n'
        "  or: reserve it: `sysctl -w net.ipv4.ip_local_reserved_ports=50123`\n"
    )
    assert done.out.splitlines()[-1].endswith("(2 entries of lib/ports.nix).")


def test_what_it_says_to_do_helps(tmp_path: Path) -> None:
    write(tmp_path, {"lib/ports.nix": _PORTS})
    setting = (
        "echo 32768 60999 > /proc/sys/net/ipv4/ip_local_port_range\n"
        "echo 50123 > /proc/sys/net/ipv4/ip_local_reserved_ports"
    )
    assert _checks(_apart(tmp_path, setting, "--json"))["ephemeral-range"] == "ok"


def test_ipv6_that_is_disabled_is_seen(tmp_path: Path) -> None:
    write(tmp_path, {"lib/ports.nix": _PORTS})
    disable = "echo 1 > /proc/sys/net/ipv6/conf/lo/disable_ipv6"
    done = _apart(tmp_path, disable, "--json")
    assert (done.status, _checks(done)["ipv6"]) == (1, "problem")
    assert _checks(_apart(tmp_path, ":", "--json"))["ipv6"] == "ok"


def test_a_registry_that_is_named_and_missing_is_an_error(tmp_path: Path) -> None:
    done = run(tmp_path, "doctor", "--registry", "nowhere.nix")
    assert done.status == 2
    assert "nowhere.nix" in done.err


def test_a_registry_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, {"lib/ports.nix": "{ a = "})
    done = run(tmp_path, "doctor")
    assert done.status == 2
    assert done.out == ""
