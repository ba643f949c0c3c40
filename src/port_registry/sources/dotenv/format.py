"""Environment files as a source format: what those say that stand alone."""

from port_registry import model
from port_registry.sources.dotenv.discover import is_candidate
from port_registry.sources.interface import Count, ProjectFiles, SourceReading

NAME: str = "dotenv"


class EnvCommentTies:
    """Annotations above the variables of environment files."""

    def __init__(self, reader: model.Reader) -> None:
        self._reader = reader

    def takes_references(self) -> bool:
        """Return False: an environment file cannot refer to a registry."""
        return False

    def reference(
        self, _use: model.Use, _entry: model.Entry, _registry: int, /
    ) -> model.ReferenceTie | None:
        """Return None."""
        return None

    def comment_place(self, path: str, offset: int) -> model.CommentPlace | None:
        """Return the line on which the variable begins that has the text at `offset`."""
        from port_registry.languages import dotenv

        source = self._reader.read(path)
        for item in dotenv.parse_leniently(source).assignments:
            if item.span.start <= offset < item.span.end:
                line = source.position(item.span.start).line
                start = source.line_starts()[line - 1]
                indent = source.text[start : item.span.start]
                if indent.strip(" \t"):
                    return None
                newline = "\r\n" if "\r\n" in source.text else "\n"
                return model.CommentPlace(line, start, indent, newline)
        return None


def read(files: ProjectFiles) -> SourceReading | None:
    """Return what the project's environment files say that nothing else has spoken of."""
    paths = [path for path in files.paths if is_candidate(path) and files.is_deployed(path)]
    if not paths:
        return None
    from port_registry.sources.dotenv.read import read_env

    machines: list[model.Machine] = []
    unknown: list[model.Unknown] = []
    for path in paths:
        try:
            machines.append(read_env(files.reader.read(path), files.seen))
        except model.SourceError as error:
            unknown.append(model.Unknown((), error.message, model.Span(path, 0, 0)))
    return SourceReading(
        paths=frozenset(path for machine in machines for path in machine.files),
        ties=EnvCommentTies(files.reader),
        machines=tuple(machines),
        unknown=tuple(unknown),
        counts=(
            Count("environment_files", len(machines), "environment file", "environment files"),
        ),
    )
