"""Use sites: places in files, each with all the uses that come from it."""

from port_registry.facts.identifiers import split
from port_registry.model import TAKES, Machine, NamedTuple, PortRange, Role, Span, Use

SiteKey = tuple[Span, int]
"""The span and the number of a use site."""


class UseSite(NamedTuple):
    """One place in the text and its number, with all the uses that come from it.

    A shared variable, an anchor or an extended file gives one place to many services.
    """

    number: int
    ports: PortRange | None
    """The number as a port; None where it is not a valid one."""
    span: Span
    """The digits where they are known, else the place to show."""
    digits: Span | None
    uses: tuple[Use, ...]
    """At least one."""

    @property
    def key(self) -> SiteKey:
        """The key that tells the site from others."""
        return (self.span, self.number)

    def services(self) -> tuple[str, ...]:
        """Return the names of the services that the number reaches, in order, each once."""
        return tuple(dict.fromkeys(use.service for use in self.uses))

    def is_single(self) -> bool:
        """Return whether it is one number, and not a range."""
        return self.ports is None or self.ports.is_single()

    def is_reference(self) -> bool:
        """Return whether it is a reference to an entry, which needs no annotation."""
        return any(use.entry for use in self.uses)

    def listens(self) -> bool:
        """Return whether some service takes the port there."""
        return any(use.role in TAKES for use in self.uses)

    def is_called_port(self) -> bool:
        """Return whether a variable or a flag that has it is called a port: `WEB_PORT`."""
        return any(split(use.label)[-1:] == ["port"] for use in self.uses)

    def only_connects(self) -> bool:
        """Return whether every use connects there or probes it."""
        return all(use.role in (Role.CONNECTS, Role.PROBES) for use in self.uses)


def site_key(use: Use) -> SiteKey:
    """Return the key of the site that `use` comes from."""
    return (use.shown, use.number)


def use_sites(machine: Machine) -> tuple[UseSite, ...]:
    """Return the uses of `machine` by the place they come from, in order of appearance."""
    grouped: dict[SiteKey, list[Use]] = {}
    for use in machine.uses():
        grouped.setdefault(site_key(use), []).append(use)
    return tuple(
        UseSite(
            number=number,
            ports=uses[0].ports,
            span=span,
            digits=uses[0].digits,
            uses=tuple(uses),
        )
        for (span, number), uses in grouped.items()
    )
