"""Ports in environment variables: `PORT`, `REDIS_PORT`, `DATABASE_URL`."""

import re

from port_registry.facts import services, words
from port_registry.facts.programs import program as facts_of
from port_registry.languages.provenance import UNKNOWN
from port_registry.model import NamedTuple, Protocol, Role, TracedText, lazy_pattern
from port_registry.sources.shared.addresses import Address, AddressReach, addresses, dsn, reach_of
from port_registry.sources.shared.use_collector import TextNumber, UseCollector, UseDefaults

_OWN_PREFIXES = words.word_set("names", "own-variables")
"""First parts of `…_PORT` that usually mean the process itself."""
_STORE_PREFIXES = words.word_set("names", "stores")
"""First parts that mean another process, unless it is one of these itself."""
_OWN_URL_PREFIXES = words.word_set("names", "own-urls")
"""First parts of `…_URL` that may be the process's own address."""

_ADVERTISED = words.word_set("names", "told-to-others")
"""Words of variables for addresses that are announced to others; the process itself does not
connect to them."""


class EnvironmentOwner(NamedTuple):
    """The process whose environment it is."""

    service: str
    """Its name; empty for an environment above all processes."""
    known_services: frozenset[str]
    """The services that its programs are."""
    other_services: frozenset[str]
    """The names of the other processes, simplified."""

    def with_programs(self, names: list[str]) -> "EnvironmentOwner":
        """Return the owner with the services that the programs `names` are."""
        services = {known.service for name in names if (known := facts_of(name)) is not None}
        return self._replace(known_services=self.known_services | (services - {""}))


_port_name = lazy_pattern(r"(?:(.*)[_.-])?PORT(?:_NUM(?:BER)?)?|(.*[a-z0-9])Port|(PG)PORT")
_address_name = lazy_pattern(
    r"(?:(.*)_)?(?:URLS?|URI|ADDR|ADDRESS|ADDRESSES|HOSTS?|ENDPOINTS?|SERVERS?|BROKERS?|"
    r"LISTEN|BIND|DSN|CONNECTION|CONNECTION_STRING|TARGETS?|UPSTREAM|PROXY|ORIGINS?|NODES|"
    r"BOOTSTRAP|PEERS|SEEDS|BASE|BACKEND|HOSTPORT|HOST_PORT|ADDRS)",
    re.IGNORECASE,
)


def read_variable(
    name: str,
    value: TracedText,
    owner: EnvironmentOwner,
    defaults: UseDefaults,
    collector: UseCollector,
    program: str,
) -> None:
    """Add the ports that an environment variable's value names."""
    text = value.text.strip()
    start = value.text.find(text) if text else 0
    port_name = _port_name().fullmatch(name) or _port_name().fullmatch(name.upper())
    if port_name is not None and re.fullmatch(rf"-?[\d{UNKNOWN}]+", text):
        prefix = port_name[1] or port_name[2] or port_name[3] or ""
        number = TextNumber(
            text=value,
            start=start,
            end=start + len(text),
            role=_port_role(prefix, owner),
            program=program,
            label=name,
        )
        collector.add(defaults, number)
        return
    address_name = _address_name().fullmatch(name)
    for address in [*addresses(value.text), *dsn(value.text)]:
        if address.reach is AddressReach.REMOTE:
            continue
        if address_name is None and not address.scheme and address.reach is not AddressReach.LOCAL:
            continue
        if address.reach is AddressReach.UNKNOWN and not address.is_known(value.text):
            continue
        prefix = "" if address_name is None else address_name[1] or ""
        number = TextNumber(
            text=value,
            start=address.start,
            end=address.end,
            role=_address_role(name, prefix, address, owner),
            host=None if UNKNOWN in address.host else address.host,
            program=program,
            protocol=Protocol.TCP if address.scheme not in ("", "udp") else None,
            label=name,
        )
        collector.add(defaults, number)


def _simplify(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", name.lower())


def simplify_names(names: frozenset[str]) -> frozenset[str]:
    """Return process names in the form in which variables are compared with them."""
    return frozenset(_simplify(name) for name in names)


def _is_own(prefix: str, owner: EnvironmentOwner) -> bool | None:
    """Return whether a variable's first part names the process itself; None if not clear."""
    name = _simplify(prefix)
    if owner.service and name and name == _simplify(owner.service):
        return True
    service = services.by_name(prefix) if prefix else None
    if service is not None and service.name in owner.known_services:
        return True
    if name in owner.other_services:
        return False
    if name in _OWN_PREFIXES:
        return None
    if service is not None and owner.service:
        return service.name == _service_of(owner.service)
    if name in _STORE_PREFIXES:
        return None if owner.known_services or not owner.service else False
    return None


def _service_of(process: str) -> str:
    service = services.by_name(process)
    return "" if service is None else service.name


def _port_role(prefix: str, owner: EnvironmentOwner) -> Role:
    if not owner.service:
        return Role.REPEATS
    if not prefix:
        return Role.LISTENS
    is_own = _is_own(prefix, owner)
    if is_own is None:
        return Role.LISTENS if prefix.lower() in _OWN_PREFIXES else Role.REPEATS
    return Role.LISTENS if is_own else Role.CONNECTS


def _address_role(name: str, prefix: str, address: Address, owner: EnvironmentOwner) -> Role:
    if address.reach is AddressReach.WILDCARD or re.search(r"LISTEN|BIND", name, re.IGNORECASE):
        return Role.LISTENS
    if prefix.lower() in _OWN_URL_PREFIXES or _is_own(prefix, owner):
        return Role.REPEATS
    if _ADVERTISED.intersection(name.lower().split("_")):
        return Role.REPEATS
    if address.scheme and address.scheme not in ("http", "https", "ws", "wss"):
        service = services.by_name(address.scheme)
        if service is not None and service.name in owner.known_services:
            return Role.REPEATS
        return Role.CONNECTS
    return Role.CONNECTS if prefix or address.scheme else Role.REPEATS


def is_local(host: str | None) -> bool:
    """Return whether a host is this machine."""
    return reach_of(host or "") in (AddressReach.WILDCARD, AddressReach.LOCAL)


def is_remote(host: str) -> bool:
    """Return whether a host is another machine with a public name or address."""
    return reach_of(host) is AddressReach.REMOTE
