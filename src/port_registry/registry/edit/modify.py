"""What an entry says, changed: its name, its ports, its protocols, its description."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from port_registry.model import Edit, Name, PortRange, Protocol, ProtocolSource, Span, format_name
from port_registry.registry.edit.alignment import in_columns
from port_registry.registry.edit.attribute_spelling import respelled
from port_registry.registry.edit.editable_registry import (
    EditableRegistry,
    EntryBinding,
    Meaning,
    meaning,
)
from port_registry.registry.edit.entry_spec import EntrySpec, fields, number
from port_registry.registry.edit.metadata import said
from port_registry.registry.edit.move import as_wish, moved, unsaid
from port_registry.registry.edit.refusals import (
    Reason,
    composed,
    no_place,
    taken,
    uncounted,
    unwritten,
)
from port_registry.registry.edit.self_references import renamed_uses
from port_registry.registry.edit.value_formats import ends_like
from port_registry.registry.edit.verify import Trial

Edits = tuple[Edit, ...]


def rename(ground: EditableRegistry, leaf: EntryBinding, name: Name) -> Edits:
    """Return the edits that call `leaf` `name`, in another category if it says so.

    What the registry's own file computes from it is rewritten too. Raises `RefusedError`
    where its binding is not written in the file, or what computes it would be torn apart.
    """
    if ground.taken(name) and name != leaf.entry.name:
        raise taken(ground, name)
    wanted = meaning(leaf.entry)._replace(name=name)
    is_moved = name[:-1] != leaf.category
    barred = unwritten(ground, leaf) or (_immovable(ground, leaf, name) if is_moved else None)
    ways = _with_uses(ground, leaf, name, (moved if is_moved else _respelled)(ground, leaf, name))
    lead = f"`{format_name(leaf.entry.name)}` cannot be called `{format_name(name)}`: "
    reason = barred or (composed(ground, name) if is_moved else None)
    return _first(ground, leaf, () if barred else ways, wanted, _Excuse(lead, reason))


def _immovable(ground: EditableRegistry, leaf: EntryBinding, name: Name) -> Reason | None:
    """Return why `leaf` cannot go to another category."""
    if leaf.is_pair():
        return Reason("two bindings make it", leaf.entry.name_span, "move them by hand")
    return no_place(ground, name)


def set_ports(ground: EditableRegistry, leaf: EntryBinding, ports: PortRange) -> Edits:
    """Return the edits that give `leaf` other ports.

    A port stays one and a range stays one, since what uses them expects that. Raises
    `RefusedError`.
    """
    wanted = meaning(leaf.entry)._replace(first=ports.first, last=ports.last)
    barred = uncounted(ground, leaf) or _reshaped(ground, leaf, ports)
    lead = f"`{format_name(leaf.entry.name)}` cannot be set to {ports}: "
    ways = () if barred else _counted(ground, leaf, ports)
    return _first(ground, leaf, ways, wanted, _Excuse(lead, barred))


def set_protocols(
    ground: EditableRegistry, leaf: EntryBinding, protocols: tuple[Protocol, ...]
) -> Edits:
    """Return the edits that give `leaf` other protocols; raises `RefusedError`."""
    values = tuple(protocol.value for protocol in protocols)
    wanted = meaning(leaf.entry)._replace(protocols=values)
    wish = as_wish(leaf)._replace(protocols=protocols)
    lead = f"`{format_name(leaf.entry.name)}` cannot be set to {'/'.join(values)}: "
    excuse = _Excuse(lead, unwritten(ground, leaf) or _unsayable(ground, leaf, wish))
    return _first(ground, leaf, said(ground, leaf, wish, "protocol"), wanted, excuse)


def describe(ground: EditableRegistry, leaf: EntryBinding, description: str) -> Edits:
    """Return the edits that give `leaf` another description; raises `RefusedError`."""
    description = " ".join(description.split())
    wanted = meaning(leaf.entry)._replace(description=description)
    wish = unsaid(leaf)._replace(description=description)
    lead = f"`{format_name(leaf.entry.name)}` cannot be described so: "
    excuse = _Excuse(lead, unwritten(ground, leaf) or _unsayable(ground, leaf, wish))
    return _first(ground, leaf, said(ground, leaf, wish, "description"), wanted, excuse)


class _Excuse(NamedTuple):
    """What to say where a change cannot be made."""

    lead: str
    reason: Reason | None


def _first(
    ground: EditableRegistry,
    leaf: EntryBinding,
    proposed: Iterable[Edits],
    wanted: Meaning,
    excuse: _Excuse,
) -> Edits:
    """Return the first of `proposed` that gives what is wanted."""
    trial = Trial(ground)
    for edits in proposed:
        change = trial.carry_out(edits)
        if change is None:
            continue
        after = change.after.leaf(wanted.name)
        if after is None:
            what = f"nothing called `{wanted.name[-1]}` is read as a port there"
            trial.fault(what, "choose another name")
        elif trial.gives(change, (leaf.entry.name,), (_assumed(leaf, wanted, after),)):
            return edits
    raise trial.refusal(excuse.lead, excuse.reason, "change it by hand, and check again")


def _assumed(leaf: EntryBinding, wanted: Meaning, after: EntryBinding) -> Meaning:
    """Return `wanted` with the protocols that its new name or number speaks for.

    That is so where those it had were assumed.
    """
    if leaf.entry.protocol_source is not ProtocolSource.ASSUMED:
        return wanted
    if wanted.protocols != meaning(leaf.entry).protocols:
        return wanted
    return wanted._replace(protocols=meaning(after.entry).protocols)


def _with_uses(
    ground: EditableRegistry, leaf: EntryBinding, name: Name, ways: Iterable[Edits]
) -> Iterator[Edits]:
    """Yield `ways` with what the file computes from the entry, first, and without."""
    for edits in ways:
        uses = renamed_uses(ground, leaf, edits, name)
        if uses:
            yield (*edits, *uses)
        yield edits


def _respelled(ground: EditableRegistry, leaf: EntryBinding, name: Name) -> Iterator[Edits]:
    """Yield the edits of the name's last part, of both names where a pair makes the entry."""
    span, dialect = leaf.entry.name_span, ground.dialect
    written = ground.source.slice(span)
    item, second = leaf.draft.item, leaf.draft.range_end
    if second is None:
        if written in (item.key, dialect.text(item.key)):
            edit = Edit(span, respelled(dialect, written, name[-1]))
            yield from _kept(ground, leaf, (edit,))
        return
    ends = [(one.key_span, one.key) for one in (item, second)]
    stem = leaf.entry.service
    edits = tuple(
        Edit(place, respelled(dialect, ground.source.slice(place), name[-1] + key[len(stem) :]))
        for place, key in ends
        if key.startswith(stem) and place.path == span.path
    )
    if len(edits) == len(ends):
        yield from _kept(ground, leaf, edits)


