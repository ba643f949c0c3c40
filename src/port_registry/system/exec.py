"""Replacement of this program by another one, in the same process."""

import os
import signal
from collections.abc import Mapping
from typing import NoReturn

_IGNORED_BY_PYTHON = (signal.SIGPIPE, signal.SIGXFSZ)
"""The signals that Python ignores, and that the other program would ignore, too."""


def replace_process(command: tuple[str, ...], environment: Mapping[str, str]) -> NoReturn:
    """Run `command` in place of this program, found in the `PATH` of `environment`.

    Raises `OSError` where it cannot be run, and `ValueError` where no system could.
    """
    handlers = {number: signal.getsignal(number) for number in _IGNORED_BY_PYTHON}
    for number in _IGNORED_BY_PYTHON:
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execvpe(command[0], command, environment)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
