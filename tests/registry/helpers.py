"""Registries read from texts in memory."""

from port_registry.model import Entry, Registry, Source, SourceError, Span, format_name
from port_registry.registry.read import read_registry


class Texts:
    """A reader of files in memory."""

    def __init__(self, texts: dict[str, str]) -> None:
        self._sources = {path: Source(path, text) for path, text in texts.items()}

    def read(self, path: str) -> Source:
        source = self._sources.get(path)
        if source is None:
            raise SourceError("there is no such file", path=path)
        return source

    def exists(self, path: str) -> bool:
        return path in self._sources


def read(text: str, path: str = "ports.nix", attribute: tuple[str, ...] | None = None) -> Registry:
    """Read the registry with this text."""
    return read_registry(Texts({path: text}), path, attribute)


def read_files(texts: dict[str, str], path: str = "ports.nix") -> Registry:
    """Read the registry at `path` of these files."""
    return read_registry(Texts(texts), path, None)


def shown(registry: Registry) -> dict[str, str]:
    """Return the ports of the entries by name."""
    return {format_name(entry.name): str(entry.endpoint.ports) for entry in registry.entries}


def only(registry: Registry) -> Entry:
    """Return the only entry."""
    (entry,) = registry.entries
    return entry


def protocols(entry: Entry) -> str:
    """Return the entry's protocols, as `tcp+udp`."""
    return "+".join(protocol.value for protocol in entry.endpoint.protocols)


def cut(text: str, span: Span) -> str:
    """Return the text of `span`."""
    return text[span.start : span.end]
