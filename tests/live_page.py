"""The page on live commands, played for real: `python -m tests.live_page` writes it anew."""

import os
import re
import shutil
import subprocess
import sys
import tempfile

from tests.project.made import write

PAGE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "docs", "live.md")

_BLOCK = re.compile(r"```(console|nix)\n(.+?)```\n", re.DOTALL)
_MARK = "=== next ==="

_MASKS = (
    (re.compile(r"\bpid \d+"), "pid 4711"),
    (re.compile(r"\(\d+\) (of|ended)\b"), r"(4711) \1"),
    (re.compile(r"\b\d\d:\d\d(:\d\d)?\b"), "09:12"),
    (re.compile(r"\broot\b"), "ana"),
    (re.compile(r"\S*/bin/python3\b"), "python3"),
    (re.compile(r"\S*/bin/redis-server\b"), "redis-server"),
)
"""What differs from machine to machine, and what stands for it."""


def can_be_played() -> bool:
    """Return whether this user can have a network of their own, with a real Redis in it."""
    if not all(map(shutil.which, ("unshare", "ip", "redis-server", "python3"))):
        return False
    command = ["unshare", "-n", "ip", "link", "set", "lo", "up"]
    return subprocess.run(command, capture_output=True, timeout=60).returncode == 0


def commands(page: str) -> list[str]:
    """Return the commands of the page, without their prompts."""
    blocks = [block[2] for block in _BLOCK.finditer(page) if block[1] == "console"]
    return re.findall(r"^\$ (.+)$", "".join(blocks), re.MULTILINE)


def played(page: str) -> str:
    """Return the page with what its commands print, run one after another in one shell."""
    registry = next(block[2] for block in _BLOCK.finditer(page) if block[1] == "nix")
    with tempfile.TemporaryDirectory() as root:
        write(root, {"lib/ports.nix": registry})
        outputs = _outputs(root, commands(page))
    said = dict(zip(enumerate(commands(page)), outputs, strict=True))
    at = iter(said.items())

    def block(found: re.Match[str]) -> str:
        if found[1] != "console":
            return found[0]
        lines = ""
        for _ in re.findall(r"^\$ ", found[2], re.MULTILINE):
            (_, command), output = next(at)
            lines += f"$ {command}\n{output}"
        return f"```console\n{lines}```\n"

    return _BLOCK.sub(block, page)


def _outputs(root: str, lines: list[str]) -> list[str]:
    """Return what each of the commands prints."""
    script = ["ip link set lo up", "trap 'kill $(jobs -p) 2>/dev/null' EXIT"]
    for line in lines:
        script += [f"echo '{_MARK}'", line]
    folder = os.path.dirname(sys.executable)
    done = subprocess.run(
        ["unshare", "-n", "bash", "-c", "\n".join(script)],
        cwd=root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        env={
            "PATH": f"{folder}:{os.environ['PATH']}",
            "XDG_CACHE_HOME": f"{root}/.cache",
            "COLUMNS": "200",
            "HOME": root,
        },
    )
    return [_masked(text, root) for text in done.stdout.split(f"{_MARK}\n")[1:]]


def _masked(text: str, root: str) -> str:
    text = text.replace(os.path.realpath(root), "/home/ana/shop")
    for pattern, word in _MASKS:
        text = pattern.sub(word, text)
    return text


if __name__ == "__main__":
    with open(PAGE, encoding="utf-8") as file:
        before = file.read()
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(played(before))
