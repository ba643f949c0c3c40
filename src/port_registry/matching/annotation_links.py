"""Links between the numbers of one machine and its annotations, decided once.

Several rules speak of the same numbers; that one fault is reported by one rule only holds
because all of them ask here which entry a number belongs to.

An annotation is linked to a number of its service, or of its project of containers, when the
number is the one that the comment repeats, or the entry's own, or the only one that the comment
can mean; a comment right above a number goes before the others, and means that number even
where another process connects to the entry's. A linked number that is not its entry's is
*stale*. When a number that a service listens on is stale, so are the
numbers without annotation of other services that connect to it. A reference to an entry
needs no link and cannot be stale.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from port_registry.facts.identifiers import normalise
from port_registry.matching import locality, service_affinity
from port_registry.matching.annotation_targets import AnnotationTarget
from port_registry.matching.use_sites import SiteKey, UseSite
from port_registry.model import TAKES, Entry, MachineKind, NamedTuple, Reader, Use
from port_registry.registry.lookup import EntryIndex


class AnnotationLink(NamedTuple):
    """The link between a use site and the annotation that it belongs to."""

    site: UseSite
    target: AnnotationTarget
    stale: bool
    """Whether the number is not the entry's."""
    certain: bool
    """Whether nothing else can be meant, so that the entry's number can be written."""
    follows_listener: bool = False
    """Whether the annotation is another service's, to whose port this site connects."""


class _MovedNumber(NamedTuple):
    """A number that an entry had before."""

    target: AnnotationTarget
    certain: bool
    only_in_comment: bool
    """Whether only a comment still has the number, and no service listens on it."""


