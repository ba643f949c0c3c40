"""Changes of an entry together with every use of it, or not at all.

All edits are applied in memory, and the project is read and checked again: every reference
must lead to the same entry, and the check may find nothing new.
"""

from collections.abc import Collection, Iterable, Sequence

from port_registry import model
from port_registry.changes import entry_uses, use_changes, verify_change
from port_registry.changes.add_entry import RequestedEntry, choose_ports
from port_registry.changes.change_context import ChangeContext, HoldingRegistry, read_change_context
from port_registry.changes.registry_transaction import OpenRegistry
from port_registry.checks.pipeline import check_gathered
from port_registry.project.entry_names import refuse_unavailable
from port_registry.project.files import Files
from port_registry.project.gather import gather
from port_registry.project.governing_registry import load_registry
from port_registry.project.progress import Progress
from port_registry.project.write import Rewrite
from port_registry.registry.attribute_lookup import Presence, RegistryAttributes
from port_registry.registry.edit import modify
from port_registry.registry.edit.editable_registry import EditableRegistry
from port_registry.registry.edit.remove import remove


class ChangeNote(model.NamedTuple):
    """A note on a change, such as a use that stays as it is."""

    message: str
    path: str
    position: model.Position


class EntryChange(model.NamedTuple):
    """The result of a change; nothing is written yet."""

    rewrites: tuple[Rewrite, ...]
    """The files that change; the registries are the last, so that the same command can be run
    again if it is killed between two files."""
    uses: int
    """The number of uses of the entry that change with it."""
    notes: tuple[ChangeNote, ...]


class EntryUpdate(model.NamedTuple):
    """New values of an entry; None for each that stays."""

    ports: model.PortRange | None = None
    protocols: tuple[model.Protocol, ...] | None = None
    """Sorted by value."""
    description: str | None = None


class UsedError(model.RegistryError):
    """An entry cannot be removed, because something uses it."""


class EditSession:
    """A project's files with edits applied, next to their original text."""

    def __init__(self, files: Files) -> None:
        self.files = files
        """The files with all edits so far."""
        self._original = files
        self._paths: dict[str, str] = {}
        """The path by which each real path was first named."""

    def apply(self, groups: Iterable[Iterable[model.Edit]]) -> None:
        """Apply edits to the files as they are so far, all at once.

        Raises `BlockedUseError` where two of them conflict; two equal edits do not.
        """
        changed: dict[str, model.Edits] = {}
        paths: dict[str, str] = {}
        for edit in (edit for edits in groups for edit in edits):
            real = self.files.real_path(edit.span.path)
            if real is None or not changed.setdefault(real, model.Edits()).accepts(edit):
                blocked = model.BlockedUse(
                    span=edit.span,
                    message="this place would be changed in two ways at once",
                    hint="change it by hand first",
                )
                raise verify_change.blocked_error(self._original, [blocked])
            changed[real].add(edit)
            paths.setdefault(real, edit.span.path)
        texts = {
            real: changed[real].apply(self.files.read(path).text) for real, path in paths.items()
        }
        self.files = self.files.with_texts(texts)
        self._paths = {**paths, **self._paths}

    def rewrites(self, last: Collection[str]) -> tuple[Rewrite, ...]:
        """Return the files that change, sorted by path, those at the paths `last` at the end."""
        rewrites: list[Rewrite] = []
        for real, path in self._paths.items():
            before, after = self._original.read(path).text, self.files.read(path).text
            if before != after:
                rewrites.append(Rewrite(path, real, before, after))
        return tuple(sorted(rewrites, key=lambda rewrite: (rewrite.path in last, rewrite.path)))


def rename_entry(
    registry: OpenRegistry, old: model.Name, new: model.Name, progress: Progress
) -> EntryChange:
    """Return the change that renames the entry `old` to `new`, which may be in another category.

    Raises `UsageError` where there is no such entry, `RegistryError` where its new name is
    taken or not possible in the registry, `BlockedUseError` where a use cannot be changed.
    """
    context = read_change_context(registry, old, progress)
    if old == new:
        return EntryChange((), 0, ())
    _refuse_taken(context, new)
    own = [modify.rename(holder.editable, holder.binding, new) for holder in context.holders]
    renaming = model.Renaming(old, new, _vanishing_steps(context, own))
    changes = use_changes.rename_uses(context, renaming)
    session = _start_session(context, changes)
    session.apply([*own, *changes.edits])
    return _verified(context, renaming, session, changes, progress)


