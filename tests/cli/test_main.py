import os
import signal
import subprocess
import sys
import time
from argparse import Namespace

import pytest

from port_registry import __version__
from port_registry.cli import check
from port_registry.cli.dispatch import interruptible
from tests.cli.command import finish, run, start
from tests.project.made import write

_CLEAN = {"lib/ports.toml": "[databases]\nredis = 6379\n"}
_BROKEN = {"lib/ports.toml": "[databases]\nredis = 6379\nother = 6379\n"}


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_the_version(tmp_path: object, option: str) -> None:
    assert run(tmp_path, option) == (0, f"port-registry {__version__}\n", "")
    assert run(tmp_path, option, "explain") == run(tmp_path, option)


def test_the_version_imports_next_to_nothing() -> None:
    code = (
        "import sys; before = set(sys.modules); from port_registry.cli.main import main; "
        "main(['--version']); print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = ["port_registry", "port_registry.cli", "port_registry.cli.main"]
    assert done.stdout.splitlines()[1] == str(modules)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("--help",), "COMMAND"),
        (("check", "--help"), "--unsafe-fixes"),
        (("explain", "-h"), "RULE"),
        (("list", "-h"), "{table,json,markdown}"),
    ],
)
def test_help_is_no_failure(tmp_path: object, arguments: tuple[str, ...], text: str) -> None:
    done = run(tmp_path, *arguments)
    assert (done.status, done.err) == (0, "")
    assert text in done.out


@pytest.mark.parametrize(
    ("arguments", "error", "hint"),
    [
        ((), "no command", "`port-registry check`"),
        (("chekc",), "unknown command `chekc`", "did you mean `check`?"),
        (("--verbose",), "", "`port-registry --help`"),
        (("--color", "check"), "", "`port-registry --help`"),
        (("check", "--unsafe-fixe"), "", "`port-registry check --help`"),
        (("check", "--format", "xml"), "", "`port-registry check --help`"),
        (("check", "--select", "hardcoded"), "there is no rule", "did you mean `hardcoded-port`?"),
        (("check", "--select", ","), "`--select` names no rule", "`port-registry explain`"),
        (("check", "--ignore", "x"), "there is no rule `x`", "expected one of: auto-selected-port"),
        (
            ("check", "--diff", "--format", "json"),
            "`--diff` cannot be used with `--format json`",
            "",
        ),
        (("check", "none.yaml"), "there is no file or folder `none.yaml`", ""),
        (("check", "lib", ".."), "is outside the project", "check one project at a time"),
        (("check", "--registry", "none.nix"), "there is no file or folder `none.nix`", ""),
        (("check", "--registry", "/etc/passwd"), "`/etc/passwd` is outside the project", ""),
        (("check", "--attribute", "a..b"), "invalid attribute path `a..b`", ""),
        (("check", "--config", "none.toml"), "none.toml: cannot be read: there is no such", ""),
        (("explain", "hardcoded-prot"), "there is no rule", "did you mean `hardcoded-port`?"),
        (("list", "extra"), "unrecognized arguments: extra", ""),
    ],
)
def test_usage_errors(tmp_path: object, arguments: tuple[str, ...], error: str, hint: str) -> None:
    root = write(f"{tmp_path}/root", {**_CLEAN, "flake.nix": ""})
    done = run(root, *arguments)
    assert (done.status, done.out) == (2, "")
    first, *rest = done.err.splitlines()
    assert first.startswith("error: ")
    assert error in first
    assert hint in "".join(rest)
    assert "Traceback" not in done.err


def test_without_a_registry_nothing_works(tmp_path: object) -> None:
    done = run(write(tmp_path, {"process-compose.yaml": ""}), "check")
    assert done.status == 2
    assert "error: no registry in " in done.err
    assert "--registry FILE" in done.err


def test_exit_statuses(tmp_path: object) -> None:
    clean = write(f"{tmp_path}/clean", _CLEAN)
    broken = write(f"{tmp_path}/broken", _BROKEN)
    assert finish(start(clean, "check")) == (
        0,
        "No findings (1 entry in lib/ports.toml; nothing in this project names a port yet).\n",
        "",
    )
    done = finish(start(broken, "check"))
    assert (done.status, done.err) == (1, "")
    assert finish(start(broken, "check", "--select", "nothing")).status == 2


def _fail(_: Namespace) -> None:
    raise KeyError("of\x1b all\nthings")


