"""The pattern's own files."""

from port_registry.checks.fix import FixSelection
from tests import real
from tests.rules import harness
from tests.rules.samples import PATTERN_STACK, STACK, project


def test_the_registry_gives_no_finding() -> None:
    assert harness.run(project("processes: {}\n")).shown() == []


def test_the_stack_gives_one() -> None:
    found = harness.run(project(PATTERN_STACK))
    assert found.shown() == ["missing-probe process-compose.yaml:13 redis"]


def test_the_fix_adds_a_probe_and_nothing_else() -> None:
    files = project(PATTERN_STACK)
    assert harness.fix(files, FixSelection.SAFE).files == files
    after = harness.fix(files, FixSelection.ALL)
    assert after.findings == ()
    probe = "    readiness_probe:\n      exec:\n        command: redis-cli -p 6379 ping\n"
    command = "    command: redis-server --port 6379\n"
    assert after.files[STACK] == PATTERN_STACK.replace(command, command + probe)


def test_process_compose_accepts_the_fixed_stack() -> None:
    # process-compose takes `environment` as a list only; the pattern writes it as a map.
    stack = PATTERN_STACK.replace('      PORT: "3000"', "      - PORT=3000")
    after = harness.fix(project(stack), FixSelection.ALL)
    harness.assert_accepted(real.process_compose(), after.files)
