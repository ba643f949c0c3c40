"""Collector of the uses of one service, and of its ports that cannot be known."""

from collections.abc import Collection

from port_registry import model
from port_registry.languages.provenance import UNKNOWN, UnknownTracker, enclosing_span

_MAX_DIGITS = 1000


class UseDefaults(model.NamedTuple):
    """The fields that all uses in one text have in common."""

    service: str
    place: model.Place
    role: model.Role | None
    """The role that all of them have; None where each has its own."""


class TextNumber(model.NamedTuple):
    """A number in a text, with the fields of its use."""

    text: model.TracedText
    start: int
    end: int
    role: model.Role
    host: str | None = None
    program: str = ""
    protocol: model.Protocol | None = None
    label: str = ""
    """As in `Use`."""


class UseCollector:
    """Collects the uses of one service, in order, each once."""

    def __init__(self, unknowns: UnknownTracker, top: str = "processes") -> None:
        """Note in `unknowns` what is unknown; `top` is the key that holds all services."""
        self.unknowns = unknowns
        self._top = top
        self.uses: list[model.Use] = []
        self.varying = False
        self._seen: set[model.Use] = set()
        self._candidates: list[tuple[UseDefaults, TextNumber]] = []

    def add(self, defaults: UseDefaults, number: TextNumber) -> None:
        """Add the number as a use, or as unknown where a part of it is."""
        digits = number.text.text[number.start : number.end]
        if UNKNOWN in digits:
            self.add_unknown(defaults, number.text.cut(number.start, number.end))
            return
        if not _is_integer(digits):
            return
        value = int(digits)
        port = model.port_from_int(value)
        self.add_use(defaults, number, value, None if port is None else model.PortRange(port, port))

    def add_candidate(self, defaults: UseDefaults, number: TextNumber) -> None:
        """Keep a number that may be a port, for `add_confirmed`."""
        if _is_integer(number.text.text[number.start : number.end]):
            self._candidates.append((defaults, number))

    def add_confirmed(self, known: Collection[int]) -> None:
        """Add the candidates that are among the ports `known` elsewhere."""
        for defaults, number in self._candidates:
            if int(number.text.text[number.start : number.end]) in known:
                self.add(defaults, number)

    def add_range(self, defaults: UseDefaults, number: TextNumber) -> None:
        """Add a range of ports, `8000-8010`, or a single one."""
        text = number.text.text[number.start : number.end]
        first, dash, last = text.partition("-")
        if not dash or UNKNOWN in text:
            self.add(defaults, number)
            return
        if not (_is_integer(first) and _is_integer(last)):
            return
        low, high = model.port_from_int(int(first)), model.port_from_int(int(last))
        if low is not None and high is not None and low <= high:
            self.add_use(defaults, number, low, model.PortRange(model.Port(low), model.Port(high)))

    def add_use(
        self, defaults: UseDefaults, number: TextNumber, value: int, ports: model.PortRange | None
    ) -> None:
        """Add a use of `value`."""
        text = number.text
        digits = text.locate(number.start, number.end)
        pieces = text.cut(number.start, number.end).segments
        span = digits or enclosing_span(pieces, model.Span("", 0, 0))
        single = ports is None or ports.is_single()
        use = model.Use(
            number=value,
            last=value if ports is None else ports.last,
            role=defaults.role or number.role,
            place=defaults.place,
            span=span,
            digits=digits if single else None,
            protocols=() if number.protocol is None else (number.protocol,),
            host=number.host or None,
            service=defaults.service,
            program=number.program,
            label=number.label,
            entry=pieces[0].entry if len(pieces) == 1 else (),
        )
        if use not in self._seen:
            self._seen.add(use)
            self.uses.append(use)

    def spend_budget(self, defaults: UseDefaults, texts: Collection[model.TracedText]) -> bool:
        """Spend budget for `texts`; return whether they may be read, else add them as unknown."""
        length = sum(len(text.text) for text in texts)
        if not length or self.unknowns.spend(length):
            return True
        self.varying = True
        origins = (text.origin(0) for text in texts)
        span = next((origin for origin in origins if origin is not None), model.Span("", 0, 0))
        name = (self._top, defaults.service)
        self.unknowns.add(name, "the texts of all processes are too long to be read", span)
        return False

    def add_unknown(self, defaults: UseDefaults, text: model.TracedText) -> None:
        """Record that a port of the service cannot be known."""
        self.varying = True
        name = (self._top, defaults.service) if defaults.service else ()
        self.unknowns.report(name, text, "it holds something that is not known")


def _is_integer(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) <= _MAX_DIGITS
