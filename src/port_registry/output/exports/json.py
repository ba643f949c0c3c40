"""The registry as JSON, for programs and for the Nix half.

Nix cannot see what comments say; `nix/lib.nix` takes it from here. The shape has a version:
what is there keeps its name and meaning, and more may be added, as long as `VERSION` stays.
"""

import hashlib
import json

from port_registry.matching.duplicate_ports import origin
from port_registry.model import Entry, Registry, Source, Span, format_name

VERSION = 1

_Value = None | bool | str | int | list["_Value"] | dict[str, "_Value"]


def registry_json(registry: Registry, source: Source) -> str:
    """Return the object that says everything of `registry`, which was read from `source`."""
    firsts: dict[tuple[Span, ...], Entry] = {}
    for entry in registry.entries:
        firsts.setdefault(origin(entry), entry)
    document: _Value = {
        "version": VERSION,
        "registry": registry.path,
        "sha256": hashlib.sha256(source.text.encode()).hexdigest(),
        "attribute": [*registry.prefix],
        "entries": [_entry(entry, firsts[origin(entry)]) for entry in registry.entries],
    }
    return json.dumps(document, indent=2) + "\n"


def _entry(entry: Entry, first: Entry) -> _Value:
    """Return what is known of `entry`; `first` is the first one with its number."""
    ports = entry.endpoint.ports
    return {
        "name": format_name(entry.name),
        "category": entry.category,
        "service": entry.service,
        "port": ports.first,
        "port_end": ports.last,
        "protocols": [protocol.value for protocol in entry.endpoint.protocols],
        "protocol_source": entry.protocol_source.value,
        "host": entry.endpoint.host,
        "address": entry.endpoint.address,
        "description": entry.description,
        "internal": entry.internal,
        "same_as": format_name(first.name),
    }
