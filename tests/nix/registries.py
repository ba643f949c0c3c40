"""Registries in Nix as people might write them, generated."""

from collections.abc import Iterator
from random import Random

_CATEGORIES = (
    *("databases", "web", "infrastructure", "otel", "development", "exporters", "jaeger"),
    *("media", "webUI", "net.work", "proxy"),
)
_SERVICES = (
    *("redis", "postgresql", "api", "dns", "node", "ui", "grpc", "tailscale", "wireguard"),
    *("syncthing", "http", "https", "quic-udp", "dnsTcp", "temporalUI", "minio-console"),
    *("minioConsole", "node_exporter", "nodeExporter", "port", "httpPort", "pocket-id", "layer"),
    *(
        "schemaVersion",
        "7up",
        "or",
        "gr\u00f6\u00dfe",
        "mDNS",
        "ntp",
        "castMdns",
        "HTTPServer",
        "x",
    ),
    *("meta", "_internal", "type", "workerCount", "a.b", "Redis", "redis-", "mqtt", "stun"),
    *("unifiStun", "jellyfin", "jellyfinDiscovery", "coap", "radius", "syslog", "snmp"),
)
_PORTS = (
    *("22", "53", "80", "443", "3000", "3001", "3002", "5432", "6379", "8080", "9100", "41641"),
    *("51820", "22000", "21027", "123", "5353", "514", "161", "1900", "3478", "1812", "5683"),
    *("65535", "1", "7359"),
)
_BAD = (
    *("0", "65536", "70000", "(-5)", "99999999999", '"0"', '"70000"', '"-5"', "80.5"),
    *('"90000000000000000000000000000000000000000000000000"', '"0080"'),
)
_ODD = ("null", "true", '"text"', "[ 1 2 ]", "(x: x)", '""', "{ }", "./path", '"80 90"')
_HOSTS = ("atlas", "Atlas.", "gateway", "127.0.0.1", "localhost", "*", "0.0.0.0", "::1", "10.0.0.5")
_ADDRESSES = (
    *("127.0.0.1", "::", "0.0.0.0", "::1", "localhost", "[::1]", "0:0:0:0:0:0:0:1", "10.0.0.5"),
    *("::ffff:10.0.0.5", "::FFFF:a00:5", "fe80::1%eth0", "fe80:0::1", "*", "", " 10.0.0.5 "),
    *("1:2:3:4:5:6:7:8", "1:2::8::1", "::ffff:1.2.3.400", "[::]", "12345::"),
)
_PROTOCOLS = (
    *('"tcp"', '"udp"', '"tcp/udp"', '"both"', '[ "tcp" "udp" ]', '"UDP"', '"http"', '"any"'),
    *('"sctp"', "[ ]", '"tcp,dccp"', '"udp and tcp"', "5"),
)
_OPENING = ("openFirewall = false;", "openFirewall = true;", "internal = true;")
_BESIDE = ("metricsPort", "metrics", "adminPort", "size")
_PAIRS = (("start", "end"), ("from", "to"), ("min", "max"), ("startPort", "endPort"))
_MARKERS = (
    *("udp: tunnel", "tcp/udp", "internal: never opened", "UDP, for calls", "a word", ""),
    *("internal, tcp: scraped", "udp is fast", "tcp+udp: both"),
)


def registry_text(random: Random) -> str:
    """Return a registry without comments."""
    return _Writer(random).registry()


def commented(random: Random) -> str:
    """Return a registry whose comments say something of its entries."""
    text = _Writer(random).registry()
    lines: list[str] = []
    for line in text.split("\n"):
        if line.endswith(";") and random.random() < 0.5:
            lines.append(f"{line} # {random.choice(_MARKERS)}")
        else:
            lines.append(line)
    return "\n".join(lines)


