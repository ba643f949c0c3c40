"""Entry point of `port-registry` and `portreg`; imports only what the command line needs."""

import sys

from port_registry import __version__


def main(arguments: list[str] | None = None) -> int:
    """Run the command that `arguments` name; by default, the process's own arguments.

    Returns the exit status: 0 clean, 1 findings, 2 the program cannot work, 3 a bug, 130
    interrupted.
    """
    command_line = sys.argv[1:] if arguments is None else arguments
    if command_line in (["--version"], ["-V"]):
        return _print(f"port-registry {__version__}\n")
    if len(command_line) == 2 and command_line[0] == "get":
        from port_registry.project.get_cache_read import cached_names, cached_port

        name = command_line[1]
        cached = cached_names() if name == "--names" else cached_port(name)
        if cached is not None:
            return _print(f"{cached}\n")
    import gc

    # A run is short and makes little garbage; collecting it would take a sixth of the time.
    gc.disable()
    try:
        from port_registry.cli.dispatch import dispatch

        return dispatch(command_line)
    except KeyboardInterrupt:
        from port_registry.cli.result import INTERRUPTED, CommandResult, write_result

        return write_result(CommandResult(INTERRUPTED, "", "interrupted\n"))
    finally:
        gc.enable()


def _print(text: str) -> int:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except (OSError, ValueError, AttributeError):
        # The stream is full, closed, missing (None), or cannot encode the text: `write_result`
        # handles all of that, and takes longer to import.
        from port_registry.cli.result import CLEAN, CommandResult, write_result

        return write_result(CommandResult(CLEAN, text))
    return 0
