"""Our reading against process-compose's own: what it accepts, and what it would run.

All processes of a sample are disabled, so that nothing is run; the server is asked over a
socket in the test's folder, never over the network.
"""

import http.client
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypedDict, cast

import pytest

from port_registry.languages.go_template import TemplateVariable, render
from port_registry.languages.provenance import UNKNOWN, UnknownTracker
from port_registry.model import Source, SourceError, TracedText, TracedValue, UnreadablePart
from port_registry.sources.process_compose.config import ProcessConfig
from port_registry.sources.process_compose.load import StackLoader
from port_registry.sources.process_compose.merge import merge_projects, resolve_extends
from port_registry.sources.process_compose.stack import read_stack
from tests import real

MAIN = "process-compose.yaml"
OVER = "process-compose.override.yaml"

Sample = dict[str, str]

SAMPLES: dict[str, Sample] = {
    "plain": {MAIN: "processes:\n  a:\n    command: psql -p 5432\n    disabled: true\n"},
    "substitution": {
        MAIN: """
vars: {P: 8080, Q: {R: 'x'}, H: 0x10, B: true, F: 1.50}
environment: ['GLOBAL=${G:-1}', "PATH_=\\\\\\\\\\/x"]
processes:
  a:
    disabled: true
    command: |
      run ${A} ${A:-2} ${NONE:-3} ${E:-4} $A $$A $${A} ${A%x} ${A#y} ${A/y/z} ${A^^} ${A:1}
      ${#A} ${A:0:2} ${N:-${A}} ${N:=5} ${N=6} ${N:+7} a\\\\b \\/ {{.P}} {{ .Q.R }} {{.H}} {{.B}}
      {{- " x" -}}   {{/* c */}} {{ printf "%d-%s" .P .Q.R }} {{.NOPE}} {{print "y"}}
    environment: ["X={{.P}}=${A}", 'Y=1']
    readiness_probe: {exec: {command: "probe {{.P}} ${A}"}}
    liveness_probe: {http_get: {host: "{{.Q.R}}", port: "{{.P}}", scheme: https}}
    shutdown: {command: "stop {{.P}} ${A}"}
""",
        ".env": "export A=yabx # c\nE=\nG='2'\nD=\"a\\nb $A ${A} $(A) \\$A\"\nQ: 3\n",
    },
    "override": {
        MAIN: """
environment: [A=1, B=2, C=3=4]
vars: {X: 1, Y: {Z: 2, W: 3}}
processes:
  a: {disabled: true, command: one, environment: [A=1, B=2, C=3=4], entrypoint: [x], args: [y],
      readiness_probe: {exec: {command: p}}, depends_on: {b: {condition: process_started}},
      shutdown: {command: s}, vars: {V: 1}}
  b: {disabled: true, command: two, environment: [A=1=1]}
""",
        OVER: """
environment: [B=5, D=6]
vars: {X: 7, Y: {Z: 8}}
processes:
  a: {disabled: false, command: "{{.X}} {{.Y.Z}} {{.Y.W}} {{.V}}", environment: [B=9, E=],
      entrypoint: [z], liveness_probe: {http_get: {port: 1}}, depends_on: {b: {}, c: {}},
      readiness_probe: {http_get: {port: 80}}, shutdown: {signal: 9}}
  b: {}
  c: {disabled: true, command: three}
""",
    },
    "extends": {
        MAIN: "extends: sub/base.yaml\nprocesses:\n  a: {command: two}\n",
        "sub/base.yaml": "extends: more.yaml\nprocesses:\n  a: {command: one, disabled: true}\n",
        "sub/more.yaml": "processes:\n  b: {command: three, disabled: true, environment: [A=1]}\n",
    },
    "anchors": {
        MAIN: """
x-base: &base {disabled: true, command: base, environment: &env [A=1]}
x-more: &more {command: more, args: [q]}
processes:
  a: {<<: *base}
  b: {<<: [*more, *base], environment: *env}
  c:
    <<: *base
    command: >
      folded
      text

      end
""",
    },
    "replicas": {
        MAIN: """
processes:
  a: {disabled: true, replicas: 3, command: "run 300{{.PC_REPLICA_NUM}}",
      environment: ["P={{.PC_REPLICA_NUM}}"]}
""",
    },
    "switches": {
        MAIN: """
disable_env_expansion: true
processes:
  a: {disabled: yes, command: "${A:-1} $$A {{.X}}", is_template_disabled: true}
  b: {is_disabled: "true", command: x}
  c: {disabled: true, is_disabled: "false", command: "true"}
""",
    },
    "json": {MAIN: '{"processes": {"a": {"command": "x\\ty", "disabled": true}}}'},
    "quotes": {MAIN: 'processes: {a: {disabled: true, command: "it\\\'s \\t x"}}\n'},
    "odd texts": {
        MAIN: "processes:\r\n  a:\r\n    disabled: true\r\n    command: |-\r\n      x\r\n"
        "      y 😀\r\n  8: {disabled: on, command: 0x10, environment: [PORT=1, A=true]}\r\n",
    },
}
"""Files that process-compose accepts, by name."""

