"""Ports in the arguments of a program, by its known flags or by usual names of flags."""

import re

from port_registry.facts import services
from port_registry.facts.programs import FlagValueKind, ParameterKind, Program, ProgramFlag
from port_registry.facts.words import word_set
from port_registry.languages.provenance import UNKNOWN
from port_registry.model import NamedTuple, Protocol, Role, TracedText, lazy_pattern
from port_registry.sources.shared.addresses import (
    Address,
    AddressReach,
    addresses,
    dsn,
    host_port,
    reach_of,
    urls,
)
from port_registry.sources.shared.use_collector import TextNumber, UseCollector, UseDefaults

_ROLES = {ParameterKind.LISTENS: Role.LISTENS, ParameterKind.CONNECTS: Role.CONNECTS}
_TCP_SCHEMES = word_set("addresses", "tcp-schemes")
_HOST_FLAGS = word_set("addresses", "host-flags")
_SERVING = word_set("programs", "serving")
_LOCAL_NAMES = word_set("addresses", "hosts-before-ports")
"""Words of any program after which a number is surely the port: `localhost 8000`."""
_LOWEST_GUESSED_PORT = 1024
"""The lowest number after `-p` that may be a port of a program that is not known."""


class ProgramCall(NamedTuple):
    """One program with its arguments."""

    name: str
    words: tuple[TracedText, ...]
    """The arguments, without the program."""
    program: Program | None
    """The facts about it, if it is known."""
    defaults: UseDefaults
    collector: UseCollector

    def role(self) -> Role:
        """Return the usual role of a port in the program's arguments."""
        if self.program is not None:
            return _ROLES.get(self.program.kind, Role.REPEATS)
        if services.by_name(self.name) is not None or self._serves():
            return Role.LISTENS
        return Role.REPEATS

    def _serves(self) -> bool:
        words = [self.name, *(word.text for word in self.words if word.text[:1] != "-")]
        parts = (part for word in words for part in re.split(r"[^a-z]+", word.lower()))
        return any(part in _SERVING for part in parts)

    def add_number(
        self,
        text: TracedText,
        start: int,
        end: int,
        role: Role,
        host: str | None = None,
        label: str = "",
    ) -> None:
        """Add a port number."""
        if host is not None and reach_of(host) is AddressReach.REMOTE:
            return
        number = TextNumber(
            text=text,
            start=start,
            end=end,
            role=role,
            host=None if host is None or UNKNOWN in host else host,
            program=self.name,
            protocol=None if self.program is None else Protocol.TCP,
            label=label,
        )
        self.collector.add(self.defaults, number)


_port_name = lazy_pattern(r"(?:.*[-_.])?(?:port|Port|PORT)|.*[a-z]Port")
_address_name = lazy_pattern(
    r"(?:.*[-_.])?(?:listen|bind|addr|address|addresses|endpoints?|host-port|urls?|uri|"
    r"servers?|hosts?|upstream|target|proxy|brokers?|backend|dsn|database|origin)|"
    r".*(?:Addr|Address|Url|URL|Endpoint)"
)


def read_arguments(call: ProgramCall) -> None:
    """Add the ports that a call's arguments name."""
    _ArgumentReader(call).run()


