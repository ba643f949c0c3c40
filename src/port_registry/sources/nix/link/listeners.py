"""Ports that the services of a host listen on, written or implied."""

from collections.abc import Iterable, Iterator, Sequence

from port_registry import model
from port_registry.facts.identifiers import split
from port_registry.facts.implied import ANY, ImpliedPort, System, implied_ports
from port_registry.facts.words import word_list, word_set
from port_registry.sources.nix import fleet, module_facts
from port_registry.sources.nix.link import addresses, host_conditions, module_bodies, option_values

_TOP_OPTIONS = ("services", "virtualisation")
"""First steps of the options that facts are about."""

_WITHOUT_FACTS = frozenset(("nginx",))
"""Services that need more than a fact to be understood."""

_PORT_WORDS = word_set("names", "option-ports")
_ADDRESS_WORDS = word_set("names", "option-addresses")
_FREE_TEXT_WORDS = word_set("names", "carriers")
"""Last words of options whose value may be any part of the program's configuration."""

OTHER_SERVICE_WORDS = word_set("names", "option-others")
"""Words of options that are about another service."""

_ANYWHERE = "*"
"""The address that means all addresses."""

_SOCKET_SIGNS = word_list("addresses", "socket-signs")


class EnabledService(model.NamedTuple):
    """A service that is enabled on a host."""

    root: module_facts.AttrPath
    """The path of its options: `services.open-webui`."""
    name: str
    """`open-webui`, `prometheus.exporters.node`."""
    enable: host_conditions.AppliedDefinition
    """The definition that enables it."""
    facts: tuple[ImpliedPort, ...]
    """Its known default ports, with the name of the instance filled in."""
    certainty: model.Certainty
    side: module_bodies.Side


class DefinedSocket(model.NamedTuple):
    """The port and address in a definition."""

    number: option_values.OptionNumber | None
    """None where the port cannot be known."""
    address: str | None
    """None where the definition has none."""


