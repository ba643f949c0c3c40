"""Readers for programs whose arguments have a grammar: docker, ssh, nc, socat, kubectl."""

import re
from collections.abc import Callable, Mapping

from port_registry.facts.words import word_set
from port_registry.languages.provenance import UNKNOWN
from port_registry.model import Protocol, Role, TracedText
from port_registry.sources.shared.addresses import AddressReach, reach_of
from port_registry.sources.shared.arguments import ProgramCall
from port_registry.sources.shared.use_collector import TextNumber

_NUMBER = rf"[\d{UNKNOWN}]+(?:-[\d{UNKNOWN}]+)?"
_DOCKER_VALUES = word_set("programs", "container-run-values")


def docker(call: ProgramCall) -> None:
    """Read `docker run -p H:C …`: H listens here, C inside the container."""
    texts = [word.text for word in call.words]
    starts = [texts.index(name) for name in ("run", "create") if name in texts]
    if not starts or "compose" in texts[: min(starts)]:
        return
    index = min(starts) + 1
    while index < len(texts) and texts[index][:1] == "-":
        name, equals, _ = texts[index].partition("=")
        value: TracedText | None = None
        if equals:
            value = call.words[index].cut(len(name) + 1, len(texts[index]))
        elif name in ("-p", "--publish") or name in _DOCKER_VALUES:
            index += 1
            value = call.words[index] if index < len(texts) else None
        elif re.fullmatch(r"-p[\d.\[].*", name):
            value, name = call.words[index].cut(2, len(name)), "-p"
        index += 1
        if value is None:
            continue
        if name in ("-p", "--publish"):
            _publish(call, value)
        elif name in ("--network", "--net") and value.text == "host":
            call.collector.varying = True


def _publish(call: ProgramCall, value: TracedText) -> None:
    match = re.fullmatch(
        rf"(?:(\[[^\]]*\]|[\d.]+|localhost):)?({_NUMBER}):({_NUMBER})(?:/(tcp|udp|sctp))?",
        value.text,
    ) or re.search(rf"()published=({_NUMBER})()(?:.*protocol=(tcp|udp|sctp))?", value.text)
    if match is not None:
        protocol = Protocol(match[4]) if match[4] else Protocol.TCP
        number = TextNumber(value, *match.span(2), Role.LISTENS, match[1], call.name, protocol)
        call.collector.add_range(call.defaults, number)


def kubectl(call: ProgramCall) -> None:
    """Read `kubectl port-forward TARGET LOCAL:REMOTE`."""
    texts = [word.text for word in call.words]
    if "port-forward" not in texts:
        return
    for word in call.words[texts.index("port-forward") + 1 :]:
        match = re.fullmatch(rf"({_NUMBER})(?::[\w-]+)?", word.text)
        if match is not None:
            call.add_number(word, *match.span(1), Role.LISTENS)


def ssh(call: ProgramCall) -> None:
    """Read `ssh -p PORT HOST` and the tunnels that `-L` and `-D` open here."""
    words = [(word, word.text) for word in call.words]
    port: TracedText | None = None
    host = ""
    index = 0
    while index < len(words):
        word, text = words[index]
        index += 1
        if text[:1] != "-":
            host = text.rpartition("@")[2]
            break
        if text[1:2] not in "bcDEeFIiJLlmOopQRSWw" or not text[1:2]:
            continue
        value = word.cut(2, len(text))
        if len(text) == 2:
            value = words[index][0] if index < len(words) else value
            index += 1
        if text[1] == "p":
            port = value
        elif text[1] in "LD":
            tail = r":[^:]+:[\w]+" if text[1] == "L" else ""
            match = re.fullmatch(rf"(?:([^:]*):)?({_NUMBER}){tail}", value.text)
            if match is not None:
                call.add_number(value, *match.span(2), Role.LISTENS, match[1])
    if port is not None and host:
        call.add_number(port, 0, len(port.text), Role.CONNECTS, host)


