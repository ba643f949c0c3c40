"""Files that can say nothing of ports, told apart before they are parsed."""

import re
from functools import cache

_NO_PORTS = (b"mport", b"upport", b"xport", b"report", b"Report", b"transport", b"portal")
"""Parts of words that have nothing to do with ports."""

_LISTENING = (
    b"listen",
    b"Listen",
    b"bind",
    b"addr",
    b"endpoint",
    b"socket",
    b"forward",
    b'"-p"',
    b" -p ",
)
"""What a number may stand beside that is a port."""

_LINKING = (b"onfigurations", b"colmena", b"pecialArgs", b"_module")
"""What flakes say of hosts, and of what they hand to modules."""

_SERVING = (b"services", b"virtualisation", b"containers")


def names_port(data: bytes) -> bool:
    """Tell whether a Nix file whose bytes are `data` may name a port.

    What it says of services, files and hosts matters only where others name one.
    """
    if _says_port(data) or _address().search(data) is not None:
        return True
    return any(word in data for word in _LISTENING) and _number().search(data) is not None


def may_speak(data: bytes) -> bool:
    """Tell whether a Nix file whose bytes are `data` may say anything that matters to ports.

    It then names ports, other files or hosts, or enables services.
    """
    if _path().search(data) is not None or names_port(data):
        return True
    if any(word in data for word in _LINKING):
        return True
    if b"enable" not in data or _enabling().search(data) is None:
        return False
    return b"programs" not in data or any(word in data for word in _SERVING)


def _says_port(data: bytes) -> bool:
    found = data.count(b"port")
    if found:
        for word in _NO_PORTS:
            found -= data.count(word)
        if found > 0:
            return True
    return b"Port" in data or b"PORT" in data


@cache
def _address() -> re.Pattern[bytes]:
    """Match `:8080`, but no time of day with seconds."""
    return re.compile(rb"[:@](?<!:\d\d[:@])[1-9]\d{0,4}(?![\w:@%*-]|\.\w)")


@cache
def _number() -> re.Pattern[bytes]:
    return re.compile(rb"(?<![\w.])[1-9]\d{1,4}(?![\w.])")


@cache
def _path() -> re.Pattern[bytes]:
    """Match a path to a folder or to a file that Nix reads: `./hosts`, `../ports.nix`."""
    part = rb"[\w+*-]*(?:\.[\w+*-]+(?=/))*"
    end = rb"(?:\.nix|\.json|\.toml)?(?![\w.*-])"
    return re.compile(rb"\.\.?/(?:\.\.?(?!\w)|%s(?:/%s)*%s)|self[}'\s]" % (part, part, end))


@cache
def _enabling() -> re.Pattern[bytes]:
    return re.compile(rb"enable\s*=\s*(?:lib\.)?(?:mk\w+\s+)?\(?(?:true|false)")
