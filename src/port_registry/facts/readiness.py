"""Readiness checks of services (`data/readiness.tsv`)."""

from enum import Enum
from functools import cache

from port_registry.facts import tsv
from port_registry.model import NamedTuple


class QuestionKind(Enum):
    """The kind of a readiness check."""

    COMMAND = "command"
    """A command that succeeds when the service is ready."""
    PAGE = "page"
    """A page on the main port with status 200 when the service is ready."""


class ReadinessQuestion(NamedTuple):
    """The readiness check of a service."""

    kind: QuestionKind
    text: str
    """The command, or the path of the page; `{port}` is replaced by the service's port."""


@cache
def readiness_question(service: str) -> ReadinessQuestion | None:
    """Return the readiness check of `service`, by its name in `services.tsv`, or None."""
    for name, kind, text, _ in tsv.rows("readiness"):
        if name == service:
            return ReadinessQuestion(QuestionKind(kind), text)
    return None
