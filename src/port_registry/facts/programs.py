"""Port arguments of well-known programs (`data/programs.tsv`).

The columns are: programs of one kind, separated by commas; the kind; the service they are
or talk to, by its name in `services.tsv`; their arguments; the source. An argument is

- `port` or `-p`: a flag that takes a port number (`--port 1`, `--port=1`, `-p 1`);
  with a `+` after it, the number may be attached (`-p1`);
- `listen@`: a flag that takes an address (`127.0.0.1:1`, `:1`, a URL, or a bare number);
- `-o!`: a flag that takes a text of further arguments;
- `port=`: a word `port=1`;
- `<port>`, `<address>`, `<url>`, `<host-port>`, `<runserver>`: words without a flag;
- after any of them `/udp`, and `=l`, `=c`, `=u` or `=n` where its role is not that of the
  program: listens, connects, unknown, or not a port.

For a program of kind `runs`, which runs another command, an argument is a flag that takes
a value, `#1` for a word to skip, or `?run` for a word without which it runs nothing.
"""

from enum import Enum
from functools import cache

from port_registry.facts import tsv
from port_registry.model import NamedTuple, Protocol


class ParameterKind(Enum):
    """What a program does with a port in its arguments."""

    LISTENS = "listens"
    CONNECTS = "connects"
    UNKNOWN = "unknown"
    """It does both, depending on the subcommand, or it is not clear which."""
    RUNS = "runs"
    """It runs another program, which its arguments name."""
    UNRELATED = "unrelated"
    """Its arguments are never ports."""


class FlagValueKind(Enum):
    """The kind of value that a flag takes."""

    PORT = "port"
    ADDRESS = "address"
    OPTIONS = "options"


class ProgramFlag(NamedTuple):
    """An argument that can hold a port."""

    name: str
    """A short flag with its dash, `-p`; a long one without, `port`."""
    value_kind: FlagValueKind
    attached: bool
    """Whether the number may follow without a space."""
    kind: ParameterKind
    """What the program does with the port."""
    protocol: Protocol


class Program(NamedTuple):
    """A well-known program."""

    name: str
    kind: ParameterKind
    service: str
    """The service that it is or talks to, by its name in `services.tsv`; often empty."""
    flags: tuple[ProgramFlag, ...]
    assigned: tuple[ProgramFlag, ...]
    """Words `name=1`, by the name with its `=`."""
    positional: frozenset[str]
    """Kinds of words without a flag: `port`, `address`, `url`, `host-port`, `runserver`."""
    skipped: frozenset[str]
    """Flags, named as in `ProgramFlag`, that take a value which is not a port."""
    needed: frozenset[str]
    """Words of which one must precede the command that it runs; empty where none must."""
    skip: int
    """The number of words before the command that it runs."""


_KINDS = {
    "l": ParameterKind.LISTENS,
    "c": ParameterKind.CONNECTS,
    "u": ParameterKind.UNKNOWN,
    "n": ParameterKind.UNRELATED,
}


@cache
def program(name: str) -> Program | None:
    """Return the facts about the program `name` (a file name), or None."""
    row = _index().get(name)
    if row is None:
        return None
    _, kind, service, arguments, _ = row.split("\t")
    return _program(name, ParameterKind(kind), service, arguments.split())


@cache
def _index() -> dict[str, str]:
    """Return the unparsed row of each program."""
    rows: dict[str, str] = {}
    for line in tsv.text("programs").split("\n"):
        for name in line.partition("\t")[0].split(","):
            rows[name] = line
    rows.pop("", None)
    return rows


def _program(name: str, kind: ParameterKind, service: str, arguments: list[str]) -> Program:
    """Return the program with these `arguments`, as written in the table."""
    words = [argument for argument in arguments if argument[0] not in "<?#"]
    flags = [] if kind is ParameterKind.RUNS else [_flag(word, kind) for word in words]
    ports = [flag for flag in flags if flag.kind is not ParameterKind.UNRELATED]
    skipped = (flag.name for flag in flags if flag.kind is ParameterKind.UNRELATED)
    return Program(
        name=name,
        kind=kind,
        service=service,
        flags=tuple(flag for flag in ports if not flag.name.endswith("=")),
        assigned=tuple(flag for flag in ports if flag.name.endswith("=")),
        positional=frozenset(word.strip("<>") for word in arguments if word[0] == "<"),
        skipped=frozenset(words if kind is ParameterKind.RUNS else skipped),
        needed=frozenset(word[1:] for word in arguments if word[0] == "?"),
        skip=next((int(word[1:]) for word in arguments if word[0] == "#"), 0),
    )


def _flag(argument: str, kind: ParameterKind) -> ProgramFlag:
    """Return the flag that `argument` describes, of a program of `kind`."""
    body, equals, letter = argument.rpartition("=")
    if equals and letter in _KINDS and body:
        kind, argument = _KINDS[letter], body
    protocol = Protocol.UDP if argument.endswith("/udp") else Protocol.TCP
    argument = argument.removesuffix("/udp")
    value_kind = {"@": FlagValueKind.ADDRESS, "!": FlagValueKind.OPTIONS}.get(
        argument[-1], FlagValueKind.PORT
    )
    name = argument.rstrip("@!+")
    if not name.endswith("=") and len(name) > 2:
        name = name.lstrip("-")
    return ProgramFlag(
        name=name,
        value_kind=value_kind,
        attached=argument.endswith("+"),
        kind=kind,
        protocol=protocol,
    )
