"""Ports in strings."""

import re
from collections.abc import Iterator
from functools import cache

from port_registry.facts.words import word_set
from port_registry.languages.nix import tree
from port_registry.languages.provenance import UNKNOWN, SourceMap, enclosing_span
from port_registry.model import Protocol, Role, Use, lazy_pattern
from port_registry.sources.nix.literals import address_scan, names, roles, scripts
from port_registry.sources.nix.literals.build import LiteralMeaning, NumberSpan, literal_of
from port_registry.sources.nix.literals.keyword_ports import KeywordPort, keyword_ports
from port_registry.sources.nix.literals.literal_site import LiteralSite
from port_registry.sources.nix.literals.numbers import port_meaning
from port_registry.sources.nix.literals.string_content import StringContent, TextOffsets, content_of
from port_registry.sources.nix.module_facts import Literal, LiteralContext

_PORTLESS_ATTRIBUTES = word_set("nixos", "silent-attributes")
"""Attributes whose text contains no ports of this machine, whatever it looks like."""
_TCP_SCHEMES = word_set("addresses", "tcp-schemes-of-modules")
_ENGINES = frozenset("docker podman nerdctl".split())
_LOWEST_BARE = 80
"""The lowest number after a colon alone that is a port: `DISPLAY=:1` is not."""


_digit = lazy_pattern(r"\d")
_number = lazy_pattern(r"\s*(\d{1,6})(?:-(\d{1,6}))?(?:/(tcp|udp))?\s*")
_argument = lazy_pattern(r"-|[\w.\[\]:*]*\d(?:/\w+)?$")
_assignment = lazy_pattern(r"([A-Za-z_][\w.]{0,80})=(?=\S)")


_MeantNumber = tuple[NumberSpan, LiteralMeaning]


def read_string(site: LiteralSite, node: tree.Str) -> Iterator[Literal]:
    """Yield the ports in a string, in order."""
    if site.label in _PORTLESS_ATTRIBUTES or "meta" in site.setting or not _has_digit(node):
        return
    content = content_of(node)
    text = content.text.text
    if _digit().search(text) is None:
        return
    if len(text) < 200 and "\n" not in text:
        numbers = list(_whole_string_port(site, text))
        if numbers or _number().fullmatch(text):
            numbers = numbers or list(_list_argument_ports(site, content))
            yield from _build_literals(site, content, numbers)
            return
    numbers = [*_command_ports(site, content), *_ports_in_text(site, text)]
    yield from _build_literals(site, content, numbers)


def _has_digit(node: tree.Str) -> bool:
    digit = _digit().search
    for part in node.parts:
        if isinstance(part, tree.TextPart):
            if digit(part.traced.text) is not None:
                return True
        elif isinstance(part.node, (tree.Apply, tree.IntLiteral)):
            return True
    return False


def _build_literals(
    site: LiteralSite, content: StringContent, numbers: list[_MeantNumber]
) -> Iterator[Literal]:
    """Yield the literals of `numbers`, each offset once, in order."""
    source_map = SourceMap(content.text)
    first_at = {number.start: (number, meaning) for number, meaning in reversed(numbers)}
    for _, (number, meaning) in sorted(first_at.items()):
        segments = source_map.cut(number.start, number.end)
        if not segments:
            continue
        span = enclosing_span(segments, segments[0].span)
        is_verbatim = len(segments) == 1 and segments[0].verbatim
        digits = span if is_verbatim and number.number == number.last else None
        ports = number.number, number.last
        quoted = span not in content.numbers
        yield literal_of(site, meaning, ports, span, digits, quoted=quoted)


def _whole_string_port(site: LiteralSite, text: str) -> Iterator[_MeantNumber]:
    """Yield the port in a short string that contains nothing else."""
    label = site.label
    if names.publishes_ports(label):
        yield from _port_mapping(text, label)
        return
    match = _number().fullmatch(text)
    if match is None:
        return
    first, last = int(match[1]), int(match[2] or match[1])
    meaning = port_meaning(site, first)
    if meaning is None:
        return
    protocol = Protocol(match[3]) if match[3] else meaning.protocol
    number = NumberSpan(match.start(1), match.end(2 if match[2] else 1), first, last)
    yield number, meaning._replace(protocol=protocol)


def _list_argument_ports(site: LiteralSite, content: StringContent) -> Iterator[_MeantNumber]:
    """Yield the ports in a string that is an item of a list of arguments."""
    offsets = TextOffsets(content.text)
    for use in scripts.uses_in_list(site):
        yield from _from_use(site, use, offsets)


def _command_ports(site: LiteralSite, content: StringContent) -> Iterator[_MeantNumber]:
    """Yield the ports that the commands in a string name."""
    text = content.text.text
    if scripts.is_script(site.label, text):
        offsets = TextOffsets(content.text)
        for use in scripts.uses_in_script(content.text, site):
            yield from _from_use(site, use, offsets)
    elif _argument().match(text) and "\n" not in text:
        yield from _list_argument_ports(site, content)