def remove_entry(
    registry: OpenRegistry, name: model.Name, progress: Progress, *, is_forced: bool = False
) -> EntryChange:
    """Return the change that removes the entry `name`.

    Its uses stay as they are if that `is_forced`; otherwise, raises `UsedError` where there are
    any. Raises `RegistryError` as `rename_entry` does.
    """
    context = read_change_context(registry, name, progress)
    uses = entry_uses.uses_of_entry(context.gathered, name)
    if uses and not is_forced:
        positions = verify_change.format_positions(context.files, [use.span for use in uses])
        places = "1 place uses" if len(uses) == 1 else f"{len(uses)} places use"
        them = "it" if len(uses) == 1 else "them"
        raise UsedError(
            f"{places} {model.format_name(name)}: {positions}; nothing was removed",
            hint=f"change {them} first; `--force` removes the entry all the same",
        )
    session = EditSession(context.files)
    session.apply([remove(holder.editable, holder.binding) for holder in context.holders])
    notes = [_note(context.files, f"this {use.form.value} is left", use.span) for use in uses]
    return EntryChange(session.rewrites(()), 0, tuple(notes))


def update_entry(
    registry: OpenRegistry, name: model.Name, update: EntryUpdate, progress: Progress
) -> EntryChange:
    """Return the change that gives the entry `name`, and the numbers tied to it, new values.

    Raises `RegistryError` where its new port is taken, and as `rename_entry` does,
    `BlockedUseError` where a number that is tied to it cannot be changed.
    """
    context = read_change_context(registry, name, progress)
    holder = _only_holder(context)
    entry = holder.binding.entry
    ports = entry.endpoint.ports if update.ports is None else update.ports
    protocols = entry.endpoint.protocols if update.protocols is None else update.protocols
    description = entry.description if update.description is None else update.description
    endpoint = entry.endpoint._replace(ports=ports, protocols=protocols)
    changes = use_changes.UseChanges()
    if endpoint != entry.endpoint:
        _refuse_clash(context, holder, RequestedEntry(name, ports, protocols, "", *endpoint[2:]))
    if ports != entry.endpoint.ports:
        changes = use_changes.renumber_uses(context, holder, ports)
    session = _start_session(context, changes)
    if ports != entry.endpoint.ports:
        own = modify.set_ports(holder.editable, holder.binding, ports)
        session.apply([own, *changes.edits])
    if protocols != entry.endpoint.protocols:
        current = _reopened(context, holder, session)
        session.apply([modify.set_protocols(current.editable, current.binding, protocols)])
    if description != entry.description:
        current = _reopened(context, holder, session)
        session.apply([modify.describe(current.editable, current.binding, description)])
    for other in context.holders[1:]:
        message = f"{other.path} has its own {model.format_name(name)}, which stays"
        changes.notes.append(model.Note(message, other.binding.entry.name_span))
    return _verified(context, model.Renaming(name, name), session, changes, progress)


def _only_holder(context: ChangeContext) -> HoldingRegistry:
    """Return the registry that is meant where several have the entry: the shared one."""
    first, *others = context.holders
    if first.registry_index and others:
        raise model.RegistryError(
            f"{len(context.holders)} hosts have a {model.format_name(context.name)} of their own",
            path=first.path,
            position=verify_change.position_of(context.files, first.binding.entry.name_span),
            hint="change the one that you mean by hand",
        )
    return first


def _reopened(
    context: ChangeContext, holder: HoldingRegistry, session: EditSession
) -> HoldingRegistry:
    """Return `holder` with the edits of `session` so far."""
    editable = EditableRegistry(session.files, holder.path, holder.editable.attribute)
    binding = editable.find(context.name) or holder.binding
    return holder._replace(editable=editable, binding=binding)


