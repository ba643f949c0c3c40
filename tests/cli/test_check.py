import json
import os
import subprocess

import pytest

from tests.cli.command import finish, run, start
from tests.project.made import read, write

_PORTS = """\
{
  databases = {
    redis = 6379;
    postgresql = 5432;
  };
}
"""
_STACK = """\
processes:
  redis:
    # Port from lib/ports.nix: databases.redis = 6379
    command: redis-server --port 6379
  postgres:
    # Port from lib/ports.nix: databases.postgresql = 5432
    command: postgres -p 5432
"""
_CLEAN = {"lib/ports.nix": _PORTS, "process-compose.yaml": _STACK}
_MOVED = {**_CLEAN, "lib/ports.nix": _PORTS.replace("6379", "6380")}
_LOOSE = {
    **_CLEAN,
    "process-compose.yaml": "processes:\n  redis:\n    command: redis-server --port 6379\n",
}
_COMMAND = "    command: redis-server --port 6379"
_ALLOW = "    # port-registry: allow hardcoded-port"
_TWICE = {"lib/ports.toml": "[databases]\none = 5555\nother = 5555\n"}


def _rules(folder: object, *arguments: str) -> list[tuple[str, str, int]]:
    """Return the rule, path and line of each finding."""
    done = run(folder, "check", "--fail-on", "note", "--format", "json", *arguments)
    assert done.status in (0, 1), done.err
    findings = json.loads(done.out)["findings"]
    assert done.status == bool(findings)
    return [(finding["rule"], finding["path"], finding["line"]) for finding in findings]


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ((), 1),
        (("--fail-on", "error"), 0),
        (("--fail-on", "note"), 1),
        (("--exit-zero",), 0),
        (("--select", "unused-port"), 0),
        (("--select", "unused-port", "--fail-on", "note"), 1),
    ],
)
def test_what_fails_a_build(tmp_path: object, options: tuple[str, ...], status: int) -> None:
    root = write(tmp_path, _LOOSE)
    done = run(root, "check", *options)
    assert (done.status, done.out.startswith("No findings")) == (status, False)


def test_an_unknown_level(tmp_path: object) -> None:
    done = run(write(tmp_path, _CLEAN), "check", "--fail-on", "never")
    assert done.status == 2
    assert "'error', 'warning', 'note'" in done.err


def test_a_clean_project(tmp_path: object) -> None:
    done = run(write(tmp_path, _CLEAN), "check")
    assert done == (0, "No findings (2 entries in lib/ports.nix, 1 stack).\n", "")


def test_drifted_numbers_and_their_fix(tmp_path: object) -> None:
    root = write(tmp_path, _MOVED)
    assert _rules(root) == [
        ("stale-annotation", "process-compose.yaml", 3),
        ("stale-annotation", "process-compose.yaml", 4),
    ]
    before = read(root, "process-compose.yaml")
    shown = run(root, "check", "--diff")
    assert shown.status == 1
    assert shown.out.startswith("--- a/process-compose.yaml\n+++ b/process-compose.yaml\n@@ ")
    assert read(root, "process-compose.yaml") == before
    done = run(root, "check", "--fix")
    assert (done.status, done.out) == (
        0,
        "No findings (2 entries in lib/ports.nix, 1 stack).\n",
    )
    assert done.err == "Fixed 2 findings: process-compose.yaml (2).\n"
    assert read(root, "process-compose.yaml") == before.replace("6379", "6380")
    assert run(root, "check", "--fix") == run(root, "check")


def test_a_fix_keeps_line_ends_and_bom(tmp_path: object) -> None:
    text = "\ufeff" + _STACK.replace("\n", "\r\n")
    root = write(tmp_path, {**_MOVED, "process-compose.yaml": text})
    assert run(root, "check", "--fix").status == 0
    assert read(root, "process-compose.yaml") == text.replace("6379", "6380")


