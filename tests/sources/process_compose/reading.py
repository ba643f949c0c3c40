"""Reads stacks from texts."""

from port_registry.model import Machine, Service, Source, SourceError, Span, Use
from port_registry.sources.process_compose.stack import read_stack

FILE = "process-compose.yaml"


class Files:
    """A reader of files that are given as texts."""

    def __init__(self, files: dict[str, str]) -> None:
        self.sources = {path: Source(path, text) for path, text in files.items()}

    def read(self, path: str) -> Source:
        if path not in self.sources:
            raise SourceError("there is no such file", path=path)
        return self.sources[path]

    def exists(self, path: str) -> bool:
        return path in self.sources

    def text(self, span: Span) -> str:
        return self.sources[span.path].slice(span)


def stack(files: dict[str, str] | str, *names: str) -> tuple[Files, Machine]:
    """Read a stack: of the files named, or of the first one given."""
    given = {FILE: files} if isinstance(files, str) else files
    reader = Files(given)
    return reader, read_stack(reader, names or (next(iter(given)),))


def process(files: dict[str, str] | str, name: str, *names: str) -> Service:
    """Read a stack and return one process of it."""
    _, found = stack(files, *names)
    return next(process for process in found.services if process.name == name)


def show(use: Use) -> str:
    """Return the heart of a use: `listens 6379`."""
    return f"{use.role.value} {use.number}"


def command(text: str, *extra: str) -> list[str]:
    """Return the uses in a process whose command is `text`; `extra` are lines of it."""
    body = "\n".join(f"      {line}" for line in text.split("\n"))
    lines = "".join(f"    {line}\n" for line in extra)
    found = process(f"processes:\n  main:\n    command: |\n{body}\n{lines}", "main")
    return [show(use) for use in found.uses]


def environment(entry: str, name: str = "main", run: str = "./run") -> list[str]:
    """Return the uses in a process whose environment is one entry."""
    text = f"processes:\n  {name}:\n    command: {run}\n    environment:\n      - {entry}\n"
    return [show(use) for use in process(text, name).uses]