def _vanishing_steps(context: ChangeContext, own: Sequence[use_changes.Edits]) -> int:
    """Return the number of steps of the name of a category that the entry leaves empty."""
    session = EditSession(context.files)
    session.apply(own)
    attributes = [
        RegistryAttributes(session.files, _reopened(context, holder, session).editable.registry)
        for holder in context.holders
    ]
    for size in range(1, len(context.name)):
        lookups = [of_registry.look_up(context.name[:size]) for of_registry in attributes]
        if all(lookup.presence is Presence.ABSENT for lookup in lookups):
            return size
    return 0


def _refuse_taken(context: ChangeContext, name: model.Name) -> None:
    """Raise an error if `name` is taken in a registry of the project."""
    holders = {holder.registry_index: holder for holder in context.holders}
    for index, part in enumerate(context.project.registries):
        holder = holders.get(index)
        if holder is not None:
            refuse_unavailable(holder.editable, name, holder.binding.entry)
        elif index == 0:
            refuse_unavailable(context.open_registry.editable, name)
        elif any(entry.name == name for entry in part.registry.entries):
            refuse_unavailable(EditableRegistry(context.files, part.registry.path, None), name)


def _refuse_clash(
    context: ChangeContext, holder: HoldingRegistry, requested: RequestedEntry
) -> None:
    """Raise an error if the requested ports are another entry's."""
    registry = holder.editable.registry
    entries = [entry for entry in registry.entries if entry.name != context.name]
    if holder.registry_index:
        own = {entry.name for entry in registry.entries}
        shared = context.open_registry.editable.registry.entries
        entries += (entry for entry in shared if entry.name not in own)
    others = registry.replace(entries=tuple(entries))
    choose_ports(others, context.open_registry.convention, context.files, requested)


def _start_session(context: ChangeContext, changes: use_changes.UseChanges) -> EditSession:
    """Return a session to apply `changes` in; raise an error if a use blocks them."""
    if changes.blocked:
        raise verify_change.blocked_error(context.files, sorted(changes.blocked))
    return EditSession(context.files)


def _verified(
    context: ChangeContext,
    renaming: model.Renaming,
    session: EditSession,
    changes: use_changes.UseChanges,
    progress: Progress,
) -> EntryChange:
    """Return the change in `session`, if nothing else is worse after it."""
    workspace = context.open_registry.workspace._replace(files=session.files)
    after = gather(workspace, load_registry(workspace), progress)
    lost = list(verify_change.lost_references(context.project, after.project, renaming))
    if lost:
        raise verify_change.blocked_error(context.files, lost)
    outcome = check_gathered(workspace, after, progress)
    registries = context.registries()
    notes = [_note(context.files, note.message, note.span) for note in changes.notes]
    noted_lines = {(note.path, note.position.line) for note in notes}
    worse: list[model.Finding] = []
    old_findings = verify_change.keyed_findings(context.outcome.findings, context.files, renaming)
    findings = verify_change.keyed_findings(outcome.findings, session.files, renaming)
    for finding in verify_change.new_findings(old_findings, findings):
        note = _note(session.files, f"{finding.message} ({finding.rule})", finding.span)
        if note.path in registries and finding.severity is not model.Severity.ERROR:
            notes.append(note)
        elif (note.path, note.position.line) not in noted_lines:
            worse.append(finding)
    if worse:
        raise verify_change.blocked_error(session.files, list(map(_blocking, worse)), "more")
    return EntryChange(session.rewrites(registries), len(changes.edits), tuple(notes))


def _note(reader: model.Reader, message: str, span: model.Span) -> ChangeNote:
    return ChangeNote(message, span.path, verify_change.position_of(reader, span))


def _blocking(finding: model.Finding) -> model.BlockedUse:
    """Return a finding that a check would have after a change as what blocks that."""
    return model.BlockedUse(
        span=finding.span,
        message=f"`check` would find here: {finding.message} ({finding.rule})",
        hint=f"`port-registry explain {finding.rule}` says what that means",
    )
