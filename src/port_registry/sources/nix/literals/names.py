"""Names of attributes, variables and flags: which speak of ports, and which of addresses."""

from enum import Enum
from functools import cache

from port_registry.facts.identifiers import split

_BEFORE_OTHERS = frozenset(
    (
        "air audio av card com console display dp fan gpio hdmi input line midi mirror network"
        " output parallel printer reader sata serial sound switch thunderbolt trans tty uplink usb"
        " vga video view"
    ).split()
)
"""What stands before `port` where it is no port of a machine's network."""

_BESIDE_OTHERS = frozenset(
    (
        "alive allocator attempts check checker checks color conflict conflicts count delay delta"
        " dir direction dirs file files filter forward forwarding forwards group groups increment"
        " index interval isolation knock knocking label length limit limits map mapper mapping"
        " mappings monitor name names offset path paths prefix profile range ranges rate registry"
        " reuse scan scanner scope script security sharing size speed state step stride suffix"
        " table test timeout to type types wait width"
    ).split()
)
"""Words of names that speak of ports and hold something else."""

_MAKERS = frozenset(
    "is has valid validate mk make get find assert check enable disable open use with".split()
)
"""First words of names of functions and switches."""

_JOINED = frozenset(
    (
        "adminport apiport bindport dbport grpcport"
        " hostport httpport httpsport listenport localport"
        " metricsport pgport proxyport publicport rpcport serverport smtpport socksport sshport"
        " tcpport udpport uiport webport wsport dnsport mqttport serviceport"
    ).split()
)
"""Names in one word."""

_BEHIND = frozenset(
    (
        "admin alt api default external grpc host http https internal local main metrics num number"
        " plain primary private public secondary secure socks ssl tcp tls udp ui web ws"
    ).split()
)
"""What may stand behind `port` in a longer name."""

_TABLE_OTHERS = frozenset(
    (
        "attempts burst count cpu default_retry delay depth gid height id index interval max memory"
        " metric min mode mtu order pid priority quota rate replicas retries size speed step tag"
        " timeout ttl uid version vlan weight width workers target containerport"
    ).split()
)
"""What a table of ports may say of a port besides its number."""


@cache
def parts(name: str) -> frozenset[str]:
    """Return the words of `name`."""
    return frozenset(split(name))


@cache
def is_port(name: str) -> bool:
    """Return whether `name` is that of a port, or of several: `port`, `httpPort`, `DB_PORT`."""
    lower = name.lower()
    if "port" not in lower:
        return False
    pieces = split(name)
    if not pieces or pieces[0] in _MAKERS or not _BESIDE_OTHERS.isdisjoint(pieces):
        return False
    if pieces[-1] in ("port", "ports") or pieces[-1] in _JOINED:
        return pieces[-2:-1] == [] or pieces[-2] not in _BEFORE_OTHERS
    at = pieces.index("port") if "port" in pieces else -1
    return at == 0 or (at > 0 and _BEHIND.issuperset(pieces[at + 1 :]))


@cache
def is_range(name: str) -> bool:
    """Return whether `name` is that of ranges of ports, `allowedTCPPortRanges`."""
    pieces = split(name)
    return pieces[-1:] in (["range"], ["ranges"]) and not {"port", "ports"}.isdisjoint(pieces)


@cache
def is_firewall(name: str) -> bool:
    """Return whether `name` is that of the ports that a firewall lets in."""
    found = parts(name)
    return "allowed" in found and not {"port", "ports"}.isdisjoint(found)


@cache
def is_publishing(name: str) -> bool:
    """Return whether `name` is that of ports of a container, each with one of the host."""
    found = parts(name)
    return (
        name.lower() in ("ports", "publish")
        or ("publish" in found and not {"port", "ports"}.isdisjoint(found))
        or (bool({"port", "ports"} & found) and bool({"mapping", "mappings"} & found))
        or (name.lower() == "forwardports")
    )


@cache
def is_inner(name: str) -> bool:
    """Return whether `name` is that of a port inside a container or another machine."""
    found = parts(name)
    if "loadbalancer.server.port" in name.lower():
        return True
    return not {"container", "guest", "target"}.isdisjoint(found) and "port" in found


@cache
def holds_a_port(name: str) -> bool:
    """Return whether an attribute of a table of ports is one of them, not something beside."""
    return _TABLE_OTHERS.isdisjoint(split(name)) and name.lower() not in _TABLE_OTHERS


class AddressKind(Enum):
    """What a name says of the address that it holds."""

    LISTENS = "listens"
    CONNECTS = "connects"
    OWN = "own"
    """The address by which others know the service."""
    ADDRESS = "address"
    """It says no more than that it is one."""
    NOTHING = "nothing"


_LISTENS = frozenset(
    (
        "listen listens listening listener listeners bind binds listenstream listenstreams"
        " listendatagram listenaddress listenaddr bindaddr bindaddress laddr"
    ).split()
)
_CONNECTS = frozenset(
    (
        "backend backends bootstrap broker brokers"
        " connect connection datasource dest destination dial"
        " dsn endpoint endpoints fastcgi forward forwarder"
        " forwarders instance nodes pass peer peers"
        " proxypass redirect remote remotes replacement resolver resolvers reverse"
        " scrape server servers target targets upstream upstreams"
        " uri uris url urls webhook proxy href"
        " ping lighthouse probe siteMonitor widget api"
    ).split()
)
_OWN = frozenset(
    (
        "advertise advertised allowed app base callback"
        " canonical cors domain external frontend origin"
        " origins own public redirect root self site trusted"
    ).split()
)
_URLS = frozenset(
    "url urls uri uris address addr origin origins endpoint host hosts domain domains".split()
)
_ADDRESSES = frozenset(
    "addr addrs address addresses host hosts hostname hostport httpaddr interface ip socket".split()
)


@cache
def kind_of(name: str) -> AddressKind:
    """Return what `name` says of an address."""
    found = parts(name)
    if not _LISTENS.isdisjoint(found):
        return AddressKind.LISTENS
    if not _OWN.isdisjoint(found) and not _URLS.isdisjoint(found):
        return AddressKind.OWN
    if not _CONNECTS.isdisjoint(found):
        return AddressKind.CONNECTS
    if not _ADDRESSES.isdisjoint(found):
        return AddressKind.ADDRESS
    return AddressKind.NOTHING
