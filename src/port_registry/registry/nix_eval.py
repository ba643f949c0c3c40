"""Evaluation of unknown values by Nix.

`nix-instantiate` evaluates the whole registry, read-only, restricted to the project's folder
and with a time limit. Values that are known without it must be the same; the others fill the
gaps.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence

from port_registry import model
from port_registry.languages import data_tree, json
from port_registry.registry.entries_prefix import find_prefix
from port_registry.registry.interpret import TreeInterpreter
from port_registry.registry.nix import ENDLESS, TOO_DEEP
from port_registry.registry.read import entry_of, read_registry

SECONDS = 10.0
"""The time limit for Nix."""

_PROGRAM = "nix-instantiate"

_MOST_BYTES = 64 * 1024 * 1024
"""The limit on its output."""
_CHUNK = 1 << 16

_INFINITE = (TOO_DEEP, ENDLESS)
"""Reasons with which Nix cannot help: there is no end of entries."""


def read_with_nix(
    reader: model.Reader,
    path: str,
    attribute: model.Name | None,
    root: str,
    seconds: float = SECONDS,
) -> model.Registry:
    """Read the registry as `read_registry` does, and evaluate its unknown values with Nix.

    `root` is the project's folder, which `path` is relative to. Nix runs only for a Nix
    registry with unknown values. What Nix cannot evaluate either stays unknown.

    Raises `RegistryError` also where there is no `nix-instantiate`, and where Nix returns
    another port than reading did, which is a bug in one of them.
    """
    registry = read_registry(reader, path, attribute)
    if not registry.unknown or not path.lower().endswith(".nix"):
        return registry
    answer = _evaluate(os.path.abspath(root), path, seconds)
    if isinstance(answer, str):
        return _unanswered(registry, answer)
    interpreter = _interpreted(answer.value, registry, attribute)
    _compare(registry, interpreter)
    return _filled(registry, interpreter, answer)


class _Answer(model.NamedTuple):
    """The answer of Nix."""

    value: data_tree.Node
    has_lib: bool
    """Whether NIX_PATH has a `<nixpkgs/lib>` for `lib`."""


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
"""The registry without values that JSON cannot hold: functions, paths and floats, which are
not ports, and failing values, which are marked. It unwraps options and overrides, as `nix`
does."""


def _evaluate(root: str, path: str, seconds: float) -> _Answer | str:
    """Return the answer of Nix for the file, or the reason why there is none."""
    command = [
        _PROGRAM,
        *("--readonly-mode", "--option", "restrict-eval", "true", "-I", root),
        *("--eval", "--strict", "--json", "--expr"),
        _EXPRESSION.replace("@FILE@", _escaped(os.path.join(root, path))),
    ]
    try:
        finished = run(command, seconds)
    except OSError as error:
        message = f"{_PROGRAM} cannot be run: {model.system_reason(error)}"
        hint = "install Nix, or omit `--eval`"
        raise model.RegistryError(message, path=path, hint=hint) from error
    except LimitExceededError as error:
        return f"{_PROGRAM} was stopped after {seconds:g} s: {error}"
    if finished.returncode != 0:
        return f"{_PROGRAM} failed: {_first_error(finished.stderr)}"
    source = model.Source(f"<{_PROGRAM}>", finished.stdout.decode("utf-8", "replace"))
    answer = _attributes(source)
    if answer.keys() != {"value", "lib"}:
        return f"{_PROGRAM} returned no value"
    has_lib = isinstance(answer["lib"], data_tree.BoolNode) and answer["lib"].value
    return _Answer(_marked(answer["value"]), has_lib)


class LimitExceededError(Exception):
    """The program exceeded its limit on time or output and was killed."""


def run(command: Sequence[str], seconds: float) -> "subprocess.CompletedProcess[bytes]":
    """Run `command` with no input, for at most `seconds`.

    It gets a process group of its own, which is killed when it ends. Raises
    `LimitExceededError` where it exceeds a limit, and `OSError` where it cannot be started.
    """
    with subprocess.Popen(  # the command is a list: no shell reads it
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            output, errors = _drain(process, time.monotonic() + seconds)
            return subprocess.CompletedProcess(command, process.wait(), output, errors)
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)


def _drain(process: "subprocess.Popen[bytes]", deadline: float) -> tuple[bytes, bytes]:
    """Return the output of `process` on both streams once it has closed them."""
    chunks: dict[int, list[bytes]] = {}
    with selectors.DefaultSelector() as selector:
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                chunks[pipe.fileno()] = []
                selector.register(pipe.fileno(), selectors.EVENT_READ)
        total = 0
        while selector.get_map():
            seconds_left = deadline - time.monotonic()
            ready = selector.select(seconds_left) if seconds_left > 0 else []
            if not ready:
                raise LimitExceededError("it took too long")
            for key, _ in ready:
                chunk = os.read(key.fd, _CHUNK)
                total += len(chunk)
                if not chunk:
                    selector.unregister(key.fd)
                chunks[key.fd].append(chunk)
            if total > _MOST_BYTES:
                raise LimitExceededError("its output was too long")
    output, errors = (b"".join(received) for received in chunks.values())
    return output, errors


def _attributes(source: model.Source) -> dict[str, data_tree.Node]:
    """Return the members of a JSON object; none where the text is something else."""
    try:
        root = json.parse_json(source).root
    except data_tree.DataSyntaxError:
        return {}
    items = root.items if isinstance(root, data_tree.TableNode) else ()
    return {item.key: item.node for item in items}


def _escaped(text: str) -> str:
    """Return `text` as the contents of a Nix string."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")


