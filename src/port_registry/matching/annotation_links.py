"""Which entry each number of a machine is tied to, decided once.

Several rules speak of the same numbers; that one fault is reported by one rule only holds
because all of them ask here who a number belongs to.

An annotation ties a number in its process when the number is the one that the comment
repeats, or the entry's own, or the only one that the comment can mean; a comment right
above a number goes before the other comments of its process. A tied number that is not its
entry's has *drifted*. When a number that a process listens on has drifted, so have the
numbers without annotation of other processes that connect to it. A reference to an entry,
which Nix can hold, is tied by itself and cannot drift.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from port_registry.facts.identifiers import normalise
from port_registry.matching import service_affinity
from port_registry.matching.annotation_targets import AnnotationTarget, mark
from port_registry.matching.locality import is_local
from port_registry.matching.memoize import cached_per_project
from port_registry.matching.project import Project
from port_registry.model import (
    Entry,
    Machine,
    PortRange,
    Reader,
    Registry,
    Role,
    Service,
    Span,
    Use,
)
from port_registry.registry.lookup import EntryIndex

Key = tuple[Span, int]
"""A spot's place and number."""


class UseSite(NamedTuple):
    """One place in the text and its number, with all the uses that come from it.

    A shared variable, an anchor or an extended file gives one place to many processes.
    """

    number: int
    ports: PortRange | None
    """The number as a port, or None where it is none."""
    span: Span
    """The digits where they are known, else the place to show."""
    digits: Span | None
    uses: tuple[Use, ...]
    """At least one."""

    def processes(self) -> tuple[str, ...]:
        """Return the processes that the number reaches, in order, without duplicates."""
        return tuple(dict.fromkeys(use.service for use in self.uses))

    def refers(self) -> bool:
        """Return whether it is a reference to an entry, which no comment has to tie to it."""
        return any(use.entry for use in self.uses)

    def listens(self) -> bool:
        """Return whether some process listens there."""
        return any(use.role is Role.LISTENS for use in self.uses)

    def asks(self) -> bool:
        """Return whether every use connects there or probes it."""
        return all(use.role in (Role.CONNECTS, Role.PROBES) for use in self.uses)


class AnnotationLink(NamedTuple):
    """What an annotation makes of one spot."""

    spot: UseSite
    mark: AnnotationTarget
    drifted: bool
    """Whether the number is not the entry's."""
    certain: bool
    """Whether nothing else can be meant, so that the entry's number can be written."""
    followed: bool = False
    """Whether the annotation is another process's, whose port this one connects to."""


class AnnotatedMachine(NamedTuple):
    """A machine and what annotations say of its uses."""

    machine: Machine
    entries: EntryIndex
    marks: tuple[AnnotationTarget, ...]
    spots: tuple[UseSite, ...]
    by_key: Mapping[Key, AnnotationLink]
    services: Mapping[str, Service]
    """The processes of the stack by name."""

    def of(self, use: Use) -> AnnotationLink | None:
        """Return what ties `use` to an annotation, or None where nothing does."""
        return self.by_key.get(_key(use))

    def entry(self, use: Use) -> Entry | None:
        """Return the entry that `use` refers to, or that an annotation ties it to."""
        if use.entry:
            return self.entries.named(use.entry)
        tie = self.of(use)
        return None if tie is None else tie.mark.entry

    def number(self, use: Use) -> int:
        """Return the number that `use` will have when nothing is drifted any more.

        The rules on clashes and probes judge that one; `stale-annotation` reports the drift.
        """
        tie = self.of(use)
        entry = None if tie is None or not tie.drifted else tie.mark.entry
        if entry is None or service_affinity.conflicting_services(entry, use.program):
            return use.number
        ports = entry.endpoint.ports
        return ports.first if ports.is_single() else use.number


def _key(use: Use) -> Key:
    return (use.digits or use.span, use.number)


