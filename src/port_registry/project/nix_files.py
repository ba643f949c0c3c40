"""The Nix files of a project, each read alone: what most of a check's time goes into.

Most files say nothing of ports, which a look at their bytes tells. Of the others, those that
were read before come from the cache, and the rest are read by every processor there is.
"""

from collections.abc import Generator, Iterator
from contextlib import closing
from itertools import chain

from port_registry.model import SourceError, Unknown
from port_registry.project import module_pickle, non_deployed_paths
from port_registry.project.cache import Cache, key_of
from port_registry.project.files import Files, TooLargeError
from port_registry.project.progress import Progress
from port_registry.project.workspace import Workspace
from port_registry.sources.interface import NixModules
from port_registry.sources.nix.module_facts import Module
from port_registry.sources.nix.prefilter import may_matter, part_may_matter


def read_modules(workspace: Workspace, progress: Progress) -> NixModules:
    """Read the Nix files of `workspace`."""
    asked = non_deployed_paths.NonDeployedFilter(workspace.config.include, workspace.scope.paths)
    paths = [path for path in workspace.paths if path.endswith(".nix") and asked.reads(path)]
    sieve = _Sieve(workspace.files, workspace.cache, progress)
    with closing(_answers(sieve.unseen(paths))) as answers:
        for known in answers:
            sieve.take(known)
    workspace.cache.save()
    modules = sorted(sieve.modules, key=lambda module: module.path)
    unread = sorted(sieve.unread, key=lambda unknown: unknown.span)
    return NixModules(tuple(modules), tuple(paths), tuple(unread), asked.folders())


class _Sieve:
    """Sorts files into those that say nothing, those that are known and those to be read."""

    def __init__(self, files: Files, cache: Cache, progress: Progress) -> None:
        self.modules: list[Module] = []
        self.unread: list[Unknown] = []
        self._files = files
        self._cache = cache
        self._progress = progress

    def unseen(self, paths: list[str]) -> Iterator[module_pickle.PickledItem]:
        """Yield those of `paths` that have to be read, and take what is known of the others."""
        for done, path in enumerate(paths):
            self._progress.step(done, len(paths), path)
            data = self._bytes(path)
            if data is None:
                continue
            key = key_of(path, data)
            kept = self._cache.get(key)
            if kept is not None and self._keeps(path, data, kept):
                continue
            if may_matter(data):
                self._files.keep_bytes(path, data)
                yield module_pickle.PickledItem(path, data)
            else:
                self._cache.add(key, module_pickle.SILENT)

    def take(self, known: module_pickle.ReadAnswer) -> None:
        """Take what a file was found to say."""
        if known.lasting:
            self._cache.add(key_of(*known.item), known.reading)
        self._sort(module_pickle.unpack(known.reading))

    def _bytes(self, path: str) -> bytes | None:
        """Return the bytes of the file at `path`; None where it cannot be read."""
        try:
            return self._files.read_listed(path)
        except TooLargeError as error:
            if any(map(part_may_matter, self._files.chunks(path))):
                self.unread.append(module_pickle.unreadable(path, error.message))
        except SourceError as error:
            self.unread.append(module_pickle.unreadable(path, error.message))
        return None

    def _keeps(self, path: str, data: bytes, kept: bytes) -> bool:
        """Take what the cache has of the file at `path`; False where it is no reading."""
        if kept == module_pickle.SILENT:
            return True
        try:
            reading = module_pickle.unpack(kept)
        except module_pickle.NotAReadingError:
            return False
        self._files.keep_bytes(path, data)
        self._sort(reading)
        return True

    def _sort(self, reading: module_pickle.Reading) -> None:
        if isinstance(reading, Module):
            self.modules.append(reading)
        elif reading is not None:
            self.unread.append(reading)


def _answers(items: Iterator[module_pickle.PickledItem]) -> Generator[module_pickle.ReadAnswer]:
    """Yield what each of `items` says; where there is none, what reads them is not imported."""
    first = next(items, None)
    if first is None:
        return
    from port_registry.project.worker_pool import answers

    with closing(answers(chain((first,), items))) as found:
        yield from found