class _ArgumentReader:
    """Reads the arguments of one call."""

    def __init__(self, call: ProgramCall) -> None:
        self.call = call
        program = call.program
        self.flags = {} if program is None else {flag.name: flag for flag in program.flags}
        self.positional = frozenset[str]() if program is None else program.positional
        self.skipped = frozenset[str]() if program is None else program.skipped
        self.host = _host(call.words)
        self.role = call.role()
        self.label = ""
        self.position = 0

    def run(self) -> None:
        """Add the ports that the arguments name."""
        words = self.call.words
        while self.position < len(words):
            word = words[self.position]
            self.position += 1
            if not self._read_assignment(word):
                if word.text[:1] == "-" and len(word.text) > 1:
                    self._read_flag(word)
                else:
                    self._read_word(word)

    def _flag_value(self) -> TracedText | None:
        """Return the next word as the value of a flag; None where it is a flag itself."""
        if self.position == len(self.call.words):
            return None
        word = self.call.words[self.position]
        if " " not in word.text and word.text[:1] == "-" and not _is_number(word.text):
            return None
        self.position += 1
        return word

    def _read_assignment(self, word: TracedText) -> bool:
        """Read a word `port=1`, or the debugger's address of a Java virtual machine."""
        text = word.text
        for flag in self.call.program.assigned if self.call.program is not None else ():
            if text.startswith(flag.name) and text[len(flag.name) :].lstrip("-").isdigit():
                self._read_port(word.cut(len(flag.name), len(text)), flag)
                return True
        if "jdwp" in text:
            match = re.search(r"address=(?:([\w.*]+):)?(\d{1,5})", text)
            if match is not None:
                self.call.add_number(word, *match.span(2), Role.LISTENS, match[1])
                return True
        return False

    def _read_flag(self, word: TracedText) -> None:
        """Read a flag, and its value with it."""
        text = word.text
        name, equals, _ = text.partition("=")
        key = name if len(name) == 2 else name.lstrip("-")
        attached = self.flags.get(text[:2])
        if attached is not None and attached.attached and text[2:].isdigit():
            self._read_port(word.cut(2, len(text)), attached)
            return
        flag = self.flags.get(key) or self.flags.get(key.replace("_", "-"))
        takes_value = flag is not None or key in self.skipped or self._is_generic(key)
        if equals:
            value: TracedText | None = word.cut(len(name) + 1, len(text))
        else:
            value = self._flag_value() if takes_value else None
        if value is None or key in self.skipped:
            return
        self.label = key
        if flag is not None:
            self._read_value(value, flag)
        elif takes_value:
            self._read_generic_value(key, value)
        else:
            self._read_word(value)
        self.label = ""

    def _is_generic(self, key: str) -> bool:
        """Return whether the name of a flag says that it holds a port or an address."""
        if key in ("-p", "-l", "-b"):
            return self.call.program is None
        if key.startswith("-"):
            return False
        return bool(_port_name().fullmatch(key) or _address_name().fullmatch(key))

    def _read_value(self, value: TracedText, flag: ProgramFlag) -> None:
        """Read the value of a flag that is known."""
        if flag.value_kind is FlagValueKind.PORT:
            self._read_port(value, flag)
        elif flag.value_kind is FlagValueKind.ADDRESS:
            role = _ROLES.get(flag.kind, Role.REPEATS)
            self.read_addresses(value, role, flag.protocol)
        else:
            words = tuple(value.cut(*word.span()) for word in re.finditer(r"\S+", value.text))
            _ArgumentReader(self.call._replace(words=words)).run()

    def _read_port(self, value: TracedText, flag: ProgramFlag) -> None:
        """Read the value of a flag for a port."""
        role = _ROLES.get(flag.kind, Role.REPEATS)
        text = value.text
        is_remote = self.host is not None and reach_of(self.host) is AddressReach.REMOTE
        if is_remote and role is Role.CONNECTS:
            return
        if not _is_number(text) and UNKNOWN not in text:
            self.read_addresses(value, role, flag.protocol)
            return
        number = TextNumber(
            text=value,
            start=0,
            end=len(text),
            role=role,
            host=self.host if self.host is not None and UNKNOWN not in self.host else None,
            program=self.call.name,
            protocol=flag.protocol,
            label=flag.name,
        )
        self.call.collector.add(self.call.defaults, number)

    def _read_generic_value(self, key: str, value: TracedText) -> None:
        """Read the value of a flag that is only known by its name."""
        text = value.text
        role = self.role
        if self.call.program is not None and role is Role.LISTENS:
            role = Role.REPEATS
        if key == "-p" or _port_name().fullmatch(key):
            if _is_number(text) and (key != "-p" or int(text[:9]) >= _LOWEST_GUESSED_PORT):
                self.call.add_number(value, 0, len(text), role, self.host, key)
            elif text == UNKNOWN and key != "-p":
                self.call.add_number(value, 0, len(text), role)
            return
        lower = key.lower()
        if "listen" in lower or "bind" in lower or key in ("-l", "-b"):
            role = Role.LISTENS
        elif role is not Role.CONNECTS:
            role = Role.REPEATS
        self.read_addresses(value, role, None)

    def read_addresses(self, value: TracedText, role: Role, protocol: Protocol | None) -> None:
        """Add the addresses in a value; a bare number is a port where the role is known."""
        text = value.text
        if _is_number(text) or text == UNKNOWN:
            if role is not Role.REPEATS and self.label not in _HOST_FLAGS:
                self.call.add_number(value, 0, len(text), role, label=self.label)
            return
        for address in [*addresses(text), *dsn(text)]:
            if address.reach is not AddressReach.REMOTE:
                self._add_address(value, address, _role_of(address, role), protocol)

    def _add_address(
        self, value: TracedText, address: Address, role: Role, protocol: Protocol | None
    ) -> None:
        if address.scheme in _TCP_SCHEMES:
            protocol = Protocol.TCP
        elif address.scheme == "udp" or value.text.endswith("/udp"):
            protocol = Protocol.UDP
        number = TextNumber(
            text=value,
            start=address.start,
            end=address.end,
            role=role,
            host=None if address.reach is AddressReach.UNKNOWN else address.host,
            program=self.call.name,
            protocol=protocol,
            label=self.label,
        )
        self.call.collector.add(self.call.defaults, number)

    def _read_word(self, word: TracedText) -> None:
        """Read a word that is not a flag."""
        text = word.text
        role = self.role
        if self.position >= 2 and self.call.words[self.position - 2].text == "runserver":
            self.read_addresses(word, Role.LISTENS, Protocol.TCP)
        elif _is_number(text):
            self._read_bare_number(word, role)
        elif "://" in text:
            url_role = Role.REPEATS if role is Role.LISTENS else Role.CONNECTS
            for address in urls(text):
                if address.reach is not AddressReach.REMOTE:
                    self._add_address(word, address, _role_of(address, url_role), None)
        else:
            self._read_bare_address(word, role)

    def _read_bare_address(self, word: TracedText, role: Role) -> None:
        """Read a word `localhost:1`; of other hosts only where the program has such arguments."""
        address = host_port(word.text)
        if address is None:
            return
        is_local = address.reach in (AddressReach.LOCAL, AddressReach.WILDCARD)
        is_argument = "address" in self.positional and address.reach is not AddressReach.REMOTE
        if is_local or (is_argument and address.is_known(word.text)):
            word_role = role if role is Role.CONNECTS else Role.REPEATS
            self._add_address(word, address, _role_of(address, word_role), None)

    def _read_bare_number(self, word: TracedText, role: Role) -> None:
        if "port" in self.positional:
            self.call.add_number(word, 0, len(word.text), role)
            return
        before = self.call.words[self.position - 2].text if self.position >= 2 else ""
        is_host = before[:1] not in ("-", "") and not _is_number(before)
        is_port = is_host and "host-port" in self.positional
        if is_port or (self.call.program is None and before in _LOCAL_NAMES):
            self.call.add_number(word, 0, len(word.text), role, before)
        elif self.call.program is None and before[:1] != "-":
            number = TextNumber(word, 0, len(word.text), Role.REPEATS, None, self.call.name)
            self.call.collector.add_candidate(self.call.defaults, number)


def _role_of(address: Address, role: Role) -> Role:
    """Return the role of an address: nothing connects to a wildcard."""
    if role is Role.REPEATS and address.reach is AddressReach.WILDCARD:
        return Role.LISTENS
    return role


def _is_number(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit()


def _host(words: tuple[TracedText, ...]) -> str | None:
    """Return the host that a call's arguments name next to its port."""
    for index, word in enumerate(words):
        name, equals, value = word.text.partition("=")
        if name[:1] != "-" or name.lstrip("-") not in _HOST_FLAGS:
            continue
        if not equals:
            value = words[index + 1].text if index + 1 < len(words) else ""
        if value[:1] not in ("-", "/", "") and host_port(value) is None and "://" not in value:
            return value
    return None