def _first_error(errors: bytes) -> str:
    """Return the first error message in the output of Nix."""
    lines = errors.decode("utf-8", "replace").splitlines()
    for line in lines:
        if line.startswith("error: "):
            return line.removeprefix("error: ")
    return next((line for line in lines if line.strip()), "no error message")


def _marked(node: data_tree.Node) -> data_tree.Node:
    """Return `node` with the values that fail in Nix replaced by unknown ones."""
    if isinstance(node, data_tree.ListNode):
        return node._replace(items=tuple(map(_marked, node.items)))
    if not isinstance(node, data_tree.TableNode):
        return node
    if len(node.items) == 1 and node.items[0].key == "_unknown":
        return data_tree.UnknownNode("", node.span)
    items = [item._replace(node=_marked(item.node)) for item in node.items]
    return data_tree.TableNode(tuple(items), node.span)


def _interpreted(
    root: data_tree.Node, registry: model.Registry, attribute: model.Name | None
) -> TreeInterpreter:
    """Return the entries in the answer of Nix."""
    prefix = registry.prefix
    is_all_unknown = any(not unknown.name for unknown in registry.unknown)
    if not attribute and not prefix and isinstance(root, data_tree.TableNode) and is_all_unknown:
        prefix = find_prefix(root)
    for part in prefix:
        item = data_tree.attribute_of(root, part) if isinstance(root, data_tree.TableNode) else None
        root = data_tree.UnknownNode("", root.span) if item is None else item.node
    interpreter = TreeInterpreter()
    if isinstance(root, data_tree.TableNode):
        interpreter.category(root, ())
    else:
        interpreter.unknown.append(model.Unknown((), "", root.span))
    return interpreter


def _compare(registry: model.Registry, interpreter: TreeInterpreter) -> None:
    """Raise the error for the first entry for which Nix has another port."""
    nix_ports = {raw_entry.name: raw_entry.value.ports for raw_entry in interpreter.entries}
    nix_unknowns = {gap.name: gap for gap in reversed(interpreter.unknown)}
    for entry in registry.entries:
        ports = nix_ports.get(entry.name)
        is_unknown = ports is None and _gap_around(nix_unknowns, entry.name) is not None
        if ports != entry.ports and not is_unknown:
            nix_value = "no port" if ports is None else str(ports)
            message = (
                f"`{model.format_name(entry.name)}` was read as {entry.ports}, "
                f"but {_PROGRAM} returns {nix_value}"
            )
            hint = "this is a bug in port-registry: please report it with the file"
            raise model.RegistryError(message, path=registry.path, hint=hint)


def _unanswered(registry: model.Registry, reason: str) -> model.Registry:
    """Return `registry` with the `reason` of Nix's failure added to every unknown value."""
    unknown = (gap._replace(reason=f"{gap.reason}; {reason}") for gap in registry.unknown)
    return registry.replace(unknown=tuple(unknown))


def _gap_around(gaps: Mapping[model.Name, model.Unknown], name: model.Name) -> model.Unknown | None:
    """Return the unknown value at or above `name`."""
    above = (gaps.get(name[:length]) for length in range(len(name), -1, -1))
    return next(filter(None, above), None)


def _filled(
    registry: model.Registry, interpreter: TreeInterpreter, answer: _Answer
) -> model.Registry:
    """Return `registry` with its gaps filled from the answer of Nix."""
    gaps = {gap.name: gap for gap in reversed(registry.unknown)}
    known = {entry.name for entry in registry.entries}
    known.update(leaf.name for leaf in registry.invalid_leaves)
    entries: list[model.Entry] = []
    invalid: list[model.InvalidLeaf] = []
    for raw_entry in interpreter.entries:
        gap = _gap_around(gaps, raw_entry.name)
        if gap is not None and raw_entry.name not in known and gap.reason not in _INFINITE:
            entry = entry_of(raw_entry)
            entries.append(entry.replace(name_span=gap.span, value_span=gap.span, digits=()))
    for name, flaw, _ in interpreter.invalid:
        gap = _gap_around(gaps, name)
        if gap is not None and name not in known:
            invalid.append(model.InvalidLeaf(name, flaw, "", gap.span))
    still_unknown = [item.name for item in interpreter.unknown]
    remaining = [item for item in registry.unknown if _is_open(item, still_unknown)]
    evaluated = [
        model.Note(f"`{model.format_name(item.name)}` was evaluated by {_PROGRAM}", item.span)
        for item in registry.unknown
        if item not in remaining
    ]
    reason = f"{_PROGRAM} cannot evaluate it either"
    if not answer.has_lib:
        reason += ", and NIX_PATH has no nixpkgs for `lib`"
    return registry.replace(
        entries=(*registry.entries, *entries),
        invalid_leaves=(*registry.invalid_leaves, *invalid),
        unknown=_unanswered(registry.replace(unknown=tuple(remaining)), reason).unknown,
        notes=(*registry.notes, *evaluated),
    )


def _is_open(unknown: model.Unknown, names: list[model.Name]) -> bool:
    """Return whether one of `names` is at, above or below `unknown`."""
    own_name = unknown.name
    return unknown.reason in _INFINITE or any(
        name[: len(own_name)] == own_name or own_name[: len(name)] == name for name in names
    )
