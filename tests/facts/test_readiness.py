"""What services are asked when it matters whether they are ready."""

import string

from port_registry.facts import services, tsv
from port_registry.facts.readiness import QuestionKind, ReadinessQuestion, readiness_question


def test_services_are_asked_by_a_command_or_for_a_page() -> None:
    assert readiness_question("redis") == ReadinessQuestion(
        QuestionKind.COMMAND, "redis-cli -p {port} ping"
    )
    assert readiness_question("qdrant") == ReadinessQuestion(QuestionKind.PAGE, "/readyz")
    assert readiness_question("node-exporter") is None


def test_every_row_is_of_a_known_service_and_says_how_to_ask() -> None:
    names = [row[0] for row in tsv.rows("readiness")]
    assert len(names) == len(set(names)) > 10
    for name in names:
        service, question = services.by_name(name), readiness_question(name)
        assert service is not None
        assert service.name == name
        assert question is not None
        fields = [field for _, field, _, _ in string.Formatter().parse(question.text) if field]
        is_command = question.kind is QuestionKind.COMMAND
        assert fields == (["port"] if is_command else [])
        assert question.text.startswith("/") != is_command
