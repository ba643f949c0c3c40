"""Names that IANA has assigned to ports (`data/iana.tsv`).

The table is large and seldom needed, so it is searched as text and never parsed.
"""

from port_registry.facts import tsv
from port_registry.model import Protocol


def assigned_names(port: int, protocol: Protocol) -> tuple[str, ...]:
    """Return the registered names of `port`, in the registry's order; often none."""
    text = tsv.text("iana")
    columns = f"\t{port}\t{protocol.value}\t"
    names: list[str] = []
    name_end = text.find(columns)
    while name_end >= 0:
        names.append(text[text.rfind("\n", 0, name_end) + 1 : name_end])
        name_end = text.find(columns, name_end + 1)
    return tuple(names)
