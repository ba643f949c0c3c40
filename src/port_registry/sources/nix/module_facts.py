"""What one Nix file says of ports, read alone.

A file is read without knowing any other, so that what it says can be kept for as long as
its text stays the same. Names are followed to where they come from within the file: `let`,
`inherit`, `with`, `or`, `toString` and `lib.mkDefault` are seen through. What leads out of
the file is a *chain*, which `link` follows further.

A *setting* is the attribute path at which something stands, from the outermost set of the
file's body down (`services.nginx.virtualHosts."a.org".listen`). Functions and their calls
are looked through: in `mkHost "web" { modules = [ ./web.nix ]; }`, given to
`nixosConfigurations.web`, the path stands at `nixosConfigurations.web.modules`. The `config`
that a module may begin with is left out; the contents of `mkIf`, `mkMerge`, `optionalAttrs`
and the like stand where the call stands, with a guard where they have a condition.
"""

from enum import Enum

from port_registry.model import Annotation, NamedTuple, Protocol, Role, Span

Step = str | None
"""One part of an attribute path; None where it is computed."""

AttrPath = tuple[Step, ...]


class AliasOrigin(Enum):
    """Where a chain begins."""

    FILE = "file"
    """At what `import` (or `callPackage`, `importJSON` …) of a file gives."""
    ARGUMENT = "argument"
    """At an argument of the file's function: `config`, `lib`, `ports`."""
    LOCAL = "local"
    """At a name of this file whose value is no chain, a function or a set."""
    NOWHERE = "nowhere"
    """At a name that nothing in the file binds, but a `with` around it may."""


class Chain(NamedTuple):
    """A value by the way that leads to it: `config.services.x.port`."""

    origin: AliasOrigin
    root: str
    """The file from the project's root, `lib/ports.nix` (a folder for its `default.nix`), or
    the name of the argument or local binding."""
    path: AttrPath
    """What is selected from it, in order."""


class IntValue(NamedTuple):
    """An integer as written."""

    value: int
    span: Span


class BoolValue(NamedTuple):
    """`true` or `false`."""

    value: bool
    span: Span


class StringValue(NamedTuple):
    """A string, escapes resolved."""

    parts: tuple["str | Chain | None", ...]
    """None for an interpolation that is no chain."""
    span: Span


class Link(NamedTuple):
    """A value taken from elsewhere."""

    chain: Chain
    span: Span


class Items(NamedTuple):
    """A list, with those of its items that are known."""

    items: tuple["Value", ...]
    whole: bool
    """Whether no item is left out."""
    span: Span


class Opaque(NamedTuple):
    """A value that only an evaluation would give."""

    span: Span


Value = IntValue | BoolValue | StringValue | Link | Items | Opaque


class Guard(NamedTuple):
    """A condition that something stands under."""

    chain: Chain | None
    """What is asked, `config.services.web.enable`; None where it is more than a chain."""
    wanted: bool
    """What it must be."""


class Priority(Enum):
    """How strong a definition is, as the module system counts (lower wins)."""

    FORCE = 50
    NORMAL = 100
    DEFAULT = 1000
    OPTION_DEFAULT = 1500


class OptionDefinition(NamedTuple):
    """What a file gives an attribute."""

    setting: AttrPath
    value: Value
    guards: tuple[Guard, ...]
    priority: Priority
    span: Span
    """The attribute as written, its path alone."""


class OptionDeclaration(NamedTuple):
    """An option that a file declares (`mkOption`, `mkEnableOption`, `mkPackageOption`)."""

    setting: AttrPath
    """Without `options`."""
    default: Value | None
    """None where it has none."""
    is_port: bool
    """Whether its type says port (`types.port`, `types.ints.u16`)."""
    span: Span


