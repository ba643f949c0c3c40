"""Files that can say nothing of ports, told apart before they are parsed."""

import re
from collections.abc import Iterator
from functools import cache

from port_registry.model import NamedTuple, lazy_pattern

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


def may_matter(data: bytes) -> bool:
    """Return whether a Nix file whose bytes are `data` may say anything that matters to ports.

    It then names ports, other files or hosts, or enables services.
    """
    seen = False
    for at in _signs(data):
        if not _looks_inert(data, at):
            return True
        seen = True
    if _is_telling(data):
        return True
    if not seen or b"imports" in data:
        return seen
    # What is seen may be no more than a comment, a description or an example.
    code = _code(data)
    return code is None or part_may_matter(code)


def part_may_matter(data: bytes) -> bool:
    """Return whether a part of a Nix file, or a whole one, may say anything that matters."""
    return any(True for _ in _signs(data)) or _is_telling(data)


def _is_telling(data: bytes) -> bool:
    """Return whether what `data` says of ports and hosts matters, even in a comment or string."""
    return names_port(data) or any(word in data for word in _LINKING)


def _signs(data: bytes) -> Iterator[int]:
    """Yield where something first appears in `data` that matters where it is code."""
    for sign in (*_paths(), _arguments()):
        found = sign.search(data)
        if found is not None:
            yield found.start()
    found = _enabling().search(data) if b"enable" in data else None
    if found is not None and (b"programs" not in data or any(word in data for word in _SERVING)):
        yield found.start()


def _looks_inert(data: bytes, at: int) -> bool:
    """Return whether the text at the offset `at` seems to be in a comment or a string."""
    line = data[data.rfind(b"\n", 0, at) + 1 : at]
    return b"#" in line or line.count(b'"') % 2 == 1 or data.count(b"''", 0, at) % 2 == 1


# Each pattern begins with plain characters, which are found many times faster than a choice.


_port = lazy_pattern(rb"port(?<!mport)(?<!upport)(?<!xport)(?<!eport)(?<!nsport)(?!al)")
"""Matches `port` where it is no part of another word such as `import` or `support`."""


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


_arguments = lazy_pattern(rb"_module(?<!\w_module)(?:\.args|\s*=)")
"""Matches what gives modules arguments: `_module.args.ports = …`."""


_enabling = lazy_pattern(rb"enable\s*=\s*(?:lib\.)?(?:mk\w+\s+)?\(?(?:true|false)")


def _code(data: bytes) -> bytes | None:
    """Return `data` without comments, and without strings that have no interpolation.

    None where it is not plain where these begin and end.
    """
    lexer = _lexer()
    if lexer.text.fullmatch(data) is None:
        return None
    return b" ".join(lexer.code.findall(data))


class _PrefilterLexer(NamedTuple):
    """Patterns that tell code from comments and strings."""

    text: re.Pattern[bytes]
    """A whole text."""
    code: re.Pattern[bytes]
    """A stretch of code and strings with interpolations (group 1), or anything else."""


@cache
def _lexer() -> _PrefilterLexer:
    other = rb"[^\"'#/{}]++|'(?!')|/(?!\*)"
    comment = rb"\#[^\n]*+|/\*(?:[^*]++|\*(?!/))*+\*/"
    inside = rb'(?:[^"\\$]++|\\.|\$(?!\{))*+'
    indented = rb"(?:[^'$]++|'(?!')|\$(?!\{)|''(?:[$']|\\.))*+"
    begin = rb"(?<![\w'-])''"  # No end of a name, such as `mapAttrs''`.
    strings = rb"\"%s\"|%s%s''" % (inside, begin, indented)
    # Nothing but strings without holes, and sets, is looked for in a hole.
    plain = other + b"|" + strings
    hole = rb"\$\{(?:%s|\{(?:%s)*+\})*+\}" % (plain, plain)
    holed = rb"\"%s(?:%s%s)++\"" % (inside, hole, inside)
    holed += rb"|%s%s(?:%s%s)++''" % (begin, indented, hole, indented)
    inert, code = b"%s|%s" % (comment, strings), rb"%s|[{}]|%s" % (other, holed)
    return _PrefilterLexer(
        re.compile(b"(?:%s|%s)*+" % (inert, code), re.DOTALL),
        re.compile(b"%s|((?:%s)++)" % (inert, code), re.DOTALL),
    )
