"""Files that can say nothing of ports, told apart before they are parsed."""

import re
from functools import cache

_LINKING = (b"Configurations", b"colmena", b"pecialArgs")
"""What flakes say of hosts, and of what they hand to modules."""

_SERVING = (b"services", b"virtualisation", b"containers")


def names_port(data: bytes) -> bool:
    """Return whether a Nix file whose bytes are `data` may name a port.

    What it says of services, files and hosts matters only where others name one.
    """
    if b"Port" in data or b"PORT" in data or _port().search(data) is not None:
        return True
    if any(sign.search(data) is not None for sign in _addresses()):
        return True
    return any(sign.search(data) is not None for sign in _listening())


def may_speak(data: bytes) -> bool:
    """Return whether a Nix file whose bytes are `data` may say anything that matters to ports.

    It then names ports, other files or hosts, or enables services.
    """
    if any(sign.search(data) is not None for sign in _paths()) or names_port(data):
        return True
    if any(word in data for word in _LINKING) or _arguments().search(data) is not None:
        return True
    if b"enable" not in data or _enabling().search(data) is None:
        return False
    return b"programs" not in data or any(word in data for word in _SERVING)


# Each pattern begins with plain characters, which are found many times faster than a choice.


@cache
def _port() -> re.Pattern[bytes]:
    """Match `port` where it is no part of another word such as `import` or `support`."""
    return re.compile(rb"port(?<!mport)(?<!upport)(?<!xport)(?<!eport)(?<!nsport)(?!al)")


@cache
def _addresses() -> tuple[re.Pattern[bytes], ...]:
    """Match `:8080`, but no time of day with seconds."""
    end = rb"[1-9]\d{0,4}(?![\w:@%*-]|\.\w)"
    return tuple(re.compile(sign + rb"(?<!:\d\d" + sign + rb")" + end) for sign in (b":", b"@"))


@cache
def _listening() -> tuple[re.Pattern[bytes], ...]:
    """Match a word that a number may stand beside which is a port, and a number in its line."""
    number = rb"[^\n]{0,120}?(?<![\w.])[1-9]\d{1,4}(?![\w.])"
    words = (b"isten", b"bind", b"addr", b"endpoint", b"socket", b"forward", b'"-p"', b" -p ")
    return tuple(re.compile(word + number) for word in words)


@cache
def _paths() -> tuple[re.Pattern[bytes], ...]:
    """Match a path to a folder or to a file that Nix reads: `./hosts`, `../ports.nix`."""
    part = rb"[\w+*-]*(?:\.[\w+*-]+(?=/))*"
    end = rb"(?:\.nix|\.json|\.toml)?(?![\w.*-])"
    path = rb"\./(?:\.\.?(?!\w)|%s(?:/%s)*%s)" % (part, part, end)
    return re.compile(path), re.compile(rb"self[}'\s]")


@cache
def _arguments() -> re.Pattern[bytes]:
    """Match what gives modules arguments: `_module.args.ports = …`."""
    return re.compile(rb"_module(?<!\w_module)(?:\.args|\s*=)")


@cache
def _enabling() -> re.Pattern[bytes]:
    return re.compile(rb"enable\s*=\s*(?:lib\.)?(?:mk\w+\s+)?\(?(?:true|false)")
