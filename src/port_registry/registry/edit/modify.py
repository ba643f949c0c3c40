"""Changes of an entry: its name, ports, protocols or description."""

import re
from collections.abc import Iterable, Iterator

from port_registry.languages.nix import tree
from port_registry.languages.nix.parse import parse
from port_registry.model import Edit, Name, PortRange, Protocol, ProtocolSource, Span, format_name
from port_registry.registry.edit import binding_lines, entry_spec, metadata, move, refusals, verify
from port_registry.registry.edit.editable_registry import EditableRegistry, EntryBinding
from port_registry.registry.edit.remove import Edits
from port_registry.registry.edit.value_styles import range_ends_like


def rename(editable: EditableRegistry, binding: EntryBinding, name: Name) -> Edits:
    """Return the edits that rename `binding` to `name`, which may be in another category.

    References in the registry's own file are renamed too. Raises `RefusedError` where its
    binding is not in the file, or an expression depends on its position.
    """
    if editable.name_conflict(name) and name != binding.entry.name:
        raise editable.name_refusal(name)
    intended = entry_spec.spec_of(binding.entry)._replace(name=name)
    is_moved = name[:-1] != binding.category
    blocking = refusals.reason_not_written(editable, binding)
    if is_moved and not blocking and binding.is_pair():
        message = "it consists of two bindings"
        blocking = refusals.Reason(message, binding.entry.name_span, "move them by hand")
    elif is_moved and not blocking:
        blocking = refusals.reason_no_place(editable, name)
    edits = (move.move_edits if is_moved else _name_edits)(editable, binding, name)
    proposals = () if blocking else _with_references(editable, binding, name, edits)
    reason = blocking or (refusals.reason_computed_set(editable, name) if is_moved else None)
    change = f"be renamed to `{format_name(name)}`"
    return _first(editable, binding, proposals, intended, change, reason)


def set_ports(editable: EditableRegistry, binding: EntryBinding, ports: PortRange) -> Edits:
    """Return the edits that give `binding` other ports; raises `RefusedError`.

    A port stays a port and a range stays a range, as their uses expect.
    """
    intended = entry_spec.spec_of(binding.entry)._replace(ports=ports)
    reason = refusals.reason_not_literal(editable, binding) or _reason_not_a_range(
        editable, binding, ports
    )
    proposals = () if reason else _digit_edits(editable, binding, ports)
    return _first(editable, binding, proposals, intended, f"be set to {ports}", reason)


def set_protocols(
    editable: EditableRegistry, binding: EntryBinding, protocols: tuple[Protocol, ...]
) -> Edits:
    """Return the edits that give `binding` other protocols; raises `RefusedError`."""
    spec = entry_spec.spec_of(binding.entry)._replace(protocols=protocols)
    values = "/".join(protocol.value for protocol in protocols)
    return _change_metadata(editable, binding, spec, spec, "protocol", f"be set to {values}")


def describe(editable: EditableRegistry, binding: EntryBinding, description: str) -> Edits:
    """Return the edits that give `binding` another description; raises `RefusedError`."""
    description = " ".join(description.split())
    intended = entry_spec.spec_of(binding.entry)._replace(description=description)
    spec = entry_spec.stated_spec(binding.entry)._replace(description=description)
    change = "get another description"
    return _change_metadata(editable, binding, spec, intended, "description", change)


def _change_metadata(
    editable: EditableRegistry,
    binding: EntryBinding,
    spec: entry_spec.EntrySpec,
    intended: entry_spec.EntrySpec,
    key: str,
    change: str,
) -> Edits:
    """Return the edits that give `binding` the value of `key` in `spec`."""
    reason = refusals.reason_not_written(editable, binding) or _reason_no_metadata(
        editable, binding, spec
    )
    proposals = ((edit,) for edit in metadata.metadata_edits(editable, binding, spec, key))
    return _first(editable, binding, proposals, intended, change, reason)


