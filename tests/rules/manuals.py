"""The examples of the rules' manuals."""

import re
from typing import NamedTuple

from port_registry.rules.interface import Rule
from port_registry.rules.interface import manual as manual_text
from tests.rules.harness import Files


class Manual(NamedTuple):
    """The examples of one manual."""

    bad: Files
    good: Files
    fixed: Files
    """The files that change; none where the rule has no fix."""


def manual(rule: Rule) -> Manual:
    """Take the manual of `rule` apart."""
    sections = re.split(r"^## (\w+)\n", manual_text(rule), flags=re.M)
    named = dict(zip(sections[1::2], sections[2::2], strict=True))
    assert set(named) - {"Fixed"} == {"Why", "Bad", "Good"}, rule.NAME
    return Manual(_files(named["Bad"]), _files(named["Good"]), _files(named.get("Fixed", "")))


def _files(section: str) -> Files:
    blocks = re.findall(r"^```(\w+) (\S+)\n(.*?)^```$", section, flags=re.M | re.S)
    assert len(blocks) * 2 == section.count("```")
    return {path: text for _, path, text in blocks}
