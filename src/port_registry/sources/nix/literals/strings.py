"""Strings that name ports."""

import re
from collections.abc import Iterator
from functools import cache

from port_registry.facts.words import word_set
from port_registry.languages.nix import tree
from port_registry.languages.provenance import UNKNOWN, SourceMap
from port_registry.model import Protocol, Role, Use
from port_registry.sources.nix.literals import names
from port_registry.sources.nix.literals.address_scan import ScannedAddress, scan
from port_registry.sources.nix.literals.build import LiteralMeaning, Stretch, from_text
from port_registry.sources.nix.literals.container_ports import read_mapping
from port_registry.sources.nix.literals.keyword_ports import Keyed, keyed
from port_registry.sources.nix.literals.literal_site import LiteralSite
from port_registry.sources.nix.literals.numbers import said_of_port
from port_registry.sources.nix.literals.roles import (
    role_of_address,
    role_of_port,
    surroundings,
)
from port_registry.sources.nix.literals.scripts import (
    UNNAMED,
    is_script,
    uses_in_list,
    uses_in_script,
)
from port_registry.sources.nix.literals.string_content import Content, Places, content_of
from port_registry.sources.nix.module_facts import Literal, LiteralContext

_SILENT = word_set("nixos", "silent-attributes")
"""Attributes whose text names no port of this machine, whatever it looks like."""
_TCP_SCHEMES = word_set("addresses", "tcp-schemes-of-modules")


_ENGINES = frozenset("docker podman nerdctl".split())
_LOWEST_BARE = 80
"""A lower number behind a colon alone is no port: `DISPLAY=:1`."""


@cache
def _digit() -> re.Pattern[str]:
    return re.compile(r"\d")


@cache
def _number() -> re.Pattern[str]:
    return re.compile(r"\s*(\d{1,6})(?:-(\d{1,6}))?(?:/(tcp|udp))?\s*")


@cache
def _argument() -> re.Pattern[str]:
    return re.compile(r"-|[\w.\[\]:*]*\d(?:/\w+)?$")


@cache
def _assignment() -> re.Pattern[str]:
    return re.compile(r"([A-Za-z_][\w.]{0,80})=(?=\S)")


def read_string(leaf: LiteralSite, node: tree.Str) -> Iterator[Literal]:
    """Yield the ports that a string names, by place."""
    if _is_silent(leaf) or not _has_digit(node):
        return
    content = content_of(node)
    text = content.text.text
    if _digit().search(text) is None:
        return
    origin = SourceMap(content.text)
    if len(text) < 200 and "\n" not in text:
        whole = list(_whole(leaf, text))
        if whole or _number().fullmatch(text):
            yield from _made(leaf, content, origin, whole or list(_listed(leaf, content)))
            return
    yield from _made(leaf, content, origin, [*_commanded(leaf, content), *_within(leaf, text)])


def _is_silent(leaf: LiteralSite) -> bool:
    return leaf.label in _SILENT or "meta" in leaf.setting


def _has_digit(node: tree.Str) -> bool:
    digit = _digit().search
    for part in node.parts:
        if isinstance(part, tree.TextPart):
            if digit(part.traced.text) is not None:
                return True
        elif _is_call(part):
            return True
    return False


def _is_call(part: tree.Interpolation) -> bool:
    return isinstance(part.node, (tree.Apply, tree.IntLiteral))


_Read = tuple[Stretch, LiteralMeaning]


def _made(
    leaf: LiteralSite, content: Content, origin: SourceMap, found: list[_Read]
) -> Iterator[Literal]:
    """Yield literals of what was found, each stretch once, by place."""
    seen: set[int] = set()
    made: list[tuple[int, Literal]] = []
    for stretch, said in found:
        if stretch.start in seen:
            continue
        seen.add(stretch.start)
        literal = from_text(leaf, content, origin, stretch, said)
        if literal is not None:
            made.append((stretch.start, literal))
    made.sort(key=lambda one: one[0])
    yield from (literal for _, literal in made)


def _whole(leaf: LiteralSite, text: str) -> Iterator[_Read]:
    """Yield the port that a whole short string is."""
    label = leaf.label
    if names.is_publishing(label):
        yield from read_mapping(text, label)
    found = _number().fullmatch(text)
    if found is None:
        return
    if names.is_publishing(label):
        return
    first, last = int(found[1]), int(found[2] or found[1])
    said = said_of_port(leaf, first)
    if said is None:
        return
    protocol = Protocol(found[3]) if found[3] else said.protocol
    stretch = Stretch(found.start(1), found.end(2 if found[2] else 1), first, last)
    yield stretch, said._replace(protocol=protocol)


