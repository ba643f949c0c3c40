"""Loading of the files of a stack, in the order in which process-compose loads them."""

import posixpath
from collections.abc import Mapping

from port_registry import model
from port_registry.languages import dotenv, envsubst, yaml
from port_registry.languages.provenance import UNKNOWN, ExpansionError, SourceMap, UnknownTracker
from port_registry.sources.process_compose.config import ProcessConfig, ProjectConfig
from port_registry.sources.process_compose.decode import ConfigText, decode
from port_registry.sources.shared.yaml_annotations import annotations_in

_MAX_FILES = 100
"""The number of files that one stack may load; a ring of `extends` is found before that."""


class LoadedStack(model.NamedTuple):
    """The files of a stack, each parsed, not yet merged."""

    folder: str
    """The folder in which process-compose is assumed to be started: the first file's."""
    projects: tuple[ProjectConfig, ...]
    """In the order in which they are merged."""
    annotations: tuple[model.Annotation, ...]
    variables: Mapping[str, model.TracedText]
    """The variables in `.env`."""


class StackLoader:
    """Loads the files of one stack."""

    def __init__(
        self, reader: model.Reader, unknowns: UnknownTracker, unreadable: list[model.UnreadablePart]
    ) -> None:
        self._reader = reader
        self._unknowns = unknowns
        self._unreadable = unreadable
        self._annotations: list[model.Annotation] = []
        self._variables: Mapping[str, model.TracedText] = {}
        self._folder = ""

    def load(self, files: tuple[str, ...]) -> LoadedStack:
        """Return the files of the `-f` list `files` with those that they extend."""
        folder = posixpath.dirname(files[0]) if files else ""
        self._folder = folder
        self._variables = self.variables(posixpath.join(folder, ".env"))
        names = list(files)
        projects: list[ProjectConfig] = []
        for index, path in enumerate(files):
            project = self._load_file(path, None)
            if project is None:
                continue
            self._load_extended(project, index, names, projects)
            projects.append(project)
        return LoadedStack(folder, tuple(projects), tuple(self._annotations), self._variables)

    def variables(self, path: str) -> Mapping[str, model.TracedText]:
        """Return the variables in the environment file at `path`; none where it does not exist."""
        if not self._reader.exists(path):
            return {}
        source = self._read(path, None)
        result = {} if source is None else dotenv.parse(source)
        if isinstance(result, dotenv.InvalidEnvFile):
            self._unreadable.append(model.UnreadablePart(result.message, result.span))
            return {}
        return result

    def _load_extended(
        self, project: ProjectConfig, index: int, names: list[str], projects: list[ProjectConfig]
    ) -> None:
        """Load the project that a project extends, and insert it before it.

        Process-compose inserts it at the file's position in the `-f` list, even where files
        that were extended before have moved that position.
        """
        while project.extends is not None and project.extends.text.text:
            extends = project.extends
            if UNKNOWN in extends.text.text:
                self._unknowns.report((), extends.text, "the file that it extends is not known")
                return
            path = posixpath.join(posixpath.dirname(project.path), extends.text.text)
            path = posixpath.normpath(path)
            if path in names or len(names) > _MAX_FILES:
                message = f"extends `{path}`, which is loaded already"
                self._unreadable.append(model.UnreadablePart(message, extends.span))
                return
            names.insert(index, path)
            extended = self._load_file(path, extends.span)
            if extended is None:
                return
            project = _in_folder(extended, self._folder)
            projects.insert(index, project)

    def _read(self, path: str, extends: model.Span | None) -> model.Source | None:
        """Return the file at `path`; report an error there, or at the `extends` that names it."""
        try:
            return self._reader.read(path)
        except model.SourceError as error:
            span = model.Span(path, 0, 0) if extends is None else extends
            message = error.message if extends is None else f"{path}: {error.message}"
            self._unreadable.append(model.UnreadablePart(message, span))
            return None

    def _load_file(self, path: str, extends: model.Span | None) -> ProjectConfig | None:
        source = self._read(path, extends)
        if source is None:
            return None
        self._unknowns.add_budget(len(source.text))
        text = ConfigText(path, source.text, None)
        if envsubst.is_needed(source.text):
            try:
                substituted = envsubst.substitute(source, self._variables, self._unknowns)
            except ExpansionError as error:
                self._unreadable.append(model.UnreadablePart(error.message, error.span))
                return None
            text = ConfigText(path, substituted.text, SourceMap(substituted))
        project = self._parse(text)
        if project is not None and not project.expands_variables and text.source_map is not None:
            project = self._parse(ConfigText(path, source.text, None))
        return project

    def _parse(self, text: ConfigText) -> ProjectConfig | None:
        document = yaml.parse(text.path, text.text)
        for problem in document.problems:
            span = text.span(problem.span)
            self._unreadable.append(model.UnreadablePart(problem.message, span))
        if document.root is None:
            return ProjectConfig(text.path) if not document.problems else None
        unreadable: list[model.UnreadablePart] = []
        project = decode(text, document.root, unreadable)
        if project.expands_variables or text.source_map is None:
            self._unreadable.extend(unreadable)
            self._annotations.extend(
                annotations_in(document, text.text, "processes", text.source_map)
            )
        return project


def _in_folder(project: ProjectConfig, folder: str) -> ProjectConfig:
    """Return an extended project whose processes run in its own folder.

    Their folders are made relative to `folder`, in which process-compose is started.
    """
    above = "../" * len(folder.split("/")) if folder else ""
    own_folder = posixpath.join(above, posixpath.dirname(project.path))
    processes: list[ProcessConfig] = []
    for process in project.processes:
        written = process.working_dir
        span = process.span if written is None else written.span
        path = posixpath.join(own_folder, "" if written is None else written.text.text) or "."
        text = model.join_segments((model.Segment(path, span, verbatim=False),))
        processes.append(process._replace(working_dir=model.TracedValue(text, span)))
    return project._replace(processes=tuple(processes))
