"""What only Nix itself can tell: the values that reading alone leaves unknown.

`nix-instantiate` is asked for the whole registry, read-only, restricted to the project's
folder and with a time limit. What both know must be the same; the rest fills the gaps.
"""

import os
from collections.abc import Iterable
from typing import NamedTuple

from port_registry.model import (
    Entry,
    InvalidLeaf,
    Name,
    Note,
    Reader,
    Registry,
    RegistryError,
    Source,
    Unknown,
    format_name,
)
from port_registry.registry.data_tree import (
    Attribute,
    BoolNode,
    ListNode,
    Node,
    TableNode,
    UnknownNode,
    attribute_of,
)
from port_registry.registry.entries_prefix import find_prefix
from port_registry.registry.interpret import TreeInterpreter
from port_registry.registry.markup import read_json
from port_registry.registry.nix import ENDLESS, TOO_DEEP
from port_registry.registry.read import entry_without_comments, read_registry

SECONDS = 10.0
"""How long Nix may take."""

_PROGRAM = "nix-instantiate"

_BOTTOMLESS = (TOO_DEEP, ENDLESS)
"""Reasons that Nix cannot help with: there would be ever more entries."""


def read_with_nix(
    reader: Reader, path: str, attribute: Name | None, root: str, seconds: float = SECONDS
) -> Registry:
    """Read the registry as `read_registry` does, and ask Nix for what is unknown in it.

    `root` is the project's folder, which `path` is relative to. Only a Nix registry with
    unknowns makes Nix run. What Nix does not tell either stays unknown.

    Raises `RegistryError` also where there is no `nix-instantiate`, and where Nix gives
    another port than reading did, which is a bug in one of them.
    """
    registry = read_registry(reader, path, attribute)
    if not registry.unknown or not path.lower().endswith(".nix"):
        return registry
    answer = _ask(os.path.abspath(root), path, seconds)
    if isinstance(answer, str):
        return _unanswered(registry, answer)
    shapes = _interpreted(answer.value, registry, attribute)
    _compare(registry, shapes)
    return _filled(registry, shapes, answer)


class _Answer(NamedTuple):
    """What Nix says."""

    value: Node
    has_lib: bool
    """Whether there is a `<nixpkgs/lib>` for it to take `lib` from."""


_EXPRESSION = """
let
  given = import (/. + "@FILE@");
  lib = builtins.tryEval <nixpkgs/lib>;
  arguments = builtins.mapAttrs (name: _:
    if name == "lib" && lib.success then import lib.value else throw "${name} is not given"
  ) (builtins.functionArgs given);
  mystery = { _unknown = true; };
  clean = depth: value:
    let
      kind = builtins.typeOf value;
      marked = value._type or "";
      below = clean (depth + 1);
      default = below value.default;
      isLeaf = builtins.isInt default || builtins.isString default;
      described = if value ? description then { description = below value.description; } else { };
    in
    if depth > 60 || !(builtins.tryEval value).success then mystery
    else if kind == "set" then
      if value.type or "" == "derivation" then null
      else if marked == "override" || marked == "order" then below value.content
      else if marked == "if" then (if value.condition then below value.content else { })
      else if marked == "option" then
        (if !(value ? default) then mystery
         else if isLeaf then { port = default; } // described
         else default)
      else builtins.mapAttrs (_: below) value
    else if kind == "list" then map below value
    else if kind == "float" then "a float"
    else if kind == "int" || kind == "string" || kind == "bool" then value
    else null;
in
{
  value = clean 0 (if builtins.isFunction given then given arguments else given);
  lib = lib.success;
}
"""
"""The registry without what JSON cannot hold: functions, paths and floats, which are no
ports, and what fails, which is marked. It takes options and overrides for what they stand
for, as `nix` does."""


def _ask(root: str, path: str, seconds: float) -> _Answer | str:
    """Return what Nix says of the file, or why it says nothing."""
    from port_registry.registry.bounded_subprocess import LimitExceededError, run

    command = [
        _PROGRAM,
        *("--readonly-mode", "--option", "restrict-eval", "true", "-I", root),
        *("--eval", "--strict", "--json", "--expr"),
        _EXPRESSION.replace("@FILE@", _escaped(os.path.join(root, path))),
    ]
    try:
        finished = run(command, seconds)
    except OSError as error:
        message = f"{_PROGRAM} cannot be run: {error.strerror}"
        hint = "install Nix, or leave out `--eval`"
        raise RegistryError(message, path=path, hint=hint) from error
    except LimitExceededError as error:
        return f"{_PROGRAM} was asked and ended after {seconds:g} s: {error}"
    if finished.status != 0:
        return f"{_PROGRAM} fails: {_first_error(finished.errors)}"
    source = Source(f"<{_PROGRAM}>", finished.output.decode("utf-8", "replace"))
    answer = read_json(source).root
    value, has_lib = attribute_of(answer, "value"), attribute_of(answer, "lib")
    if value is None or has_lib is None:
        return f"{_PROGRAM} gives no answer"
    return _Answer(_marked(value.node), _is_true(has_lib.node))


def _is_true(node: Node) -> bool:
    return isinstance(node, BoolNode) and node.value


