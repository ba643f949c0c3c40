"""Real programs and libraries that some tests compare with.

On a person's machine a test whose program is missing is skipped, by the program's name; in
CI (`CI=true`) it fails, so that a comparison cannot go missing unseen.

Sources of Nix that no package registry has (nixpkgs' lib, flake-parts, process-compose-flake)
are another matter: CI cannot have them. The tests that need them are collected where they are
at hand, and nowhere else. A stand-in for them would compare the program with our own idea of
the module system, and prove nothing.
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
    """Return the folder of nixpkgs' lib, or None where it is missing.

    It is `$NIXPKGS_LIB`, or the one that Nix finds for `<nixpkgs/lib>`.
    """
    named = os.environ.get("NIXPKGS_LIB")
    nix = shutil.which("nix-instantiate")
    if named or nix is None:
        return named or None
    command = [nix, "--find-file", "nixpkgs/lib"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return done.stdout.strip() if done.returncode == 0 else None


def nixpkgs_lib() -> str:
    """Return the folder of nixpkgs' lib, for a test that is marked `nixpkgs_lib`."""
    folder = found_nixpkgs_lib()
    assert folder is not None, "a test that needs nixpkgs' lib is marked `nixpkgs_lib`"
    return folder


@cache
def found_flake_modules() -> tuple[str, str] | None:
    """Return the folders of flake-parts and of process-compose-flake, or None.

    They are `$FLAKE_PARTS` and `$PROCESS_COMPOSE_FLAKE`; they need nixpkgs' lib too.
    """
    folders = os.environ.get("FLAKE_PARTS"), os.environ.get("PROCESS_COMPOSE_FLAKE")
    if not folders[0] or not folders[1] or found_nixpkgs_lib() is None:
        return None
    return folders[0], folders[1]


def flake_modules() -> tuple[str, str]:
    """Return the folders of both, for a test that is marked `flake_modules`."""
    folders = found_flake_modules()
    assert folders is not None, "a test that needs the flake modules is marked `flake_modules`"
    return folders