class LinkFinder:
    """Finds the links between sites and annotations of one machine."""

    def __init__(
        self,
        reader: Reader,
        index: EntryIndex,
        kind: MachineKind,
        targets: Sequence[AnnotationTarget],
        sites: Sequence[UseSite],
    ) -> None:
        self.reader = reader
        self.index = index
        self.kind = kind
        self.targets = targets
        self.sites = sites
        self.links: dict[SiteKey, AnnotationLink] = {}
        self.stale_targets = set[int]()
        """The targets, by identity, of which a number right below them is stale."""
        self.current_targets = set[int]()
        """Those of which a number right below them is the entry's."""
        self.covering = _covering_targets(targets, sites)
        self.by_service: dict[str, list[AnnotationTarget]] = defaultdict(list)
        for target in targets:
            self.by_service[target.annotation.service].append(target)
        self.numbers_by_service: dict[str, set[int]] = defaultdict(set)
        self.listening_by_service: dict[str, set[int]] = defaultdict(set)
        for site in sites:
            for use in site.uses:
                self.numbers_by_service[use.service].add(site.number)
                if use.role in TAKES:
                    self.listening_by_service[use.service].add(site.number)

    def find(self) -> Mapping[SiteKey, AnnotationLink]:
        """Return the links, found in four steps, each for what the last left."""
        self._link_by_number()
        self._link_remaining()
        self._link_defaults()
        self._link_clients()
        return self.links

    def _link_by_number(self) -> None:
        """Link the sites whose number a comment repeats or an entry has."""
        for site in self.sites:
            for tier in _tiers(self.covering.get(site.key, ())):
                if self._link_to_one_of(site, tier):
                    break
        self.stale_targets = {id(link.target) for link in self.links.values() if link.stale}
        self.current_targets = {id(link.target) for link in self.links.values() if not link.stale}
        self._link_directly_covered()
        for site in self.sites:
            if site.key not in self.links:
                self._link_to_one_of(site, self._targets_around(site))

    def _link_directly_covered(self) -> None:
        """Link the numbers right below a comment that has none of its own there.

        The entry's number elsewhere, by which another program connects, is not the one meant.
        """
        nearest = {key: next(_tiers(above)) for key, above in self.covering.items()}
        for target, sites in self._unlinked_targets(nearest):
            numbers = self.listening_by_service.get(target.annotation.service, ())
            if any(target.holds(number) or target.repeats(number) for number in numbers):
                continue  # the numbers below may be others of the service
            for site in self._sites_directly_meant(target, sites):
                self._link(site, target, certain=self._is_certain_link(target, site))

    def _sites_directly_meant(
        self, target: AnnotationTarget, sites: Sequence[UseSite]
    ) -> Sequence[UseSite]:
        """Return those of `sites`, which are right below `target`, that it means."""
        listening = [site for site in sites if site.listens()]
        if len({site.number for site in listening}) == 1:
            return listening
        if len({site.number for site in sites}) != 1:
            return []
        is_meant = self.kind is MachineKind.VARIABLES or self._names_entry(target)
        return sites if is_meant else []

    def _targets_around(self, site: UseSite) -> Sequence[AnnotationTarget]:
        """Return the targets of the services of `site`, wherever they are.

        What containers publish is the machine's whichever service it is: those of all of them.
        """
        if self.kind is MachineKind.CONTAINERS:
            return self.targets
        return [target for name in site.services() for target in self.by_service.get(name, ())]

    def _link_to_one_of(self, site: UseSite, tier: Sequence[AnnotationTarget]) -> bool:
        """Link `site` to the target in `tier` that its number fits; return whether one does."""
        number = site.number
        holding = [target for target in tier if target.holds(number)]
        current = [target for target in holding if not target.has_stale_number()]
        repeating = [one for one in tier if one.repeats(number) and not one.holds(number)]
        if current or not repeating:
            for target in (current or holding)[:1]:
                self._link(site, target, certain=True)
        elif holding:
            self._link_between_stale(site, repeating[0], holding[0])
        else:
            entries = {target.annotation.name for target in repeating}
            self._link(site, repeating[0], certain=len(entries) == 1)
        return bool(repeating or holding)

    def _link_between_stale(
        self, site: UseSite, repeating: AnnotationTarget, holding: AnnotationTarget
    ) -> None:
        """Choose between two stale comments.

        `repeating` repeats the number, `holding` names the entry that has it now. Either
        nothing has followed the registry yet, or the numbers have and the comments have
        not. The numbers right below the two decide, or else the other numbers.
        """
        both = {id(repeating), id(holding)}
        is_any_stale = bool(both & self.stale_targets)
        if is_any_stale != bool(both & self.current_targets):
            self._link(site, repeating if is_any_stale else holding, certain=True)
            return
        numbers = {n for service in site.services() for n in self.numbers_by_service[service]}
        if holding.annotation.number in numbers:
            is_new_in_use = any(repeating.holds(number) for number in numbers)
            self._link(site, repeating, certain=not is_new_in_use)
        else:
            self._link(site, holding, certain=True)

    def _link(self, site: UseSite, target: AnnotationTarget, *, certain: bool) -> None:
        entry = target.entry
        stale = entry is not None and not target.fits(site.uses[0])
        if entry is not None and stale:
            is_writable = site.digits is not None and entry.ports.is_single()
            is_sure = not any(self._may_mean_another(use, entry) for use in site.uses)
            certain = certain and is_writable and is_sure
        self.links[site.key] = AnnotationLink(site, target, stale, certain)

    def _may_mean_another(self, use: Use, entry: Entry) -> bool:
        """Return whether `use` may mean another entry than `entry`."""
        if use.role in TAKES and service_affinity.conflicts(entry, use.program):
            return True
        if self.kind is MachineKind.CONTAINERS and use.role not in TAKES:
            # The address that a container is told of is another service's as often as its own.
            return False
        if service_affinity.affinity(entry, use.service, use.program) == service_affinity.EQUAL:
            return False
        return any(
            service_affinity.affinity(other, use.service, use.program) == service_affinity.EQUAL
            for other in self.index.holding(use.number)
        )

    def _link_remaining(self) -> None:
        """Link the only sites below a comment whose own number is nowhere."""
        for target, sites in self._unlinked_targets(self.covering):
            meant = self._sites_meant(target, sites)
            for site in meant or self._listening_sites(target):
                self._link(site, target, certain=self._is_certain_link(target, site))

    def _unlinked_targets(
        self, covering: Mapping[SiteKey, Sequence[AnnotationTarget]]
    ) -> list[tuple[AnnotationTarget, list[UseSite]]]:
        """Return the targets without a link, each with the unlinked sites that it covers.

        A site is with the first such target of those above it in `covering`.
        """
        linked = {id(link.target) for link in self.links.values()}
        free: dict[int, list[UseSite]] = defaultdict(list)
        for site in self.sites:
            if site.key in self.links:
                continue
            for target in covering.get(site.key, ()):
                if id(target) not in linked:
                    free[id(target)].append(site)
                    break
        return [
            (target, free.get(id(target), []))
            for target in self.targets
            if id(target) not in linked
        ]

    def _sites_meant(self, target: AnnotationTarget, sites: Sequence[UseSite]) -> list[UseSite]:
        """Return those of `sites`, which are below `target`, that it can only mean.

        They are one number, or one that is listened on among others.
        """
        listening = [site for site in sites if site.listens()]
        if len({site.number for site in listening}) == 1:
            return listening
        if listening or len({site.number for site in sites}) != 1:
            return []
        is_free = not self.index.holding(sites[0].number)
        is_meant = target.entry is None or (is_free and self._names_entry(target))
        return list(sites) if is_meant else []

    def _names_entry(self, target: AnnotationTarget) -> bool:
        """Return whether what `target` covers names the entry, as `REDIS_PORT` does."""
        if target.entry is None:
            return False
        covers = target.annotation.covers
        text = self.reader.read(covers.path).slice(covers)
        return normalise(target.entry.service) in normalise(text)

    def _is_certain_link(self, target: AnnotationTarget, site: UseSite) -> bool:
        is_covered = target in self.covering.get(site.key, ())
        is_free = not self.index.holding(site.number)
        return is_covered and is_free and (site.listens() or self._is_certain_variable(target))

    def _is_certain_variable(self, target: AnnotationTarget) -> bool:
        """Return whether `target` surely means the variable of an environment file below it.

        Its name and the comment's number are the entry's, and no other variable has that
        number, except to connect to it.
        """
        number = target.annotation.number
        if self.kind is not MachineKind.VARIABLES or number is None or not target.holds(number):
            return False
        others = (other for other in self.sites if other.number == number)
        return self._names_entry(target) and all(other.only_connects() for other in others)

    def _listening_sites(self, target: AnnotationTarget) -> list[UseSite]:
        """Return the sites that the service of `target` listens on, where it can mean them.

        They have one number then, and the entry is nearer to the service than any that has
        that number.
        """
        entry, service = target.entry, target.annotation.service
        if entry is None or not service:
            return []
        sites = [
            site
            for site in self.sites
            if site.key not in self.links
            and any(use.service == service and use.role in TAKES for use in site.uses)
        ]
        if len({site.number for site in sites}) != 1:
            return []
        program = next(use.program for use in sites[0].uses if use.service == service)
        affinity = service_affinity.affinity(entry, service, program)
        is_nearest = all(
            service_affinity.affinity(other, service, program) < affinity
            for other in self.index.holding(sites[0].number)
        )
        return sites if affinity > 1 and is_nearest else []

    def _link_defaults(self) -> None:
        """Link the default of a variable as the number that overrides it, and vice versa.

        They are one port written twice, as long as the numbers are equal.
        """
        sites = {site.span: site for site in self.sites}
        for site in self.sites:
            for use in site.uses:
                other = None if use.overridden_by is None else sites.get(use.overridden_by)
                if other is None or other.number != site.number:
                    continue
                for linked, unlinked in ((other, site), (site, other)):
                    link = self.links.get(linked.key)
                    if link is not None and unlinked.key not in self.links:
                        self._link(unlinked, link.target, certain=link.certain)

    def _link_clients(self) -> None:
        """Link the sites without annotation that connect to a number that has moved."""
        moved, staying = self._moved_numbers()
        for site in self.sites:
            if site.number in staying or site.listens() or site.key in self.links:
                continue
            move = moved.get(site.number)
            is_anothers = bool(self.index.holding(site.number))
            if move is None or (is_anothers and move.only_in_comment):
                continue
            if all(locality.is_local(use) for use in site.uses):
                certain = move.certain and site.only_connects() and not is_anothers
                self._link(site, move.target, certain=certain)
                self.links[site.key] = self.links[site.key]._replace(follows_listener=True)

    def _moved_numbers(self) -> tuple[dict[int, _MovedNumber], set[int]]:
        """Return the numbers that entries of this machine had before, and those that stay.

        A number stays when some service goes on listening on it.
        """
        moved: dict[int, _MovedNumber] = {}
        staying = set[int]()
        for site in self.sites:
            if not site.listens():
                continue
            link = self.links.get(site.key)
            if link is not None and link.stale and site.is_single():
                move = _MovedNumber(link.target, link.certain, only_in_comment=False)
                moved.setdefault(site.number, move)
            else:
                staying.add(site.number)
        for target in self.targets:
            number = target.annotation.number
            if target.has_stale_number() and number is not None:
                move = _MovedNumber(target, certain=False, only_in_comment=True)
                moved.setdefault(number, move)
        return moved, staying


