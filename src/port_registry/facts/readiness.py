"""Questions that tell whether a service is ready (`data/readiness.tsv`)."""

from enum import Enum
from functools import cache
from typing import NamedTuple

from port_registry.facts import tsv


class QuestionKind(Enum):
    """How a service is asked."""

    COMMAND = "command"
    """By a command that succeeds when it is ready."""
    PAGE = "page"
    """For a page that it answers with 200 when it is ready, on its main port."""


class ReadinessQuestion(NamedTuple):
    """What to ask a service."""

    kind: QuestionKind
    text: str
    """The command, or the path of the page; `{port}` stands for the service's port."""


def readiness_question(service: str) -> ReadinessQuestion | None:
    """Return what tells whether `service`, by its name in `services.tsv`, is ready."""
    return _questions().get(service)


@cache
def _questions() -> dict[str, ReadinessQuestion]:
    return {
        service: ReadinessQuestion(QuestionKind(kind), text)
        for service, kind, text, _ in tsv.rows("readiness")
    }
