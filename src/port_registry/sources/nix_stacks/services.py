"""Services that a stack enables by an option, as processes with their ports."""

import re
from collections.abc import Iterable, Iterator

from port_registry import model
from port_registry.facts.implied import ANY, ImpliedPort, System, implied_ports
from port_registry.languages.nix.values import AttrSet, Bool, Int, Null, String
from port_registry.languages.provenance import UNKNOWN, UnknownTracker
from port_registry.sources.nix_stacks.modules import OptionValue, StackModules
from port_registry.sources.nix_stacks.yaml_tree import NodeBuilder
from port_registry.sources.shared.use_collector import TextNumber, UseCollector, UseDefaults


class ServiceInstance(model.NamedTuple):
    """A service that is enabled."""

    service: str
    name: str
    """The name of its process."""
    values: tuple[OptionValue, ...]
    """The sets of its options."""
    span: model.Span
    """Its name in the file."""
    enable_span: model.Span
    """The option that enables it."""
    certain: bool
    """Whether it surely runs."""


def flake_services(modules: StackModules, root: Iterable[OptionValue]) -> Iterator[ServiceInstance]:
    """Yield the services of services-flake: `services.redis.cache.enable = true;`."""
    services = modules.values_at(root, ("services",))
    for service in attribute_names(services):
        named = modules.values_at(services, (service,))
        for name in attribute_names(named):
            yield from _if_enabled(modules, named, name, (service, name.replace(UNKNOWN, "…")))


def devenv_services(
    modules: StackModules, root: Iterable[OptionValue]
) -> Iterator[ServiceInstance]:
    """Yield the services of devenv: `services.redis.enable = true;`."""
    services = modules.values_at(root, ("services",))
    for service in attribute_names(services):
        yield from _if_enabled(modules, services, service, (service, service))


def _if_enabled(
    modules: StackModules, parents: list[OptionValue], key: str, names: tuple[str, str]
) -> Iterator[ServiceInstance]:
    """Yield the service at `key` of `parents`, unless its `enable` is not set or false.

    `names` are that of the service and that of its process.
    """
    values = modules.values_at(parents, (key,))
    enable = modules.values_at(values, ("enable",))
    is_on = switch_value(enable)
    if enable and is_on is not False:
        yield ServiceInstance(
            service=names[0],
            name=names[1],
            values=tuple(values),
            span=modules.definitions_of(parents, key)[0].name_span,
            enable_span=enable[0].name_span,
            certain=is_on is True and all(option.certain for option in enable),
        )


def attribute_names(values: Iterable[OptionValue]) -> tuple[str, ...]:
    """Return the names of the attributes of the sets among `values`."""
    sets = [option.value.attrs for option in values if isinstance(option.value, AttrSet)]
    return tuple(dict.fromkeys(name for attrs in sets for name in attrs))


def switch_value(values: list[OptionValue]) -> bool | None:
    """Return the value of a switch, the first of `values`; None where it is not known."""
    value = values[0].value if values else None
    return value.value if isinstance(value, Bool) else None


class ServiceProcesses:
    """Builds processes of the services of one stack."""

    def __init__(
        self, modules: StackModules, nodes: NodeBuilder, unknowns: UnknownTracker, system: System
    ) -> None:
        self._modules = modules
        self._nodes = nodes
        self._unknowns = unknowns
        self._system = system

    def process(self, instance: ServiceInstance) -> model.Service:
        """Return the process of `instance`."""
        collector = UseCollector(self._unknowns)
        rows = implied_ports(self._system, ("services", instance.service))
        for row in rows:
            self._add_known_port(instance, row, collector)
        if not rows:
            self._add_own_port(instance, collector)
        return model.Service(
            name=instance.name,
            span=instance.span,
            disabled=not instance.certain,
            program=instance.service,
            readiness=model.Probe(model.ProbeKind.EXEC, instance.enable_span, (), local=True),
            uses=tuple(collector.uses),
            varying=collector.varying,
        )

    def _add_known_port(
        self, instance: ServiceInstance, row: ImpliedPort, collector: UseCollector
    ) -> None:
        """Add a port that the service is known to take."""
        enable = self._values_at(instance, row.enable)
        if len(option_of_service(row.enable)) > 1 and switch_value(enable) is not True:
            return
        host = self._host(instance, row)
        if host == "":
            return
        values = self._values_at(instance, row.option)
        if values:
            text = self._port_text(values)
        else:
            text = _computed_text(str(row.port), instance.enable_span)
        if text is None or text.text == "0":
            return
        start, end = _trailing_number(text)
        for protocol in row.protocols:
            number = TextNumber(
                text=text,
                start=start,
                end=end,
                role=model.Role.LISTENS if row.always else model.Role.REPEATS,
                host=host,
                program=instance.service,
                protocol=protocol,
                label=row.option[-1] if row.option else "",
            )
            collector.add(_defaults(instance), number)

    def _add_own_port(self, instance: ServiceInstance, collector: UseCollector) -> None:
        """Add the port of a service that is not in the facts.

        In a stack of services-flake it is one that the project itself defines; a service of
        devenv may listen on no port at all.
        """
        text = self._port_text(self._modules.values_at(instance.values, ("port",)))
        if text is None or text.text == "0":
            return
        start, end = _trailing_number(text)
        is_own = self._system is System.SERVICES_FLAKE
        number = TextNumber(
            text=text,
            start=start,
            end=end,
            role=model.Role.LISTENS if is_own else model.Role.REPEATS,
            program=instance.service,
            protocol=model.Protocol.TCP,
            label="port",
        )
        collector.add(_defaults(instance), number)

    def _host(self, instance: ServiceInstance, row: ImpliedPort) -> str | None:
        """Return the address that the service binds; empty where it binds none."""
        values = self._values_at(instance, row.address_option)
        value = values[0].value if values else None
        if value is None:
            return None if row.address in ("", "*") else row.address
        if not isinstance(value, String) or row.address_option == row.option:
            return None
        text = value.traced.text
        return None if UNKNOWN in text or text == "*" else text

    def _values_at(self, instance: ServiceInstance, option: model.Name) -> list[OptionValue]:
        """Return the values of an option in the facts for `instance`."""
        path = option_of_service(option)
        return self._modules.values_at(instance.values, path) if path else []

    def _port_text(self, values: list[OptionValue]) -> model.TracedText | None:
        """Return the text of a port, or of an address that ends in one."""
        if not values or isinstance(values[0].value, Null):
            return None
        value, span = values[0].value, values[0].span
        if isinstance(value, Int):
            return self._nodes.number(value, span)
        if isinstance(value, String):
            return self._nodes.text(value, span)
        return self._nodes.scalar(values[0]).traced()


def option_of_service(option: model.Name) -> model.Name:
    """Return the part of an option's path that is below the service's own options."""
    return option[3:] if ANY in option[2:3] else option[2:]


def _trailing_number(text: model.TracedText) -> tuple[int, int]:
    """Return the interval of the number at the end of `text`."""
    match = re.search(rf"[\d{UNKNOWN}]+$", text.text)
    return match.span() if match is not None else (0, len(text.text))


def _computed_text(text: str, span: model.Span) -> model.TracedText:
    return model.join_segments((model.Segment(text, span, verbatim=False),))


def _defaults(instance: ServiceInstance) -> UseDefaults:
    return UseDefaults(instance.name, model.Place.OPTION, None)
