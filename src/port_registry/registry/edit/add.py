"""Addition of an entry in the style of its neighbours.

It goes into its category's set: by number if the set is sorted by number, by name if it is
sorted by name, else at the end. A new category goes after the others, in their style. Several
positions and styles are tried, the best first, until one results in a file that holds the
entry, and everything else as before.
"""

from functools import partial

from port_registry.model import Edit, format_name
from port_registry.registry.edit import binding_lines, entry_spec, insertion_point, nixos_options
from port_registry.registry.edit.editable_registry import EditableRegistry, EntryBinding
from port_registry.registry.edit.refusals import reason_computed_set, reason_no_place
from port_registry.registry.edit.value_styles import rendered_values
from port_registry.registry.edit.verify import ChangeTrial


def add(editable: EditableRegistry, spec: entry_spec.EntrySpec) -> tuple[Edit, ...]:
    """Return the edits that add `spec`, whose name must be new.

    Raises `RefusedError` where the file's shape does not allow it; its hint has the line to
    write by hand.
    """
    spec = spec._replace(description=" ".join(spec.description.split()))
    if editable.name_conflict(spec.name):
        raise editable.name_refusal(spec.name)
    trial = ChangeTrial(editable)
    reason = reason_no_place(editable, spec.name)
    reason = reason or nixos_options.reason_not_declarable(editable, spec)
    values = partial(rendered_values, editable, spec)
    fields = entry_spec.leaf_fields(spec, editable.dialect)
    new_binding = insertion_point.NewBinding(spec.name, spec.ports, values, fields)
    for edit in () if reason else insertion_point.insertions(editable, new_binding):
        change = trial.attempt((edit,))
        binding = None if change is None else change.after.find(spec.name)
        if change is None:
            continue
        if binding is None:
            fault = f"`{spec.name[-1]}` would not be read as a port there"
            trial.note_fault(fault, "choose another name")
        elif not _fulfils(binding, spec):
            trial.note_fault(f"it would be read as `{binding.entry}`, not as requested")
        elif trial.is_as_intended(change, (), (entry_spec.spec_of(binding.entry),)):
            return (edit,)
    lead = f"`{format_name(spec.name)}` cannot be added: "
    reason = reason or reason_computed_set(editable, spec.name)
    hint = f"write it where it belongs: `{binding_text(editable, spec)}`"
    raise trial.refusal(lead, reason, hint)


def binding_text(editable: EditableRegistry, spec: entry_spec.EntrySpec) -> str:
    """Return the binding of `spec` as text to paste."""
    dialect = editable.dialect
    rendered = entry_spec.RenderedValue(dialect.leaf(entry_spec.leaf_fields(spec, dialect)))
    is_option = nixos_options.declares_options(editable, spec.name[:-1])
    option = nixos_options.option_declaration(editable, spec, None) if is_option else None
    if option is not None:
        rendered = option
    elif not spec.needs_leaf(dialect):
        *_, rendered = entry_spec.commented_values(
            spec, entry_spec.port_value(spec.ports, dialect), dialect
        )
    lines = binding_lines.dotted_binding(dialect, dialect.path(spec.name), rendered)
    return " ".join(line.strip() for line in lines)


def _fulfils(binding: EntryBinding, spec: entry_spec.EntrySpec) -> bool:
    """Return whether the entry of `binding` is as `spec` says.

    An option needs a description; where `spec` has none, it is the entry's name.
    """
    entry = binding.entry
    endpoint = entry.endpoint
    is_substituted = binding.is_structured() and not spec.description
    descriptions = (spec.description, entry.service) if is_substituted else (spec.description,)
    return (
        endpoint.ports == spec.ports
        and spec.protocols in ((), endpoint.protocols)
        and (endpoint.host, endpoint.address) == (spec.host, spec.address)
        and entry.description in descriptions
        and entry.internal == spec.internal
    )
