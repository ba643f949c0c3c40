"""Environment files as a source format: what those say that stand alone."""

import posixpath

from port_registry import model
from port_registry.facts.words import word_list
from port_registry.sources.interface import Count, ProjectFiles, SourceReading
from port_registry.sources.shared.comment_ties import LineCommentTies

NAME: str = "dotenv"


_NOT_TEXT = word_list("paths", "not-env-files")
"""What the names of other files end in that begin with `.env.`."""


class EnvCommentTies(LineCommentTies):
    """Annotations above the variables of environment files."""

    def comment_place(self, path: str, offset: int) -> model.CommentPlace | None:
        """Return the line on which the variable begins that has the text at `offset`."""
        from port_registry.languages import dotenv

        source = self.reader.read(path)
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


def is_candidate(path: str) -> bool:
    """Return whether a file's name is one that environment files have."""
    name = posixpath.basename(path).lower()
    is_env = name == ".env" or name.startswith(".env.") or name.endswith(".env")
    return is_env and not name.endswith(_NOT_TEXT)


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