class ChainReference(NamedTuple):
    """One place that takes a value out of a chain whose way speaks of ports."""

    chain: Chain
    span: Span
    """The selection as written, without `or …`."""
    last: Span
    """Its last attribute, or the inherited name."""
    setting: AttrPath
    """Where the value goes."""
    fallback: IntValue | None
    """What stands behind `or`, where that is a number."""
    binds: bool
    """Whether it only gives the value another name (`let db = ports.databases;`, an argument
    handed on): uses of that name are references of their own."""
    written: int = 0
    """How many steps of the chain, its last ones, are written here: the others stand where the
    name that it begins with is bound, and what is wrong with them is wrong there."""
    sure: bool = True
    """False where the name may as well come from another `with`: then it is a reference only
    if what it names exists."""


class LiteralContext(Enum):
    """What kind of place a literal stands in."""

    ATTRIBUTE = "attribute"
    """A number, or a string of nothing else, given to an attribute: `port = 3000;`."""
    FIREWALL = "firewall"
    """In `allowedTCPPorts`, `allowedUDPPortRanges` and their like."""
    CONTAINER = "container"
    """The host's side of `ports = [ "8080:80" ]`."""
    ADDRESS = "address"
    """Behind a host or alone behind a colon, in a string: `127.0.0.1:3000`, a URL."""
    COMMAND = "command"
    """An argument of a command line: `--port 3000`."""
    DEFAULT = "default"
    """An option's own default in the module that declares it."""


class Literal(NamedTuple):
    """One place where a port is written as a number, in a context that says port."""

    number: int
    last: int
    """The end of a range; the same as `number` for a single port."""
    protocol: Protocol | None
    """None where the place does not say."""
    role: Role
    stands: LiteralContext
    host: str | None
    """The host or address beside it, or None."""
    label: str
    """The word that says port: the attribute, variable or flag; empty where none does."""
    setting: AttrPath
    guards: tuple[Guard, ...]
    quoted: bool
    """Whether it stands in a string, so that a reference needs `${toString …}` there."""
    span: Span
    """What to show."""
    digits: Span | None
    """The digits alone, for an edit; None where they do not stand in one piece."""


class ScopedAlias(NamedTuple):
    """A name by which a chain can be reached in a part of the file."""

    name: str
    chain: Chain
    scope: Span
    """Where the name means this and nothing inside binds it again; not necessarily all of
    it."""


class PathKind(Enum):
    """How a path that is written in a file is meant."""

    MODULE = "module"
    """An item of `imports`, `modules` or a list or set of modules."""
    IMPORT = "import"
    """The argument of `import` or `callPackage`."""
    TREE = "tree"
    """A folder of which everything below is taken (`import-tree`, `listFilesRecursive`,
    `readDir`)."""
    OTHER = "other"


class PathDefinition(NamedTuple):
    """A path of the project that a file names."""

    target: str
    """From the project's root, normalised; `*` for each computed part: `hosts/*`, `hosts/*.nix`;
    "." for the root itself."""
    kind: PathKind
    setting: AttrPath
    local: str
    """The `let` binding in which it stands, where it is not known what uses it; otherwise empty,
    and `setting` is where the binding is used: one for each use."""
    guards: tuple[Guard, ...]
    span: Span


class PassedArgument(NamedTuple):
    """A value that is given as an argument to an imported file: `import ./a.nix { x = …; }`."""

    target: str
    name: str
    chain: Chain


class InsertionPoint(NamedTuple):
    """Where a binding can be put so that the whole body of the file sees it."""

    at: Span
    """An empty span."""
    before: str
    """What to write before `name = value;`."""
    after: str
    """What to write behind it."""


class Module(NamedTuple):
    """What a file says."""

    path: str
    parameters: tuple[str, ...]
    """The names that the file's function takes out of its argument."""
    definitions: tuple[OptionDefinition, ...]
    options: tuple[OptionDeclaration, ...]
    references: tuple[ChainReference, ...]
    literals: tuple[Literal, ...]
    handles: tuple[ScopedAlias, ...]
    paths: tuple[PathDefinition, ...]
    handed: tuple[PassedArgument, ...]
    annotations: tuple[Annotation, ...]
    """Comments that name an entry: `# Port from lib/ports.nix: databases.redis = 6379`."""
    place: InsertionPoint | None
    """None where a binding cannot be added safely."""