def _first(
    editable: EditableRegistry,
    binding: EntryBinding,
    proposals: Iterable[Edits],
    intended: entry_spec.EntrySpec,
    change: str,
    reason: refusals.Reason | None,
) -> Edits:
    """Return the first of `proposals` with the intended result.

    Where there is none, the error says that `binding` cannot `change`, and perhaps the `reason`.
    """
    trial = verify.ChangeTrial(editable)
    for edits in proposals:
        planned = trial.attempt(edits)
        if planned is None:
            continue
        after = planned.after.find(intended.name)
        if after is None:
            fault = f"`{intended.name[-1]}` would not be read as a port there"
            trial.note_fault(fault, "choose another name")
        elif trial.is_as_intended(
            planned, (binding.entry.name,), (_with_default_protocols(binding, intended, after),)
        ):
            return edits
    lead = f"`{format_name(binding.entry.name)}` cannot {change}: "
    raise trial.refusal(lead, reason, "change it by hand, and run `port-registry check`")


def _with_default_protocols(
    binding: EntryBinding, intended: entry_spec.EntrySpec, after: EntryBinding
) -> entry_spec.EntrySpec:
    """Return `intended` with the default protocols of its new name or number.

    It keeps the old ones where they are not defaults.
    """
    before = binding.entry
    is_default = before.protocol_source is ProtocolSource.ASSUMED
    if is_default and intended.protocols == before.protocols:
        return intended._replace(protocols=after.entry.protocols)
    return intended


def _with_references(
    editable: EditableRegistry, binding: EntryBinding, name: Name, proposals: Iterable[Edits]
) -> Iterator[Edits]:
    """Yield each of `proposals` with the edits of references to the entry, then without."""
    for edits in proposals:
        uses = _self_reference_edits(editable, binding, edits, name)
        if uses:
            yield (*edits, *uses)
        yield edits


def _name_edits(editable: EditableRegistry, binding: EntryBinding, name: Name) -> Iterator[Edits]:
    """Yield the edits of the name's last part, in both bindings of a pair."""
    item, range_end = binding.raw_entry.item, binding.raw_entry.range_end
    stem = item.key if range_end is None else binding.entry.service
    dialect, edits = editable.dialect, list[Edit]()
    for end in (item,) if range_end is None else (item, range_end):
        old = editable.source.slice(end.key_span)
        is_plain = range_end is not None or old in (item.key, dialect.string(item.key))
        is_near = end.key_span.path == item.key_span.path
        if not is_plain or not is_near or not end.key.startswith(stem):
            return
        new = name[-1] + end.key.removeprefix(stem)
        edits.append(Edit(end.key_span, dialect.spelled_like(old, new)))
    yield from _with_protocols(editable, binding, tuple(edits))


def _with_protocols(
    editable: EditableRegistry, binding: EntryBinding, edits: Edits
) -> Iterator[Edits]:
    """Yield `edits` alone, and then with edits that state the protocols.

    Protocols that the entry has only by its name or number would be lost otherwise.
    """
    yield binding_lines.keep_alignment(editable, binding, edits)
    spec = entry_spec.spec_of(binding.entry)
    for new in metadata.metadata_edits(editable, binding, spec, "protocol"):
        if not any(_are_touching(new.span, other.span) for other in edits):
            yield (*edits, new)


def _digit_edits(
    editable: EditableRegistry, binding: EntryBinding, ports: PortRange
) -> Iterator[Edits]:
    """Yield the edits of the digits of `binding`."""
    digits = binding.entry.digits
    texts = [str(ports.first), str(ports.last)][-len(digits) :]
    edits = tuple(Edit(span, text) for span, text in zip(digits, texts, strict=True))
    if _is_text(editable, binding) and (ports.is_single() or len(digits) == 1):
        yield (Edit(digits[0]._replace(end=digits[-1].end), str(ports)),)
    elif len(digits) == 2 or ports.is_single():
        yield from _with_protocols(editable, binding, edits)


def _is_text(editable: EditableRegistry, binding: EntryBinding) -> bool:
    """Return whether the ports are digits in one string, as in `"49000-49099"`."""
    first, last = binding.entry.digits[0], binding.entry.digits[-1]
    text, is_in_file = editable.source.text, first.path == last.path == editable.source.path
    return is_in_file and text[first.start - 1] == '"' == text[last.end : last.end + 1]


