"""The table lists every rule there is."""

import importlib
import os
import pkgutil

from port_registry import rules
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


def test_a_manual_starts_with_one_sentence() -> None:
    for rule in RULES:
        manual = rule.__doc__ or ""
        summary = manual.split("\n\n")[0]
        assert "\n" not in summary, rule.NAME
        assert summary.endswith("."), rule.NAME
