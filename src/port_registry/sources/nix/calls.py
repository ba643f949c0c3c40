"""Well-known functions, and their arguments."""

from functools import cache

from port_registry.facts.words import word_list
from port_registry.languages.nix.tree import Apply, IntLiteral, Node, Select, VarNode
from port_registry.model import NamedTuple
from port_registry.sources.nix.module_facts import Priority


class FunctionCall(NamedTuple):
    """A function applied to one argument or more."""

    head: Node
    name: str
    """The last part of the function's name; empty where it has none."""
    arguments: tuple[Node, ...]


def call_of(node: Apply) -> FunctionCall:
    """Return `f a b` as a function with its arguments."""
    arguments = [node.argument]
    head = node.function
    while isinstance(head, Apply):
        arguments.append(head.argument)
        head = head.function
    arguments.reverse()
    return FunctionCall(head, name_of(head), tuple(arguments))


def name_of(head: Node) -> str:
    """Return the last name of `lib.mkIf` or `mkIf`; empty for anything else."""
    if isinstance(head, VarNode):
        return head.name
    if isinstance(head, Select):
        return head.path[-1].name or ""
    return ""


IMPORTS = {
    "import": 0, "scopedImport": 1, "callPackage": 0, "importJSON": 0, "importTOML": 0,
    "importApply": 0, "callPackageWith": 1, "newScope": 1,
}  # fmt: skip
"""Functions that read a file, with the position of the argument that names it."""

DECODERS = ("fromJSON", "fromTOML")

PRIORITIES = {
    "mkDefault": Priority.DEFAULT,
    "mkForce": Priority.FORCE,
    "mkOptionDefault": Priority.OPTION_DEFAULT,
    "mkVMOverride": Priority.FORCE,
    "mkImageMediaOverride": Priority.FORCE,
}

LAST = {
    **dict.fromkeys(PRIORITIES, 1),
    "mkOverride": 2, "toString": 1, "mkBefore": 1, "mkAfter": 1, "mkOrder": 2, "trace": 2,
    "warn": 2, "warnIf": 3, "throwIf": 3, "throwIfNot": 3, "assertMsg": 3, "seq": 2,
    "deepSeq": 2, "traceVal": 1, "id": 1, "mkFixStrictness": 1, "addErrorContext": 2,
    "unsafeDiscardStringContext": 1,
}  # fmt: skip
"""Functions that return their last argument unchanged, with their number of arguments."""

CONDITIONS = {
    "mkIf": True, "optional": False, "optionals": True, "optionalAttrs": True,
    "optionalString": True,
}  # fmt: skip
"""Functions of a condition and a value under it, and whether they return that unchanged."""


def priority_of(call: FunctionCall) -> Priority | None:
    """Return the priority that `call` gives its last argument, if it gives one."""
    if call.name != "mkOverride":
        return PRIORITIES.get(call.name)
    number = call.arguments[0]
    if not isinstance(number, IntLiteral):
        return None
    for priority in (Priority.FORCE, Priority.NORMAL, Priority.DEFAULT):
        if number.value <= priority.value:
            return priority
    return Priority.OPTION_DEFAULT


_TREES = word_list("functions", "tree-readers")


def takes_tree(head: Node) -> bool:
    """Return whether the function `head` takes all files below a folder."""
    names = [head.name] if isinstance(head, VarNode) else []
    if isinstance(head, Select):
        names = [key.name or "" for key in head.path]
    elif isinstance(head, Apply):
        return takes_tree(call_of(head).head)
    return any(map(_is_of_tree, names))


@cache
def _is_of_tree(name: str) -> bool:
    squeezed = name.lower().replace("-", "").replace("_", "")
    return any(word in squeezed for word in _TREES)
