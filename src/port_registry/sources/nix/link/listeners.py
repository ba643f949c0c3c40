"""What the services of a host listen on, written or implied."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from port_registry.facts.identifiers import split
from port_registry.facts.implied import ANY, ImpliedPort, System, implied_ports
from port_registry.facts.words import word_list, word_set
from port_registry.model import Certainty, Endpoint, Name, PortOrigin, Span, port_from_int, single
from port_registry.sources.nix.fleet import HostListener
from port_registry.sources.nix.link.addresses import address_in, is_address
from port_registry.sources.nix.link.host_conditions import (
    AppliedDefinition,
    EffectiveDefinition,
    Truth,
)
from port_registry.sources.nix.link.module_bodies import ModuleClass, Side
from port_registry.sources.nix.link.option_values import HostOptions, OptionNumber, OptionText
from port_registry.sources.nix.module_facts import (
    AttrPath,
    BoolValue,
    Items,
    Link,
    Opaque,
    StringValue,
    Value,
)

_TOP_OPTIONS = ("services", "virtualisation")
"""First steps of the options that facts are about."""

_WITHOUT_FACTS = frozenset(("nginx",))
"""Services that need more than a fact to be understood."""

_PORT_WORDS = word_set("names", "option-ports")
_ADDRESS_WORDS = word_set("names", "option-addresses")
_FREE_TEXT_WORDS = word_set("names", "carriers")
"""Last words of options whose value may say anything to the program."""

OTHER_SERVICE_WORDS = word_set("names", "option-others")
"""Words of options that speak of another service."""

_ANYWHERE = "*"
"""The address of all."""

_SOCKET_SIGNS = word_list("addresses", "socket-signs")


class EnabledService(NamedTuple):
    """A service that is enabled on a host."""

    root: AttrPath
    """The path of its options: `services.open-webui`."""
    name: str
    enable: AppliedDefinition
    """What enables it."""
    facts: tuple[ImpliedPort, ...]
    """With the names of instances put in."""
    certainty: Certainty
    side: Side


class DefinedSocket(NamedTuple):
    """A port and address as found in a definition."""

    number: OptionNumber | None
    """None where the port cannot be known."""
    address: str | None
    """None where nothing says it."""


class ListenerFinder:
    """Finds what one host's services listen on."""

    def __init__(self, host: str, settings: HostOptions) -> None:
        self._host = host
        self._options = settings

    def services(self) -> Iterator[EnabledService]:
        """Yield the services that may be enabled."""
        systems = [(System.HOME_MANAGER, Side.USER)]
        if ModuleClass.NIXOS in self._options.module_classes():
            systems.append((System.NIXOS, Side.SYSTEM))
        for top in _TOP_OPTIONS:
            for head in self._options.heads(top):
                for system, side in systems:
                    facts = implied_ports(system, head) if head[1] not in _WITHOUT_FACTS else ()
                    if facts:
                        yield from self._instances(head, facts, side)

    def _instances(
        self, head: tuple[str, str], facts: Sequence[ImpliedPort], side: Side
    ) -> Iterator[EnabledService]:
        """Yield the services that `facts`, all of `head`, are about."""
        groups: dict[Name, list[ImpliedPort]] = {}
        for fact in facts:
            groups.setdefault(fact.enable, []).append(fact)
        for enable, found in groups.items():
            names = self._instance_names(enable, side) if ANY in enable else ("",)
            for name in names:
                facts_here = [_for_instance(fact, name) for fact in found] if name else found
                service = self._service(head, facts_here, side)
                if service is not None:
                    yield service

    def _instance_names(self, enable: Name, side: Side) -> Iterable[str]:
        """Return the names that are given to instances."""
        at = enable.index(ANY)
        found: dict[str, None] = {}
        for hit in self._options.definitions_below(enable[:at], side):
            step = hit.setting[at] if len(hit.setting) > at else None
            if step is not None:
                found.setdefault(step)
        return found

    def _service(
        self, head: tuple[str, str], facts: Sequence[ImpliedPort], side: Side
    ) -> EnabledService | None:
        enable = facts[0].enable
        if enable[-1].startswith("enable"):
            root = enable[:-1]
            truth = self._options.truth(enable, side)
            hits: Sequence[AppliedDefinition] = self._options.effective(enable, side).definitions
            hits = [hit for hit in hits if not _is_false(hit.definition.value)]
        else:
            root = enable
            hits = self._options.definitions_below(enable, side)
            truth = self._options.holds(hits[0]) if hits else Truth.NO
        if truth is Truth.NO or not hits:
            return None
        sureness = Certainty.CERTAIN if truth is Truth.YES else Certainty.LIKELY
        if self._is_off(root, 2, side):
            sureness = Certainty.LIKELY
        return EnabledService(
            root, _service_name(head, root), hits[0], tuple(facts), sureness, side
        )

    def _is_off(self, path: AttrPath, start: int, side: Side) -> bool:
        """Return whether something above `path` is turned off."""
        return any(
            any(
                _is_false(hit.definition.value)
                for hit in self._options.definitions_at(option, side)
            )
            for size in range(start, len(path))
            for option in ((*path[:size], "enable"), (*path[:size], "enabled"))
        )

    def listeners(self, service: EnabledService) -> Iterator[HostListener]:
        """Yield what `service` listens on."""
        below = self._options.definitions_below(service.root, service.side)
        for fact in service.facts:
            inner = fact.option or service.root
            if self._is_off(inner, len(service.root) + 1, service.side):
                continue
            if _is_of_redis(fact) and any(_declines_local_service(hit) for hit in below):
                continue
            yield from self._from_fact(service, fact, below)

    def _from_fact(
        self, service: EnabledService, fact: ImpliedPort, below: Sequence[AppliedDefinition]
    ) -> Iterator[HostListener]:
        """Yield what one fact comes to; nothing where another port may be set."""
        address = self._address(service, fact, below)
        if fact.option and self._options.is_set_above(fact.option, service.side):
            return
        chosen = self._options.effective(fact.option, service.side) if fact.option else None
        if chosen is not None and chosen.definitions:
            yield from self._from_definitions(service, fact, chosen, address)
            return
        if self._is_started_otherwise(service) or any(
            self._may_change_port(service, fact, hit) for hit in below
        ):
            return
        yield HostListener(
            self._host,
            service.name,
            Endpoint(single(fact.port), fact.protocols, None, address.text),
            PortOrigin.IMPLIED,
            None,
            fact.option,
            service.enable.definition.span,
            at_most_likely(service.certainty, certain=fact.always and address.certain),
        )

    def _from_definitions(
        self,
        service: EnabledService,
        fact: ImpliedPort,
        chosen: EffectiveDefinition,
        address: "_BoundAddress",
    ) -> Iterator[HostListener]:
        """Yield what definitions of the fact's option say."""
        for hit in chosen.definitions:
            for shown, span in self._options.texts_of(hit):
                socket = socket_of(shown, span)
                port = port_from_int(socket.number.number) if socket.number else None
                if socket.number is None or port is None:
                    continue
                at = address.text if socket.address is None else socket.address
                sure = chosen.certain and (address.certain or socket.address is not None)
                yield HostListener(
                    self._host,
                    service.name,
                    Endpoint(single(port), fact.protocols, None, at),
                    PortOrigin.REFERENCED if socket.number.entry else PortOrigin.WRITTEN,
                    socket.number.entry,
                    fact.option,
                    socket.number.span,
                    at_most_likely(service.certainty, certain=sure),
                )

    def _address(
        self, service: EnabledService, fact: ImpliedPort, below: Sequence[AppliedDefinition]
    ) -> "_BoundAddress":
        """Return the address that the service binds."""
        options: list[AttrPath] = []
        if fact.address_option != fact.option:
            options = [fact.address_option]
        if not fact.address_option:
            options = [
                hit.setting
                for hit in below
                if _last_word(hit.setting) in _ADDRESS_WORDS and hit.setting != fact.option
            ]
        for option in options:
            chosen = self._options.effective(option, service.side) if option else None
            if chosen is None or not chosen.definitions:
                continue
            for shown, _ in self._options.texts_of(chosen.definitions[0]):
                if is_address(shown.text):
                    return _BoundAddress(shown.text or None, chosen.certain)
            if option == fact.address_option:
                return _BoundAddress(None, certain=False)
        return _BoundAddress(fact.address or None, certain=True)

    def _may_change_port(
        self, service: EnabledService, fact: ImpliedPort, hit: AppliedDefinition
    ) -> bool:
        """Return whether a definition may give the service another port."""
        known = {
            path
            for one in service.facts
            for path in (one.enable, one.option, one.address_option, one.open_firewall)
        }
        if hit.setting in known or isinstance(hit.definition.value, BoolValue):
            return False
        if hit.setting == service.root:
            return isinstance(hit.definition.value, (Link, Opaque))
        rest = hit.setting[len(service.root) :]
        words = [word for step in rest if step is not None for word in split(step)]
        if not words or (
            OTHER_SERVICE_WORDS & set(words)
            and not OTHER_SERVICE_WORDS & set(split(fact.option[-1]))
        ):
            return False
        if _PORT_WORDS & set(split(rest[-1] or "port")):
            return True
        last = _last_word(rest)
        text = _text_of(hit.definition.value)
        if last in _ADDRESS_WORDS:
            return text is None or address_in(text) is not None
        if last in _FREE_TEXT_WORDS:
            return text is None or any(word in text.lower() for word in ("port", "listen", ":"))
        return text is not None and any(word in text.lower() for word in _SOCKET_SIGNS)

    def _is_started_otherwise(self, service: EnabledService) -> bool:
        """Return whether the unit of the service is told its port in other words."""
        name = service.root[-1]
        if name in self._options.systemd_units():
            return True
        return bool(self._options.definitions_below(("systemd", "sockets", name)))