class _Writer:
    def __init__(self, random: Random) -> None:
        self._random = random
        self._chance = random.random
        self._next = random.randrange(10_000, 40_000)
        # A good registry has a number for each entry, and a service's own for some.
        self._badness = random.choice((0.0, 0.0, 0.0, 0.03, 0.2))
        self._clashes = random.choice((0.0, 0.0, 0.0, 0.1, 0.5, 0.9))
        self._known = list(_PORTS)
        random.shuffle(self._known)

    def registry(self) -> str:
        """Return a whole registry."""
        random = self._random
        body = "\n".join(self._body())
        shape = random.randrange(12)
        if shape == 0:
            return f"{{\n  ports = {{\n{body}\n  }};\n  helper = x: x;\n}}\n"
        if shape == 1:
            return f"{{\n  config.my.ports = {{\n{body}\n  }};\n}}\n"
        if shape == 2:
            return f"let base = {self._fresh()}; in\n{{\n{body}\n  same.one = base;\n}}\n"
        return f"{{\n{body}\n}}\n"

    def _body(self) -> Iterator[str]:
        random = self._random
        for category in random.sample(_CATEGORIES, random.randrange(1, 5)):
            shown = f'"{category}"' if "." in category else category
            dotted = self._chance() < 0.2
            refers = not dotted and self._chance() < 0.5
            if not dotted:
                yield f"{shown} = {'rec ' if refers else ''}{{"
            for line in self._referring() if refers else self._services():
                yield f"{shown}.{line}" if dotted else f"  {line}"
            if not dotted:
                yield "};"
        if self._chance() < 0.2:
            yield from self._services()
        if self._chance() < 0.1:
            yield f"minPort = {self._fresh()};\nmaxPort = 65000;"

    def _referring(self) -> Iterator[str]:
        """Yield entries, some of which are another name for one before."""
        plain: list[str] = []
        for line in self._services():
            key, _, value = line.rstrip(";").partition(" = ")
            if plain and self._chance() < 0.15:
                yield f"{key} = {self._random.choice(plain)};"
                continue
            yield line
            if key.isidentifier() and value.isdigit():
                plain.append(key)

    def _services(self) -> Iterator[str]:
        random = self._random
        for service in random.sample(_SERVICES, random.randrange(0, 7)):
            yield f"{_key(service)} = {self._value()};"
        if self._chance() < 0.1:
            stem, (start, end) = random.choice(("rtp", "relay")), random.choice(_PAIRS)
            first = self._fresh()
            last = first + (20 if self._chance() >= self._badness * 3 else -1)
            self._next += 30
            if random.choice((True, False)):
                yield f"{stem}-{start} = {first};"
                yield f"{stem}-{end} = {last};"
            else:
                yield f"{stem}{start[0].upper()}{start[1:]} = {first};"
                yield f'{stem}{end[0].upper()}{end[1:]} = "{last}";'

    def _fresh(self) -> int:
        self._next += self._random.randrange(1, 30)
        return self._next

    def _number(self) -> str:
        random = self._random
        if self._chance() < self._badness:
            return random.choice(_BAD)
        if self._chance() < self._clashes:
            return random.choice(_PORTS)
        if self._known and self._chance() < 0.4:
            return self._known.pop()
        return str(self._fresh())

    def _value(self) -> str:
        random = self._random
        draw = self._chance()
        if draw < 0.5:
            return self._number()
        if draw < 0.55:
            return f'"{self._fresh()}"'
        if draw < 0.6:
            return self._string_range()
        if draw < 0.62 and self._badness:
            return random.choice(_ODD)
        if draw < 0.65:
            return f"{{ {' '.join(self._nested())} }}"
        return f"{{ {' '.join(self._leaf())} }}"

    def _nested(self) -> Iterator[str]:
        for name in self._random.sample(("main", "metrics", "udp", "admin"), 2):
            yield f"{name} = {self._value() if self._chance() < 0.3 else self._number()};"

    def _string_range(self) -> str:
        first = self._fresh()
        last = first + 10
        self._next += 20
        if self._chance() < self._badness:
            first, last = last, first
        return f'"{first}{self._random.choice(("-", " - "))}{last}"'

    def _leaf(self) -> Iterator[str]:
        random = self._random
        yield from self._ends()
        if self._chance() < 0.5:
            yield f"{random.choice(('protocol', 'protocols'))} = {random.choice(_PROTOCOLS)};"
        if self._chance() < 0.3:
            yield f'host = "{random.choice(_HOSTS)}";'
        if self._chance() < 0.4:
            yield f'address = "{random.choice(_ADDRESSES)}";'
        if self._chance() < 0.3:
            yield 'description = "what  it is \\"for\\"";'
        if self._chance() < 0.2:
            yield random.choice(_OPENING)
        if self._chance() < 0.1:
            yield f"{random.choice(_BESIDE)} = {self._number()};"
        if self._chance() < 0.05:
            yield f"extra = {{ port = {self._number()}; }};"

    def _ends(self) -> Iterator[str]:
        draw = self._chance()
        if draw < 0.6:
            yield f"port = {self._number()};"
        elif draw < 0.65:
            yield f"port = {{ {' '.join(self._ends())} }};"
        elif draw < 0.75:
            yield f"start = {self._fresh()}; count = {self._random.choice((1, 5, 20))};"
            self._next += 20
        elif draw < 0.77 and self._badness:
            yield f"port = {self._random.choice(_ODD)};"
        else:
            start, end = self._random.choice(_PAIRS)
            first = self._fresh()
            last = first + self._random.randrange(0, 100)
            self._next += 100
            if self._chance() < self._badness:
                first, last = last + 1, first
            if self._chance() < self._clashes / 2:
                first = 3000
                last = 9000
            yield f"{start} = {first}; {end} = {last};"


def _key(service: str) -> str:
    is_bare = service.isascii() and "." not in service and not service[0].isdigit()
    return service if is_bare and service != "or" else f'"{service}"'
