"""The command, run in this process or in one of its own."""

import io
import os
import subprocess
import sys
import tempfile
from contextlib import chdir, redirect_stderr, redirect_stdout
from typing import NamedTuple
from unittest.mock import patch

from port_registry.cli.main import main

_CACHE = tempfile.TemporaryDirectory()

_ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if name not in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "TERM", "PORT_REGISTRY_DEBUG")
}
_ENVIRONMENT["XDG_CACHE_HOME"] = _CACHE.name


class Done(NamedTuple):
    status: int
    out: str
    err: str


def run(folder: object, *arguments: str, **environment: str) -> Done:
    """Run the command in `folder` and in this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
    with (
        chdir(str(folder)),
        redirect_stdout(out),
        redirect_stderr(err),
        patch.dict(os.environ, {**_ENVIRONMENT, **environment}, clear=True),
    ):
        status = main(list(arguments))
    texts = []
    for stream in (out, err):
        stream.seek(0)
        texts.append(stream.read())
    return Done(status, *texts)


def start(folder: object, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
    """Start the command in `folder` as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "port_registry", *arguments],
        cwd=str(folder),
        env={**_ENVIRONMENT, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="surrogateescape",
    )


def finish(process: "subprocess.Popen[str]") -> Done:
    """Wait for a process and return what it came to."""
    out, err = process.communicate(timeout=60)
    return Done(process.returncode, out, err)
