"""An entry changed together with every use of it, or not at all.

All edits are carried out in memory, and the project is read and checked again: every
reference must lead where it did, and a check may find nothing that it did not find before.
"""

from collections.abc import Sequence
from typing import NamedTuple

from port_registry.changes.add_entry import RequestedEntry, choose
from port_registry.changes.registry_transaction import OpenRegistry
from port_registry.changes.uses.blocked_uses import BlockedUseError, places, position, refuse
from port_registry.changes.uses.change_context import HoldingRegistry, Scene, scene_of
from port_registry.changes.uses.changes import UseChanges
from port_registry.changes.uses.edit_session import EditSession
from port_registry.changes.uses.listing import uses_of
from port_registry.changes.uses.numbers import renumber_uses
from port_registry.changes.uses.renaming import rename_uses
from port_registry.changes.uses.verify_change import CheckedFindings, lost, worse
from port_registry.checks.pipeline import check_gathered
from port_registry.model import (
    BlockedUse,
    Edit,
    Finding,
    Name,
    Note,
    PortRange,
    Position,
    Protocol,
    Reader,
    RegistryError,
    Renaming,
    Severity,
    Span,
    format_name,
)
from port_registry.project.entry_names import refuse_taken
from port_registry.project.gather import gather
from port_registry.project.governing_registry import load_registry
from port_registry.project.progress import Progress
from port_registry.project.write import Rewrite
from port_registry.registry.attribute_lookup import Presence, RegistryAttributes
from port_registry.registry.edit import modify
from port_registry.registry.edit.editable_registry import open_editable
from port_registry.registry.edit.remove import remove as take_out

Edits = tuple[Edit, ...]


class Told(NamedTuple):
    """Something worth knowing of a change."""

    message: str
    path: str
    position: Position


class Changed(NamedTuple):
    """What a change comes to; nothing is written yet."""

    rewrites: tuple[Rewrite, ...]
    """The files that change; the registries are the last, so that the same command can be run
    again if it is killed between two files."""
    uses: int
    """How many places that use the entry change with it."""
    told: tuple[Told, ...]


class Setting(NamedTuple):
    """What an entry is to say from now on; None where it stays."""

    ports: PortRange | None = None
    protocols: tuple[Protocol, ...] | None = None
    """Sorted by value."""
    description: str | None = None


class UsedError(RegistryError):
    """An entry cannot be removed, because something uses it."""


def renamed(opened: OpenRegistry, old: Name, new: Name, progress: Progress) -> Changed:
    """Return what calls the entry `old` by the name `new`, in another category if it says so.

    Raises `UsageError` where there is no such entry, `RegistryError` where its new name is
    taken or the registry cannot bear it, `BlockedUseError` where a use cannot be changed with it.
    """
    scene = scene_of(opened, old, progress)
    if old == new:
        return Changed((), 0, ())
    _refuse_taken(scene, new)
    own = [modify.rename(one.ground, one.leaf, new) for one in scene.holders]
    renaming = Renaming(old, new, _vanishing(scene, own))
    changes = rename_uses(scene, renaming)
    draft = _drafted(scene, changes)
    _carry_out(scene, draft, [*own, *changes.edits])
    return _proven(scene, renaming, draft, changes, progress)


def removed(opened: OpenRegistry, name: Name, progress: Progress) -> Changed:
    """Return what removes the entry `name`, which nothing may use.

    Raises `UsedError` where something does, `RegistryError` as `renamed` does.
    """
    scene = scene_of(opened, name, progress)
    used = uses_of(scene.gathered, name)
    if used:
        shown = places(scene.files, [one.span for one in used])
        many = "1 place uses" if len(used) == 1 else f"{len(used)} places use"
        them = "it" if len(used) == 1 else "them"
        raise UsedError(
            f"{many} {format_name(name)}: {shown}; nothing was removed",
            hint=f"change {them} first; `--force` removes the entry all the same",
        )
    return _taken_out(scene, ())


def removed_at_any_rate(opened: OpenRegistry, name: Name, progress: Progress) -> Changed:
    """Return what removes the entry `name`, whatever uses it; its uses stay as they are."""
    scene = scene_of(opened, name, progress)
    used = uses_of(scene.gathered, name)
    return _taken_out(
        scene, tuple(_told(scene.files, f"this {one.form.value} is left", one.span) for one in used)
    )


def set_to(opened: OpenRegistry, name: Name, setting: Setting, progress: Progress) -> Changed:
    """Return what has the entry `name` say what `setting` does, and the numbers tied to it too.

    Raises `RegistryError` where its new port is taken, and as `renamed` does, `BlockedUseError`
    where a number that is tied to it cannot be changed.
    """
    scene = scene_of(opened, name, progress)
    holder = _one_holder(scene)
    entry = holder.leaf.entry
    ports = entry.endpoint.ports if setting.ports is None else setting.ports
    protocols = entry.endpoint.protocols if setting.protocols is None else setting.protocols
    described = entry.description if setting.description is None else setting.description
    endpoint = entry.endpoint._replace(ports=ports, protocols=protocols)
    changes = UseChanges()
    if endpoint != entry.endpoint:
        _refuse_clash(scene, holder, RequestedEntry(name, ports, protocols, "", *endpoint[2:]))
    if ports != entry.endpoint.ports:
        changes = renumber_uses(scene, holder, ports)
    draft = _drafted(scene, changes)
    if ports != entry.endpoint.ports:
        own = modify.set_ports(holder.ground, holder.leaf, ports)
        _carry_out(scene, draft, [own, *changes.edits])
    if protocols != entry.endpoint.protocols:
        now = _again(scene, holder, draft)
        _carry_out(scene, draft, [modify.set_protocols(now.ground, now.leaf, protocols)])
    if described != entry.description:
        now = _again(scene, holder, draft)
        _carry_out(scene, draft, [modify.describe(now.ground, now.leaf, described)])
    changes.notes += (
        Note(
            f"{other.path} has its own {format_name(name)}, which stays", other.leaf.entry.name_span
        )
        for other in scene.holders
        if other.part != holder.part
    )
    return _proven(scene, Renaming(name, name), draft, changes, progress)


