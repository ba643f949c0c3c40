"""Ties by annotations, for formats whose language cannot refer to a registry."""

from port_registry.languages.yaml.comment_place import comment_place
from port_registry.model import CommentPlace, Entry, NamedTuple, Reader, ReferenceTie, Use

_YAML = (".yaml", ".yml")


class YamlCommentTies(NamedTuple):
    """Annotations above keys and list items of YAML files; JSON has no comments."""

    reader: Reader

    def takes_references(self) -> bool:
        """Return False: a YAML file cannot refer to a registry."""
        return False

    def reference(self, _use: Use, _entry: Entry, _registry: int, /) -> ReferenceTie | None:
        """Return None."""
        return None

    def comment_place(self, path: str, offset: int) -> CommentPlace | None:
        """Return the line of the key or item that has the text at `offset`."""
        if not path.endswith(_YAML):
            return None
        return comment_place(self.reader.read(path), offset)


class LineCommentTies(NamedTuple):
    """Annotations above the lines of files in which every line is a statement."""

    reader: Reader
    sign: str = "#"
    """The sign that a comment begins with."""

    def takes_references(self) -> bool:
        """Return False: such a file cannot refer to a registry."""
        return False

    def reference(self, _use: Use, _entry: Entry, _registry: int, /) -> ReferenceTie | None:
        """Return None."""
        return None

    def comment_place(self, path: str, offset: int) -> CommentPlace | None:
        """Return the line of the text at `offset`."""
        source = self.reader.read(path)
        line = source.position(offset).line
        start = source.line_starts()[line - 1]
        text = source.line_text(line)
        indent = text[: len(text) - len(text.lstrip())]
        newline = "\r\n" if "\r\n" in source.text else "\n"
        return CommentPlace(line, start, indent, newline, self.sign)