class ListenerFinder:
    """Finds the ports that the services of one host listen on."""

    def __init__(self, options: option_values.HostOptions) -> None:
        self._options = options

    def services(self) -> Iterator[EnabledService]:
        """Yield the services that may be enabled."""
        systems = [(System.HOME_MANAGER, module_bodies.Side.USER)]
        if module_bodies.ModuleClass.NIXOS in self._options.module_classes:
            systems.append((System.NIXOS, module_bodies.Side.SYSTEM))
        for top in _TOP_OPTIONS:
            for head in self._options.heads(top):
                for system, side in systems:
                    facts = implied_ports(system, head) if head[1] not in _WITHOUT_FACTS else ()
                    if facts:
                        yield from self._instances(head, facts, side)

    def _instances(
        self, head: tuple[str, str], facts: Sequence[ImpliedPort], side: module_bodies.Side
    ) -> Iterator[EnabledService]:
        """Yield the enabled services that `facts`, all of `head`, describe."""
        groups: dict[model.Name, list[ImpliedPort]] = {}
        for fact in facts:
            groups.setdefault(fact.enable, []).append(fact)
        for enable, group in groups.items():
            names = self._instance_names(enable, side) if ANY in enable else ("",)
            for name in names:
                instance = [_for_instance(fact, name) for fact in group] if name else group
                service = self._service(head, instance, side)
                if service is not None:
                    yield service

    def _instance_names(self, enable: model.Name, side: module_bodies.Side) -> Iterable[str]:
        """Return the names of the instances that are set."""
        depth = enable.index(ANY)
        names: dict[str, None] = {}
        for applied in self._options.definitions_below(enable[:depth], side):
            step = applied.setting[depth] if len(applied.setting) > depth else None
            if step is not None:
                names.setdefault(step)
        return names

    def _service(
        self, head: tuple[str, str], facts: Sequence[ImpliedPort], side: module_bodies.Side
    ) -> EnabledService | None:
        enable = facts[0].enable
        if enable[-1].startswith("enable"):
            root = enable[:-1]
            truth = self._options.truth(enable, side)
            definitions = [
                applied
                for applied in self._options.effective(enable, side).definitions
                if not _is_false(applied.definition.value)
            ]
        else:
            root = enable
            definitions = self._options.definitions_below(enable, side)
            truth = self._options.holds(definitions[0]) if definitions else host_conditions.Truth.NO
        if truth is host_conditions.Truth.NO or not definitions:
            return None
        is_certain = truth is host_conditions.Truth.YES and not self._is_off(root, 2, side)
        return EnabledService(
            root=root,
            name=".".join(step or '""' for step in root[1:]) or head[1],
            enable=definitions[0],
            facts=tuple(facts),
            certainty=at_most_likely(model.Certainty.CERTAIN, certain=is_certain),
            side=side,
        )

    def _is_off(self, path: module_facts.AttrPath, start: int, side: module_bodies.Side) -> bool:
        """Return whether something above `path` is turned off."""
        return any(
            _is_false(applied.definition.value)
            for size in range(start, len(path))
            for switch in ("enable", "enabled")
            for applied in self._options.definitions_at((*path[:size], switch), side)
        )

    def listeners(self, service: EnabledService) -> Iterator[fleet.HostListener]:
        """Yield the ports that `service` listens on."""
        below = self._options.definitions_below(service.root, service.side)
        for fact in service.facts:
            inner = fact.option or service.root
            if self._is_off(inner, len(service.root) + 1, service.side):
                continue
            if _is_of_redis(fact) and any(_declines_local_service(applied) for applied in below):
                continue
            yield from self._from_fact(service, fact, below)

    def _from_fact(
        self,
        service: EnabledService,
        fact: ImpliedPort,
        below: Sequence[host_conditions.AppliedDefinition],
    ) -> Iterator[fleet.HostListener]:
        """Yield the listeners of one fact; none where another port may be set."""
        address = self._address(service, fact, below)
        if fact.option and self._options.is_set_above(fact.option, service.side):
            return
        effective = self._options.effective(fact.option, service.side) if fact.option else None
        if effective is not None and effective.definitions:
            yield from self._from_definitions(service, fact, effective, address)
            return
        if self._is_started_otherwise(service) or any(
            self._may_change_port(service, fact, applied) for applied in below
        ):
            return
        yield fleet.HostListener(
            service=service.name,
            endpoint=model.Endpoint(model.single(fact.port), fact.protocols, None, address.text),
            origin=model.PortOrigin.IMPLIED,
            entry=None,
            option=fact.option,
            span=service.enable.definition.span,
            certainty=at_most_likely(service.certainty, certain=fact.always and address.certain),
        )

    def _from_definitions(
        self,
        service: EnabledService,
        fact: ImpliedPort,
        effective: host_conditions.EffectiveDefinition,
        address: "_BoundAddress",
    ) -> Iterator[fleet.HostListener]:
        """Yield the listeners that the definitions of the fact's option set."""
        for applied in effective.definitions:
            for option_text, span in self._options.texts_of(applied):
                socket = socket_of(option_text, span)
                port = model.port_from_int(socket.number.value) if socket.number else None
                if socket.number is None or port is None:
                    continue
                bind = address.text if socket.address is None else socket.address
                certain = effective.certain and (address.certain or socket.address is not None)
                endpoint = model.Endpoint(model.single(port), fact.protocols, None, bind)
                certainty = at_most_likely(service.certainty, certain=certain)
                yield option_values.written_listener(
                    service.name, endpoint, socket.number, fact.option, certainty
                )

    def _address(
        self,
        service: EnabledService,
        fact: ImpliedPort,
        below: Sequence[host_conditions.AppliedDefinition],
    ) -> "_BoundAddress":
        """Return the address that the service binds to."""
        options: list[module_facts.AttrPath] = []
        if fact.address_option != fact.option:
            options = [fact.address_option]
        if not fact.address_option:
            options = [
                applied.setting
                for applied in below
                if _last_word(applied.setting) in _ADDRESS_WORDS and applied.setting != fact.option
            ]
        for option in options:
            effective = self._options.effective(option, service.side) if option else None
            if effective is None or not effective.definitions:
                continue
            for option_text, _ in self._options.texts_of(effective.definitions[0]):
                if addresses.is_address(option_text.text):
                    return _BoundAddress(option_text.text or None, effective.certain)
            if option == fact.address_option:
                return _BoundAddress(None, certain=False)
        return _BoundAddress(fact.address or None, certain=True)

    def _may_change_port(
        self, service: EnabledService, fact: ImpliedPort, applied: host_conditions.AppliedDefinition
    ) -> bool:
        """Return whether a definition may set another port of the service."""
        known = {
            path
            for known_fact in service.facts
            for path in (
                known_fact.enable,
                known_fact.option,
                known_fact.address_option,
                known_fact.open_firewall,
            )
        }
        if applied.setting in known or isinstance(applied.definition.value, module_facts.BoolValue):
            return False
        if applied.setting == service.root:
            return isinstance(applied.definition.value, (module_facts.Link, module_facts.Opaque))
        rest = applied.setting[len(service.root) :]
        words = [word for step in rest if step is not None for word in split(step)]
        if not words or (
            OTHER_SERVICE_WORDS & set(words)
            and not any(OTHER_SERVICE_WORDS & set(split(step)) for step in fact.option[-1:])
        ):
            return False
        if _PORT_WORDS & set(split(rest[-1] or "port")):
            return True
        last = _last_word(rest)
        text = _text_of(applied.definition.value)
        if last in _ADDRESS_WORDS:
            return text is None or addresses.address_in(text) is not None
        if last in _FREE_TEXT_WORDS:
            return text is None or any(word in text.lower() for word in ("port", "listen", ":"))
        return text is not None and any(word in text.lower() for word in _SOCKET_SIGNS)

    def _is_started_otherwise(self, service: EnabledService) -> bool:
        """Return whether the port may be set in the unit of the service, or by a socket."""
        name = service.root[-1]
        if name in self._options.systemd_units():
            return True
        return bool(self._options.definitions_below(("systemd", "sockets", name)))