def _reason_not_a_range(
    editable: EditableRegistry, binding: EntryBinding, ports: PortRange
) -> refusals.Reason | None:
    """Return why a port cannot become a range, or None: its uses would get a set."""
    digits = binding.entry.digits
    if len(digits) == 2 or ports.is_single() or _is_text(editable, binding):
        return None
    value = entry_spec.port_value(ports, editable.dialect, range_ends_like(editable.bindings))
    name = editable.dialect.key(binding.entry.service)
    line = f"{name}{editable.dialect.assignment}{value}{editable.dialect.terminator}"
    hint = f"write `{line}`, and change its uses"
    return refusals.Reason("it is a single port, and its uses expect a number", digits[0], hint)


def _reason_no_metadata(
    editable: EditableRegistry, binding: EntryBinding, spec: entry_spec.EntrySpec
) -> refusals.Reason | None:
    """Return why a number cannot have metadata, or None: there is no room for a comment."""
    if binding.is_structured() or next(metadata.metadata_edits(editable, binding, spec, ""), None):
        return None
    value = editable.dialect.leaf(entry_spec.leaf_fields(spec, editable.dialect))
    name = editable.dialect.key(binding.entry.service)
    hint = f"write `{name}{editable.dialect.assignment}{value}`, and change its uses"
    message = "a plain number has no protocol or description here"
    return refusals.Reason(message, binding.entry.value_span, hint)


def _self_reference_edits(
    editable: EditableRegistry, binding: EntryBinding, edits: Edits, name: Name
) -> list[Edit]:
    """Return the edits of references to `binding` in the file, for its new `name`.

    `edits` are those that rename or move its binding. References are the names that are
    undefined afterwards, and selections that end in the whole old name.
    """
    if not editable.dialect.terminator or not re.search(r"\b(?:let|rec)\b", editable.source.text):
        return []
    source, dialect, is_moved = editable.source, editable.dialect, name[:-1] != binding.category
    spelled = len(binding.entry.name) if is_moved else 1
    spans = {*_undefined(editable, binding, edits), *_selected(editable, binding, spelled)}
    return [
        Edit(
            span,
            dialect.path(name) if is_moved else dialect.spelled_like(source.slice(span), name[-1]),
        )
        for span in sorted(spans)
        if not any(_are_touching(span, edit.span) for edit in edits)
    ]


def _are_touching(first: Span, second: Span) -> bool:
    """Return whether the spans, of one file, overlap or meet."""
    return first.start <= second.end and second.start <= first.end


def _undefined(editable: EditableRegistry, binding: EntryBinding, edits: Edits) -> Iterator[Span]:
    """Yield the spans of the entry's name that are undefined once `edits` are applied."""
    changed = editable.changed(edits)
    for problem in parse(changed).errors:
        path, start, end = problem.span
        if changed.slice(problem.span) == binding.entry.service:
            shift = 0
            for edit in sorted(edits):
                if edit.span.start + shift < start:
                    shift += len(edit.text) - (edit.span.end - edit.span.start)
            yield Span(path, start - shift, end - shift)


def _selected(editable: EditableRegistry, binding: EntryBinding, parts: int) -> Iterator[Span]:
    """Yield the spans of the name's last parts in selections such as `ports.databases.redis`."""
    full_path = editable.full_path(binding.entry.name)
    root = parse(editable.source).root
    nodes: list[tree.Node] = [] if root is None else [root]
    for node in nodes:
        nodes.extend(tree.child_nodes(node))
    lets = [node.bindings.definitions for node in nodes if isinstance(node, tree.Let)]
    bound = frozenset[str]().union(*lets)
    for node in nodes:
        if not isinstance(node, tree.Select):
            continue
        if isinstance(node.subject, tree.VarNode) and node.subject.name in bound:
            path = tuple(key.name for key in node.path)
            for length in dict.fromkeys((len(binding.entry.name), len(full_path))):
                if path[:length] == full_path[-length:]:
                    first, last = node.path[length - parts].span, node.path[length - 1].span
                    yield first._replace(end=last.end)