def _escaped(text: str) -> str:
    """Return `text` as the inside of a Nix string."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")


def _first_error(errors: bytes) -> str:
    """Return the first line of Nix's complaint that is one."""
    lines = errors.decode("utf-8", "replace").splitlines()
    for line in lines:
        if line.startswith("error: "):
            return line.removeprefix("error: ")
    return next((line for line in lines if line.strip()), "it does not say why")


def _marked(node: Node) -> Node:
    """Return `node` with what fails in Nix as the unknown that it is."""
    if isinstance(node, ListNode):
        return node._replace(items=tuple(map(_marked, node.items)))
    if not isinstance(node, TableNode):
        return node
    if len(node.items) == 1 and node.items[0].key == "_unknown":
        return UnknownNode("", node.span)
    items = [Attribute(one.key, one.key_span, _marked(one.node), one.extent) for one in node.items]
    return TableNode(tuple(items), node.span)


def _interpreted(root: Node, registry: Registry, attribute: Name | None) -> TreeInterpreter:
    """Return what Nix's answer means."""
    prefix = registry.prefix
    if not attribute and not prefix and isinstance(root, TableNode) and _all_unknown(registry):
        prefix = find_prefix(root)
    for part in prefix:
        item = attribute_of(root, part) if isinstance(root, TableNode) else None
        root = UnknownNode("", root.span) if item is None else item.node
    shapes = TreeInterpreter()
    if isinstance(root, TableNode):
        shapes.category(root, ())
    else:
        shapes.unknown.append(Unknown((), "", root.span))
    return shapes


def _all_unknown(registry: Registry) -> bool:
    """Return whether nothing at all of the registry is known."""
    return any(not unknown.name for unknown in registry.unknown)


def _compare(registry: Registry, shapes: TreeInterpreter) -> None:
    """Raise the error for the first entry that Nix has another port for."""
    told = {draft.name: draft.value.ports for draft in shapes.entries}
    untold = _Gaps(shapes.unknown)
    for entry in registry.entries:
        ports = told.get(entry.name)
        is_untold = ports is None and untold.around(entry.name) is not None
        if ports != entry.endpoint.ports and not is_untold:
            said = "no port" if ports is None else str(ports)
            message = (
                f"`{format_name(entry.name)}` was read as {entry.endpoint.ports}, "
                f"and {_PROGRAM} gives {said}"
            )
            hint = "this is a bug in port-registry: please report it with the file"
            raise RegistryError(message, path=registry.path, hint=hint)


def _unanswered(registry: Registry, why: str) -> Registry:
    """Return `registry` with every unknown saying why Nix did not help."""
    unknown = (one._replace(reason=f"{one.reason}; {why}") for one in registry.unknown)
    return registry.replace(unknown=tuple(unknown))


class _Gaps:
    """The places of a registry that are not known."""

    def __init__(self, unknown: Iterable[Unknown]) -> None:
        self._unknown = {one.name: one for one in reversed(tuple(unknown))}

    def around(self, name: Name) -> Unknown | None:
        """Return the unknown that `name` is at or below."""
        for length in range(len(name), -1, -1):
            found = self._unknown.get(name[:length])
            if found is not None:
                return found
        return None


def _filled(registry: Registry, shapes: TreeInterpreter, answer: _Answer) -> Registry:
    """Return `registry` with its gaps filled from what Nix told."""
    gaps = _Gaps(registry.unknown)
    known = {entry.name for entry in registry.entries}
    known.update(flawed.name for flawed in registry.invalid_leaves)
    entries: list[Entry] = []
    flawed: list[InvalidLeaf] = []
    for draft in shapes.entries:
        gap = gaps.around(draft.name)
        if gap is not None and draft.name not in known and gap.reason not in _BOTTOMLESS:
            entry = entry_without_comments(draft)
            entries.append(entry.replace(name_span=gap.span, value_span=gap.span, digits=()))
    for name, flaw, _ in shapes.invalid:
        gap = gaps.around(name)
        if gap is not None and name not in known:
            flawed.append(InvalidLeaf(name, flaw, "", gap.span))
    untold = [one.name for one in shapes.unknown]
    left = [one for one in registry.unknown if _is_open(one, untold)]
    why = f"{_PROGRAM} cannot tell either"
    if not answer.has_lib:
        why += ", and NIX_PATH has no nixpkgs to take `lib` from"
    return registry.replace(
        entries=(*registry.entries, *entries),
        invalid_leaves=(*registry.invalid_leaves, *flawed),
        unknown=_unanswered(registry.replace(unknown=tuple(left)), why).unknown,
        notes=(*registry.notes, *_filled_notes(registry, left)),
    )


def _is_open(unknown: Unknown, names: list[Name]) -> bool:
    """Return whether Nix left something unknown at, above or below `unknown`."""
    mine = unknown.name
    return unknown.reason in _BOTTOMLESS or any(
        name[: len(mine)] == mine or mine[: len(name)] == name for name in names
    )


def _filled_notes(registry: Registry, left: list[Unknown]) -> Iterable[Note]:
    """Yield a note for each gap that Nix filled."""
    for unknown in registry.unknown:
        if unknown not in left:
            message = f"`{format_name(unknown.name)}` was asked of {_PROGRAM}"
            yield Note(message, unknown.span)
