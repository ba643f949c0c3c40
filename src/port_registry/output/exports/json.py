"""The registry as JSON, for programs and for the Nix half.

Nix cannot see what comments say; `nix/lib.nix` takes it from here. The shape has a version:
what is there keeps its name and meaning, and more may be added, as long as `VERSION` stays.
"""

import hashlib

from port_registry.matching.duplicate_ports import origin
from port_registry.model import Entry, Reader, Registry, Span, format_name
from port_registry.output.json_document import JsonValue, json_document
from port_registry.output.locations import location_of

VERSION = 1


def registry_json(registry: Registry, reader: Reader) -> str:
    """Return the object that says everything of `registry`, whose files `reader` has."""
    firsts: dict[tuple[Span, ...], Entry] = {}
    for entry in registry:
        firsts.setdefault(origin(entry), entry)
    text = reader.read(registry.path).text
    return json_document(
        {
            "version": VERSION,
            "registry": registry.path,
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
            "attribute": registry.prefix,
            "entries": [_entry(entry, firsts[origin(entry)], reader) for entry in registry],
        }
    )


def _entry(entry: Entry, first: Entry, reader: Reader) -> JsonValue:
    """Return what is known of `entry`; `first` is the first one with its number."""
    place = location_of(entry.name_span, reader)
    return {
        **endpoint_members(entry),
        "category": entry.category,
        "service": entry.service,
        "protocol_source": entry.protocol_source.value,
        "description": entry.description,
        "internal": entry.internal,
        "same_as": format_name(first.name),
        "path": place.path,
        "line": place.start.line,
        "column": place.start.column,
    }


def endpoint_members(entry: Entry) -> dict[str, JsonValue]:
    """Return the name of `entry` and where it listens."""
    return {
        "name": format_name(entry.name),
        "port": entry.ports.first,
        "port_end": entry.ports.last,
        "protocols": [protocol.value for protocol in entry.protocols],
        "host": entry.host,
        "address": entry.address,
    }
