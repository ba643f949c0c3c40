"""Fixtures of every test: its own cache, working interrupts, fixes that process-compose accepts."""

import os
import signal
import subprocess
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import settings

from port_registry.changes import registry_transaction
from port_registry.project import write
from port_registry.project.write import NO_FOLDERS, Rewrite
from tests import real
from tests.sizes import IS_FULL

_SUFFIXES = (".yaml", ".yml", ".json")
_FOUND = {"nixpkgs_lib": real.found_nixpkgs_lib, "flake_modules": real.found_flake_modules}
"""What the tests with a mark need that is not a program, and how it is found."""

if not IS_FULL:
    settings.register_profile("small", max_examples=25, deadline=None)
    settings.load_profile("small")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests of sources of Nix that this machine does not have."""
    missing = [mark for mark, find in _FOUND.items() if find() is None]
    left_out = [item for item in items if any(item.get_closest_marker(mark) for mark in missing)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


@pytest.fixture(autouse=True, scope="session")
def _interrupts_arrive() -> Iterator[None]:
    """Handle SIGINT in what the tests start, where pytest itself was told to ignore it.

    A shell starts its background jobs so, and a program that ignores SIGINT hands that on.
    """
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep what runs remember away from the user's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture(autouse=True)
def _fixes_are_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the real process-compose judge each of its files that is written in this process.

    A file that it refused before the fix says nothing of the fix.
    """
    program = real.found("process-compose")
    if program is None:
        return
    write_all = write.write_all

    def judged(rewrites: Iterable[Rewrite], held: frozenset[str] = NO_FOLDERS) -> None:
        rewrites = tuple(rewrites)
        mine = [one for one in rewrites if one.path.endswith(_SUFFIXES)]
        good = [one for one in mine if _accepts(program, one)]
        write_all(rewrites, held)
        refused = [one.after for one in good if not _accepts(program, one)]
        assert refused == [], "process-compose refuses what the fix wrote"

    for module in (write, registry_transaction):
        monkeypatch.setattr(module, "write_all", judged)


def _accepts(program: str, rewrite: Rewrite) -> bool:
    """Return whether process-compose takes the file as it is on disk now."""
    done = subprocess.run(
        [program, "--dry-run", "--no-server", "-f", rewrite.real_path],
        cwd=os.path.dirname(rewrite.real_path),
        capture_output=True,
        timeout=30,
        check=False,
    )
    return done.returncode == 0
