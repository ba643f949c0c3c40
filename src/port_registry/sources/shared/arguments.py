"""Ports in the arguments of a program, by its own flags or by what flags are usually called."""

import re
from functools import cache
from typing import NamedTuple

from port_registry.facts import services
from port_registry.facts.programs import FlagValueKind, ParameterKind, Program, ProgramFlag
from port_registry.facts.words import word_set
from port_registry.languages.provenance import UNKNOWN
from port_registry.model import Protocol, Role, TracedText
from port_registry.sources.shared.addresses import (
    Address,
    AddressReach,
    addresses,
    dsn,
    host_port,
    reach,
    urls,
)
from port_registry.sources.shared.use_collector import FoundNumber, UseCollector, Where

_ROLES = {ParameterKind.LISTENS: Role.LISTENS, ParameterKind.CONNECTS: Role.CONNECTS}
_TCP_SCHEMES = word_set("addresses", "tcp-schemes")
_HOST_FLAGS = word_set("addresses", "host-flags")
_SERVING = word_set("programs", "serving")
_LOCAL_NAMES = word_set("addresses", "hosts-before-ports")
"""Words of any program before which a number is surely the port: `localhost 8000`."""
_LOWEST_GUESS = 1024
"""`-p 3000` of a program that nothing is known of may be a port; a lower number is not."""


class ProgramCall(NamedTuple):
    """One program with its arguments."""

    name: str
    words: tuple[TracedText, ...]
    """The arguments, without the program."""
    program: Program | None
    """What is known of it."""
    where: Where
    found: UseCollector

    def role(self) -> Role:
        """Return what the program does with a port that nothing else is said of."""
        if self.program is not None:
            return _ROLES.get(self.program.kind, Role.REPEATS)
        if services.by_name(self.name) is not None or self._serves():
            return Role.LISTENS
        return Role.REPEATS

    def _serves(self) -> bool:
        words = [self.name, *(word.text for word in self.words if word.text[:1] != "-")]
        parts = (part for word in words for part in re.split(r"[^a-z]+", word.lower()))
        return any(part in _SERVING for part in parts)

    def number(
        self,
        text: TracedText,
        start: int,
        end: int,
        role: Role,
        host: str | None = None,
        label: str = "",
    ) -> None:
        """Add a port number."""
        if host is not None and reach(host) is AddressReach.REMOTE:
            return
        shown = None if host is None or UNKNOWN in host else host
        number = FoundNumber(text, start, end, role, shown, self.name, self._protocol(), label)
        self.found.add(self.where, number)

    def _protocol(self) -> Protocol | None:
        return None if self.program is None else Protocol.TCP


@cache
def _port_name() -> re.Pattern[str]:
    return re.compile(r"(?:.*[-_.])?(?:port|Port|PORT)|.*[a-z]Port")


@cache
def _address_name() -> re.Pattern[str]:
    return re.compile(
        r"(?:.*[-_.])?(?:listen|bind|addr|address|addresses|endpoints?|host-port|urls?|uri|"
        r"servers?|hosts?|upstream|target|proxy|brokers?|backend|dsn|database|origin)|"
        r".*(?:Addr|Address|Url|URL|Endpoint)"
    )


def read_arguments(call: ProgramCall) -> None:
    """Add the ports that a call's arguments name."""
    _Arguments(call).run()


