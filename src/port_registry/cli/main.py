"""The entry point of `port-registry` and `portreg`; it imports what is asked for, no more."""

import sys

from port_registry import __version__


def main(arguments: list[str] | None = None) -> int:
    """Run the command that `arguments` (by default the process's own) give.

    Returns the exit status: 0 clean, 1 findings, 2 the program cannot work, 3 a bug, 130
    interrupted.
    """
    given = sys.argv[1:] if arguments is None else arguments
    if given in (["--version"], ["-V"]):
        return _print(f"port-registry {__version__}\n")
    if len(given) == 2 and given[0] == "get":
        from port_registry.project.get_cache_read import recall, recall_names

        known = recall_names() if given[1] == "--names" else recall(given[1])
        if known is not None:
            return _print(f"{known}\n")
    import gc

    # A run is short and makes little garbage; looking for it would take a sixth of the time.
    gc.disable()
    try:
        from port_registry.cli.run import run
        from port_registry.cli.signals import interruptible

        with interruptible():
            return run(given)
    except KeyboardInterrupt:
        from port_registry.cli.output import put
        from port_registry.cli.result import INTERRUPTED, CommandResult

        return put(CommandResult(INTERRUPTED, "", "interrupted\n"))
    finally:
        gc.enable()


def _print(text: str) -> int:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except (OSError, ValueError, AttributeError):
        # It is full, closed, not there at all (None), or cannot have such characters: `put`
        # knows what to do, and is slower.
        from port_registry.cli.output import put
        from port_registry.cli.result import CLEAN, CommandResult

        return put(CommandResult(CLEAN, text))
    return 0
