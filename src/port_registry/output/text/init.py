"""What `init` found on the way to a registry."""

from collections.abc import Iterator
from itertools import groupby

from port_registry.changes.init.merge_observations import PortWish
from port_registry.changes.init.plan import ProposedRegistry
from port_registry.model import Span, format_name
from port_registry.output.locations import DisplayPaths, location_of
from port_registry.output.terminal import Colour, Screen, escape_controls

_MOST = 3
"""How many places are named of those of one kind."""

_MOST_CONTESTS = 20


class ProposalReport:
    """Says what was found, in lines for people."""

    def __init__(self, plan: ProposedRegistry, paths: DisplayPaths, screen: Screen) -> None:
        self._plan = plan
        self._paths = paths
        self._screen = screen

    def observations(self) -> str:
        """Return what was read, what two services want, and what was left out."""
        lines = [self._read(), *self._contests(), *self._left(), *self._aside(), *self._unread()]
        return "".join(f"{line}\n" for line in lines)

    def hint(self) -> str:
        """Return how to write what was only proposed."""
        hint = self._screen.style("hint", Colour.NOTE)
        path = escape_controls(self._paths.show(self._plan.path))
        return f" {hint}: nothing was written; `port-registry init --yes` writes {path}\n"

    def written(self) -> str:
        """Return what was written, and what comes next."""
        path = escape_controls(self._paths.show(self._plan.path))
        count = len(self._plan.named)
        if not count:
            return f"Wrote {path}, without entries: nothing here names a port yet.\n"
        entries = "1 entry" if count == 1 else f"{count} entries"
        return (
            f"Wrote {path} with {entries}.\n"
            "`port-registry check` shows what does not refer to it yet, and `check --fix` ties "
            "it.\n"
        )

    def _read(self) -> str:
        counts = self._plan.counts
        kinds = (
            (counts.stacks, "stack", "stacks"),
            (counts.compose, "Compose file", "Compose files"),
            (counts.environment, "environment file", "environment files"),
            (counts.nix, "Nix file", "Nix files"),
        )
        said = [f"{count} {one if count == 1 else more}" for count, one, more in kinds if count]
        if not said:
            return "Found no file that could name a port."
        listed = said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
        return f"Read {listed}."

    def _note(self, text: str) -> str:
        return f"{self._screen.style('note', Colour.NOTE)}: {escape_controls(text)}"

    def _contests(self) -> Iterator[str]:
        names = {one.claim: format_name(one.name) for one in self._plan.named}
        by_kept: dict[PortWish, list[PortWish]] = {}
        for contest in self._plan.contests:
            by_kept.setdefault(contest.kept, []).append(contest.other)
        for kept, others in list(by_kept.items())[:_MOST_CONTESTS]:
            shown = [self._claim(kept), *map(self._claim, others[: _MOST - 1])]
            more = len(others) - _MOST + 1
            last = f"{more} more" if more > 0 else shown.pop()
            losers = f"{others[0].best.service} has" if len(others) == 1 else "the others have"
            yield self._note(
                f"{kept.ports} is wanted by {', '.join(shown)} and {last}: "
                f"`{names[kept]}` gets it, {losers} no entry"
            )
        more = len(by_kept) - _MOST_CONTESTS
        if more > 0:
            yield self._note(f"{more} more ports are wanted by several services")

    def _claim(self, claim: PortWish) -> str:
        best = claim.best
        return f"{best.service or format_name(best.entry)} ({self._at(best.span)})"

    def _left(self) -> Iterator[str]:
        for reason, group in groupby(self._plan.left, key=lambda one: one.reason):
            left = list(group)
            shown = [f"{one.what} ({self._at(one.span)})" for one in left[:_MOST]]
            more = len(left) - _MOST
            rest = f" and {more} more" if more > 0 else ""
            yield self._note(f"left out, {reason}: {', '.join(shown)}{rest}")

    def _aside(self) -> Iterator[str]:
        folders = [self._paths.show(folder) for folder in self._plan.aside]
        if folders:
            more = len(folders) - _MOST
            rest = f" and {more} more" if more > 0 else ""
            yield self._note(
                f"tests, documentation and archives are not read: "
                f"{', '.join(folders[:_MOST])}{rest}"
            )

    def _unread(self) -> Iterator[str]:
        for one in self._plan.unread[:_MOST]:
            yield self._note(f"{self._at(one.span)}: {one.message}")
        more = len(self._plan.unread) - _MOST
        if more > 0:
            yield self._note(f"{more} more places could not be read")

    def _at(self, span: Span) -> str:
        place = location_of(span, self._plan.files)
        return f"{self._paths.show(span.path)}:{place.start.line}"