def test_a_diff_can_be_applied(tmp_path: object) -> None:
    stack = _STACK.rstrip("\n").replace("\n", "\r\n").replace("postgres -p 5432", "redis -p 6379")
    root = write(tmp_path, {**_MOVED, "process-compose.yaml": stack})
    diff = run(root, "check", "--diff").out
    subprocess.run(
        ["git", "apply", "-"], cwd=root, input=diff.encode(), check=True, capture_output=True
    )
    assert run(root, "check", "--diff").out == ""
    assert "6380\r\n" in read(root, "process-compose.yaml")


def test_a_diff_of_an_odd_path_can_be_applied(tmp_path: object) -> None:
    odd = 'a\n"\x1b[31m\\\u202e é'
    files = {f"{odd}/{path}": text for path, text in _MOVED.items()}
    root = write(tmp_path, files)
    diff = run(root, "check", "--diff")
    assert diff.err.startswith("Would fix 2 findings: ")
    assert "\x1b" not in diff.out
    subprocess.run(
        ["git", "apply", "-"], cwd=root, input=diff.out.encode(), check=True, capture_output=True
    )
    assert run(root, "check", "--diff").out == ""


def test_a_coloured_diff(tmp_path: object) -> None:
    shown = run(write(tmp_path, _MOVED), "check", "--diff", "--color", "always").out
    assert "\x1b[31m-    command: redis-server --port 6379\x1b[0m\n" in shown
    assert "\x1b[32m+    command: redis-server --port 6380\x1b[0m\n" in shown