def _covering_targets(
    targets: Iterable[AnnotationTarget], sites: Iterable[UseSite]
) -> dict[SiteKey, list[AnnotationTarget]]:
    """Return the targets above each site, the narrowest first.

    What targets cover are nodes of a tree, so one walk from front to back finds them.
    """
    starts = sorted(targets, key=lambda target: (target.annotation.covers[:2], -_width(target)))
    covering: dict[SiteKey, list[AnnotationTarget]] = {}
    above: list[AnnotationTarget] = []
    position = 0
    for site in sorted(sites, key=lambda site: site.span):
        path, start, end = site.span
        while position < len(starts) and starts[position].annotation.covers[:2] <= (path, start):
            above.append(starts[position])
            position += 1
        above = [
            target
            for target in above
            if target.annotation.covers.path == path and target.annotation.covers.end >= end
        ]
        if above:
            covering[site.key] = sorted(above, key=_width)
    return covering


def _tiers(covering: Iterable[AnnotationTarget]) -> Iterator[list[AnnotationTarget]]:
    """Yield the targets above a site, grouped by the width of what they cover.

    The nearest come first; `covering` has them in that order.
    """
    return (list(tier) for _, tier in groupby(covering, key=_width))


def _width(target: AnnotationTarget) -> int:
    return target.annotation.covers.end - target.annotation.covers.start
