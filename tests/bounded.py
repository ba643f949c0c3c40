"""A bound on what a test may cost, for what would take for ever where it is wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import process_time

_SLACK = 5
"""How much slower a machine may be, coverage included, than one on which the bounds are wide."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fail where the block takes far more of the processor; other processes do not count."""
    began = process_time()
    yield
    assert process_time() - began < seconds * _SLACK
