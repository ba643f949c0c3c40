"""A new entry, where a careful person would put it and as its neighbours are written.

It goes into its category's set: by number if the set is sorted by number, by name if it is
by name, else at the end. A category that does not exist is made behind the others, in their
style. Several places and ways are tried, the best first, until one gives a file that holds
the entry, and everything else as before.
"""

from collections.abc import Iterator

from port_registry.model import Edit, format_name
from port_registry.registry.edit.binding_lines import dotted
from port_registry.registry.edit.editable_registry import EditableRegistry, EntryBinding, meaning
from port_registry.registry.edit.entry_spec import EntrySpec, RenderedValue, fields, number, plain
from port_registry.registry.edit.insertion_point import NewBinding, proposals
from port_registry.registry.edit.nixos_options import declared, declares, inexpressible
from port_registry.registry.edit.refusals import Reason, composed, no_place, taken
from port_registry.registry.edit.value_styles import ways
from port_registry.registry.edit.verify import Trial


def add(ground: EditableRegistry, wish: EntrySpec) -> tuple[Edit, ...]:
    """Return the edits that add `wish`, whose name must be new.

    Raises `RefusedError` where the file's shape cannot bear it; its hint has the line to
    write by hand.
    """
    wish = wish._replace(description=" ".join(wish.description.split()))
    if ground.taken(wish.name):
        raise taken(ground, wish.name)
    trial = Trial(ground)
    barred = no_place(ground, wish.name) or _undeclared(ground, wish)

    def values(model: EntryBinding | None) -> Iterator[RenderedValue]:
        return ways(ground, wish, model)

    newcomer = NewBinding(wish.name, wish.ports, values, fields(wish, ground.dialect))
    for edit in () if barred else proposals(ground, newcomer):
        change = trial.carry_out((edit,))
        leaf = None if change is None else change.after.leaf(wish.name)
        if change is None:
            continue
        if leaf is None:
            what = f"nothing called `{wish.name[-1]}` is read as a port there"
            trial.fault(what, "choose another name")
        elif not _fulfils(leaf, wish):
            trial.fault(f"it would be read as `{leaf.entry}`, and not as was asked for")
        elif trial.gives(change, (), (meaning(leaf.entry),)):
            return (edit,)
    message = f"`{format_name(wish.name)}` cannot be added: "
    barred = barred or composed(ground, wish.name)
    raise trial.refusal(message, barred, f"write it where it belongs: `{by_hand(ground, wish)}`")


def _undeclared(ground: EditableRegistry, wish: EntrySpec) -> Reason | None:
    """Return why no option can be declared for `wish`; None where one can, or need not be."""
    said = inexpressible(wish)
    if not said or not declares(ground, wish.name[:-1]) or ground.root is None:
        return None
    hint = "add it without that, or keep such entries in a set that is no module"
    return Reason(said, ground.root.span, hint)


def by_hand(ground: EditableRegistry, wish: EntrySpec) -> str:
    """Return the binding of `wish` as someone can paste it."""
    dialect = ground.dialect
    written = RenderedValue(dialect.leaf(fields(wish, dialect)))
    option = declared(ground, wish, None) if declares(ground, wish.name[:-1]) else None
    if option is not None:
        written = option
    elif not wish.needs_leaf(dialect):
        *_, written = plain(wish, number(wish.ports, dialect), dialect)
    lines = dotted(dialect, dialect.path(wish.name), written)
    return " ".join(line.strip() for line in lines)


def _fulfils(leaf: EntryBinding, wish: EntrySpec) -> bool:
    """Return whether an entry says all that was wished.

    An option needs a description; where none was wished for it is the entry's name.
    """
    entry = leaf.entry
    endpoint = entry.endpoint
    is_stood_in = leaf.is_structured() and not wish.description
    said = (wish.description, entry.service) if is_stood_in else (wish.description,)
    return (
        endpoint.ports == wish.ports
        and wish.protocols in ((), endpoint.protocols)
        and (endpoint.host, endpoint.address) == (wish.host, wish.address)
        and entry.description in said
        and entry.internal == wish.internal
    )
