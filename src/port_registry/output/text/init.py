"""Text of `init`: what it found, and what it wrote."""

from collections.abc import Iterator
from itertools import groupby

from port_registry.changes.init.merge_observations import EntryCandidate
from port_registry.changes.init.plan import ProposedRegistry
from port_registry.model import Span, format_name
from port_registry.output.locations import DisplayPaths, location_of
from port_registry.output.terminal import Screen, counted, escape_controls, first_few

_MAX_PLACES = 3
"""How many places are named of those of one kind."""

_MAX_CONTESTS = 20


class ProposalReport:
    """The parts of the report on a proposed registry."""

    def __init__(self, plan: ProposedRegistry, paths: DisplayPaths, screen: Screen) -> None:
        self._plan = plan
        self._paths = paths
        self._screen = screen

    def observations(self) -> str:
        """Return what was read, which ports several services want, and what was left out."""
        notes = (*self._contests(), *self._left_out(), *self._unreadable())
        lines = map(self._screen.note, map(escape_controls, notes))
        return f"{self._files_read()}\n{''.join(lines)}"

    def hint(self) -> str:
        """Return the hint on how to write the proposal."""
        path = escape_controls(self._paths.show(self._plan.path))
        return self._screen.hint(f"nothing was written; `port-registry init --yes` writes {path}")

    def written(self) -> str:
        """Return what was written, and the next step."""
        path = escape_controls(self._paths.show(self._plan.path))
        count = len(self._plan.candidates)
        if not count:
            return f"Wrote {path}, without entries: nothing here names a port yet.\n"
        return (
            f"Wrote {path} with {counted(count, 'entry', 'entries')}.\n"
            "`port-registry check` shows what does not refer to it yet, and "
            "`port-registry check --fix` adds the references.\n"
        )

    def _files_read(self) -> str:
        counts = self._plan.counts
        kinds = (
            (counts.stacks, "stack"),
            (counts.compose, "Compose file"),
            (counts.environment, "environment file"),
            (counts.nix, "Nix file"),
        )
        parts = [counted(count, singular) for count, singular in kinds if count]
        if not parts:
            return "Found no file that could name a port."
        text = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
        return f"Read {text}."

    def _contests(self) -> Iterator[str]:
        names = {named.candidate: format_name(named.name) for named in self._plan.candidates}
        by_kept: dict[EntryCandidate, list[EntryCandidate]] = {}
        for contest in self._plan.contests:
            by_kept.setdefault(contest.winner, []).append(contest.loser)
        for kept, others in list(by_kept.items())[:_MAX_CONTESTS]:
            shown = [self._wish(kept), *map(self._wish, others[: _MAX_PLACES - 1])]
            more = len(others) - _MAX_PLACES + 1
            last = f"{more} more" if more > 0 else shown.pop()
            losers = f"{others[0].best.service} has" if len(others) == 1 else "the others have"
            yield (
                f"{kept.ports} is wanted by {', '.join(shown)} and {last}: "
                f"`{names[kept]}` gets it, {losers} no entry"
            )
        more = len(by_kept) - _MAX_CONTESTS
        if more > 0:
            yield f"{more} more ports are wanted by several services"

    def _wish(self, wish: EntryCandidate) -> str:
        best = wish.best
        return f"{best.service or format_name(best.entry)} ({self._location(best.span)})"

    def _left_out(self) -> Iterator[str]:
        for reason, group in groupby(self._plan.skipped, key=lambda item: item.reason):
            left = [f"{item.text} ({self._location(item.span)})" for item in group]
            yield f"left out, {reason}: {first_few(left, _MAX_PLACES)}"
        if folders := [self._paths.show(folder) for folder in self._plan.left_out_folders]:
            shown = first_few(folders, _MAX_PLACES)
            yield f"tests, documentation and archives are not read: {shown}"

    def _unreadable(self) -> Iterator[str]:
        for unread in self._plan.unreadable[:_MAX_PLACES]:
            yield f"{self._location(unread.span)}: {unread.message}"
        more = len(self._plan.unreadable) - _MAX_PLACES
        if more > 0:
            yield f"{more} more places could not be read"

    def _location(self, span: Span) -> str:
        location = location_of(span, self._plan.files)
        return f"{self._paths.show(span.path)}:{location.start.line}"
