"""Numbers given to attributes that are named for ports."""

from port_registry.facts.words import word_set
from port_registry.model import Protocol, Role
from port_registry.sources.nix.literals import names, siblings
from port_registry.sources.nix.literals.build import LiteralMeaning
from port_registry.sources.nix.literals.literal_site import LiteralSite
from port_registry.sources.nix.literals.names import AddressKind, kind_of
from port_registry.sources.nix.literals.roles import role_of_port, surroundings
from port_registry.sources.nix.literals.siblings import host_beside
from port_registry.sources.nix.module_facts import LiteralContext
from port_registry.sources.shared.addresses import AddressReach, reach_of

_OF_OTHERS = frozenset((22, 25, 110, 143, 389, 465, 587, 636, 993, 995))
"""Ports that are asked of a public host, beside which they are written."""
_OF_MAIL = frozenset((25, 143, 465, 587, 993, 995))
"""Ports by which services ask the mail servers of others."""
_PROTOCOLS = word_set("names", "mail-protocols")
_OWN = word_set("names", "own-host")
"""Words of names for the host that a service itself is on."""
_SOCKETS = word_set("names", "listen-sockets")
"""Words of attributes for what is listened on, given as an address or a port alone."""
_TABLE_DEPTH = 3
"""How many attributes up a table of ports is looked for: `ports.otel.http = 4318;`."""


def said_of_port(leaf: LiteralSite, number: int) -> LiteralMeaning | None:
    """Return what the attribute of `leaf` says of `number`; None where it says no port."""
    label = leaf.label
    above = [step for step in leaf.setting[:-1] if step is not None]
    if "guest" in above or _is_inner(label, above):
        return None
    opened = _opening(leaf, label, above)
    if opened is not None:
        return opened
    if names.is_port(label) or names.is_range(label) or _is_socket(label):
        return _given(leaf, label, number)
    if label and _is_in_table(above) and names.holds_a_port(label):
        return LiteralMeaning(LiteralContext.ATTRIBUTE, Role.REPEATS, label, _protocol(leaf, label))
    return None


def _is_inner(label: str, above: list[str]) -> bool:
    """Return whether the number is that of a port inside a container."""
    if "containerPort" in (label, *above[-1:]) or "loadbalancer.server.port" in label.lower():
        return True
    inside = bool(above) and names.is_publishing(above[-1])
    return inside and (names.is_inner(label) or label == "target")


def _is_socket(label: str) -> bool:
    """Return whether a bare number given to `label` is a port that is listened on."""
    found = names.parts(label)
    return bool(found & {"listen", "listenstream"}) and found <= _SOCKETS


def _is_in_table(above: list[str]) -> bool:
    return any(step.lower() in ("port", "ports") for step in above[-_TABLE_DEPTH:])


def _opening(leaf: LiteralSite, label: str, above: list[str]) -> LiteralMeaning | None:
    """Return what is said of a port that a firewall lets in."""
    if names.is_firewall(label):
        name = label
    elif above and names.is_firewall(above[-1]):
        name = above[-1]
    elif "firewall" in above and names.is_port(label):
        name = label
    else:
        return None
    return LiteralMeaning(LiteralContext.FIREWALL, Role.REPEATS, name, _protocol(leaf, name))


def _given(leaf: LiteralSite, label: str, number: int) -> LiteralMeaning | None:
    """Return what is said of a port that is given to an attribute.

    None where it surely is another machine's, of which nothing is said.
    """
    beside = host_beside(leaf.owner, label)
    protocol = _protocol(leaf, label)
    role = role_of_port(leaf.setting, label, hosted=False)
    if beside is None:
        asks = role is Role.CONNECTS and not leaf.declared
        if asks and (number in _OF_MAIL or surroundings(leaf.setting).is_client()):
            return None
        return LiteralMeaning(LiteralContext.ATTRIBUTE, role, label, protocol)
    name, host = beside
    around = surroundings(leaf.setting)
    if kind_of(name) is AddressKind.LISTENS:
        role = role if around.container or around.probes else Role.LISTENS
    elif reach_of(host) is AddressReach.REMOTE and role is not Role.PROBES:
        role = role_of_port(leaf.setting, label, hosted=True)
        if role is Role.CONNECTS and not _is_elsewhere(leaf, label, number):
            # `services.x = { hostname = "x.example.org"; port = 3000; }`: what others call it.
            own = around.has_service() and not around.container
            role = Role.LISTENS if own else Role.REPEATS
            return LiteralMeaning(LiteralContext.ATTRIBUTE, role, label, protocol)
    elif role is Role.LISTENS and _is_asked(name):
        role = Role.CONNECTS
    return LiteralMeaning(LiteralContext.ATTRIBUTE, role, label, protocol, host)


def _is_asked(name: str) -> bool:
    """Return whether `name` is the host of something else, `RCON_HOST`."""
    found = names.parts(name)
    return "host" in found and _OWN.isdisjoint(found) and len(found) > 1


def _is_elsewhere(leaf: LiteralSite, label: str, number: int) -> bool:
    """Return whether a public host beside a port surely is another machine."""
    if number in _OF_OTHERS or role_of_port(leaf.setting, label, hosted=False) is Role.CONNECTS:
        return True
    return bool(names.parts(label) & _PROTOCOLS) or not _is_alone(leaf)


def _is_alone(leaf: LiteralSite) -> bool:
    """Return whether the port is one of a service as a whole, or of a file: a `let` binding."""
    return len(leaf.setting) == 1 or leaf.setting[-3:-2] == ("services",)


def _protocol(leaf: LiteralSite, label: str) -> Protocol | None:
    """Return the protocol that the name, a sibling or the path gives."""
    found = names.parts(label)
    udp, tcp = "udp" in found or "datagram" in found, "tcp" in found
    if udp != tcp:
        return Protocol.UDP if udp else Protocol.TCP
    return siblings.protocol_beside(leaf.owner) or surroundings(leaf.setting).protocol
