"""Edit session: edits of several files, applied in memory before any file is written."""

from collections.abc import Collection, Iterable

from port_registry.model import Edit, Edits
from port_registry.project.files import Files
from port_registry.project.write import Rewrite


class EditSession:
    """A project's files with edits applied, next to their original text."""

    def __init__(self, files: Files) -> None:
        self.files = files
        """The files with all edits so far."""
        self._original = files
        self._paths: dict[str, str] = {}
        """The path by which each real path was first named."""

    def apply(self, groups: Iterable[Iterable[Edit]]) -> Edit | None:
        """Apply edits to the files as they are so far, all at once.

        Returns an edit that conflicts with another, and applies none then. Two equal edits
        do not conflict.
        """
        changed: dict[str, Edits] = {}
        paths: dict[str, str] = {}
        for edit in (edit for edits in groups for edit in edits):
            real = self.files.real_path(edit.span.path)
            if real is None or not changed.setdefault(real, Edits()).accepts(edit):
                return edit
            changed[real].add(edit)
            paths.setdefault(real, edit.span.path)
        texts = {
            real: changed[real].apply(self.files.read(path).text) for real, path in paths.items()
        }
        self.files = self.files.with_texts(texts)
        self._paths = {**paths, **self._paths}
        return None

    def rewrites(self, last: Collection[str]) -> tuple[Rewrite, ...]:
        """Return the files that change, sorted by path, those at the paths `last` at the end."""
        rewrites: list[Rewrite] = []
        for real, path in self._paths.items():
            before, after = self._original.read(path).text, self.files.read(path).text
            if before != after:
                rewrites.append(Rewrite(path, real, before, after))
        return tuple(sorted(rewrites, key=lambda rewrite: (rewrite.path in last, rewrite.path)))
