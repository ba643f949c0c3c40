"""The convention of which category's ports lie where.

The default is the port registry pattern's table; a project's configuration changes it with
`Convention.with_ranges`.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from port_registry.facts.identifiers import normalise
from port_registry.model.entry import Name
from port_registry.model.port import Port, PortRange


class Convention(NamedTuple):
    """The port ranges of categories."""

    categories: Mapping[str, tuple[PortRange, ...]]
    """The ranges of each category, by its name as `category_key` writes it. A category
    that is not here has no range: any port suits it."""

    def ranges_of(self, category: str) -> tuple[PortRange, ...]:
        """Return the ranges of the category of this name; empty where it has none."""
        return self.categories.get(category_key(category), ())

    def ranges_for(self, name: Name) -> tuple[PortRange, ...]:
        """Return the ranges for an entry of this name.

        They are those of the innermost part above its last that is a category with ranges.
        """
        for depth in reversed(range(len(name) - 1)):
            is_role = depth > 0 and category_key(name[depth]) in _ROLES.split()
            if not is_role and (found := self.ranges_of(name[depth])):
                return found
        return ()

    def with_ranges(self, ranges: Mapping[str, Iterable[PortRange]]) -> "Convention":
        """Return this convention with the ranges of some categories changed.

        The categories named in `ranges` then have exactly those ranges (none at all for an
        empty one), and all others the ones they had.
        """
        changed = dict(self.categories)
        for category, given in ranges.items():
            changed[category_key(category)] = tuple(given)
        return Convention(changed)


def category_key(category: str) -> str:
    """Return the form in which all spellings of a category's name are one.

    It is the letters and digits in lower case: `web-ui`, `webUI` and `web_ui` are `webui`.
    """
    return normalise(category)


_ROLES = "dashboard metrics ui web webui"
"""Categories whose names stand, below another one, for what a port of a service is for."""


def _thousands(first: int) -> PortRange:
    return PortRange(Port(first * 1000), Port(first * 1000 + 999))


_SYSTEM = PortRange(Port(1), Port(1023))
_APPLICATION = _thousands(3)
_TELEMETRY = _thousands(4)
_DATABASE = _thousands(5)
_TOOL = _thousands(6)
_WORKFLOW = _thousands(7)
_WEB_UI = _thousands(8)
_INFRASTRUCTURE = _thousands(9)

_TABLE = (
    ((_SYSTEM,), "system wellknown"),
    (
        (_APPLICATION,),
        "application applications app apps appserver appservers backend backends web",
    ),
    ((_APPLICATION, _TOOL), "development dev"),
    ((_TELEMETRY,), "otel opentelemetry otlp telemetry tracing traces"),
    ((_TELEMETRY, _INFRASTRUCTURE), "observability monitoring metrics"),
    ((_DATABASE,), "database databases db dbs"),
    ((_TOOL,), "tool tools tooling devtool devtools"),
    ((_WORKFLOW,), "workflow workflows workflowengine workflowengines"),
    ((_WEB_UI,), "ui uis webui webuis dashboard dashboards"),
    ((_INFRASTRUCTURE,), "infrastructure infra storage"),
)
"""Ranges and the names, as `category_key` writes them, of the categories they belong to. A
name that covers two rows of the pattern's table has the ranges of both."""


@cache
def default_convention() -> Convention:
    """Return the pattern's own table of ranges, under the names people use for them."""
    return Convention({name: ranges for ranges, names in _TABLE for name in names.split()})
