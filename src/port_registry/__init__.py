"""One source of truth for the ports of a project, and proof that everything agrees.

`load` reads a registry, and `check` finds what disagrees with it; see docs/library.md.
"""

__version__ = "0.1.0"

__all__ = (
    "ConfigError",
    "DuplicateDefinition",
    "Edit",
    "Endpoint",
    "Entry",
    "Finding",
    "Fix",
    "Flaw",
    "InvalidLeaf",
    "Note",
    "PortRange",
    "PortRangeError",
    "PortRegistryError",
    "Position",
    "Protocol",
    "ProtocolSource",
    "Registry",
    "RegistryError",
    "Related",
    "Safety",
    "Severity",
    "SourceError",
    "Span",
    "Unknown",
    "UnknownEntryError",
    "UsageError",
    "WriteError",
    "__version__",
    "check",
    "load",
)

TYPE_CHECKING = False
"""For type checkers alone, which know the name: `typing` takes longer than all of `get`."""
if TYPE_CHECKING:
    from port_registry.library import check, load
    from port_registry.model import (
        ConfigError,
        DuplicateDefinition,
        Edit,
        Endpoint,
        Entry,
        Finding,
        Fix,
        Flaw,
        InvalidLeaf,
        Note,
        PortRange,
        PortRangeError,
        PortRegistryError,
        Position,
        Protocol,
        ProtocolSource,
        Registry,
        RegistryError,
        Related,
        Safety,
        Severity,
        SourceError,
        Span,
        Unknown,
        UnknownEntryError,
        UsageError,
        WriteError,
    )
else:

    def __getattr__(name: str) -> object:
        """Import what is asked for, so that the commands import only what they need."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        if name in ("check", "load"):
            from port_registry import library as home
        else:
            from port_registry import model as home
        return globals().setdefault(name, getattr(home, name))

    def __dir__() -> list[str]:
        """Return the public names, imported or not."""
        return sorted({*globals(), *__all__})