def test_a_bug_is_said_to_be_one(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "run", _fail)
    done = run(tmp_path, "check")
    assert (done.status, done.out) == (3, "")
    assert done.err.startswith("bug: unexpected error: KeyError: 'of\\x1b all\\nthings'")
    assert "PORT_REGISTRY_DEBUG=1" in done.err
    assert "Traceback" not in done.err
    debugged = run(tmp_path, "check", PORT_REGISTRY_DEBUG="1")
    assert debugged.status == 3
    assert debugged.err.startswith("Traceback")


def test_an_interrupt_is_one(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: Namespace) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(check, "run", interrupt)
    assert run(tmp_path, "check") == (130, "", "interrupted\n")


def test_an_error_that_comes_of_an_interrupt_is_one(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def clean_up(arguments: Namespace) -> None:
        try:
            raise KeyboardInterrupt
        finally:
            getattr(arguments, "never made")

    monkeypatch.setattr(check, "run", clean_up)
    assert run(tmp_path, "check") == (130, "", "interrupted\n")


def _handles(pid: int, number: signal.Signals) -> bool:
    """Return whether the process has begun to handle a signal (proc_pid_status(5))."""
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
        caught = next(line.split()[1] for line in status if line.startswith("SigCgt:"))
    return bool(int(caught, 16) >> (number - 1) & 1)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells when the run has begun")
def test_sigint_ends_a_long_run(tmp_path: object) -> None:
    entries = "".join(f"port-{index} = {index}\n" for index in range(1, 30_000))
    process = start(write(tmp_path, {"ports.toml": entries}), "check")
    deadline = time.monotonic() + 30
    while not _handles(process.pid, signal.SIGTERM) and time.monotonic() < deadline:
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    done = finish(process)
    assert (done.status, done.out, done.err) == (130, "", "interrupted\n")


def test_a_reader_who_goes_away_changes_nothing(tmp_path: object) -> None:
    with start(write(tmp_path, _BROKEN), "check") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1


@pytest.mark.parametrize("arguments", [("check",), ("--version",)])
def test_output_that_cannot_be_written(tmp_path: object, arguments: tuple[str, ...]) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("there is no /dev/full")
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "port_registry", *arguments],
            cwd=write(tmp_path, _BROKEN),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 2
    assert done.stderr == "error: cannot write the output: no space left on device\n"


def test_errors_that_cannot_be_written_matter_where_there_are_some(tmp_path: object) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("there is no /dev/full")
    root = write(tmp_path, _BROKEN)
    for arguments, status in (("--version", 0), ("check", 1), ("nope", 2)):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run(
                [sys.executable, "-m", "port_registry", arguments],
                cwd=root,
                stdout=subprocess.PIPE,
                stderr=full,
            )
        assert (done.returncode, bool(done.stdout)) == (status, status < 2)


def test_characters_that_the_output_cannot_have(tmp_path: object) -> None:
    root = write(tmp_path, {"lib/ports.toml": '"é" = 6379\n'})
    done = finish(start(root, "list", PYTHONIOENCODING="ascii", PYTHONUTF8="0"))
    assert done.status == 0
    assert '"\\xe9"' in done.out


def test_no_standard_output_at_all(tmp_path: object) -> None:
    program = f"{sys.executable} -m port_registry"
    for arguments, status in (("--version", 0), ("check", 1), ("check --nope", 2)):
        done = subprocess.run(
            ["sh", "-c", f"{program} {arguments} >&- 2>&-"], cwd=write(tmp_path, _BROKEN)
        )
        assert done.returncode == status


def test_a_folder_that_was_deleted(tmp_path: object) -> None:
    program = f"{sys.executable} -m port_registry"
    for command in ("check", "list"):
        os.mkdir(f"{tmp_path}/gone")
        done = subprocess.run(
            ["sh", "-c", f"rmdir ../gone && exec {program} {command}"],
            cwd=f"{tmp_path}/gone",
            capture_output=True,
            text=True,
        )
        assert done.returncode == 2
        assert "the current directory does not exist any more" in done.stderr


def test_signals_that_ask_for_the_end_are_interrupts() -> None:
    for number in (signal.SIGTERM, signal.SIGHUP):
        before = signal.getsignal(number)
        with pytest.raises(KeyboardInterrupt), interruptible():
            signal.raise_signal(number)
        assert signal.getsignal(number) is before


def test_a_signal_that_is_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interruptible():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
