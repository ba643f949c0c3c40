"""The real programs that some tests compare with.

On a person's machine a test whose program is missing is skipped, by the program's name; in
CI (`CI=true`) it fails, so that a comparison cannot go missing unseen.
"""

import os
import shutil
import subprocess
from functools import cache

import pytest


def found(program: str) -> str | None:
    """Return the path of `program`; None where it is missing. In CI: fail the test then."""
    path = shutil.which(program)
    if path is None and os.environ.get("CI") == "true":
        pytest.fail(f"{program} is not installed")
    return path


def _find(program: str) -> str:
    path = found(program)
    if path is None:
        pytest.skip(f"{program} is not installed")
    return path


def nix_instantiate() -> str:
    """Return the path of `nix-instantiate`, or skip (in CI: fail) the calling test."""
    return _find("nix-instantiate")


def process_compose() -> str:
    """Return the path of `process-compose`, or skip (in CI: fail) the calling test."""
    return _find("process-compose")


def bash() -> str:
    """Return the path of `bash`, or skip (in CI: fail) the calling test."""
    return _find("bash")


@cache
def found_nixpkgs_lib() -> str | None:
    """Return the folder of nixpkgs' lib, or None where it is not at hand.

    It is looked for in `$NIXPKGS_LIB` and behind `<nixpkgs/lib>`.
    """
    named = os.environ.get("NIXPKGS_LIB")
    if named:
        return named
    command = [nix_instantiate(), "--find-file", "nixpkgs/lib"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return done.stdout.strip() if done.returncode == 0 else None


def nixpkgs_lib() -> str:
    """Return the folder of nixpkgs' lib, or skip the calling test."""
    folder = found_nixpkgs_lib()
    if folder is None:
        pytest.skip("nixpkgs' lib is not at hand: name its folder in NIXPKGS_LIB")
    return folder