@cached_per_project
def annotated_machines(project: Project) -> tuple[AnnotatedMachine, ...]:
    """Return the machines of `project` with what ties their uses to entries, in order."""
    indexes = {"": EntryIndex(project.registry)}
    for host in project.registries:
        if host.host:
            indexes[host.host] = EntryIndex(_with_own(project.registry, host.registry))
    return tuple(
        _annotated(project, indexes.get(machine.name, indexes[""]), machine)
        for machine in project.machines
    )


def _with_own(shared: Registry, own: Registry) -> Registry:
    """Return `shared` with the entries that a host has of its own over it."""
    names = {entry.name for entry in own.entries}
    below = (entry for entry in shared.entries if entry.name not in names)
    return own.replace(entries=(*own.entries, *below))


def _annotated(project: Project, index: EntryIndex, machine: Machine) -> AnnotatedMachine:
    """Decide for one machine."""
    marks = tuple(mark(project, index, annotation) for annotation in machine.annotations)
    spots = _spots(machine)
    numbers = [spot for spot in spots if not spot.refers()]
    found = _Finder(project.reader, index, marks, numbers)
    found.match()
    found.adopt()
    found.follow()
    services = {service.name: service for service in machine.services}
    return AnnotatedMachine(machine, index, marks, spots, found.ties, services)


def _spots(machine: Machine) -> tuple[UseSite, ...]:
    """Group the uses of `machine` by the place they come from, in order of appearance."""
    grouped: dict[Key, list[Use]] = {}
    for use in machine.uses():
        grouped.setdefault(_key(use), []).append(use)
    return tuple(
        UseSite(number, uses[0].ports, span, uses[0].digits, tuple(uses))
        for (span, number), uses in grouped.items()
    )


class _Move(NamedTuple):
    """A number that an entry has left."""

    mark: AnnotationTarget
    certain: bool
    weak: bool
    """Whether only a comment still has the number, and no process listens on it."""