REFUSED: dict[str, Sample] = {
    "twice": {MAIN: "processes: {a: {command: x}, a: {command: y}}"},
    "syntax": {MAIN: "processes: [a"},
    "anchor": {MAIN: "processes: {a: *b}"},
    "itself": {MAIN: "processes: &a {b: {environment: *a}}"},
    "merge": {MAIN: "processes: {a: {<<: 1}}"},
    "substitution": {MAIN: "processes: {a: {command: '${A-b}'}}"},
    "unclosed": {MAIN: "processes: {a: {command: '${A:-b'}}"},
    "function": {MAIN: "processes: {a: {command: '{{add 1 .PC_REPLICA_NUM}}'}}"},
    "template": {MAIN: "processes: {a: {command: '{{.A'}}"},
    "list": {MAIN: "processes: {a: {command: [x]}}"},
    "number": {MAIN: "processes: {a: {replicas: many}}"},
    "truth": {MAIN: "processes: {a: {disabled: 7}}"},
    "condition": {MAIN: "processes: {a: {depends_on: {b: {condition: ready}}}, b: {}}"},
    "extends itself": {MAIN: f"extends: {MAIN}\nprocesses: {{}}"},
    "extends nothing": {MAIN: "extends: none.yaml\nprocesses: {}"},
    "map": {MAIN: "- a"},
    "processes": {MAIN: "processes: [a]"},
    "bomb": {
        MAIN: "processes: {}\nx-a: &a [x,x,x,x,x,x,x,x,x,x]\n"
        + "".join(
            f"x-{after}: &{after} [{','.join(['*' + before] * 10)}]\n"
            for before, after in ("ab", "bc", "cd", "de", "ef")
        ),
    },
}  # fmt: skip
"""Files that process-compose refuses, by name."""


class Folder:
    """A reader of the files of one folder, which are given as texts."""

    def __init__(self, files: Sample) -> None:
        self.files = files

    def read(self, path: str) -> Source:
        if path not in self.files:
            raise SourceError("there is no such file", path=path)
        return Source(path, self.files[path])

    def exists(self, path: str) -> bool:
        return path in self.files


class View(TypedDict):
    """What is compared of a process."""

    command: str
    environment: list[str]
    disabled: bool
    probes: list[str]
    shutdown: str
    dependencies: list[str]


