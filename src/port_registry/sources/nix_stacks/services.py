"""Services that a stack enables by an option: each is a process, with the ports it takes."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from port_registry.facts.implied import ANY, ImpliedPort, System, implied_ports
from port_registry.languages.nix.values import AttrSet, Bool, Int, Null, String
from port_registry.languages.provenance import UNKNOWN, UnknownTracker
from port_registry.model import (
    Name,
    Place,
    Probe,
    ProbeKind,
    Protocol,
    Role,
    Segment,
    Service,
    Span,
    TracedText,
    join_segments,
)
from port_registry.sources.nix_stacks.modules import HeldModule, StackModules
from port_registry.sources.nix_stacks.yaml_tree import Nodes
from port_registry.sources.shared.use_collector import TextNumber, UseCollector, UseDefaults


class Instance(NamedTuple):
    """A service that is enabled."""

    service: str
    name: str
    """What its process is called."""
    held: tuple[HeldModule, ...]
    """What its options are set to."""
    span: Span
    """Its name there."""
    enabled: Span
    """What enables it."""
    sure: bool
    """Whether it surely runs."""


def instances(modules: StackModules, root: Iterable[HeldModule]) -> Iterator[Instance]:
    """Yield the services of services-flake: `services.redis.cache.enable = true;`."""
    services = modules.at(root, ("services",))
    for service in names(services):
        named = modules.at(services, (service,))
        for name in names(named):
            held = modules.at(named, (name,))
            given = modules.below(named, name)
            enabled = modules.at(held, ("enable",))
            on = is_on(enabled)
            if on is False or not enabled:
                continue
            sure = on is True and all(one.sure for one in enabled)
            shown = name.replace(UNKNOWN, "…")
            place = enabled[0].named
            yield Instance(service, shown, tuple(held), given[0].place, place, sure)


def names(held: Iterable[HeldModule]) -> tuple[str, ...]:
    """Return the names of the attributes of the sets among `held`."""
    sets = [one.value.attrs for one in held if isinstance(one.value, AttrSet)]
    return tuple(dict.fromkeys(name for attrs in sets for name in attrs))


def is_on(held: list[HeldModule]) -> bool | None:
    """Return whether an option is set to true; None where that is not known."""
    value = held[0].value if held else None
    return value.value if isinstance(value, Bool) else None


class Services:
    """Makes processes of the services of one stack."""

    def __init__(
        self, modules: StackModules, nodes: Nodes, doubts: UnknownTracker, system: System
    ) -> None:
        self._modules = modules
        self._nodes = nodes
        self._doubts = doubts
        self._system = system

    def process(self, instance: Instance) -> Service:
        """Return the process that `instance` runs as."""
        found = UseCollector(self._doubts)
        rows = implied_ports(self._system, ("services", instance.service))
        for row in rows:
            self._port(instance, row, found)
        if not rows:
            self._own_port(instance, found)
        probe = Probe(ProbeKind.EXEC, instance.enabled, (), local=True)
        return Service(
            instance.name,
            instance.span,
            not instance.sure,
            1,
            instance.service,
            probe,
            None,
            (),
            tuple(found.uses),
            found.varying,
            None,
        )

    def _port(self, instance: Instance, row: ImpliedPort, found: UseCollector) -> None:
        """Add a port that the service is known to take."""
        enabled = self._at(instance, row.enable)
        if len(below(row.enable)) > 1 and is_on(enabled) is not True:
            return
        host = self._host(instance, row)
        if host == "":
            return
        role = Role.LISTENS if row.always else Role.REPEATS
        held = self._at(instance, row.option)
        text = self._written(held) if held else _text(str(row.port), instance.enabled)
        if text is None or text.text == "0":
            return
        start, end = _digits(text)
        label = row.option[-1] if row.option else ""
        for protocol in row.protocols:
            number = TextNumber(text, start, end, role, host, instance.service, protocol, label)
            found.add(_where(instance), number)

    def _own_port(self, instance: Instance, found: UseCollector) -> None:
        """Add the port of a service that the table does not know.

        In a stack of services-flake it is one that the project itself defines; devenv's own
        may well listen on no port at all.
        """
        text = self._written(self._modules.at(instance.held, ("port",)))
        if text is None or text.text == "0":
            return
        role = Role.LISTENS if self._system is System.SERVICES_FLAKE else Role.REPEATS
        number = TextNumber(
            text, *_digits(text), role, None, instance.service, Protocol.TCP, "port"
        )
        found.add(_where(instance), number)

    def _host(self, instance: Instance, row: ImpliedPort) -> str | None:
        """Return the address that the service binds; empty where it binds none."""
        held = self._at(instance, row.address_option)
        value = held[0].value if held else None
        if value is None:
            return None if row.address in ("", "*") else row.address
        if not isinstance(value, String) or row.address_option == row.option:
            return None
        text = value.traced.text
        return None if UNKNOWN in text or text == "*" else text

    def _at(self, instance: Instance, option: Name) -> list[HeldModule]:
        """Return what an option of the table is set to for `instance`."""
        path = below(option)
        return self._modules.at(instance.held, path) if path else []

    def _written(self, held: list[HeldModule]) -> TracedText | None:
        """Return a port, or an address that ends in one, as it is written."""
        if not held or isinstance(held[0].value, Null):
            return None
        value, place = held[0].value, held[0].place
        if isinstance(value, Int):
            return self._nodes.number(value, place)
        if isinstance(value, String):
            return self._nodes.text(value, place)
        return self._nodes.scalar(held[0]).traced()


def below(option: Name) -> Name:
    """Return the part of an option's path that is below the service's own options."""
    return option[3:] if ANY in option[2:3] else option[2:]


def _digits(text: TracedText) -> tuple[int, int]:
    """Return where the number at the end of `text` stands."""
    found = re.search(rf"[\d{UNKNOWN}]+$", text.text)
    return found.span() if found is not None else (0, len(text.text))


def _text(text: str, span: Span) -> TracedText:
    return join_segments((Segment(text, span, verbatim=False),))


def _where(instance: Instance) -> UseDefaults:
    return UseDefaults(instance.name, Place.OPTION, None)
