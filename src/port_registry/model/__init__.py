"""The values that every other floor works with, imported from here; standard library only.

All of it costs 3 ms, of which no command that reads a project could save one.
"""

from port_registry.model.edits import Edits
from port_registry.model.entry import (
    DuplicateDefinition,
    Endpoint,
    Entry,
    Flaw,
    InvalidLeaf,
    Name,
    Note,
    ProtocolSource,
    Registry,
    Unknown,
    format_name,
    is_bare,
    parse_name,
)
from port_registry.model.errors import (
    ConfigError,
    PortRangeError,
    PortRegistryError,
    RegistryError,
    SourceError,
    UnknownEntryError,
    UsageError,
    WriteError,
)
from port_registry.model.finding import Edit, Finding, Fix, Related, Safety, Severity
from port_registry.model.listener import (
    Listener,
    OwnedSocket,
    Process,
    Supervisor,
    SupervisorKind,
)
from port_registry.model.port import (
    MAX_PORT,
    MIN_PORT,
    Port,
    PortRange,
    Protocol,
    parse_port,
    port_from_int,
    single,
)
from port_registry.model.reader import Reader
from port_registry.model.record import Record
from port_registry.model.span import Position, Source, Span
from port_registry.model.traced_text import Segment, TracedText, TracedValue, join_segments
from port_registry.model.use import Annotation, Place, Role, Use

__all__ = [
    "MAX_PORT",
    "MIN_PORT",
    "Annotation",
    "ConfigError",
    "DuplicateDefinition",
    "Edit",
    "Edits",
    "Endpoint",
    "Entry",
    "Finding",
    "Fix",
    "Flaw",
    "InvalidLeaf",
    "Listener",
    "Name",
    "Note",
    "OwnedSocket",
    "Place",
    "Port",
    "PortRange",
    "PortRangeError",
    "PortRegistryError",
    "Position",
    "Process",
    "Protocol",
    "ProtocolSource",
    "Reader",
    "Record",
    "Registry",
    "RegistryError",
    "Related",
    "Role",
    "Safety",
    "Segment",
    "Severity",
    "Source",
    "SourceError",
    "Span",
    "Supervisor",
    "SupervisorKind",
    "TracedText",
    "TracedValue",
    "Unknown",
    "UnknownEntryError",
    "UsageError",
    "Use",
    "WriteError",
    "format_name",
    "is_bare",
    "join_segments",
    "parse_name",
    "parse_port",
    "port_from_int",
    "single",
]
