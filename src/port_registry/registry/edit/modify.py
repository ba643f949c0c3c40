"""Changes of an entry: its name, ports, protocols or description."""

from collections.abc import Iterable, Iterator

from port_registry.model import Edit, Name, PortRange, Protocol, ProtocolSource, format_name
from port_registry.registry.edit import entry_spec, refusals
from port_registry.registry.edit.alignment import keep_alignment
from port_registry.registry.edit.attribute_spelling import spelled_like
from port_registry.registry.edit.editable_registry import EditableRegistry, EntryBinding
from port_registry.registry.edit.metadata import metadata_edits
from port_registry.registry.edit.move import move_edits
from port_registry.registry.edit.self_references import are_touching, self_reference_edits
from port_registry.registry.edit.value_formats import range_ends_like
from port_registry.registry.edit.verify import ChangeTrial

Edits = tuple[Edit, ...]


def rename(editable: EditableRegistry, binding: EntryBinding, name: Name) -> Edits:
    """Return the edits that rename `binding` to `name`, which may be in another category.

    References in the registry's own file are renamed too. Raises `RefusedError` where its
    binding is not in the file, or an expression depends on its position.
    """
    if editable.name_conflict(name) and name != binding.entry.name:
        raise refusals.name_refusal(editable, name)
    intended = entry_spec.spec_of(binding.entry)._replace(name=name)
    is_moved = name[:-1] != binding.category
    blocking = refusals.reason_not_written(editable, binding)
    if is_moved:
        blocking = blocking or _reason_not_movable(editable, binding, name)
    edits = (move_edits if is_moved else _name_edits)(editable, binding, name)
    proposals = () if blocking else _with_references(editable, binding, name, edits)
    lead = f"`{format_name(binding.entry.name)}` cannot be renamed to `{format_name(name)}`: "
    reason = blocking or (refusals.reason_computed_set(editable, name) if is_moved else None)
    return _first(editable, binding, proposals, intended, lead, reason)


def _reason_not_movable(
    editable: EditableRegistry, binding: EntryBinding, name: Name
) -> refusals.Reason | None:
    """Return why `binding` cannot be moved to another category, or None."""
    if binding.is_pair():
        return refusals.Reason(
            "it consists of two bindings", binding.entry.name_span, "move them by hand"
        )
    return refusals.reason_no_place(editable, name)


def set_ports(editable: EditableRegistry, binding: EntryBinding, ports: PortRange) -> Edits:
    """Return the edits that give `binding` other ports; raises `RefusedError`.

    A port stays a port and a range stays a range, as their uses expect.
    """
    intended = entry_spec.spec_of(binding.entry)._replace(ports=ports)
    reason = refusals.reason_not_literal(editable, binding) or _reason_not_a_range(
        editable, binding, ports
    )
    lead = f"`{format_name(binding.entry.name)}` cannot be set to {ports}: "
    proposals = () if reason else _digit_edits(editable, binding, ports)
    return _first(editable, binding, proposals, intended, lead, reason)


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
    lead = f"`{format_name(binding.entry.name)}` cannot {change}: "
    proposals = metadata_edits(editable, binding, spec, key)
    return _first(editable, binding, proposals, intended, lead, reason)


def _first(
    editable: EditableRegistry,
    binding: EntryBinding,
    proposals: Iterable[Edits],
    intended: entry_spec.EntrySpec,
    lead: str,
    reason: refusals.Reason | None,
) -> Edits:
    """Return the first of `proposals` with the intended result.

    Where there is none, the error begins with `lead`; `reason` is why none could succeed.
    """
    trial = ChangeTrial(editable)
    for edits in proposals:
        change = trial.attempt(edits)
        if change is None:
            continue
        after = change.after.find(intended.name)
        if after is None:
            fault = f"`{intended.name[-1]}` would not be read as a port there"
            trial.note_fault(fault, "choose another name")
        elif trial.is_as_intended(
            change, (binding.entry.name,), (_with_default_protocols(binding, intended, after),)
        ):
            return edits
    hint = "change it by hand, and run `port-registry check`"
    raise trial.refusal(lead, reason, hint)


def _with_default_protocols(
    binding: EntryBinding, intended: entry_spec.EntrySpec, after: EntryBinding
) -> entry_spec.EntrySpec:
    """Return `intended` with the default protocols of its new name or number.

    It keeps the old ones where they are not defaults.
    """
    if binding.entry.protocol_source is not ProtocolSource.ASSUMED:
        return intended
    if intended.protocols != entry_spec.spec_of(binding.entry).protocols:
        return intended
    return intended._replace(protocols=entry_spec.spec_of(after.entry).protocols)


def _with_references(
    editable: EditableRegistry, binding: EntryBinding, name: Name, proposals: Iterable[Edits]
) -> Iterator[Edits]:
    """Yield each of `proposals` with the edits of references to the entry, then without."""
    for edits in proposals:
        uses = self_reference_edits(editable, binding, edits, name)
        if uses:
            yield (*edits, *uses)
        yield edits


def _name_edits(editable: EditableRegistry, binding: EntryBinding, name: Name) -> Iterator[Edits]:
    """Yield the edits of the name's last part, in both bindings of a pair."""
    name_span, dialect = binding.entry.name_span, editable.dialect
    old = editable.source.slice(name_span)
    item, range_end = binding.raw_entry.item, binding.raw_entry.range_end
    if range_end is None:
        if old in (item.key, dialect.string(item.key)):
            edit = Edit(name_span, spelled_like(dialect, old, name[-1]))
            yield from _with_protocols(editable, binding, (edit,))
        return
    stem = binding.entry.service
    edits: list[Edit] = []
    for end in (item, range_end):
        if not end.key.startswith(stem) or end.key_span.path != name_span.path:
            return
        part = name[-1] + end.key.removeprefix(stem)
        old = editable.source.slice(end.key_span)
        edits.append(Edit(end.key_span, spelled_like(dialect, old, part)))
    yield from _with_protocols(editable, binding, tuple(edits))


def _with_protocols(
    editable: EditableRegistry, binding: EntryBinding, edits: Edits
) -> Iterator[Edits]:
    """Yield `edits` alone, and then with edits that state the protocols.

    Protocols that the entry has only by its name or number would be lost otherwise.
    """
    yield keep_alignment(editable, binding, edits)
    for protocol_edits in metadata_edits(
        editable, binding, entry_spec.spec_of(binding.entry), "protocol"
    ):
        is_apart = not any(
            are_touching(new.span, other.span) for new in protocol_edits for other in edits
        )
        if is_apart:
            yield (*edits, *protocol_edits)


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
    if (
        binding.is_structured()
        or next(metadata_edits(editable, binding, spec, ""), None) is not None
    ):
        return None
    value = editable.dialect.leaf(entry_spec.leaf_fields(spec, editable.dialect))
    name = editable.dialect.key(binding.entry.service)
    hint = f"write `{name}{editable.dialect.assignment}{value}`, and change its uses"
    message = "a plain number has no protocol or description here"
    return refusals.Reason(message, binding.entry.value_span, hint)
