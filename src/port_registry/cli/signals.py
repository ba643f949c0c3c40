"""The signals that ask the program to end, so that it can leave nothing lying about."""

import signal
from collections.abc import Generator
from contextlib import contextmanager

_ASKING = (signal.SIGTERM, signal.SIGHUP)
"""Those that end a program at once, where SIGINT raises `KeyboardInterrupt` already."""


@contextmanager
def interruptible() -> Generator[None]:
    """Let a signal that asks for the end raise `KeyboardInterrupt`; one that is ignored stays so.

    It is for the main thread, where alone Python lets signals be handled.
    """
    changed = [number for number in _ASKING if signal.getsignal(number) is signal.SIG_DFL]
    for number in changed:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number in changed:
            signal.signal(number, signal.SIG_DFL)
