"""Collects the uses of one process, and what of it cannot be known."""

from collections.abc import Collection
from typing import NamedTuple

from port_registry.languages.provenance import UNKNOWN, UnknownTracker, enclosing_span
from port_registry.model import (
    Place,
    Port,
    PortRange,
    Protocol,
    Role,
    Span,
    TracedText,
    Use,
    port_from_int,
)

_MAX_DIGITS = 1000


class Where(NamedTuple):
    """What the uses that are found in one text have in common."""

    process: str
    place: Place
    role: Role | None
    """The role that all of them have; None where each has its own."""


class FoundNumber(NamedTuple):
    """A number in a text, with what is said of it."""

    text: TracedText
    start: int
    end: int
    role: Role
    host: str | None = None
    program: str = ""
    protocol: Protocol | None = None
    label: str = ""
    """As in `Use`."""


class UseCollector:
    """The uses of one process, in the order they are found, each once."""

    def __init__(self, doubts: UnknownTracker, top: str = "processes") -> None:
        """Note in `doubts` what is unknown; `top` is the key that holds all services."""
        self.doubts = doubts
        self._top = top
        self.uses: list[Use] = []
        self.varying = False
        self._seen: set[Use] = set()
        self._bare: list[tuple[Where, FoundNumber]] = []

    def add(self, where: Where, number: FoundNumber) -> None:
        """Add the number as a use, or as unknown where it holds something unknown."""
        digits = number.text.text[number.start : number.end]
        if UNKNOWN in digits:
            self.doubt(where, number.text.cut(number.start, number.end))
            return
        if not _is_integer(digits):
            return
        value = int(digits)
        port = port_from_int(value)
        self.put(where, number, value, None if port is None else PortRange(port, port))

    def consider(self, where: Where, number: FoundNumber) -> None:
        """Keep a number that nothing says of what it is, for `settle`."""
        if _is_integer(number.text.text[number.start : number.end]):
            self._bare.append((where, number))

    def settle(self, known: Collection[int]) -> None:
        """Add those of the numbers considered that are among the ports `known` elsewhere."""
        for where, number in self._bare:
            if int(number.text.text[number.start : number.end]) in known:
                self.add(where, number)

    def add_range(self, where: Where, number: FoundNumber) -> None:
        """Add a range of ports, `8000-8010`, or a single one."""
        text = number.text.text[number.start : number.end]
        first, dash, last = text.partition("-")
        if not dash or UNKNOWN in text:
            self.add(where, number)
            return
        if not (_is_integer(first) and _is_integer(last)):
            return
        low, high = port_from_int(int(first)), port_from_int(int(last))
        if low is not None and high is not None and low <= high:
            self.put(where, number, low, PortRange(Port(low), Port(high)))

    def put(self, where: Where, number: FoundNumber, value: int, ports: PortRange | None) -> None:
        """Add a use of `value`."""
        text = number.text
        digits = text.locate(number.start, number.end)
        pieces = text.cut(number.start, number.end).segments
        span = digits or enclosing_span(pieces, Span("", 0, 0))
        single = ports is None or ports.is_single()
        use = Use(
            number=value,
            last=value if ports is None else ports.last,
            role=where.role or number.role,
            place=where.place,
            span=span,
            digits=digits if single else None,
            protocols=() if number.protocol is None else (number.protocol,),
            host=number.host or None,
            service=where.process,
            program=number.program,
            label=number.label,
            entry=pieces[0].entry if len(pieces) == 1 else (),
        )
        if use not in self._seen:
            self._seen.add(use)
            self.uses.append(use)

    def afford(self, where: Where, texts: Collection[TracedText]) -> bool:
        """Return whether texts may still be read; those that are too many are noted as unknown."""
        length = sum(len(text.text) for text in texts)
        if not length or self.doubts.spend(length):
            return True
        self.varying = True
        places = (text.origin(0) for text in texts)
        place = next((place for place in places if place is not None), Span("", 0, 0))
        name = (self._top, where.process)
        self.doubts.add(name, "the texts of all processes are too long to be read", place)
        return False

    def doubt(self, where: Where, text: TracedText) -> None:
        """Note that a port of the process cannot be known."""
        self.varying = True
        name = (self._top, where.process) if where.process else ()
        self.doubts.report(name, text, "it holds something that is not known")


def _is_integer(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) <= _MAX_DIGITS
