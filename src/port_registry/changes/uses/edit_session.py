"""Edits of several files, put together before any of them is carried out."""

from collections.abc import Collection, Iterable

from port_registry.model import Edit, Edits
from port_registry.project.files import Files
from port_registry.project.write import Rewrite


class EditSession:
    """A project's files as they are to be, beside what they are."""

    def __init__(self, files: Files) -> None:
        self.files = files
        """The files as they are to be."""
        self._before = files
        self._paths: dict[str, str] = {}
        """The path by which each real path was named first."""

    def carry_out(self, groups: Iterable[Iterable[Edit]]) -> Edit | None:
        """Carry out edits of the files as they are to be, all at once.

        Returns one that gets in the way of another, and does nothing then. An edit that is
        there already is in nobody's way.
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
        made: list[Rewrite] = []
        for real, path in self._paths.items():
            before, after = self._before.read(path).text, self.files.read(path).text
            if before != after:
                made.append(Rewrite(path, real, before, after))
        return tuple(sorted(made, key=lambda one: (one.path in last, one.path)))
