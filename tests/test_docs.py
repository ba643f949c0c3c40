"""What the README says is what the program does."""

import os
import re

from port_registry.rules.table import RULES

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def _readme() -> str:
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        return file.read()


def _summary(manual: str | None) -> str:
    assert manual is not None
    return " ".join(manual.strip().split("\n\n")[0].split())


def test_the_rule_table_is_the_programs() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (\w+) \| (on|off) \| (.+?) \|$", _readme(), re.M)
    assert rows == [
        (
            rule.NAME,
            rule.SEVERITY.value,
            "on" if rule.ON_BY_DEFAULT else "off",
            _summary(rule.__doc__),
        )
        for rule in RULES
    ]
