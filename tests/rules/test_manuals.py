"""The examples in the manuals are what the rules do."""

import pytest

from port_registry.checks.fix import FixSelection
from port_registry.project.rule_selection import all_rules
from port_registry.rules.interface import Rule
from tests import real
from tests.rules import harness
from tests.rules.manuals import manual


def _selection(rule: Rule) -> tuple[str, ...]:
    return ("default", rule.NAME)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.NAME)
def test_bad_gives_this_rule_alone(rule: Rule) -> None:
    found = harness.run(manual(rule).bad, _selection(rule))
    assert {finding.rule for finding in found.findings} == {rule.NAME}, found.shown()


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.NAME)
def test_good_gives_nothing(rule: Rule) -> None:
    assert harness.run(manual(rule).good, _selection(rule)).shown() == []


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.NAME)
def test_bad_becomes_fixed(rule: Rule) -> None:
    examples = manual(rule)
    after = harness.fix(examples.bad, FixSelection.ALL, _selection(rule))
    assert after.files == {**examples.bad, **examples.fixed}
    assert (after.findings == ()) == bool(examples.fixed)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.NAME)
def test_fixed_is_accepted_by_process_compose(rule: Rule) -> None:
    examples = manual(rule)
    if examples.fixed:
        harness.assert_accepted(real.process_compose(), {**examples.bad, **examples.fixed})
