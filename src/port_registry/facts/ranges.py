"""Port ranges of categories.

The default is the table of the port registry pattern; a project's configuration changes it
with `Convention.with_ranges`.
"""

from collections.abc import Iterable, Mapping
from functools import cache

from port_registry.facts.identifiers import normalise
from port_registry.model import Name, NamedTuple, Port, PortRange


class Convention(NamedTuple):
    """The port ranges of categories."""

    categories: Mapping[str, tuple[PortRange, ...]]
    """The ranges of each category, by its normalised name, which all spellings of it share. Any
    port suits a category that is not here."""

    def ranges_of(self, category: str) -> tuple[PortRange, ...]:
        """Return the ranges of `category`; empty where it has none."""
        return self.categories.get(normalise(category), ())

    def ranges_for(self, name: Name) -> tuple[PortRange, ...]:
        """Return the ranges for an entry named `name`.

        They are those of its innermost category that has ranges.
        """
        for depth in reversed(range(len(name) - 1)):
            is_role = depth > 0 and normalise(name[depth]) in _ROLES.split()
            if not is_role and (ranges := self.ranges_of(name[depth])):
                return ranges
        return ()

    def with_ranges(self, ranges: Mapping[str, Iterable[PortRange]]) -> "Convention":
        """Return this convention with the ranges of some categories replaced.

        A category in `ranges` has exactly those ranges then (none for an empty value);
        every other keeps its own.
        """
        categories = dict(self.categories)
        for category, replacement in ranges.items():
            categories[normalise(category)] = tuple(replacement)
        return Convention(categories)


_ROLES = "dashboard metrics ui web webui"
"""Categories whose names, below another category, are roles of a service's ports."""


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
"""Ranges, and the normalised names of the categories they belong to. A name that covers two
rows of the pattern's table has the ranges of both."""


@cache
def default_convention() -> Convention:
    """Return the pattern's table of ranges, under the usual names of the categories."""
    return Convention({name: ranges for ranges, names in _TABLE for name in names.split()})
