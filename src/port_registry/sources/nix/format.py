"""Nix modules as a source format: hosts, their listeners, and references to the registry."""

from collections.abc import Iterator

from port_registry import model
from port_registry.sources.interface import Count, ProjectFiles, SourceReading
from port_registry.sources.nix.fleet import Fleet
from port_registry.sources.nix.reference_writer import ReferenceWriter, TargetEntry

NAME: str = "nix"


class NixTies:
    """References, written as the file writes them already or by an import of the registry."""

    def __init__(self, reader: model.Reader, fleet: Fleet) -> None:
        self.fleet = fleet
        self._reader = reader
        self._writer: ReferenceWriter | None = None

    def takes_references(self) -> bool:
        """Return True: a Nix file can refer to the registry."""
        return True

    def reference(
        self, use: model.Use, entry: model.Entry, registry: int
    ) -> model.ReferenceTie | None:
        """Return the tie that makes `use` a reference to `entry`, or None."""
        if self._writer is None:
            self._writer = ReferenceWriter(self._reader, self.fleet)
        return self._writer.write(use, TargetEntry(registry, entry))

    def comment_place(self, _path: str, _offset: int, /) -> model.CommentPlace | None:
        """Return None: Nix files take references instead of annotations."""
        return None


class NixReferences(model.NamedTuple):
    """References to entries in linked Nix files."""

    reader: model.Reader
    fleet: Fleet

    def uses_of(self, name: model.Name, /) -> Iterator[model.EntryUse]:
        """Yield the references to the entry `name`."""
        from port_registry.sources.nix.renaming import references_to

        return references_to.uses_of(self.fleet, self.reader, name)

    def rename(
        self, entry: model.Entry, renaming: model.Renaming, registries: frozenset[str], /
    ) -> Iterator[model.UseChange]:
        """Yield the change of each reference to a renamed entry of `registries`."""
        from port_registry.sources.nix.renaming import references_to

        return references_to.rename(self.fleet, self.reader, entry, renaming, registries)


def read(files: ProjectFiles) -> SourceReading | None:
    """Return the reading of the project's Nix files."""
    nix = [path for path in files.paths if path.endswith(".nix")]
    registries = {host.registry.path for host in files.registries}
    if registries.issuperset(nix):
        return None
    from port_registry.sources.nix import stream
    from port_registry.sources.nix.link.linker import link

    modules = files.nix_modules()
    fleet = link(modules.modules, files.registries)
    looked_at = sum(path not in registries for path in modules.files)
    named = sum(bool(host.name) for host in fleet.hosts)
    return SourceReading(
        paths=frozenset(nix),
        ties=NixTies(files.reader, fleet),
        machines=tuple(stream.machines(fleet)),
        files=stream.source_files(fleet),
        references=stream.references(fleet),
        references_to=NixReferences(files.reader, fleet),
        unknown=(*fleet.unknown, *modules.unread),
        unread=tuple(item.span.path for item in modules.unread),
        left_out=modules.aside,
        notes=tuple(_unimported(fleet)),
        counts=(
            Count("nix_files", looked_at, "Nix file", "Nix files"),
            Count("hosts", named, "host", "hosts"),
        ),
    )


def _unimported(fleet: Fleet) -> Iterator[model.Note]:
    for path in fleet.unimported:
        yield model.Note("no host imports this module", model.Span(path, 0, 0))
