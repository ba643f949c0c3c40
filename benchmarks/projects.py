"""Generates projects of a given size: a registry, and process-compose files that use it."""

import os

PROCESSES_PER_FILE = 4
"""Processes in each generated process-compose file."""


def write_project(folder: str, files: int, entries: int) -> None:
    """Write a project of `files` process-compose files over a registry of `entries`.

    Entries share port numbers across hosts beyond 60,000, so that any count is possible.
    Every number in a file is annotated with its entry, as the pattern asks.
    """
    os.makedirs(os.path.join(folder, "lib"), exist_ok=True)
    with open(os.path.join(folder, "port-registry.toml"), "w", encoding="utf-8") as config:
        config.write('ignore = ["outside-range", "ephemeral-port", "borrowed-port"]\n')
    with open(os.path.join(folder, "lib", "ports.nix"), "w", encoding="utf-8") as registry:
        registry.write("{\n")
        for start in range(0, entries, 100):
            registry.write(f"  group{start // 100} = {{\n")
            for index in range(start, min(start + 100, entries)):
                registry.write(f"    svc{index} = {_port(index)}; # tcp: service number {index}\n")
            registry.write("  };\n")
        registry.write("}\n")
    for number in range(files):
        below = os.path.join(folder, "stacks", f"team{number // 100}", f"stack{number}")
        os.makedirs(below, exist_ok=True)
        with open(os.path.join(below, "process-compose.yaml"), "w", encoding="utf-8") as stack:
            stack.write(_stack(number, entries))


def _port(index: int) -> int:
    return 11000 + index % 20000


def _stack(number: int, entries: int) -> str:
    lines = ["processes:"]
    before = ""
    for step in range(PROCESSES_PER_FILE):
        index = (number * PROCESSES_PER_FILE + step) % entries
        port = _port(index)
        name = f"p{step}"
        lines += [
            f"  {name}:",
            f"    # Port from lib/ports.nix: group{index // 100}.svc{index} = {port}",
            f"    command: serve --port {port}",
            "    environment:",
            f'      PORT: "{port}"',
            "    readiness_probe:",
            "      exec:",
            f"        command: nc -z 127.0.0.1 {port}",
        ]
        if before:
            lines += ["    depends_on:", f"      {before}:", "        condition: process_healthy"]
        before = name
    return "\n".join(lines) + "\n"
