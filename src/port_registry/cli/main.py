"""The entry point of `port-registry` and `portreg`; it imports what is asked for, no more."""

import sys

from port_registry import __version__

_INTERRUPTED = 130
"""What a shell reports for a program that SIGINT ended: 128 + 2."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command that `arguments` (by default the process's own) give.

    Returns the exit status: 0 clean, 1 findings, 2 the program cannot work, 3 a bug, 130
    interrupted.
    """
    given = sys.argv[1:] if arguments is None else arguments
    if given in (["--version"], ["-V"]):
        sys.stdout.write(f"port-registry {__version__}\n")
        return 0
    import gc

    # A run is short and makes little garbage; looking for it would take a sixth of the time.
    gc.disable()
    try:
        from port_registry.cli.run import run

        return run(given)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return _INTERRUPTED
    finally:
        gc.enable()