class _Finder:
    """Works out the ties of one stack in three steps, each for what the last left."""

    def __init__(
        self,
        reader: Reader,
        index: EntryIndex,
        marks: Sequence[AnnotationTarget],
        spots: Sequence[UseSite],
    ) -> None:
        self.reader = reader
        self.index = index
        self.marks = marks
        self.spots = spots
        self.ties: dict[Key, AnnotationLink] = {}
        self.behind = set[int]()
        """The marks, by identity, of which a number right under them has drifted."""
        self.ahead = set[int]()
        """Those of which a number right under them is the entry's."""
        self.covering = _covering(marks, spots)
        self.by_process: dict[str, list[AnnotationTarget]] = defaultdict(list)
        for one in marks:
            self.by_process[one.annotation.service].append(one)
        self.numbers: dict[str, set[int]] = defaultdict(set)
        for spot in spots:
            for process in spot.processes():
                self.numbers[process].add(spot.number)

    def match(self) -> None:
        """Tie the spots whose number a comment repeats or an entry has."""
        for spot in self.spots:
            for tier in self._tiers(spot):
                if self._match_in(spot, tier):
                    break
        self.behind = {id(tie.mark) for tie in self.ties.values() if tie.drifted}
        self.ahead = {id(tie.mark) for tie in self.ties.values() if not tie.drifted}
        for spot in self.spots:
            if (spot.span, spot.number) not in self.ties:
                marks = [self.by_process.get(process, ()) for process in spot.processes()]
                self._match_in(spot, [one for of_process in marks for one in of_process])

    def _tiers(self, spot: UseSite) -> Iterator[Sequence[AnnotationTarget]]:
        """Yield the marks that stand above `spot`, the nearest first."""
        covering = self.covering.get((spot.span, spot.number), [])
        at = 0
        while at < len(covering):
            end = at
            while end < len(covering) and _width(covering[end]) == _width(covering[at]):
                end += 1
            yield covering[at:end]
            at = end

    def _match_in(self, spot: UseSite, tier: Sequence[AnnotationTarget]) -> bool:
        """Tie `spot` to the one of `tier` that its number speaks for, if there is one."""
        number = spot.number
        holding = [one for one in tier if one.holds(number)]
        claiming = [one for one in tier if one.claims(number) and not one.holds(number)]
        for one in holding:
            if not one.stale():
                self._tie(spot, one, certain=True)
                return True
        if claiming and holding:
            self._settle(spot, claiming[0], holding[0])
        elif claiming:
            entries = {one.annotation.name for one in claiming}
            self._tie(spot, claiming[0], certain=len(entries) == 1)
        elif holding:
            self._tie(spot, holding[0], certain=True)
        return bool(claiming or holding)

    def _settle(self, spot: UseSite, claiming: AnnotationTarget, holding: AnnotationTarget) -> None:
        """Choose between two stale comments.

        `claiming` repeats the number, `holding` names the entry that has it now. Either
        nothing has followed the registry yet, or the numbers have and the comments have
        not. The numbers right under the two tell, or else the other numbers.
        """
        stale = {id(claiming), id(holding)}
        if bool(stale & self.behind) != bool(stale & self.ahead):
            self._tie(spot, claiming if stale & self.behind else holding, certain=True)
            return
        numbers = {n for process in spot.processes() for n in self.numbers[process]}
        before = holding.annotation.number in numbers
        entry = claiming.entry
        after = entry is not None and any(claiming.holds(number) for number in numbers)
        if before:
            self._tie(spot, claiming, certain=not after)
        else:
            self._tie(spot, holding, certain=True)

    def _tie(self, spot: UseSite, one: AnnotationTarget, *, certain: bool) -> None:
        drifted = one.entry is not None and not one.holds(spot.number)
        sure = certain and (not drifted or self._is_plain(spot, one))
        self.ties[spot.span, spot.number] = AnnotationLink(spot, one, drifted, sure)

    def _is_plain(self, spot: UseSite, one: AnnotationTarget) -> bool:
        """Return whether the number can only be the entry's old one, and can be written."""
        entry = one.entry
        if entry is None or spot.digits is None or not entry.endpoint.ports.is_single():
            return False
        for use in spot.uses:
            if use.role is Role.LISTENS and service_affinity.conflicting_services(
                entry, use.program
            ):
                return False
            if service_affinity.affinity(
                entry, use.service, use.program
            ) < service_affinity.EQUAL and any(
                service_affinity.affinity(other, use.service, use.program) == service_affinity.EQUAL
                for other in self.index.holding(spot.number)
            ):
                return False
        return True

    def adopt(self) -> None:
        """Tie the spots that stand alone under a comment whose own number is nowhere."""
        satisfied = {id(tie.mark) for tie in self.ties.values()}
        free: dict[int, list[UseSite]] = defaultdict(list)
        for spot in self.spots:
            if (spot.span, spot.number) in self.ties:
                continue
            for one in self.covering.get((spot.span, spot.number), ()):
                if id(one) not in satisfied:
                    free[id(one)].append(spot)
                    break
        for one in self.marks:
            if id(one) in satisfied:
                continue
            for spot in self._meant(one, free.get(id(one), [])) or self._implied(one):
                self._tie(spot, one, certain=self._is_sure_adoption(one, spot))

    def _meant(self, one: AnnotationTarget, spots: Sequence[UseSite]) -> list[UseSite]:
        """Return those of `spots`, which stand under `one`, that it can only mean.

        They are one number, or one that is listened on among others.
        """
        alone = len({spot.number for spot in spots}) == 1
        listening = [spot for spot in spots if spot.listens()]
        if len({spot.number for spot in listening}) == 1:
            return listening
        if not alone or listening:
            return []
        free = not self.index.holding(spots[0].number)
        meant = one.entry is None or (free and self._is_named_under(one))
        return list(spots) if meant else []

    def _is_named_under(self, one: AnnotationTarget) -> bool:
        """Return whether what `one` stands above speaks of the entry, as `REDIS_PORT` does."""
        if one.entry is None:
            return False
        text = self.reader.read(one.annotation.covers.path).slice(one.annotation.covers)
        return normalise(one.entry.service) in normalise(text)

    def _is_sure_adoption(self, one: AnnotationTarget, spot: UseSite) -> bool:
        covered = one in self.covering.get((spot.span, spot.number), ())
        return covered and spot.listens() and not self.index.holding(spot.number)

    def _implied(self, one: AnnotationTarget) -> list[UseSite]:
        """Return what the process of `one` listens on, where `one` can mean it.

        It is one number then, and the entry is more the process's own than any that has it.
        """
        entry, process = one.entry, one.annotation.service
        if entry is None or not process:
            return []
        spots = [
            spot
            for spot in self.spots
            if (spot.span, spot.number) not in self.ties
            and any(use.service == process and use.role is Role.LISTENS for use in spot.uses)
        ]
        if len({spot.number for spot in spots}) != 1:
            return []
        program = next(use.program for use in spots[0].uses if use.service == process)
        mine = service_affinity.affinity(entry, process, program)
        others = self.index.holding(spots[0].number)
        closer = all(service_affinity.affinity(other, process, program) < mine for other in others)
        return spots if mine > 1 and closer else []

    def follow(self) -> None:
        """Tie the spots without annotation that connect to a number that has moved."""
        moved, staying = self._moves()
        for spot in self.spots:
            if spot.number in staying or spot.listens() or (spot.span, spot.number) in self.ties:
                continue
            move = moved.get(spot.number)
            if move is not None and all(is_local(use) for use in spot.uses):
                taken = bool(self.index.holding(spot.number))
                if not (taken and move.weak):
                    sure = move.certain and spot.asks() and not taken
                    self._tie(spot, move.mark, certain=sure)
                    tie = self.ties[spot.span, spot.number]
                    self.ties[spot.span, spot.number] = tie._replace(followed=True)

    def _moves(self) -> tuple[dict[int, _Move], set[int]]:
        """Return the numbers that entries of this stack have left, and those that stay.

        A number stays when some process goes on listening on it.
        """
        moved: dict[int, _Move] = {}
        staying = set[int]()
        for spot in self.spots:
            if not spot.listens():
                continue
            tie = self.ties.get((spot.span, spot.number))
            if tie is not None and tie.drifted:
                moved.setdefault(spot.number, _Move(tie.mark, tie.certain, weak=False))
            else:
                staying.add(spot.number)
        for one in self.marks:
            number = one.annotation.number
            if one.stale() and number is not None:
                moved.setdefault(number, _Move(one, certain=False, weak=True))
        return moved, staying


def _width(one: AnnotationTarget) -> int:
    return one.annotation.covers.end - one.annotation.covers.start


def _covering(
    marks: Iterable[AnnotationTarget], spots: Iterable[UseSite]
) -> dict[Key, list[AnnotationTarget]]:
    """Return the marks above each spot, the narrowest first.

    What marks cover are nodes of a tree, so one walk from front to back finds them.
    """
    starts = sorted(marks, key=lambda one: (one.annotation.covers[:2], -_width(one)))
    ordered = sorted(spots, key=lambda spot: spot.span)
    found: dict[Key, list[AnnotationTarget]] = {}
    above: list[AnnotationTarget] = []
    at = 0
    for spot in ordered:
        path, start, end = spot.span
        while at < len(starts) and starts[at].annotation.covers[:2] <= (path, start):
            above.append(starts[at])
            at += 1
        above = [
            one
            for one in above
            if one.annotation.covers.path == path and one.annotation.covers.end >= end
        ]
        if above:
            found[spot.span, spot.number] = sorted(above, key=_width)
    return found