def _from_use(site: LiteralSite, use: Use, offsets: TextOffsets) -> Iterator[_MeantNumber]:
    """Yield the number of a use in a command, at its offset in the text."""
    start = offsets.offset_of(use.span)
    if start is None:
        return
    end = start + use.span.end - use.span.start
    text = offsets.text
    is_address = text[start - 1 : start] == ":"
    if _is_ambiguous(use, text[max(0, start - 2) : start], is_address=is_address):
        return
    role = use.role
    if role is Role.REPEATS and site.label == "ExecStart" and use.label:
        role = Role.LISTENS
    elif role is Role.CONNECTS and use.program in ("", scripts.UNNAMED_PROGRAM) and not use.host:
        role = Role.REPEATS
    context = LiteralContext.ADDRESS if is_address else LiteralContext.COMMAND
    if text[end : end + 1] == ":" and role is Role.LISTENS:
        context = LiteralContext.CONTAINER if use.program in _ENGINES else LiteralContext.COMMAND
    elif role is Role.LISTENS and roles.path_context(site.setting).container:
        role = Role.REPEATS
    first, last = (use.number, use.number) if use.ports is None else use.ports
    protocol = use.protocols[0] if use.protocols else None
    meaning = LiteralMeaning(context, role, use.label, protocol, use.host)
    yield NumberSpan(start, end, first, last), meaning


def _is_ambiguous(use: Use, before: str, *, is_address: bool) -> bool:
    """Return whether a number in a command may be something else than a port.

    Many programs have `-b 4096` and `-l 3`, and `:1` may be a display.
    """
    if is_address:
        return not use.host and before[:1].isspace() and use.number < _LOWEST_BARE
    return use.label in ("-b", "-l")


def _ports_in_text(site: LiteralSite, text: str) -> Iterator[_MeantNumber]:
    """Yield the ports of addresses and after keywords in a text."""
    label = site.label
    assignment = _assignment().match(text)
    if assignment is not None and "\n" not in text:
        label = assignment[1]
    for address in address_scan.scan_addresses(text, label):
        number = NumberSpan(address.start, address.end, address.number, address.number)
        yield number, address_meaning(site, address)
    in_script = scripts.is_script(site.label, text)
    for port in keyword_ports(text):
        number = NumberSpan(port.start, port.end, port.number, port.number)
        meaning = _keyword_meaning(site, port)
        if in_script and meaning.role is Role.LISTENS and not port.is_flag:
            meaning = meaning._replace(role=Role.REPEATS)
        yield number, meaning


def address_meaning(site: LiteralSite, address: address_scan.ScannedAddress) -> LiteralMeaning:
    """Return the meaning of the port of an address."""
    role = roles.role_of_address(site.setting, address.key, address.scheme, address.reach)
    protocol: Protocol | None = None
    if address.scheme in _TCP_SCHEMES:
        protocol = Protocol.TCP
    elif address.scheme == "udp" or address.is_udp:
        protocol = Protocol.UDP
    host = None if UNKNOWN in address.host else address.host
    return LiteralMeaning(LiteralContext.ADDRESS, role, address.key, protocol, host)


def _keyword_meaning(site: LiteralSite, port: KeywordPort) -> LiteralMeaning:
    """Return the meaning of a number after a keyword."""
    key = port.key.rpartition(".")[2]
    if port.is_flag:
        listens = site.label == "ExecStart" and not roles.path_context(site.setting).container
        role = Role.LISTENS if listens else Role.REPEATS
        return LiteralMeaning(LiteralContext.COMMAND, role, port.key)
    role = roles.role_of_port((*site.setting, key), key, has_other_host=False)
    return LiteralMeaning(LiteralContext.ATTRIBUTE, role, key)


@cache
def _mapping() -> re.Pattern[str]:
    host = rf"(?:(?P<host>\[[^\]]*\]|[\d.]+|localhost|[{UNKNOWN}]):)?"
    outer = r"(?P<first>\d{1,6})(?:-(?P<last>\d{1,6}))?"
    inner = rf":[\d{UNKNOWN}]+(?:-[\d{UNKNOWN}]+)?"
    return re.compile(rf"\s*{host}{outer}{inner}(?:/(?P<protocol>tcp|udp|sctp))?\s*")


def _port_mapping(text: str, label: str) -> Iterator[_MeantNumber]:
    """Yield the port of the host in `H:C` and its longer forms."""
    match = _mapping().fullmatch(text)
    if match is None:
        return
    first, last = int(match["first"]), int(match["last"] or match["first"])
    end = match.end("last" if match["last"] else "first")
    protocol = Protocol(match["protocol"] or "tcp")
    host = None if UNKNOWN in (match["host"] or UNKNOWN) else match["host"]
    meaning = LiteralMeaning(LiteralContext.CONTAINER, Role.LISTENS, label, protocol, host)
    yield NumberSpan(match.start("first"), end, first, last), meaning
