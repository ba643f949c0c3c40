"""Meaning of numbers that are values of attributes named for ports."""

from port_registry.facts.identifiers import split
from port_registry.facts.words import word_set
from port_registry.languages.nix import tree
from port_registry.model import Protocol, Role
from port_registry.sources.nix.literals import names, roles, string_content
from port_registry.sources.nix.literals.build import LiteralMeaning
from port_registry.sources.nix.literals.literal_site import LiteralSite
from port_registry.sources.nix.module_facts import LiteralContext
from port_registry.sources.shared.addresses import AddressReach, reach_of

_REMOTE_PORTS = frozenset((22, 25, 110, 143, 389, 465, 587, 636, 993, 995))
"""Ports of a public host that is written next to them."""
_MAIL_PORTS = frozenset((25, 143, 465, 587, 993, 995))
"""Ports on which services connect to the mail servers of others."""
_MAIL_PROTOCOLS = word_set("names", "mail-protocols")
_OWN_HOST_WORDS = word_set("names", "own-host")
"""Words of names for the host that a service itself is on."""
_SOCKET_WORDS = word_set("names", "listen-sockets")
"""Words of attributes for an address or a port to listen on."""
_ADDRESS_WORDS = word_set("addresses", "host-words")
_FILLERS = word_set("names", "host-fillers")
_MAX_ATTRIBUTES = 400
"""Sets with more attributes are not searched for the host of a port."""
_TABLE_DEPTH = 3
"""The number of attributes up to a table of ports: `ports.otel.http = 4318;`."""


def port_meaning(site: LiteralSite, number: int) -> LiteralMeaning | None:
    """Return the meaning of `number` at `site`; None where it is not a port."""
    label = site.label
    above = [step for step in site.setting[:-1] if step is not None]
    if "guest" in above or _is_inner(label, above):
        return None
    opening = _opening_meaning(site, label, above)
    if opening is not None:
        return opening
    if names.is_port(label) or names.is_port_range(label) or _is_socket(label):
        return _attribute_meaning(site, label, number)
    if label and _is_in_table(above) and names.is_port_of_table(label):
        return LiteralMeaning(LiteralContext.ATTRIBUTE, Role.REPEATS, label, _protocol(site, label))
    return None


def _is_inner(label: str, above: list[str]) -> bool:
    """Return whether the number is that of a port inside a container."""
    if "containerPort" in (label, *above[-1:]) or "loadbalancer.server.port" in label.lower():
        return True
    is_mapping = bool(above) and names.publishes_ports(above[-1])
    return is_mapping and (names.is_inner_port(label) or label == "target")


def _is_socket(label: str) -> bool:
    """Return whether a bare number at `label` is a port to listen on."""
    words = names.name_words(label)
    return bool(words & {"listen", "listenstream"}) and words <= _SOCKET_WORDS


def _is_in_table(above: list[str]) -> bool:
    return any(step.lower() in ("port", "ports") for step in above[-_TABLE_DEPTH:])


def _opening_meaning(site: LiteralSite, label: str, above: list[str]) -> LiteralMeaning | None:
    """Return the meaning of a port that a firewall lets in; None for any other port."""
    if names.opens_firewall(label):
        name = label
    elif above and names.opens_firewall(above[-1]):
        name = above[-1]
    elif "firewall" in above and names.is_port(label):
        name = label
    else:
        return None
    return LiteralMeaning(LiteralContext.FIREWALL, Role.REPEATS, name, _protocol(site, name))


def _attribute_meaning(site: LiteralSite, label: str, number: int) -> LiteralMeaning | None:
    """Return the meaning of a port that is the value of an attribute.

    None where it surely is another machine's, which is not reported.
    """
    sibling = _sibling_host(site.owner, label)
    protocol = _protocol(site, label)
    role = roles.role_of_port(site.setting, label, has_other_host=False)
    context = roles.path_context(site.setting)
    if sibling is None:
        connects = role is Role.CONNECTS and not site.declared
        if connects and (number in _MAIL_PORTS or context.is_client()):
            return None
        return LiteralMeaning(LiteralContext.ATTRIBUTE, role, label, protocol)
    name, host = sibling
    if names.address_kind(name) is names.AddressKind.LISTENS:
        role = role if context.container or context.probes else Role.LISTENS
    elif reach_of(host) is AddressReach.REMOTE and role is not Role.PROBES:
        role = roles.role_of_port(site.setting, label, has_other_host=True)
        if role is Role.CONNECTS and not _is_remote(site, label, number):
            # `services.x = { hostname = "x.example.org"; port = 3000; }`: its public name.
            is_own = context.has_service() and not context.container
            role = Role.LISTENS if is_own else Role.REPEATS
            return LiteralMeaning(LiteralContext.ATTRIBUTE, role, label, protocol)
    elif role is Role.LISTENS and _is_host_of_another(name):
        role = Role.CONNECTS
    return LiteralMeaning(LiteralContext.ATTRIBUTE, role, label, protocol, host)


def _is_host_of_another(name: str) -> bool:
    """Return whether `name` is for the host of another service, `RCON_HOST`."""
    words = names.name_words(name)
    return "host" in words and _OWN_HOST_WORDS.isdisjoint(words) and len(words) > 1


def _is_remote(site: LiteralSite, label: str, number: int) -> bool:
    """Return whether a public host next to a port surely is another machine."""
    if (
        number in _REMOTE_PORTS
        or roles.role_of_port(site.setting, label, has_other_host=False) is Role.CONNECTS
    ):
        return True
    return bool(names.name_words(label) & _MAIL_PROTOCOLS) or not _is_alone(site)


def _is_alone(site: LiteralSite) -> bool:
    """Return whether the port is of a service as a whole, or of a file: a `let` binding."""
    return len(site.setting) == 1 or site.setting[-3:-2] == ("services",)


def _protocol(site: LiteralSite, label: str) -> Protocol | None:
    """Return the protocol that the name, a sibling or the path gives."""
    words = names.name_words(label)
    is_udp, is_tcp = "udp" in words or "datagram" in words, "tcp" in words
    if is_udp != is_tcp:
        return Protocol.UDP if is_udp else Protocol.TCP
    return _sibling_protocol(site.owner) or roles.path_context(site.setting).protocol


def _sibling_host(owner: tree.Set | None, label: str) -> tuple[str, str] | None:
    """Return the name and the value of the attribute for the host of the port `label`."""
    if owner is None or len(owner.definitions) > _MAX_ATTRIBUTES:
        return None
    port_words = names.name_words(label) - _FILLERS
    general: tuple[str, str] | None = None
    for name, definition in owner.definitions.items():
        words = split(name)
        if words == ["bind"]:
            words = ["bind", "address"]
        if not words or (words[-1] not in _ADDRESS_WORDS and words[-2:] != ["host", "name"]):
            continue
        value = string_content.plain_text(definition.node)
        if not value or "/" in value or " " in value:
            continue
        host_words = frozenset(words) - _ADDRESS_WORDS - {"name"} - _FILLERS
        if host_words == port_words and host_words:
            return name, value
        if not host_words and (general is None or words[:1] != ["host"]):
            general = (name, value)
    return None if port_words else general


def _sibling_protocol(owner: tree.Set | None) -> Protocol | None:
    """Return the protocol in an attribute of the same set."""
    for name in ("protocol", "proto"):
        definition = None if owner is None else owner.definitions.get(name)
        text = None if definition is None else string_content.plain_text(definition.node)
        if text is not None and text.lower() in ("tcp", "udp", "sctp"):
            return Protocol(text.lower())
    return None
