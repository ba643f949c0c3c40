"""From files to one merged configuration, in the order in which process-compose loads them."""

import posixpath
from collections.abc import Mapping
from typing import NamedTuple

from port_registry.languages import dotenv, yaml
from port_registry.languages.envsubst import SubstitutionError, is_needed, substitute
from port_registry.languages.provenance import UNKNOWN, SourceMap, UnknownTracker
from port_registry.model import (
    Annotation,
    Reader,
    Segment,
    Source,
    SourceError,
    Span,
    TracedText,
    TracedValue,
    UnreadablePart,
    join_segments,
)
from port_registry.sources.process_compose.config import ProcessConfig, ProjectConfig
from port_registry.sources.process_compose.decode import TextNode, decode
from port_registry.sources.shared.yaml_annotations import annotations_in

_MAX_FILES = 100
"""How many files one stack may load; a ring of `extends` is found before that."""


class Loaded(NamedTuple):
    """The files of a stack, each read, not yet merged."""

    folder: str
    """The folder that process-compose is taken to be started in: the first file's."""
    projects: tuple[ProjectConfig, ...]
    """In the order in which they are merged."""
    annotations: tuple[Annotation, ...]
    variables: Mapping[str, TracedText]
    """What `.env` says."""


class Loader:
    """Loads the files of one stack."""

    def __init__(
        self, reader: Reader, doubts: UnknownTracker, unreadable: list[UnreadablePart]
    ) -> None:
        self._reader = reader
        self._doubts = doubts
        self._unreadable = unreadable
        self._annotations: list[Annotation] = []
        self._variables: Mapping[str, TracedText] = {}
        self._folder = ""

    def load(self, files: tuple[str, ...]) -> Loaded:
        """Return the files of the `-f` list `files` with those that they extend."""
        folder = posixpath.dirname(files[0]) if files else ""
        self._folder = folder
        self._variables = self.variables(posixpath.join(folder, ".env"))
        names = list(files)
        projects: list[ProjectConfig] = []
        for index, path in enumerate(files):
            project = self._file(path, None)
            if project is None:
                continue
            self._extended(project, index, names, projects)
            projects.append(project)
        return Loaded(folder, tuple(projects), tuple(self._annotations), self._variables)

    def variables(self, path: str) -> Mapping[str, TracedText]:
        """Return what the environment file at `path` says; nothing where it is not there."""
        if not self._reader.exists(path):
            return {}
        source = self._source(path, None)
        found = {} if source is None else dotenv.parse(source)
        if isinstance(found, dotenv.InvalidEnvFile):
            self._unreadable.append(UnreadablePart(found.message, found.span))
            return {}
        return found

    def _extended(
        self,
        project: ProjectConfig,
        index: int,
        names: list[str],
        projects: list[ProjectConfig],
    ) -> None:
        """Load what a project extends, and put it before it.

        Process-compose puts it at the file's place in the `-f` list, even where files that
        were extended before have moved that place.
        """
        while project.extends is not None and project.extends.text.text:
            given = project.extends
            if UNKNOWN in given.text.text:
                self._doubts.report((), given.text, "the file that it extends is not known")
                return
            path = posixpath.join(posixpath.dirname(project.path), given.text.text)
            path = posixpath.normpath(path)
            if path in names or len(names) > _MAX_FILES:
                message = f"extends `{path}`, which is loaded already"
                self._unreadable.append(UnreadablePart(message, given.span))
                return
            names.insert(index, path)
            found = self._file(path, given.span)
            if found is None:
                return
            found = _in_folder(found, _seen_from(self._folder, posixpath.dirname(path)))
            projects.insert(index, found)
            project = found

    def _source(self, path: str, asked: Span | None) -> Source | None:
        try:
            return self._reader.read(path)
        except SourceError as error:
            span = Span(path, 0, 0) if asked is None else asked
            message = error.message if asked is None else f"{path}: {error.message}"
            self._unreadable.append(UnreadablePart(message, span))
            return None

    def _file(self, path: str, asked: Span | None) -> ProjectConfig | None:
        source = self._source(path, asked)
        if source is None:
            return None
        self._doubts.add_budget(len(source.text))
        text = TextNode(path, source.text, None)
        if is_needed(source.text):
            try:
                replaced = substitute(source, self._variables, self._doubts)
            except SubstitutionError as error:
                self._unreadable.append(UnreadablePart(error.message, error.span))
                return None
            text = TextNode(path, replaced.text, SourceMap(replaced))
        project = self._parsed(text)
        if project is not None and not project.expands and text.origin is not None:
            project = self._parsed(TextNode(path, source.text, None))
        return project

    def _parsed(self, text: TextNode) -> ProjectConfig | None:
        document = yaml.parse(text.path, text.text)
        for problem in document.problems:
            span = problem.span if text.origin is None else text.origin.trace_span(problem.span)
            self._unreadable.append(UnreadablePart(problem.message, span))
        if document.root is None:
            return ProjectConfig(text.path) if not document.problems else None
        found: list[UnreadablePart] = []
        project = decode(text, document.root, found)
        if project.expands or text.origin is None:
            self._unreadable.extend(found)
            self._annotations.extend(annotations_in(document, text.text, "processes", text.origin))
        return project


def _seen_from(folder: str, path: str) -> str:
    """Return `path`, which is relative to the project's root, as seen from `folder`."""
    return posixpath.join("../" * len(folder.split("/")) if folder else "", path)


def _in_folder(project: ProjectConfig, folder: str) -> ProjectConfig:
    """Return an extended project with its processes run in its own folder, `folder`."""
    return project._replace(
        processes=tuple(_process_in_folder(process, folder) for process in project.processes)
    )


def _process_in_folder(process: ProcessConfig, folder: str) -> ProcessConfig:
    given = process.working_dir
    span = process.span if given is None else given.span
    path = posixpath.join(folder, "" if given is None else given.text.text) or "."
    text = join_segments((Segment(path, span, verbatim=False),))
    return process._replace(working_dir=TracedValue(text, span))
