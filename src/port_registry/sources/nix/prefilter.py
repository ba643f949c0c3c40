"""Filter of files that cannot matter to ports, by their bytes, before they are parsed."""

import re
from collections.abc import Iterator
from functools import cache

from port_registry.model import NamedTuple, lazy_pattern

_LINKING = (b"Configurations", b"colmena", b"pecialArgs")
"""Words in flakes for hosts, and for the arguments of modules."""

_SERVING = (b"services", b"virtualisation", b"containers")


def names_port(data: bytes) -> bool:
    """Return whether the Nix file `data` may name a port.

    Its services, files and hosts matter only where others name one.
    """
    if b"Port" in data or b"PORT" in data or _port().search(data) is not None:
        return True
    if any(sign.search(data) is not None for sign in _addresses()):
        return True
    return any(sign.search(data) is not None for sign in _listening())


def may_matter(data: bytes) -> bool:
    """Return whether the Nix file `data` may matter to ports.

    It then names ports, other files or hosts, or enables services.
    """
    seen = False
    for at in _signs(data):
        if not _looks_inert(data, at):
            return True
        seen = True
    if _matters_anywhere(data):
        return True
    if not seen or b"imports" in data:
        return seen
    # What is seen may be no more than a comment, a description or an example.
    code = _code(data)
    return code is None or part_may_matter(code)


def part_may_matter(data: bytes) -> bool:
    """Return whether `data`, a Nix file or a part of one, may matter to ports."""
    return any(True for _ in _signs(data)) or _matters_anywhere(data)


def _matters_anywhere(data: bytes) -> bool:
    """Return whether `data` has ports and hosts that matter even in a comment or string."""
    return names_port(data) or any(word in data for word in _LINKING)


def _signs(data: bytes) -> Iterator[int]:
    """Yield the first offset of each sign in `data` that matters only as code."""
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
    """Match a word for something that has a port, and a number in its line."""
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
"""Matches the setting of modules' arguments: `_module.args.ports = …`."""


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