class _BoundAddress(NamedTuple):
    """An address to listen on."""

    text: str | None
    certain: bool


def socket_of(shown: OptionText, span: Span) -> DefinedSocket:
    """Return the port and address that a text names."""
    found = address_in(shown.text)
    if found is None:
        return DefinedSocket(None, None)
    worth = shown.number_at(found.start, found.end)
    if worth is None:
        worth = OptionNumber(int(shown.text[found.start : found.end]), None, span)
    plain = found.start == 0 and found.end == len(shown.text)
    return DefinedSocket(worth, None if plain else found.host or _ANYWHERE)


def _for_instance(fact: ImpliedPort, name: str) -> ImpliedPort:
    """Return `fact` of the instance `name`."""

    def put(path: Name) -> Name:
        return tuple(name if step == ANY else step for step in path)

    return fact._replace(
        enable=put(fact.enable),
        option=put(fact.option),
        address_option=put(fact.address_option),
        open_firewall=put(fact.open_firewall),
    )


def _service_name(head: tuple[str, str], root: AttrPath) -> str:
    """Return what a service is called: `open-webui`, `prometheus.exporters.node`."""
    return ".".join(step or '""' for step in root[1:]) or head[1]


def at_most_likely(sureness: Certainty, *, certain: bool) -> Certainty:
    """Return `certainty`, no more than likely where it is not `certain`."""
    return sureness if certain else Certainty.LIKELY


def _is_false(value: Value) -> bool:
    return isinstance(value, BoolValue) and not value.value


def _is_of_redis(fact: ImpliedPort) -> bool:
    return any("redis" in split(step) for step in fact.option)


def _declines_local_service(hit: AppliedDefinition) -> bool:
    """Return whether a definition says that a service uses one that runs elsewhere."""
    last = (hit.setting[-1] or "").lower()
    return "createlocally" in last and _is_false(hit.definition.value)


def _last_word(setting: AttrPath) -> str:
    words = split(setting[-1]) if setting and setting[-1] is not None else ()
    return words[-1] if words else ""


def _text_of(value: Value) -> str | None:
    """Return a text, or the texts of a list, with a NUL for what is put in; None for else."""
    if isinstance(value, StringValue):
        return "".join(part if isinstance(part, str) else "\0" for part in value.parts)
    if isinstance(value, Items) and value.whole:
        texts = [_text_of(item) for item in value.items]
        known = [text for text in texts if text is not None]
        return " ".join(known) if len(known) == len(texts) else None
    return None
