"""Insertion point of a binding for the whole body of a file."""

from port_registry.languages.nix.tree import Assert, File, LambdaExpression, Let, Node, Set, With
from port_registry.model import Source, Span
from port_registry.sources.nix.module_facts import InsertionPoint

_STEP = "  "
"""The indentation in a file that has no indented line."""


def insertion_point_in(file: File, source: Source) -> InsertionPoint | None:
    """Return the insertion point of a binding; None where none is safe."""
    node = _body(file.root)
    if file.path.rpartition("/")[2] == "flake.nix":
        node = _outputs(node)
    if node is None:
        return None
    if isinstance(node, Let):
        return _in_let(node, file, source)
    return _before(node.span, source)


def _body(node: Node | None) -> Node | None:
    """Return the body of the functions of a file."""
    while isinstance(node, (LambdaExpression, With, Assert)):
        node = node.body
    return node


def _outputs(node: Node | None) -> Node | None:
    """Return the body of a flake's outputs: the flake itself has to be a plain set."""
    if not isinstance(node, Set):
        return None
    outputs = node.definitions.get("outputs")
    return None if outputs is None else _body(outputs.node)


def _in_let(node: Let, file: File, source: Source) -> InsertionPoint | None:
    """Return the insertion point before the first binding of a `let`."""
    starts = [one.span.start for one in node.bindings.definitions.values()]
    starts.extend(one.span.start for one in node.bindings.dynamic)
    if not starts:
        return None
    first = min(starts)
    let = node.span.start + len("let")
    if source.text[let:first].strip() and not _only_comments(file, let, first, source):
        return None
    line = source.text.rfind("\n", 0, first) + 1
    if line <= let:
        return InsertionPoint(Span(file.path, first, first), "", " ")
    indent = source.text[line:first]
    if indent.strip(" \t"):
        return None
    end = source.text.find("\n", let)
    between = source.text[let:end].strip()
    if not between or (between.startswith("#") and not _crosses(file, end)):
        at = end - 1 if source.text[end - 1] == "\r" else end
        return InsertionPoint(Span(file.path, at, at), f"{_newline(source)}{indent}", "")
    return InsertionPoint(Span(file.path, line, line), indent, _newline(source))


def _only_comments(file: File, start: int, end: int, source: Source) -> bool:
    kept = start
    for comment in file.comments:
        if start <= comment.span.start and comment.span.end <= end:
            if source.text[kept : comment.span.start].strip():
                return False
            kept = comment.span.end
    return not source.text[kept:end].strip()


def _crosses(file: File, at: int) -> bool:
    return any(comment.span.start < at < comment.span.end for comment in file.comments)


def _before(body: Span, source: Source) -> InsertionPoint:
    """Return the insertion point of a new `let` before `body`."""
    newline = _newline(source)
    line = source.text.rfind("\n", 0, body.start) + 1
    before = source.text[line : body.start]
    indent = before[: len(before) - len(before.lstrip(" \t"))]
    step = _step(source)
    at = Span(body.path, body.start, body.start)
    alone = before.strip("\ufeff \t") == ""
    behind = f"{newline}{indent}" if alone else " "
    return InsertionPoint(at, f"let{newline}{indent}{step}", f"{newline}{indent}in{behind}")


def _newline(source: Source) -> str:
    return "\r\n" if "\r\n" in source.text else "\n"


def _step(source: Source) -> str:
    """Return the indentation of the first indented line of the file."""
    for line in source.text.split("\n"):
        inner = line.lstrip(" \t")
        if inner and inner != line and not inner.startswith(("#", "*")):
            white = line[: len(line) - len(inner)]
            return "\t" if white.startswith("\t") else white[:8]
    return _STEP