def _kept(ground: EditableRegistry, leaf: EntryBinding, edits: Edits) -> Iterator[Edits]:
    """Yield `edits`, and then others that also say the protocols.

    Those that the entry has by its name or number alone would be lost.
    """
    yield in_columns(ground, leaf, edits)
    for saying in said(ground, leaf, as_wish(leaf), "protocol"):
        is_apart = not any(_touch(one.span, other.span) for one in saying for other in edits)
        if is_apart:
            yield (*edits, *saying)


def _touch(one: Span, other: Span) -> bool:
    return one.start <= other.end and other.start <= one.end


def _counted(ground: EditableRegistry, leaf: EntryBinding, ports: PortRange) -> Iterator[Edits]:
    """Yield the edits of the digits."""
    digits = leaf.entry.digits
    texts = [str(ports.first), str(ports.last)][-len(digits) :]
    edits = tuple(Edit(span, text) for span, text in zip(digits, texts, strict=True))
    if _is_text(ground, leaf) and (ports.is_single() or len(digits) == 1):
        yield (Edit(digits[0]._replace(end=digits[-1].end), str(ports)),)
    elif len(digits) == 2 or ports.is_single():
        yield from _kept(ground, leaf, edits)


def _is_text(ground: EditableRegistry, leaf: EntryBinding) -> bool:
    """Return whether the ports are digits in one string, as in `"49000-49099"`."""
    first, last = leaf.entry.digits[0], leaf.entry.digits[-1]
    text, is_one = ground.source.text, first.path == last.path == ground.source.path
    return is_one and text[first.start - 1] == '"' == text[last.end : last.end + 1]


def _reshaped(ground: EditableRegistry, leaf: EntryBinding, ports: PortRange) -> Reason | None:
    """Return why a port cannot become a range: what takes a number from it would get a set."""
    digits = leaf.entry.digits
    if len(digits) == 2 or ports.is_single() or _is_text(ground, leaf):
        return None
    value = number(ports, ground.dialect, ends_like(ground.leaves))
    name = ground.dialect.key(leaf.entry.service)
    hint = f"write `{name}{ground.dialect.assign}{value}{ground.dialect.end}`, and change its uses"
    return Reason("it is one port, and whatever uses it takes a number", digits[0], hint)


def _unsayable(ground: EditableRegistry, leaf: EntryBinding, wish: EntrySpec) -> Reason | None:
    """Return why nothing can be said of a number where no comment can stand."""
    if leaf.is_structured() or next(said(ground, leaf, wish, ""), None) is not None:
        return None
    value = ground.dialect.leaf(fields(wish, ground.dialect))
    name = ground.dialect.key(leaf.entry.service)
    hint = f"write `{name}{ground.dialect.assign}{value}`, and change its uses"
    return Reason("a number says nothing more than itself here", leaf.entry.value_span, hint)
