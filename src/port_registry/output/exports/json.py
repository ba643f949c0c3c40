"""The registry as JSON, for programs and for the Nix half.

Nix cannot see comments; `nix/lib.nix` takes what they say from here. The shape has a version:
while `VERSION` stays, every key keeps its name and meaning, and keys may be added.
"""

from port_registry.matching.duplicate_ports import origin
from port_registry.model import Entry, Reader, Registry, Span, format_name
from port_registry.output.json_document import JsonValue, json_document
from port_registry.output.locations import location_of

NAME: str = "json"

VERSION = 1


def export(registry: Registry, reader: Reader) -> str:
    """Return the object with everything that is known of `registry`."""
    import hashlib

    originals: dict[tuple[Span, ...], Entry] = {}
    for entry in registry:
        originals.setdefault(origin(entry), entry)
    text = reader.read(registry.path).text
    return json_document(
        {
            "version": VERSION,
            "registry": registry.path,
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
            "attribute": registry.prefix,
            "entries": [_entry(entry, originals[origin(entry)], reader) for entry in registry],
        }
    )


def _entry(entry: Entry, original: Entry, reader: Reader) -> JsonValue:
    """Return the object of `entry`; `original` is the first entry with its number."""
    location = location_of(entry.name_span, reader)
    return {
        **endpoint_members(entry),
        "category": entry.category,
        "service": entry.service,
        "protocol_source": entry.protocol_source.value,
        "description": entry.description,
        "internal": entry.internal,
        "same_as": format_name(original.name),
        "path": location.path,
        "line": location.start.line,
        "column": location.start.column,
    }


def endpoint_members(entry: Entry) -> dict[str, JsonValue]:
    """Return the keys of the name and the endpoint of `entry`."""
    return {
        "name": format_name(entry.name),
        "port": entry.ports.first,
        "port_end": entry.ports.last,
        "protocols": [protocol.value for protocol in entry.protocols],
        "host": entry.host,
        "address": entry.address,
    }