class _Arguments:
    """Goes through the arguments of one call."""

    def __init__(self, call: ProgramCall) -> None:
        self.call = call
        program = call.program
        self.flags = {} if program is None else {flag.name: flag for flag in program.flags}
        self.positional = frozenset[str]() if program is None else program.positional
        self.skipped = frozenset[str]() if program is None else program.skipped
        self.host = _host(call.words)
        self.role = call.role()
        self.label = ""
        self.at = 0

    def run(self) -> None:
        words = self.call.words
        while self.at < len(words):
            word = words[self.at]
            self.at += 1
            if not self._assigned(word):
                if word.text[:1] == "-" and len(word.text) > 1:
                    self._flag(word)
                else:
                    self._word(word)

    def _next(self) -> TracedText | None:
        """Return the next word, the value of a flag; None where that is a flag itself."""
        if self.at == len(self.call.words):
            return None
        word = self.call.words[self.at]
        if " " not in word.text and word.text[:1] == "-" and not _is_number(word.text):
            return None
        self.at += 1
        return word

    def _assigned(self, word: TracedText) -> bool:
        """Read a word `port=1`, and the debugger's address of a Java machine."""
        text = word.text
        for flag in self.call.program.assigned if self.call.program is not None else ():
            if text.startswith(flag.name) and text[len(flag.name) :].lstrip("-").isdigit():
                self._plain(word.cut(len(flag.name), len(text)), flag)
                return True
        if "jdwp" in text:
            found = re.search(r"address=(?:([\w.*]+):)?(\d{1,5})", text)
            if found is not None:
                self.call.number(word, *found.span(2), Role.LISTENS, found[1])
                return True
        return False

    def _flag(self, word: TracedText) -> None:
        """Read a flag, and its value with it."""
        text = word.text
        name, equals, _ = text.partition("=")
        key = name if len(name) == 2 else name.lstrip("-")
        attached = self.flags.get(text[:2])
        if attached is not None and attached.attached and text[2:].isdigit():
            self._plain(word.cut(2, len(text)), attached)
            return
        flag = self.flags.get(key) or self.flags.get(key.replace("_", "-"))
        named = flag is not None or key in self.skipped or self._is_generic(key)
        if equals:
            value: TracedText | None = word.cut(len(name) + 1, len(text))
        else:
            value = self._next() if named else None
        if value is None or key in self.skipped:
            return
        self.label = key
        if flag is not None:
            self._value(value, flag)
        elif named:
            self._guess(key, value)
        else:
            self._word(value)
        self.label = ""

    def _is_generic(self, key: str) -> bool:
        if key in ("-p", "-l", "-b"):
            return self.call.program is None
        long = not key.startswith("-")
        return long and (
            _port_name().fullmatch(key) is not None or _address_name().fullmatch(key) is not None
        )

    def _value(self, value: TracedText, flag: ProgramFlag) -> None:
        """Read the value of a flag that is known."""
        if flag.value_kind is FlagValueKind.PORT:
            self._plain(value, flag)
        elif flag.value_kind is FlagValueKind.ADDRESS:
            role = _ROLES.get(flag.kind, Role.REPEATS)
            self.addresses(value, role, flag.protocol)
        else:
            words = tuple(value.cut(*found.span()) for found in re.finditer(r"\S+", value.text))
            _Arguments(self.call._replace(words=words)).run()

    def _plain(self, value: TracedText, flag: ProgramFlag) -> None:
        role = _ROLES.get(flag.kind, Role.REPEATS)
        text = value.text
        if (
            self.host is not None
            and reach(self.host) is AddressReach.REMOTE
            and role is Role.CONNECTS
        ):
            return
        if not _is_number(text) and UNKNOWN not in text:
            self.addresses(value, role, flag.protocol)
            return
        host = self.host if self.host is not None and UNKNOWN not in self.host else None
        name = self.call.name
        number = FoundNumber(value, 0, len(text), role, host, name, flag.protocol, flag.name)
        self.call.found.add(self.call.where, number)

    def _guess(self, key: str, value: TracedText) -> None:
        """Read the value of a flag that is only known by its name."""
        text = value.text
        role = self.role
        if self.call.program is not None and role is Role.LISTENS:
            role = Role.REPEATS
        if key == "-p" or _port_name().fullmatch(key):
            if _is_number(text) and (key != "-p" or int(text[:9]) >= _LOWEST_GUESS):
                self.call.number(value, 0, len(text), role, self.host, key)
            elif text == UNKNOWN and key != "-p":
                self.call.number(value, 0, len(text), role)
            return
        lower = key.lower()
        if "listen" in lower or "bind" in lower or key in ("-l", "-b"):
            role = Role.LISTENS
        elif role is not Role.CONNECTS:
            role = Role.REPEATS
        self.addresses(value, role, None)

    def addresses(self, value: TracedText, role: Role, protocol: Protocol | None) -> None:
        """Add the addresses in a value; a bare number is a port where the role is known."""
        text = value.text
        if _is_number(text) or text == UNKNOWN:
            if role is not Role.REPEATS and self.label not in _HOST_FLAGS:
                self.call.number(value, 0, len(text), role, label=self.label)
            return
        for address in [*addresses(text), *dsn(text)]:
            if address.reach is not AddressReach.REMOTE:
                self._address(value, address, _role_of(address, role), protocol)

    def _address(
        self, value: TracedText, address: Address, role: Role, protocol: Protocol | None
    ) -> None:
        if address.scheme in _TCP_SCHEMES:
            protocol = Protocol.TCP
        elif address.scheme == "udp" or value.text.endswith("/udp"):
            protocol = Protocol.UDP
        host = None if address.reach is AddressReach.UNKNOWN else address.host
        name, label = self.call.name, self.label
        number = FoundNumber(value, address.start, address.end, role, host, name, protocol, label)
        self.call.found.add(self.call.where, number)

    def _word(self, word: TracedText) -> None:
        """Read a word that is no flag."""
        text = word.text
        role = self.role
        if self.at >= 2 and self.call.words[self.at - 2].text == "runserver":
            self.addresses(word, Role.LISTENS, Protocol.TCP)
        elif _is_number(text):
            self._bare_number(word, role)
        elif "://" in text:
            told = Role.REPEATS if role is Role.LISTENS else Role.CONNECTS
            for address in urls(text):
                if address.reach is not AddressReach.REMOTE:
                    self._address(word, address, _role_of(address, told), None)
        else:
            self._bare_address(word, role)

    def _bare_address(self, word: TracedText, role: Role) -> None:
        """Read a word `localhost:1`; of other hosts only where the program takes such words."""
        address = host_port(word.text)
        if address is None:
            return
        local = address.reach in (AddressReach.LOCAL, AddressReach.WILDCARD)
        taken = "address" in self.positional and address.reach is not AddressReach.REMOTE
        if local or (taken and address.is_known(word.text)):
            told = role if role is Role.CONNECTS else Role.REPEATS
            self._address(word, address, _role_of(address, told), None)

    def _bare_number(self, word: TracedText, role: Role) -> None:
        if "port" in self.positional:
            self.call.number(word, 0, len(word.text), role)
            return
        before = self.call.words[self.at - 2].text if self.at >= 2 else ""
        takes = "host-port" in self.positional and before[:1] != "-" and not _is_number(before)
        if (takes and before) or (self.call.program is None and before in _LOCAL_NAMES):
            self.call.number(word, 0, len(word.text), role, before)
        elif self.call.program is None and before[:1] != "-":
            number = FoundNumber(word, 0, len(word.text), Role.REPEATS, None, self.call.name)
            self.call.found.consider(self.call.where, number)


def _role_of(address: Address, role: Role) -> Role:
    """Return the role of an address: nothing connects to a wildcard."""
    if role is Role.REPEATS and address.reach is AddressReach.WILDCARD:
        return Role.LISTENS
    return role


def _is_number(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit()


def _host(words: tuple[TracedText, ...]) -> str | None:
    """Return the host that a call's arguments name beside its port."""
    for index, word in enumerate(words):
        name, equals, value = word.text.partition("=")
        if name[:1] != "-" or name.lstrip("-") not in _HOST_FLAGS:
            continue
        if not equals:
            value = words[index + 1].text if index + 1 < len(words) else ""
        if value[:1] not in ("-", "/", "") and host_port(value) is None and "://" not in value:
            return value
    return None