def write(sample: Sample, folder: str) -> list[str]:
    """Write a sample; return the arguments that load it."""
    for path, text in sample.items():
        target = os.path.join(folder, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    return [part for name in (MAIN, OVER) if name in sample for part in ("-f", name)]


def run(arguments: list[str], folder: str) -> subprocess.Popen[bytes]:
    kept = {"PATH": os.environ["PATH"], "HOME": folder, "TMPDIR": folder}
    return subprocess.Popen(
        [real.process_compose(), *arguments, "-L", os.path.join(folder, "pc.log")],
        cwd=folder,
        env=kept,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def accepts(sample: Sample, folder: str) -> bool:
    arguments = write(sample, folder)
    process = run([*arguments, "--dry-run"], folder)
    try:
        return process.wait(timeout=20) == 0
    finally:
        process.kill()
        process.wait(timeout=20)


class Socket(http.client.HTTPConnection):
    """A connection to a server on a Unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=10)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(10)
        self.sock.connect(self.path)


def ask(path: str, query: str) -> dict[str, object]:
    connection = Socket(path)
    try:
        connection.request("GET", query)
        return cast(dict[str, object], json.loads(connection.getresponse().read()))
    finally:
        connection.close()


def answers(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(path) == 0


@contextmanager
def server(sample: Sample, folder: str) -> Iterator[str]:
    """Run process-compose on a sample; give the path of its socket."""
    arguments = write(sample, folder)
    path = os.path.join(folder, "s")
    process = run([*arguments, "-t=false", "--keep-project", "-U", "-u", path], folder)
    try:
        deadline = time.monotonic() + 30
        while process.poll() is None and time.monotonic() < deadline and not answers(path):
            time.sleep(0.02)
        yield path
    finally:
        process.kill()
        process.wait(timeout=20)


def part(found: object, *names: str) -> object:
    """Return a member of an answer, by the name that one version or another gives it."""
    if isinstance(found, dict):
        members = cast(dict[str, object], found)
        for name in names:
            if name in members:
                return members[name]
    return None


def text_of(found: object) -> str:
    return found if isinstance(found, str) else ""


def their_probe(probe: object) -> str:
    command = text_of(part(part(probe, "Exec", "exec"), "Command", "command"))
    http_get = part(probe, "HttpGet", "httpGet")
    if part(probe, "Exec", "exec") is not None or http_get is None:
        return command
    port, host = (text_of(part(http_get, *names)) for names in (("Port", "port"), ("Host", "host")))
    return f"{host}:{port}"


def theirs(path: str) -> dict[str, View]:
    """Return what the server would run."""
    found: dict[str, View] = {}
    for state in cast(list[dict[str, str]], ask(path, "/processes")["data"]):
        info = ask(path, f"/process/info/{state['name']}")
        probes = (part(info, "ReadinessProbe", "readinessProbe"),
                  part(info, "LivenessProbe", "livenessProbe"))  # fmt: skip
        shutdown = part(info, "ShutDownParams", "shutDownParams")
        depends = cast(dict[str, object], part(info, "DependsOn", "dependsOn") or {})
        found[state["name"]] = View(
            command=text_of(part(info, "Command", "command")),
            environment=sorted(cast(list[str], part(info, "Environment", "environment") or [])),
            disabled=bool(part(info, "Disabled", "disabled")),
            probes=[their_probe(probe) for probe in probes if probe is not None],
            shutdown=text_of(part(shutdown, "ShutDownCommand", "shutDownCommand")),
            dependencies=sorted(depends),
        )
    return found


def ours(sample: Sample) -> dict[str, View]:
    """Return what we make of the sample, unset variables taken as empty."""
    doubts, unreadable = UnknownTracker(), list[UnreadablePart]()
    files = tuple(name for name in (MAIN, OVER) if name in sample)
    loaded = StackLoader(Folder(sample), doubts, unreadable).load(files)
    merged = merge_projects(loaded.projects)
    found: dict[str, View] = {}
    for config in resolve_extends(merged.processes, unreadable).values():
        replicas = max(config.replicas, 1)
        for number in range(replicas):
            name = config.name
            if replicas > 1:
                name = f"{name}-{number:0{len(str(replicas))}}"
            known = {**merged.vars, **config.vars, "PC_REPLICA_NUM": replica(number)}
            found[name] = view(config, known, doubts)
    assert unreadable == []
    return found


def replica(number: int) -> TemplateVariable:
    value = StackLoader(Folder({"r": f"vars: {{n: {number}}}"}), UnknownTracker(), []).load(("r",))
    return value.projects[0].vars["n"]


def view(config: ProcessConfig, known: dict[str, TemplateVariable], doubts: UnknownTracker) -> View:
    def rendered(value: TracedValue | None) -> str:
        return "" if value is None else plain(render(value.text, known, doubts))

    def plain(text: TracedText) -> str:
        return text.text.replace(UNKNOWN, "")

    probes: list[str] = []
    for item in (config.readiness, config.liveness):
        if item is None:
            continue
        if item.command is not None:
            probes.append(rendered(item.command))
        elif item.http is not None:
            probes.append(f"{rendered(item.http.host) or '127.0.0.1'}:{rendered(item.http.port)}")
        else:
            probes.append("")
    disabled = config.disabled
    if config.is_disabled is not None:
        disabled = {"true": True, "false": False}.get(config.is_disabled.text.text, disabled)
    command = rendered(config.command)
    if config.command is not None and not config.renders_templates:
        command = plain(config.command.text)
    return View(
        command=command,
        environment=sorted(f"{one.name}={rendered(one.value)}" for one in config.environment),
        disabled=disabled,
        probes=probes,
        shutdown="" if config.shutdown is None else plain(config.shutdown.text),
        dependencies=sorted(item.service for item in config.dependencies),
    )


@pytest.mark.parametrize("name", SAMPLES)
def test_what_it_would_run_is_what_we_read(name: str, tmp_path: object) -> None:
    folder = str(tmp_path)
    expected = ours(SAMPLES[name])
    with server(SAMPLES[name], folder) as path:
        assert theirs(path) == expected


@pytest.mark.parametrize("name", SAMPLES)
def test_what_it_accepts_we_read(name: str, tmp_path: object) -> None:
    assert accepts(SAMPLES[name], str(tmp_path))
    files = tuple(file for file in (MAIN, OVER) if file in SAMPLES[name])
    assert read_stack(Folder(SAMPLES[name]), files).unreadable == ()


@pytest.mark.parametrize("name", REFUSED)
def test_what_it_refuses_we_report(name: str, tmp_path: object) -> None:
    assert not accepts(REFUSED[name], str(tmp_path))
    assert read_stack(Folder(REFUSED[name]), (MAIN,)).unreadable != ()
