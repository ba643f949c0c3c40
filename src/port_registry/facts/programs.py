"""What programs do with the ports in their arguments (`data/programs.tsv`).

Columns: programs of one kind, separated by commas; the kind; the service they are or talk
to, by the name in `services.tsv`; their arguments; where that is documented. An argument is

- `port` or `-p`: a flag that takes a port number (`--port 1`, `--port=1`, `-p 1`);
  with `+` behind it the number may be attached (`-p1`);
- `listen@`: a flag that takes an address (`127.0.0.1:1`, `:1`, a URL, or a bare number);
- `-o!`: a flag that takes a text of further arguments;
- `port=`: a word `port=1`;
- `<port>`, `<address>`, `<url>`, `<host-port>`, `<runserver>`: words without a flag;
- behind any of them `/udp`, and `=l`, `=c`, `=u` or `=n` where its role is not the
  program's: listens, connects, unknown, or none at all.

For a program of kind `runs`, which runs the command that is given to it, an argument is a
flag that takes a value, `#1` for a word to skip, or `?run` for a word without which it runs
nothing.
"""

from enum import Enum
from functools import cache
from typing import NamedTuple

from port_registry.facts import tsv
from port_registry.model.port import Protocol


class ParameterKind(Enum):
    """What a program does with a port that is given to it."""

    LISTENS = "listens"
    CONNECTS = "connects"
    UNKNOWN = "unknown"
    """Both, by subcommand, or it is not clear."""
    RUNS = "runs"
    """It runs another program, which its arguments name."""
    UNRELATED = "unrelated"
    """Its arguments are never ports."""


class Takes(Enum):
    """What an argument holds."""

    PORT = "port"
    ADDRESS = "address"
    OPTIONS = "options"


class ProgramFlag(NamedTuple):
    """One argument that can hold a port."""

    name: str
    """A short flag with its dash, `-p`; a longer one without, `port`."""
    takes: Takes
    attached: bool
    """Whether the number may follow without a space."""
    kind: ParameterKind
    """What the program does with it."""
    protocol: Protocol


class Program(NamedTuple):
    """One program."""

    name: str
    kind: ParameterKind
    service: str
    """The service it is, or talks to, by its name in `services.tsv`; often empty."""
    flags: tuple[ProgramFlag, ...]
    assigned: tuple[ProgramFlag, ...]
    """Words `name=1`, the name with its `=`."""
    positional: frozenset[str]
    """Kinds of words without a flag: `port`, `address`, `url`, `host-port`, `runserver`."""
    skipped: frozenset[str]
    """Flags, named as in `ProgramFlag`, that take a value which is no port."""
    needed: frozenset[str]
    """Words one of which must come before the command it runs; empty where none must."""
    skip: int
    """How many words come before the command that it runs."""


_KINDS = {
    "l": ParameterKind.LISTENS,
    "c": ParameterKind.CONNECTS,
    "u": ParameterKind.UNKNOWN,
    "n": ParameterKind.UNRELATED,
}


@cache
def program(name: str) -> Program | None:
    """Return what is known of the program `name`, which is given without its folder."""
    row = _index().get(name)
    if row is None:
        return None
    _, kind, service, arguments, _ = row.split("\t")
    return _program(name, ParameterKind(kind), service, arguments.split())


@cache
def _index() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in tsv.text("programs").split("\n"):
        for name in line.partition("\t")[0].split(","):
            found[name] = line
    found.pop("", None)
    return found


def _program(name: str, kind: ParameterKind, service: str, arguments: list[str]) -> Program:
    flags: list[ProgramFlag] = []
    assigned: list[ProgramFlag] = []
    words: dict[str, set[str]] = {"<": set(), "?": set(), "-": set()}
    skip = 0
    for argument in arguments:
        if argument[0] in "<?":
            words[argument[0]].add(argument.strip("<>?"))
        elif argument[0] == "#":
            skip = int(argument[1:])
        elif kind is ParameterKind.RUNS:
            words["-"].add(argument)
        else:
            flag = _flag(argument, kind)
            if flag.kind is ParameterKind.UNRELATED:
                words["-"].add(flag.name)
            else:
                (assigned if flag.name.endswith("=") else flags).append(flag)
    return Program(
        name,
        kind,
        service,
        tuple(flags),
        tuple(assigned),
        frozenset(words["<"]),
        frozenset(words["-"]),
        frozenset(words["?"]),
        skip,
    )


def _flag(argument: str, kind: ParameterKind) -> ProgramFlag:
    body, equals, letter = argument.rpartition("=")
    if equals and letter in _KINDS and body:
        kind = _KINDS[letter]
        argument = body
    protocol = Protocol.TCP
    if argument.endswith("/udp"):
        protocol = Protocol.UDP
        argument = argument.removesuffix("/udp")
    takes = {"@": Takes.ADDRESS, "!": Takes.OPTIONS}.get(argument[-1], Takes.PORT)
    name = argument.rstrip("@!+")
    if not name.endswith("=") and len(name) > 2:
        name = name.lstrip("-")
    return ProgramFlag(name, takes, argument.endswith("+"), kind, protocol)
