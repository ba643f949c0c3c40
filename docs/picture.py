"""Draws the README's pictures, docs/*.svg, from the real output: `make picture`."""

import io
import os
import re
import subprocess
import sys

from rich.console import Console
from rich.text import Text

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CHECK = ("check", "--select", "duplicate-port,missing-probe,stale-annotation")
"""What docs/check.svg shows, run in examples/broken."""
STATUS = ("status",)
"""What docs/status.svg shows, run in docs/scene.py."""
WIDTH = 92

_SVG = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" \
xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, monospace; \
font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" \
height="{terminal_height}" /></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix" xml:space="preserve">{matrix}</g>
</g>
</svg>
"""


class SceneError(Exception):
    """This machine, or this user, cannot make the scene."""


def check() -> str:
    """Return what `check` prints on a terminal, with its colours."""
    done = subprocess.run(
        [sys.executable, "-m", "port_registry", *CHECK, "--color", "always"],
        cwd=os.path.join(ROOT, "examples", "broken"),
        env={**os.environ, "COLUMNS": str(WIDTH)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return f"$ port-registry {' '.join(CHECK)}\n{done.stdout}"


def status() -> str:
    """Return what `status` prints in the scene, at an hour that is always the same.

    Raises `SceneError` where the scene cannot be made.
    """
    apart = ["unshare", "--net", "--mount", "--cgroup", "--pid", "--fork", "--mount-proc"]
    if os.geteuid() != 0:
        apart.append("--map-root-user")
    ready = 'mount -t tmpfs scene /srv && ip link set lo up && exec "$@"'
    scene = [sys.executable, os.path.join(ROOT, "docs", "scene.py"), "outside"]
    try:
        done = subprocess.run(
            [*apart, "sh", "-c", ready, "sh", *scene, *STATUS, "--color", "always"],
            env={**os.environ, "COLUMNS": str(WIDTH)},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise SceneError(getattr(error, "stderr", "") or str(error)) from error
    shown = re.sub(r"since [0-9]{2}:[0-9]{2}", "since 09:41", done.stdout)
    return f"$ port-registry {' '.join(STATUS)}\n{shown}"


def draw(ansi: str, name: str) -> str:
    """Return a picture of a terminal that shows `ansi`."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), color_system="standard")
    console.print(Text.from_ansi(ansi.rstrip("\n")))
    return console.export_svg(title="port-registry", code_format=_SVG, unique_id=name)


PICTURES = {"check": check, "status": status}

if __name__ == "__main__":
    for name, output in PICTURES.items():
        with open(os.path.join(ROOT, "docs", f"{name}.svg"), "w", encoding="utf-8") as file:
            file.write(draw(output(), name))