def netcat(call: ProgramCall) -> None:
    """Read `nc HOST PORT`, `nc -l PORT` and `nc -l -p PORT`."""
    listens = False
    rest: list[TracedText] = []
    port: TracedText | None = None
    protocol = Protocol.TCP
    words = list(call.words)
    while words:
        word = words.pop(0)
        text = word.text
        if text[:1] != "-" or len(text) < 2:
            rest.append(word)
            continue
        letters = re.sub(r"[^A-Za-z].*", "", text[1:]) if text[:2] != "--" else ""
        listens = listens or "l" in letters or text == "--listen"
        protocol = Protocol.UDP if "u" in letters or text == "--udp" else protocol
        if text[-1] == "p" and letters and words:
            port = words.pop(0)
        elif text[-1] in "wiqsxXPmIOTVcegGo" and letters and words:
            words.pop(0)
    if listens:
        port = port or (rest[-1] if rest else None)
        host = rest[-2].text if len(rest) > 1 else None
        _netcat_port(call, port, Role.LISTENS, host, protocol)
    elif len(rest) > 1:
        _netcat_port(call, rest[1], Role.CONNECTS, rest[0].text, protocol)


def _netcat_port(
    call: ProgramCall, port: TracedText | None, role: Role, host: str | None, protocol: Protocol
) -> None:
    if port is not None and (host is None or reach_of(host) is not AddressReach.REMOTE):
        known_host = None if host is None or UNKNOWN in host else host
        number = TextNumber(port, 0, len(port.text), role, known_host, call.name, protocol)
        call.collector.add(call.defaults, number)


def socat(call: ProgramCall) -> None:
    """Read `socat TCP-LISTEN:PORT,… TCP:HOST:PORT`."""
    for word in call.words:
        match = re.match(
            rf"(TCP|UDP|SCTP|OPENSSL)[46]?(?:-(LISTEN|RECV|RECVFROM|CONNECT|SENDTO|L))?:"
            rf"(?:(\[[^\]]*\]|[^:,]*):)?({_NUMBER})(?=[,:]|$)",
            word.text,
            re.IGNORECASE,
        )
        if match is None:
            continue
        listens = (match[2] or "").upper() in ("LISTEN", "RECV", "RECVFROM", "L")
        if listens != (match[3] is None) or reach_of(match[3] or "") is AddressReach.REMOTE:
            continue
        role = Role.LISTENS if listens else Role.CONNECTS
        name = match[1].upper()
        protocol = Protocol(name.lower()) if name in ("UDP", "SCTP") else Protocol.TCP
        number = TextNumber(word, *match.span(4), role, match[3], call.name, protocol)
        call.collector.add(call.defaults, number)


def port_tools(call: ProgramCall) -> None:
    """Read `lsof -i :PORT`, `fuser PORT/tcp` and `kill-port PORT`, which only name a port."""
    for word in call.words:
        match = re.fullmatch(
            rf"(?:-t?i)?(?:[46])?(?:tcp|udp|TCP|UDP)?:({_NUMBER})|({_NUMBER})(?:/tcp|/udp)",
            word.text,
        )
        if match is None and call.name == "kill-port":
            match = re.fullmatch(r"(\d+)()", word.text)
        if match is not None:
            group = 1 if match[1] else 2
            call.add_number(word, *match.span(group), Role.REPEATS)


GRAMMARS: Mapping[str, Callable[[ProgramCall], None]] = {
    "docker": docker,
    "podman": docker,
    "nerdctl": docker,
    "kubectl": kubectl,
    "oc": kubectl,
    "ssh": ssh,
    "autossh": ssh,
    "nc": netcat,
    "ncat": netcat,
    "netcat": netcat,
    "nc.openbsd": netcat,
    "nc.traditional": netcat,
    "socat": socat,
    "lsof": port_tools,
    "fuser": port_tools,
    "kill-port": port_tools,
}
"""The readers by the names of programs."""
