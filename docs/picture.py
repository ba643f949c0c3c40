"""Draws docs/check.svg, the README's picture, from the real output: `make picture`."""

import io
import os
import subprocess
import sys

from rich.console import Console
from rich.text import Text

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PICTURE = os.path.join(ROOT, "docs", "check.svg")
COMMAND = ("check", "--select", "duplicate-port,missing-probe,stale-annotation")
"""What the picture shows, run in examples/broken."""
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


def output() -> str:
    """Return what the command prints on a terminal, with its colours."""
    done = subprocess.run(
        [sys.executable, "-m", "port_registry", *COMMAND, "--color", "always"],
        cwd=os.path.join(ROOT, "examples", "broken"),
        env={**os.environ, "COLUMNS": str(WIDTH)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return f"$ port-registry {' '.join(COMMAND)}\n{done.stdout}"


def draw(ansi: str) -> str:
    """Return a picture of a terminal that shows `ansi`."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), color_system="standard")
    console.print(Text.from_ansi(ansi.rstrip("\n")))
    return console.export_svg(title="port-registry", code_format=_SVG, unique_id="check")


if __name__ == "__main__":
    with open(PICTURE, "w", encoding="utf-8") as file:
        file.write(draw(output()))
