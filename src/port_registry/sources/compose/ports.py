"""The `ports` of a service, in both ways to write them."""

import re
from collections.abc import Mapping

from port_registry.languages.provenance import UNKNOWN
from port_registry.model import Port, PortRange, Protocol, Role, TracedText, Use, port_from_int
from port_registry.sources.shared.use_collector import TextNumber, UseCollector, UseDefaults

_PORTS = rf"[\d{UNKNOWN}]+(?:-[\d{UNKNOWN}]+)?"


class PortCollector:
    """Takes the ports of one service."""

    def __init__(
        self, where: UseDefaults, image: str, found: UseCollector, inner: UseCollector
    ) -> None:
        self.published: list[Use] = []
        self._where = where
        self._image = image
        self._found = found
        self._inner = inner

    def short(self, text: TracedText, raw: str) -> None:
        """Take `127.0.0.1:8080:80/tcp`; `raw` is the text before variables were replaced."""
        pattern = rf"(?:(?:(\[[^\]]*\]|[^:\[\]]*):)?({_PORTS})?:)?({_PORTS})(?:/(\w+))?"
        found = re.fullmatch(pattern, text.text.strip())
        if found is None:
            if UNKNOWN in text.text:
                self._found.add_unknown(self._where, text)
            return
        shift = len(text.text) - len(text.text.lstrip())
        protocol = _protocol(found[4] or "tcp")
        inside = (found.start(3) + shift, found.end(3) + shift)
        if protocol is None:
            return
        if found[2] is None:
            self._keep_inside(text, inside, protocol)
            return
        outside = (found.start(2) + shift, found.end(2) + shift)
        self._keep_inside(text, inside, protocol)
        label = _variable_in(_without_target(raw))
        self._publish(text, outside, found[1], protocol, found[3], label)

    def long(self, fields: Mapping[str, TracedText], raw: str) -> None:
        """Take `{ target: 80, published: "8080", host_ip: …, protocol: … }`.

        `raw` is what was published before variables were replaced.
        """
        given = fields.get("protocol")
        protocol = _protocol("tcp" if given is None else given.text.strip())
        target, published = fields.get("target"), fields.get("published")
        if protocol is None:
            return
        if target is not None:
            self._keep_inside(target, (0, len(target.text)), protocol)
        if published is None or published.text.strip() == "":
            return
        host = fields.get("host_ip")
        inside = "" if target is None else target.text
        whole = (0, len(published.text))
        ip = None if host is None else host.text
        self._publish(published, whole, ip, protocol, inside, _variable_in(raw))

    def inside(self, text: TracedText) -> None:
        """Take an item of `expose`: `80/tcp`."""
        found = re.fullmatch(rf"\s*({_PORTS})(?:/(\w+))?\s*", text.text)
        protocol = None if found is None else _protocol(found[2] or "tcp")
        if found is not None and protocol is not None:
            self._keep_inside(text, found.span(1), protocol)

    def _publish(
        self,
        text: TracedText,
        at: tuple[int, int],
        host: str | None,
        protocol: Protocol,
        inside: str,
        variable: str,
    ) -> None:
        before = len(self._found.uses)
        shown = None if host is None or UNKNOWN in host else host.strip("[]")
        number = TextNumber(text, *at, Role.PUBLISHES, shown, self._image, protocol, variable)
        self._found.add_range(self._where, number)
        made: list[Use] = self._found.uses[before:]
        del self._found.uses[before:]
        target = _range(inside)
        self.published += [use._replace(target=target) for use in made]

    def _keep_inside(self, text: TracedText, at: tuple[int, int], protocol: Protocol) -> None:
        if UNKNOWN not in text.text[slice(*at)]:
            number = TextNumber(text, *at, Role.LISTENS, None, self._image, protocol)
            self._inner.add_range(self._where, number)


def _protocol(text: str) -> Protocol | None:
    return next((one for one in Protocol if one.value == text.lower()), None)


def _range(text: str) -> PortRange | None:
    first, _, last = text.strip().partition("-")
    ends = [int(end) for end in (first, last or first) if end.isascii() and end.isdigit()]
    low, high = (port_from_int(end) for end in ends) if len(ends) == 2 else (None, None)
    if low is None or high is None or low > high:
        return None
    return PortRange(Port(low), Port(high))


def _variable_in(raw: str) -> str:
    """Return the variable that speaks of a port in `raw`; empty where none does."""
    names = re.findall(r"\$\{?([A-Za-z_]\w*)", raw)
    return next((name for name in names if "PORT" in name.upper()), "")


def _without_target(raw: str) -> str:
    """Return `raw` up to its last colon that is in no variable."""
    depth = 0
    for at in range(len(raw) - 1, -1, -1):
        if raw[at] == "}":
            depth += 1
        elif raw.startswith("${", at):
            depth -= 1
        elif raw[at] == ":" and depth == 0:
            return raw[:at]
    return ""
