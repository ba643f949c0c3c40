import json
import os

import pytest

from tests.cli.command import finish, run, start
from tests.project.made import read, write

_PORTS = (
    "{\n  databases.redis = 6379;\n  things = { p7001 = 7001; p7002 = 7002; p7003 = 7003; };\n}\n"
)
_PROCESS = "  {0}:\n    command: {0} --port {1}\n"


def _project(folder: object, *ports: int) -> str:
    stack = "processes:\n" + "".join(_PROCESS.format(f"p{port}", port) for port in ports)
    return write(folder, {"lib/ports.nix": _PORTS, "process-compose.yaml": stack})


def _loose(root: str, *arguments: str) -> list[int]:
    """Return the lines of the findings."""
    done = run(root, "check", "--fail-on", "note", "--format", "json", *arguments)
    findings = json.loads(done.out)["findings"]
    assert done.status == bool(findings), done.err
    return [finding["line"] for finding in findings]


def test_today_is_accepted_and_what_is_new_is_not(tmp_path: object) -> None:
    root = _project(tmp_path, 7001, 7002)
    assert _loose(root) == [3, 5]
    done = run(root, "check", "--baseline", "base.jsonl", "--update-baseline")
    assert done == (
        0,
        "No findings (4 entries in lib/ports.nix, 1 stack, 2 accepted by the baseline).\n",
        "Accepted 2 findings in base.jsonl.\n",
    )
    assert _loose(root, "--baseline", "base.jsonl") == []
    _project(root, 7003, 7001, 7002)
    assert _loose(root, "--baseline", "base.jsonl") == [3]
    assert _loose(root) == [3, 5, 7]
    report = json.loads(run(root, "check", "--baseline", "base.jsonl", "--format", "json").out)
    assert report["accepted"] == 2


def test_an_update_drops_what_was_mended_and_accepts_nothing(tmp_path: object) -> None:
    root = _project(tmp_path, 7001, 7002)
    command = ("check", "--baseline", "base.jsonl", "--update-baseline")
    run(root, *command)
    before = read(root, "base.jsonl")
    assert run(root, *command).err == "Dropped 0 findings from base.jsonl (2 left).\n"
    assert read(root, "base.jsonl") == before
    _project(root, 7002, 7003)
    verbose = run(root, "check", "--baseline", "base.jsonl", "--verbose").out
    assert "note: 1 finding of the baseline not found" in verbose
    done = run(root, *command)
    assert (done.status, done.err) == (0, "Dropped 1 finding from base.jsonl (1 left).\n")
    assert _loose(root, "--baseline", "base.jsonl") == [5]
    lines = before.splitlines(keepends=True)
    assert read(root, "base.jsonl") == "".join(line for line in lines if "7001" not in line)


def test_the_configuration_names_the_baseline(tmp_path: object) -> None:
    root = _project(tmp_path, 7001)
    write(root, {"port-registry.toml": 'baseline = "ci/base.jsonl"\n', "ci/x": "", "sub/x": ""})
    assert run(f"{root}/sub", "check", "--update-baseline").status == 0
    assert os.path.exists(f"{root}/ci/base.jsonl")
    assert _loose(f"{root}/sub") == []
    assert _loose(root, "--no-baseline") == [3]
    os.unlink(f"{root}/ci/base.jsonl")
    done = run(root, "check")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("error: ci/base.jsonl: the baseline cannot be read: there is no")


def test_what_is_accepted_is_left_alone_by_fixes(tmp_path: object) -> None:
    stale = "processes:\n  redis:\n    # Port from lib/ports.nix: databases.redis = 6378\n"
    stale += "    command: redis-server --port 6379\n"
    root = write(tmp_path, {"lib/ports.nix": _PORTS, "process-compose.yaml": stale})
    run(root, "check", "--baseline", "base", "--update-baseline")
    assert run(root, "check", "--baseline", "base", "--fix").status == 0
    assert read(root, "process-compose.yaml") == stale
    done = run(root, "check", "--fix", "--baseline", "base", "--no-baseline")
    assert done.status == 2
    assert run(root, "check", "--fix", "--no-baseline").status == 0
    assert read(root, "process-compose.yaml") == stale.replace("6378", "6379")


def test_fixes_come_before_an_update(tmp_path: object) -> None:
    stale = "processes:\n  redis:\n    # Port from lib/ports.nix: databases.redis = 6378\n"
    stale += "    command: redis-server --port 6379\n  p7001:\n    command: p7001 --port 7001\n"
    root = write(tmp_path, {"lib/ports.nix": _PORTS, "process-compose.yaml": stale})
    done = run(root, "check", "--fix", "--baseline", "base", "--update-baseline")
    assert (done.status, "6379" in read(root, "process-compose.yaml")) == (0, True)
    assert done.err.endswith("Accepted 0 findings in base.\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--update-baseline",), "no baseline to update"),
        (("--update-baseline", "--no-baseline"), "`--no-baseline` cannot be used with"),
        (("--baseline", "x", "--update-baseline", "--diff"), "needs the whole project"),
        (("--baseline", "x", "--update-baseline", "lib"), "needs the whole project"),
        (("--baseline", "x", "--update-baseline", "--select", "all"), "needs the whole project"),
        (("--baseline", "none/x", "--update-baseline"), "none/x: cannot be written: no such file"),
        (("--baseline", "none/x"), "none/x: the baseline cannot be read: there is no such file"),
        (("--baseline", "lib"), "lib: the baseline cannot be read: it is a directory"),
        (("--baseline", "lib", "--update-baseline"), "lib: the baseline cannot be read: it is a"),
        (("--baseline", "lib/ports.nix"), "lib/ports.nix:1:1: a baseline starts with the line"),
    ],
)
def test_what_cannot_be_asked_for(
    tmp_path: object, arguments: tuple[str, ...], message: str
) -> None:
    done = run(_project(tmp_path, 7001), "check", *arguments)
    assert (done.status, done.out) == (2, "")
    assert message in done.err.splitlines()[0]


@pytest.mark.slow
def test_ten_at_once_write_one_baseline(tmp_path: object) -> None:
    root = _project(tmp_path, 7001, 7002)
    command = ("check", "--baseline", "base", "--update-baseline")
    for done in [finish(process) for process in [start(root, *command) for _ in range(10)]]:
        assert done.status == 0, done.err
    assert len(read(root, "base").splitlines()) == 3
    assert [name for name in os.listdir(root) if name.startswith(".port")] == []