def _listed(leaf: LiteralSite, content: Content) -> Iterator[_Read]:
    """Yield the port that a string is as one of a list of arguments."""
    places = Places(content.text)
    for use in uses_in_list(leaf):
        yield from _of_use(leaf, use, places)


def _commanded(leaf: LiteralSite, content: Content) -> Iterator[_Read]:
    """Yield the ports that the commands in a string name."""
    text = content.text.text
    if is_script(leaf.label, text):
        places = Places(content.text)
        for use in uses_in_script(content.text, leaf):
            yield from _of_use(leaf, use, places)
    elif _argument().match(text) and "\n" not in text:
        yield from _listed(leaf, content)


def _of_use(leaf: LiteralSite, use: Use, places: Places) -> Iterator[_Read]:
    """Yield what a command says of a port, at its place in the text."""
    start = places.find(use.span)
    if start is None:
        return
    end = start + use.span.end - use.span.start
    first = use.number if use.ports is None else use.ports.first
    last = use.number if use.ports is None else use.ports.last
    text = places.text
    is_address = text[start - 1 : start] == ":"
    if _is_doubtful(use, text[max(0, start - 2) : start], is_address=is_address):
        return
    role = use.role
    if role is Role.REPEATS and leaf.label == "ExecStart" and use.label:
        role = Role.LISTENS
    elif role is Role.CONNECTS and use.program in ("", UNNAMED) and not use.host:
        role = Role.REPEATS
    stands = LiteralContext.ADDRESS if is_address else LiteralContext.COMMAND
    if text[end : end + 1] == ":" and role is Role.LISTENS:
        stands = LiteralContext.CONTAINER if use.program in _ENGINES else LiteralContext.COMMAND
    elif role is Role.LISTENS and surroundings(leaf.setting).container:
        role = Role.REPEATS
    yield (
        Stretch(start, end, first, last),
        LiteralMeaning(
            stands, role, use.label, use.protocols[0] if use.protocols else None, use.host
        ),
    )


def _is_doubtful(use: Use, before: str, *, is_address: bool) -> bool:
    """Return whether a number in a command may as well be something else than a port.

    `-b 4096` and `-l 3` are taken by many programs, and `:1` is a display as well.
    """
    if is_address:
        return not use.host and before[:1].isspace() and use.number < _LOWEST_BARE
    return use.label in ("-b", "-l")


def _within(leaf: LiteralSite, text: str) -> Iterator[_Read]:
    """Yield the addresses and the named numbers in a text."""
    label = leaf.label
    named = _assignment().match(text)
    if named is not None and "\n" not in text:
        label = named[1]
    for address in scan(text, label):
        stretch = Stretch(address.start, address.end, address.number, address.number)
        yield stretch, said_of_address(leaf, address)
    scripted = is_script(leaf.label, text)
    for one in keyed(text):
        stretch = Stretch(one.start, one.end, one.number, one.number)
        said = _said_of_key(leaf, one)
        if scripted and said.role is Role.LISTENS and not one.is_flag:
            said = said._replace(role=Role.REPEATS)
        yield stretch, said


def said_of_address(leaf: LiteralSite, address: ScannedAddress) -> LiteralMeaning:
    """Return what the text around an address, and its attribute, say of its port."""
    role = role_of_address(leaf.setting, address.key, address.scheme, address.reach)
    protocol: Protocol | None = None
    if address.scheme in _TCP_SCHEMES:
        protocol = Protocol.TCP
    elif address.scheme == "udp" or address.is_udp:
        protocol = Protocol.UDP
    host = None if UNKNOWN in address.host else address.host
    return LiteralMeaning(LiteralContext.ADDRESS, role, address.key, protocol, host)


def _said_of_key(leaf: LiteralSite, one: Keyed) -> LiteralMeaning:
    """Return what a word in a text says of the number behind it."""
    around = surroundings(leaf.setting)
    key = one.key.rpartition(".")[2]
    if one.is_flag:
        listens = leaf.label == "ExecStart" and not around.container
        role = Role.LISTENS if listens else Role.REPEATS
        return LiteralMeaning(LiteralContext.COMMAND, role, one.key)
    role = role_of_port((*leaf.setting, key), key, hosted=False)
    return LiteralMeaning(LiteralContext.ATTRIBUTE, role, key)
