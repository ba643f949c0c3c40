"""Ports in environment variables: `PORT`, `REDIS_PORT`, `DATABASE_URL`."""

import re
from functools import cache
from typing import NamedTuple

from port_registry.facts import services
from port_registry.facts.programs import program as facts_of
from port_registry.facts.words import word_set
from port_registry.languages.provenance import UNKNOWN
from port_registry.model import Protocol, Role, TracedText
from port_registry.sources.shared.addresses import Address, AddressReach, addresses, dsn, reach
from port_registry.sources.shared.use_collector import FoundNumber, UseCollector, Where

_OWN = word_set("names", "own-variables")
"""First parts of `…_PORT` that usually speak of the process itself."""
_STORES = word_set("names", "stores")
"""First parts that speak of another process, unless it is one of these itself."""
_OWN_URLS = word_set("names", "own-urls")
"""First parts of `…_URL` that may be the process's own address."""

_GIVEN_TO_OTHERS = word_set("names", "told-to-others")
"""Words of variables for addresses that others are told of; nobody connects there for them."""


class Owner(NamedTuple):
    """Whose environment it is."""

    process: str
    """Empty for one above all processes."""
    services: frozenset[str]
    """The services that its programs are."""
    others: frozenset[str]
    """The names of the other processes, simplified."""

    def with_programs(self, names: list[str]) -> "Owner":
        """Return the owner with the services that these programs are."""
        found = {known.service for name in names if (known := facts_of(name)) is not None}
        return self._replace(services=self.services | (found - {""}))


@cache
def _port_name() -> re.Pattern[str]:
    return re.compile(r"(?:(.*)[_.-])?PORT(?:_NUM(?:BER)?)?|(.*[a-z0-9])Port|(PG)PORT")


@cache
def _address_name() -> re.Pattern[str]:
    return re.compile(
        r"(?:(.*)_)?(?:URLS?|URI|ADDR|ADDRESS|ADDRESSES|HOSTS?|ENDPOINTS?|SERVERS?|BROKERS?|"
        r"LISTEN|BIND|DSN|CONNECTION|CONNECTION_STRING|TARGETS?|UPSTREAM|PROXY|ORIGINS?|NODES|"
        r"BOOTSTRAP|PEERS|SEEDS|BASE|BACKEND|HOSTPORT|HOST_PORT|ADDRS)",
        re.IGNORECASE,
    )


def read_variable(
    name: str, value: TracedText, owner: Owner, where: Where, found: UseCollector, program: str
) -> None:
    """Add the ports that an environment variable's value names."""
    text = value.text.strip()
    start = value.text.find(text) if text else 0
    named = _port_name().fullmatch(name) or _port_name().fullmatch(name.upper())
    if named is not None:
        number = re.fullmatch(rf"-?[\d{UNKNOWN}]+", text)
        if number is not None:
            prefix = named[1] or named[2] or named[3] or ""
            role = _port_role(prefix, owner)
            end = start + len(text)
            found.add(where, FoundNumber(value, start, end, role, None, program, None, name))
            return
    addressed = _address_name().fullmatch(name)
    for address in [*addresses(value.text), *dsn(value.text)]:
        if address.reach is AddressReach.REMOTE:
            continue
        if addressed is None and not address.scheme and address.reach is not AddressReach.LOCAL:
            continue
        if address.reach is AddressReach.UNKNOWN and not address.is_known(value.text):
            continue
        prefix = "" if addressed is None else addressed[1] or ""
        role = _address_role(name, prefix, address, owner)
        protocol = Protocol.TCP if address.scheme not in ("", "udp") else None
        host = None if UNKNOWN in address.host else address.host
        number_at = FoundNumber(
            value, address.start, address.end, role, host, program, protocol, name
        )
        found.add(where, number_at)


def _simple(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", name.lower())


def simplified(names: frozenset[str]) -> frozenset[str]:
    """Return process names in the form in which variables are compared with them."""
    return frozenset(_simple(name) for name in names)


def _is_own(prefix: str, owner: Owner) -> bool | None:
    """Return whether a variable's first part names the process itself; None where not clear."""
    name = _simple(prefix)
    if owner.process and name and name == _simple(owner.process):
        return True
    service = services.by_name(prefix) if prefix else None
    if service is not None and service.name in owner.services:
        return True
    if name in owner.others:
        return False
    if name in _OWN:
        return None
    if service is not None and owner.process:
        return service.name == _service_of(owner.process)
    if name in _STORES:
        return None if owner.services or not owner.process else False
    return None


def _service_of(process: str) -> str:
    service = services.by_name(process)
    return "" if service is None else service.name


def _port_role(prefix: str, owner: Owner) -> Role:
    if not owner.process:
        return Role.REPEATS
    if not prefix:
        return Role.LISTENS
    own = _is_own(prefix, owner)
    if own is None:
        return Role.LISTENS if prefix.lower() in _OWN else Role.REPEATS
    return Role.LISTENS if own else Role.CONNECTS


def _address_role(name: str, prefix: str, address: Address, owner: Owner) -> Role:
    if address.reach is AddressReach.WILDCARD or re.search(r"LISTEN|BIND", name, re.IGNORECASE):
        return Role.LISTENS
    if prefix.lower() in _OWN_URLS or _is_own(prefix, owner):
        return Role.REPEATS
    if _GIVEN_TO_OTHERS.intersection(name.lower().split("_")):
        return Role.REPEATS
    if address.scheme and address.scheme not in ("http", "https", "ws", "wss"):
        service = services.by_name(address.scheme)
        if service is not None and service.name in owner.services:
            return Role.REPEATS
        return Role.CONNECTS
    if not prefix and not address.scheme:
        return Role.REPEATS
    return Role.CONNECTS if prefix or address.scheme else Role.REPEATS


def is_local(host: str | None) -> bool:
    """Return whether a host is this machine."""
    return reach(host or "") in (AddressReach.WILDCARD, AddressReach.LOCAL)


def is_remote(host: str) -> bool:
    """Return whether a host is another machine, in public."""
    return reach(host) is AddressReach.REMOTE
