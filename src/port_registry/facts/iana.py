"""The names that IANA has assigned to ports (`data/iana.tsv`).

A large table and seldom needed, so it is searched as text and never taken apart.
"""

from functools import cache

from port_registry.facts import tsv
from port_registry.model.port import Protocol


def assigned_names(port: int, protocol: Protocol) -> tuple[str, ...]:
    """Return the registered names of `port`, in the registry's order; often none."""
    text = _text()
    wanted = f"\t{port}\t{protocol.value}\t"
    names: list[str] = []
    at = text.find(wanted)
    while at >= 0:
        names.append(text[text.rfind("\n", 0, at) + 1 : at])
        at = text.find(wanted, at + 1)
    return tuple(names)


@cache
def _text() -> str:
    """Return the table."""
    return tsv.text("iana")
