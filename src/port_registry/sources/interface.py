"""What a source format is: which files it claims, what they say, and how a number is tied.

A format is a module, or a package, that has an object of the shape of `SourceFormat`; `table`
lists those that the program brings, and third parties add theirs by an entry point of the
group `port_registry.sources`. Whatever links files (imports, `extends`, overrides) is the
format's own affair.
"""

from collections.abc import Callable, Iterator
from typing import Protocol

from port_registry import model
from port_registry.sources.nix.module_facts import Module


class NixModules(model.NamedTuple):
    """What the Nix files of a project say, each read alone."""

    modules: tuple[Module, ...]
    """Sorted by path; only those that say something."""
    files: tuple[str, ...]
    """The files that were looked at."""
    unread: tuple[model.Unknown, ...]
    """The files that could not be read, though they may speak of ports."""
    aside: tuple[str, ...]
    """The folders of tests and documentation that were left out."""


class ProjectFiles(model.NamedTuple):
    """What there is to read, and with what."""

    reader: model.Reader
    read_bytes: Callable[[str], bytes]
    """Returns the bytes of one of `paths`, and keeps nothing; raises `SourceError`."""
    paths: tuple[str, ...]
    """Every file of the project, sorted, relative to its root."""
    asked: tuple[str, ...]
    """The files and folders that someone asks about; empty for all of them."""
    is_deployed: Callable[[str], bool]
    """Whether a file is none of the tests and examples, which speak of no machine."""
    registry: model.Registry
    registries: tuple[model.HostRegistry, ...]
    """`registry` first, then those of single hosts."""
    stacks: tuple[tuple[str, ...], ...]
    """The files that are run together by configuration."""
    compose_projects: tuple[tuple[str, ...], ...]
    """The Compose files that the configuration loads together."""
    progress: Callable[[int, int, str], None]
    """Is told how many files are done of how many, and the next one."""
    nix_modules: Callable[[], NixModules]
    """Reads the Nix files, which are many: by every processor there is, and from the cache."""
    seen: frozenset[model.Span] = frozenset()
    """The places (see `Use.shown`) that formats before this one have spoken of, or know to be
    no port of a machine."""


class Count(model.NamedTuple):
    """How many things of one kind were read."""

    key: str
    """What programs call it: `nix_files`."""
    number: int
    singular: str
    plural: str


class FormatTies(Protocol):
    """How numbers in the files of one format are tied to entries."""

    def takes_references(self) -> bool:
        """Return whether a number should be a reference in the file's own language."""
        ...

    def reference(
        self, use: model.Use, entry: model.Entry, registry: int, /
    ) -> model.ReferenceTie | None:
        """Return what makes `use` a reference to `entry`, or None where nothing can.

        `registry` is the position of the entry's registry among the project's.
        """
        ...

    def comment_place(self, path: str, offset: int, /) -> model.CommentPlace | None:
        """Return where an annotation for the text at `offset` can be put, or None."""
        ...


class EntryReferences(Protocol):
    """References to entries in the files of one format."""

    def uses_of(self, name: model.Name, /) -> Iterator[model.EntryUse]:
        """Yield the references to the entry `name`."""
        ...

    def rename(
        self, entry: model.Entry, renaming: model.Renaming, registries: frozenset[str], /
    ) -> Iterator[model.UseChange]:
        """Yield what becomes of each reference to an entry of `registries` that is renamed.

        `entry` is the entry with its new name.
        """
        ...


class SourceReading(model.NamedTuple):
    """What the files of one format say."""

    paths: frozenset[str]
    """The files that were read: `ties` is about these."""
    ties: FormatTies
    machines: tuple[model.Machine, ...] = ()
    files: tuple[model.SourceFile, ...] = ()
    """Files of which several machines may be made."""
    references: tuple[model.Reference, ...] = ()
    references_to: EntryReferences | None = None
    """What lists and rewrites references; None for formats that have none."""
    unknown: tuple[model.Unknown, ...] = ()
    """What could not be known or read, but for that of machines."""
    unread: tuple[str, ...] = ()
    """The files that could not be read, though they may speak of ports."""
    left_out: tuple[str, ...] = ()
    """The folders of tests and documentation that were left out."""
    notes: tuple[model.Note, ...] = ()
    """What was left alone on purpose."""
    counts: tuple[Count, ...] = ()
    """What was read, for the last line of a report."""


class SourceFormat(Protocol):
    """The shape of a format."""

    NAME: str
    """Kebab-case: `process-compose`."""

    def read(self, files: ProjectFiles) -> SourceReading | None:
        """Return what the project's files of this format say; None where it has none.

        Never raises for what is in a file: that is unknown, or an unreadable part.
        """
        ...
