"""Becoming another program: its process is this one, so nothing has to be passed on."""

import os
import signal
from collections.abc import Mapping
from typing import NoReturn

_CHANGED = (signal.SIGPIPE, signal.SIGXFSZ)
"""The signals that Python ignores from its start, and what it starts would ignore too."""


def replace_process(command: tuple[str, ...], environment: Mapping[str, str]) -> NoReturn:
    """Run `command` in place of this program, looked for in the `PATH` of `environment`.

    Raises `OSError` where it cannot be run, and `ValueError` where no system could.
    """
    before = {number: signal.getsignal(number) for number in _CHANGED}
    for number in _CHANGED:
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execvpe(command[0], command, environment)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