class _BoundAddress(model.NamedTuple):
    """An address to listen on."""

    text: str | None
    certain: bool


def socket_of(option_text: option_values.OptionText, span: model.Span) -> DefinedSocket:
    """Return the port and address in a text."""
    address = addresses.address_in(option_text.text)
    if address is None:
        return DefinedSocket(None, None)
    number = option_text.number_at(address.start, address.end)
    if number is None:
        number = option_values.OptionNumber(
            int(option_text.text[address.start : address.end]), None, span
        )
    is_only_port = address.start == 0 and address.end == len(option_text.text)
    return DefinedSocket(number, None if is_only_port else address.host or _ANYWHERE)


def _for_instance(fact: ImpliedPort, name: str) -> ImpliedPort:
    """Return `fact` for the instance `name`."""

    def filled(path: model.Name) -> model.Name:
        return tuple(name if step == ANY else step for step in path)

    return fact._replace(
        enable=filled(fact.enable),
        option=filled(fact.option),
        address_option=filled(fact.address_option),
        open_firewall=filled(fact.open_firewall),
    )


def at_most_likely(certainty: model.Certainty, *, certain: bool) -> model.Certainty:
    """Return `certainty`, or LIKELY where it is not `certain`."""
    return certainty if certain else model.Certainty.LIKELY


def _is_false(value: module_facts.Value) -> bool:
    return isinstance(value, module_facts.BoolValue) and not value.value


def _is_of_redis(fact: ImpliedPort) -> bool:
    return any("redis" in split(step) for step in fact.option)


def _declines_local_service(applied: host_conditions.AppliedDefinition) -> bool:
    """Return whether a definition makes a service use one that runs elsewhere."""
    last = (applied.setting[-1] or "").lower()
    return "createlocally" in last and _is_false(applied.definition.value)


def _last_word(setting: module_facts.AttrPath) -> str:
    words = split(setting[-1]) if setting and setting[-1] is not None else ()
    return words[-1] if words else ""


def _text_of(value: module_facts.Value) -> str | None:
    """Return a text, or the texts of a list, with NUL for interpolations; None for others."""
    if isinstance(value, module_facts.StringValue):
        return "".join(part if isinstance(part, str) else "\0" for part in value.parts)
    if isinstance(value, module_facts.Items) and value.complete:
        texts = [_text_of(item) for item in value.items]
        known = [text for text in texts if text is not None]
        return " ".join(known) if len(known) == len(texts) else None
    return None