def test_fixes_of_a_linked_file_go_to_the_file(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.nix": _MOVED["lib/ports.nix"], "dev/stack": _STACK})
    os.symlink("dev/stack", f"{root}/process-compose.yaml")
    assert run(root, "check", "--fix").status == 0
    assert os.path.islink(f"{root}/process-compose.yaml")
    assert "6380" in read(root, "dev/stack")


@pytest.mark.slow
def test_ten_at_once(tmp_path: object) -> None:
    root = write(tmp_path, _MOVED)
    runs = [finish(process) for process in [start(root, "check", "--fix") for _ in range(10)]]
    assert read(root, "process-compose.yaml") == _STACK.replace("6379", "6380")
    assert {done.status for done in runs} <= {0, 2}
    assert any(done.status == 0 for done in runs)
    for done in runs:
        if done.status == 2:
            assert "has changed since it was read" in done.err
    assert not [name for name in os.listdir(root) if name.startswith(".port-registry")]


@pytest.mark.parametrize(
    ("arguments", "reported"),
    [
        ((), True),
        (("process-compose.yaml",), True),
        (("./lib/../process-compose.yaml", "lib"), True),
        ((".",), True),
        (("lib",), False),
        (("lib/ports.nix",), False),
        (("--ignore", "hardcoded-port"), False),
        (("--select", "hardcoded-port"), True),
        (("--select", "unknown-rule, duplicate-port"), False),
        (("--select", "all", "--ignore", "hardcoded-port"), False),
    ],
)
def test_what_is_reported(tmp_path: object, arguments: tuple[str, ...], reported: bool) -> None:
    rules = {rule for rule, _, _ in _rules(write(tmp_path, _LOOSE), *arguments)}
    assert ("hardcoded-port" in rules) is reported


@pytest.mark.parametrize(
    ("config", "reported"),
    [
        ("", True),
        ('ignore = ["hardcoded-port"]', False),
        ('select = ["duplicate-port"]', False),
        ("select = []", False),
        ('select = ["all"]', True),
        ('exclude = ["process-compose.yaml"]', False),
        ('exclude = ["lib/*.yaml"]', True),
        ('[per-file-ignores]\n"*.yaml" = ["hardcoded-port"]', False),
        ('[per-file-ignores]\n"*.yaml" = ["duplicate-port"]', True),
    ],
)
def test_what_the_configuration_reports(tmp_path: object, config: str, reported: bool) -> None:
    root = write(tmp_path, {**_LOOSE, "port-registry.toml": config})
    assert ("hardcoded-port" in {rule for rule, _, _ in _rules(root)}) is reported
    assert (
        "hardcoded-port" in {rule for rule, _, _ in _rules(root, "--select", "hardcoded-port")}
        or "exclude" in config
        or "per-file" in config
    )


def test_a_configured_severity(tmp_path: object) -> None:
    root = write(
        tmp_path, {**_TWICE, "port-registry.toml": '[severity]\nduplicate-port = "note"\n'}
    )
    assert run(root, "check").out.startswith("note[duplicate-port]: ")
    assert "Found 1 note " in run(root, "check").out


def test_another_configuration(tmp_path: object) -> None:
    root = write(
        tmp_path,
        {
            **_TWICE,
            "port-registry.toml": "unknown = 1\n",
            "sub/other.toml": 'ignore = ["duplicate-port"]\n',
        },
    )
    assert run(root, "check").err.startswith(
        "error: port-registry.toml:1:1: unknown key `unknown`\n"
    )
    assert run(f"{root}/sub", "check", "--config", "other.toml").status == 0


def test_configured_ranges(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.toml": "[things]\none = 4242\n"})
    assert _rules(root) == []
    write(tmp_path, {"port-registry.toml": '[ranges]\nthings = "4300-4399"\n'})
    assert _rules(root) == [("outside-range", "lib/ports.toml", 2)]


def test_configured_stacks(tmp_path: object) -> None:
    clash = "processes:\n  two:\n    command: redis-server --port 6379\n"
    root = write(
        tmp_path,
        {
            **_CLEAN,
            "dev/extra.yml": clash,
            "port-registry.toml": "[process-compose]\n"
            'stacks = [["./process-compose.yaml", "dev/extra.yml"]]\n',
        },
    )
    assert "1 stack" in run(root, "check").out
    assert ("port-clash", "dev/extra.yml", 3) in _rules(root)


def test_a_file_of_another_name_is_checked_when_it_is_named(tmp_path: object) -> None:
    root = write(
        tmp_path, {**_CLEAN, "dev/stack.yaml": _LOOSE["process-compose.yaml"], "x.json": "{}"}
    )
    assert _rules(root) == []
    assert _rules(root, "dev/stack.yaml") == [("hardcoded-port", "dev/stack.yaml", 3)]
    done = run(root, "check", "x.json", "--verbose")
    assert "note: x.json:1:1: nothing in this file is checked\n" in done.out


def test_files_of_other_programs_are_left_alone(tmp_path: object) -> None:
    parts = "parts:\n  redis:\n    ports: [6379:6379]\n"
    root = write(
        tmp_path,
        {
            **_CLEAN,
            "compose.yaml": parts,
            "compose.override.yaml": parts,
            "web/compose.yml": parts,
            "pc.yaml": "parts: []\n",
        },
    )
    document = json.loads(run(root, "check", "--format", "json").out)
    assert document["findings"] == []
    assert document["mentions"] == ["compose.override.yaml", "compose.yaml", "web/compose.yml"]


def test_files_of_one_name_are_told_apart_by_what_they_hold(tmp_path: object) -> None:
    services = "services:\n  redis:\n    image: redis\n    ports: [6379:6379]\n"
    root = write(
        tmp_path,
        {**_CLEAN, "a/compose.yml": services, "b/compose.yml": _LOOSE["process-compose.yaml"]},
    )
    assert _rules(root) == [
        ("hardcoded-port", "a/compose.yml", 4),
        ("hardcoded-port", "b/compose.yml", 3),
    ]
    assert "2 stacks, 1 Compose file)" in run(root, "check").out


@pytest.mark.parametrize(
    ("comment", "reported"),
    [
        (f"{_COMMAND} # port-registry: allow hardcoded-port", False),
        (f"{_COMMAND} # port-registry: allow port-clash", True),
        (f"{_ALLOW}, port-clash -- it is so\n    # and will be\n{_COMMAND}", False),
        (f"{_ALLOW}\n\n{_COMMAND}", True),
    ],
)
def test_comments_allow(tmp_path: object, comment: str, reported: bool) -> None:
    stack = f"processes:\n  redis:\n{comment}\n"
    root = write(tmp_path, {**_CLEAN, "process-compose.yaml": stack})
    assert ("hardcoded-port" in {rule for rule, _, _ in _rules(root)}) is reported
    allowed = "note: comments allow 1 finding\n" in run(root, "check", "--verbose").out
    assert allowed is not reported


@pytest.mark.parametrize("path", ["lib/ports.toml", "lib/ports.nix"])
def test_comments_allow_in_registries(tmp_path: object, path: str) -> None:
    ports = {
        "lib/ports.toml": "a = 6379\nb = 6379 # port-registry: allow duplicate-port\n",
        "lib/ports.nix": "{\n a = 6379;\n # port-registry: allow duplicate-port -- x\n b = 6379; }",
    }
    assert _rules(write(tmp_path, {path: ports[path]})) == []


def test_a_comment_that_names_no_rule(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.toml": "a = 6379 # port-registry: allow duplicate-prot\n"})
    done = run(root, "check")
    assert done.out.startswith(
        "warning[unknown-rule]: the comment allows `duplicate-prot`, which is not a rule: did you "
        "mean `duplicate-port`?\n --> lib/ports.toml:1:33\n"
    )


def test_what_cannot_be_known_is_said_and_is_no_finding(tmp_path: object) -> None:
    ports = "".join(f'  a{index} = builtins.getEnv "A";\n' for index in range(7))
    root = write(tmp_path, {"lib/ports.nix": f"{{\n{ports}  web = 3000;\n}}\n"})
    done = run(root, "check")
    lines = done.out.splitlines()
    assert done.status == 0
    assert lines[0].startswith("unknown: lib/ports.nix:2:8: `a0` cannot be known: ")
    assert lines[5] == "and 2 more that cannot be known (`--verbose` shows all)"
    summary = "1 entry in lib/ports.nix, 7 unknown; nothing in this project names a port yet"
    assert lines[6] == f"No findings ({summary})."
    assert len(run(root, "check", "--verbose").out.splitlines()) == 8
    unknown = json.loads(run(root, "check", "--format", "json").out)["unknown"]
    assert len(unknown) == 7
    assert unknown[0].keys() == {
        *("name", "reason", "path", "line", "column", "end_line", "end_column")
    }
    assert (unknown[0]["name"], unknown[0]["line"], unknown[0]["column"]) == ("a0", 2, 8)


def test_the_shape_of_json(tmp_path: object) -> None:
    root = write(tmp_path, _MOVED)
    document = json.loads(run(root, "check", "--format", "json").out)
    assert list(document) == [
        *(
            "version",
            "registry",
            "findings",
            "unknown",
            "checked",
            "mentions",
            "allowed",
            "accepted",
        ),
        "bugs",
    ]
    assert document["checked"] == {"entries": 2, "stacks": 1, "nix_files": 0, "hosts": 0}
    assert (document["version"], document["registry"]) == (1, "lib/ports.nix")
    finding = document["findings"][1]
    place = {"path": "process-compose.yaml", "line": 4, "column": 34}
    end = {"end_line": 4, "end_column": 38}
    assert {key: finding[key] for key in (*place, *end)} == {**place, **end}
    assert list(finding) == [
        *("rule", "severity", "message", "path", "line", "column", "end_line", "end_column"),
        *("entries", "related", "fix"),
    ]
    assert finding["entries"] == ["databases.redis"]
    assert finding["fix"]["safety"] == "safe"
    assert finding["fix"]["edits"] == [{"text": "6380", **place, **end}]
    assert all(
        list(related) == ["message", "path", "line", "column", "end_line", "end_column"]
        for related in finding["related"]
    )


def test_paths_are_shown_from_where_one_stands(tmp_path: object) -> None:
    root = write(tmp_path, {**_TWICE, "flake.nix": "", "sub/x": ""})
    assert " --> ../lib/ports.toml:3:9\n" in run(f"{root}/sub", "check").out
    assert " --> lib/ports.toml:3:9\n" in run(root, "check").out
    assert " --> ports.toml:3:9\n" in run(f"{root}/lib", "check").out
    assert json.loads(run(f"{root}/sub", "check", "--format", "json").out)["registry"] == (
        "lib/ports.toml"
    )


@pytest.mark.parametrize(
    ("data", "place", "message"),
    [
        (b"processes:\n  a: \xff\n", "2:6", "byte 0xff is not UTF-8"),
        (b"processes: [\n", "2:1", ""),
        (b"processes: &a {b: *a}\n", "1:", "contains itself"),
        (b"processes:\n  a: {}\n  a: {}\n", "3:3", ""),
        (None, "1:1", "it is larger than 1 MiB"),
    ],
)
def test_stacks_that_cannot_be_read(
    tmp_path: object, data: bytes | None, place: str, message: str
) -> None:
    root = write(tmp_path, _CLEAN)
    with open(f"{root}/process-compose.yaml", "wb") as file:
        if data is None:
            file.truncate(50 * 1024 * 1024)
        else:
            file.write(data)
    done = run(root, "check")
    assert (done.status, done.err) == (1, "")
    assert done.out.count("[unreadable-file]") == 1
    assert f" --> process-compose.yaml:{place}" in done.out
    assert message in done.out


def test_what_is_no_file_is_no_stack(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.nix": _PORTS})
    os.mkfifo(f"{root}/process-compose.yaml")
    os.symlink("loop", f"{root}/loop")
    os.symlink(".", f"{root}/here")
    os.symlink("/dev/zero", f"{root}/process-compose.yml")
    os.mkdir(f"{root}/ports.nix")
    assert run(root, "check") == (
        0,
        "No findings (2 entries in lib/ports.nix; nothing in this project names a port yet).\n",
        "",
    )
    done = run(root, "check", "process-compose.yaml")
    assert "it is not a regular file" in done.out
    assert done.status == 1


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{ a = 1; b = \xff; }", "error: lib/ports.nix:1:14: cannot be read: byte 0xff is not"),
        (b"", "error: lib/ports.nix:1:1: the registry is empty"),
        (b"{ a = ", "error: lib/ports.nix:1:"),
        (None, "error: lib/ports.nix: cannot be read: it is larger than 1 MiB"),
    ],
)
def test_registries_that_cannot_be_read(tmp_path: object, data: bytes | None, message: str) -> None:
    root = write(tmp_path, _CLEAN)
    with open(f"{root}/lib/ports.nix", "wb") as file:
        if data is None:
            file.truncate(50 * 1024 * 1024)
        else:
            file.write(data)
    done = run(root, "check")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(message)


def test_a_directory_is_no_registry(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.nix/x": ""})
    assert "error: no registry in " in run(root, "check").err
    done = run(root, "check", "--registry", "lib/ports.nix")
    assert done == (2, "", "error: lib/ports.nix: cannot be read: it is a directory\n")


def test_files_that_are_not_read_are_counted(tmp_path: object) -> None:
    root = write(
        tmp_path,
        {
            "lib/ports.nix": "{ web = 3000; api = 3001; ssh = 22; }\n",
            "a.config.ts": 'const x = "ä"; listen({ port: 3001 });\n',
            "nginx.conf": "proxy_pass http://localhost:3000;\n",
            "b.json": '{ "timeout": 3000, "y": "1.3001" }\n',
            "ssh.conf": "port 22\n",
            "docs/c.conf": "port 3000\n",
            "notes.md": "port 3000\n",
        },
    )
    done = run(root, "check", "-v")
    said = "2 files name registered ports in a format that is not read (`-v` lists)"
    assert done.out.splitlines()[-1] == f"No findings (3 entries in lib/ports.nix; {said})."
    notes = [line for line in done.out.splitlines() if "not read" in line][:-1]
    assert notes == [
        "note: a.config.ts:1:31: 3001 is written here, in a format that is not read",
        "note: nginx.conf:1:29: 3000 is written here, in a format that is not read",
    ]
    document = json.loads(run(root, "check", "--format", "json").out)
    assert document["mentions"] == ["a.config.ts", "nginx.conf"]


def test_a_check_of_nothing_is_not_green(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.nix": "{ }\n"})
    done = run(root, "check")
    assert done.status == 1
    assert "has no entries, so nothing is checked; add the first one" in done.out
    root = write(tmp_path, {"lib/ports.nix": '{ a.b = builtins.getEnv "A"; }\n'})
    assert "none of the ports in lib/ports.nix can be known" in run(root, "check").out
