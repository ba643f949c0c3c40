"""Bugs in single parts of this program, which the rest of a run outlives."""

import os

import port_registry
from port_registry import model


class ProgramFault(model.NamedTuple):
    """An unexpected error in one format or rule."""

    part: str
    """The part that failed: "the rule port-clash"."""
    error: Exception

    def place(self) -> str:
        """Return the file and line of this program where the error occurred."""
        found = ""
        trace = self.error.__traceback__
        while trace is not None:
            path = trace.tb_frame.f_code.co_filename
            for folder in port_registry.__path__:
                if path.startswith(os.path.join(folder, "")):
                    found = f"{os.path.relpath(path, folder)}:{trace.tb_lineno}"
            trace = trace.tb_next
        return found


def fault_of(part: str, error: Exception) -> ProgramFault:
    """Return `error` as a fault of `part`; raise it again where it was to be expected.

    That is an error with a message for the user, or one that an interrupt caused.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, (model.PortRegistryError, KeyboardInterrupt)):
            raise error
        cause = cause.__context__
    return ProgramFault(part, error)
