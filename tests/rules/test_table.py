"""The table lists every rule there is."""

import importlib
import os
import pkgutil

from port_registry import rules
from port_registry.project.rule_selection import all_rules
from port_registry.rules.table import RULES


def test_every_rule_module_is_in_the_table() -> None:
    folder = os.path.dirname(str(rules.__file__))
    found = set()
    for module in pkgutil.iter_modules([folder]):
        loaded = importlib.import_module(f"port_registry.rules.{module.name}")
        if hasattr(loaded, "NAME"):
            assert module.name.replace("_", "-") == loaded.NAME
            found.add(loaded.NAME)
    names = [rule.NAME for rule in RULES]
    assert len(names) == len(set(names))
    assert set(names) == found


def test_the_docstring_of_a_rule_is_one_sentence() -> None:
    for rule in RULES:
        sentence = rule.__doc__ or ""
        assert "\n" not in sentence, rule.NAME
        assert sentence.endswith("."), rule.NAME


def test_every_manual_is_that_of_a_rule() -> None:
    folder = os.path.join(os.path.dirname(str(rules.__file__)), "manuals")
    assert {name.removesuffix(".md") for name in os.listdir(folder)} == {
        rule.NAME for rule in all_rules()
    }
