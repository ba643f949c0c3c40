"""Table of output formats.

A format is a module with the shape of an `interface`, and one line here.
"""

from port_registry.output.exports import env, markdown
from port_registry.output.exports import json as json_export
from port_registry.output.findings import json as json_findings
from port_registry.output.findings import text
from port_registry.output.interface import ExportFormat, FindingsFormat

FINDINGS_FORMATS: tuple[FindingsFormat, ...] = (text, json_findings)
"""In the order of the help; the first is the default."""

EXPORT_FORMATS: tuple[ExportFormat, ...] = (json_export, env, markdown)
"""In the order of the help."""


def findings_format(name: str) -> FindingsFormat:
    """Return the findings format called `name`; raises `KeyError` where there is none."""
    return {module.NAME: module for module in FINDINGS_FORMATS}[name]


def export_format(name: str) -> ExportFormat:
    """Return the export format called `name`; raises `KeyError` where there is none."""
    return {module.NAME: module for module in EXPORT_FORMATS}[name]
