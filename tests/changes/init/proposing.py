"""Proposals for small projects."""

import tempfile

from port_registry.changes.init.plan import ProposedRegistry, propose_registry
from port_registry.model import format_name
from port_registry.project.progress import NoProgress
from port_registry.project.workspace import Request
from tests.project.made import write


def proposal(files: dict[str, str]) -> ProposedRegistry:
    with tempfile.TemporaryDirectory() as root:
        return propose_registry(Request(write(root, files)), None, NoProgress())


def entries(files: dict[str, str]) -> dict[str, str]:
    """Return the names that `files` come to, with their ports and unusual protocols."""
    return said(proposal(files))


def said(plan: ProposedRegistry) -> dict[str, str]:
    found = {}
    for name, claim in ((one.name, one.candidate) for one in plan.candidates):
        protocols = "+".join(protocol.value for protocol in claim.protocols)
        found[format_name(name)] = f"{claim.ports}" + (
            "" if protocols == "tcp" else f"/{protocols}"
        )
    return found