def _one_holder(scene: Scene) -> HoldingRegistry:
    """Return the registry that is meant where several have the entry: the fleet's."""
    first, *others = scene.holders
    if first.part and others:
        raise RegistryError(
            f"{len(scene.holders)} hosts have a {format_name(scene.name)} of their own",
            path=first.path,
            position=position(scene.files, first.leaf.entry.name_span),
            hint="change the one that you mean by hand",
        )
    return first


def _again(scene: Scene, holder: HoldingRegistry, draft: EditSession) -> HoldingRegistry:
    """Return `holder` as it is to be so far."""
    ground = open_editable(draft.files, holder.path, holder.ground.attribute)
    return holder._replace(ground=ground, leaf=ground.find(scene.name) or holder.leaf)


def _vanishing(scene: Scene, own: Sequence[Edits]) -> int:
    """Return how many first steps of the entry's name make a category that is gone with it."""
    draft = EditSession(scene.files)
    _carry_out(scene, draft, own)
    grounds = [_again(scene, holder, draft).ground for holder in scene.holders]
    books = [RegistryAttributes(draft.files, ground.registry) for ground in grounds]
    for size in range(1, len(scene.name)):
        if all(book.look_up(scene.name[:size]).presence is Presence.ABSENT for book in books):
            return size
    return 0


def _refuse_taken(scene: Scene, name: Name) -> None:
    """Raise the error for a name that a registry of the project has no room for."""
    holders = {holder.part: holder for holder in scene.holders}
    for at, part in enumerate(scene.project.registries):
        holder = holders.get(at)
        if holder is not None:
            refuse_taken(holder.ground, name, holder.leaf.entry)
        elif at == 0:
            refuse_taken(scene.opened.ground, name)
        elif any(entry.name == name for entry in part.registry.entries):
            refuse_taken(open_editable(scene.files, part.registry.path, None), name)


def _refuse_clash(scene: Scene, holder: HoldingRegistry, asked: RequestedEntry) -> None:
    """Raise the error for ports that are another entry's."""
    registry = holder.ground.registry
    entries = [entry for entry in registry.entries if entry.name != scene.name]
    if holder.part:
        own = {entry.name for entry in registry.entries}
        fleet = scene.opened.ground.registry.entries
        entries += (entry for entry in fleet if entry.name not in own)
    others = registry.replace(entries=tuple(entries))
    choose(others, scene.opened.convention, scene.files, asked)


def _taken_out(scene: Scene, told: tuple[Told, ...]) -> Changed:
    draft = EditSession(scene.files)
    _carry_out(scene, draft, [take_out(one.ground, one.leaf) for one in scene.holders])
    return Changed(draft.rewrites(()), 0, told)


def _drafted(scene: Scene, changes: UseChanges) -> EditSession:
    """Return the draft to carry `changes` out in; raises the error for what stops them."""
    if changes.blocked:
        raise refuse(scene.files, sorted(changes.blocked))
    return EditSession(scene.files)


def _carry_out(scene: Scene, draft: EditSession, groups: Sequence[Edits]) -> None:
    caught = draft.carry_out(groups)
    if caught is not None:
        message = "this place would be changed in two ways at once"
        raise refuse(scene.files, [BlockedUse(caught.span, message, "change it by hand first")])


def _proven(
    scene: Scene, renaming: Renaming, draft: EditSession, changes: UseChanges, progress: Progress
) -> Changed:
    """Return what was drafted, if nothing else is worse for it."""
    workspace = scene.opened.workspace._replace(files=draft.files)
    after = gather(workspace, load_registry(workspace), progress)
    gone = list(lost(scene.project, after.project, renaming))
    if gone:
        raise refuse(scene.files, gone)
    outcome = check_gathered(workspace, after, progress)
    own = scene.registries()
    told = [_told(scene.files, note.message, note.span) for note in changes.notes]
    left = {(one.path, one.position.line) for one in told}
    worst: list[Finding] = []
    before = CheckedFindings(scene.outcome.findings, scene.files)
    for finding in worse(before, CheckedFindings(outcome.findings, draft.files), renaming):
        one = _told(draft.files, f"{finding.message} ({finding.rule})", finding.span)
        if one.path in own and finding.severity is not Severity.ERROR:
            told.append(one)
        elif (one.path, one.position.line) not in left:
            worst.append(finding)
    if worst:
        raise _worsened(draft.files, worst)
    return Changed(draft.rewrites(own), len(changes.edits), tuple(told))


def _told(reader: Reader, message: str, span: Span) -> Told:
    return Told(message, span.path, position(reader, span))


def _worsened(reader: Reader, findings: Sequence[Finding]) -> BlockedUseError:
    """Return the error for a change after which a check finds more."""
    first, *others = findings
    message = f"`check` would find here: {first.message} ({first.rule}); nothing was changed"
    if others:
        message += f" (and more at {places(reader, [one.span for one in others])})"
    return BlockedUseError(
        message,
        path=first.span.path,
        position=position(reader, first.span),
        hint=f"`port-registry explain {first.rule}` says what that means",
    )
