"""Facts about ports in one Nix file.

A file is read without any other, so its facts stay valid as long as its text. Names are
followed to their origins within the file, through `let`, `inherit`, `with`, `or`, `toString`
and `lib.mkDefault`. A value from outside the file is a *chain*, which `link` follows further.

A *setting* is the attribute path of a value, from the outermost set of the file's body down
(`services.nginx.virtualHosts."a.org".listen`). Functions and their calls are left out of it:
in `mkHost "web" { modules = [ ./web.nix ]; }`, the value of `nixosConfigurations.web`, the
path has the setting `nixosConfigurations.web.modules`. So is the `config` of a module. The
contents of `mkIf`, `mkMerge`, `optionalAttrs` and the like have the setting of the call, with
a guard where there is a condition.
"""

from enum import Enum

from port_registry.model import Annotation, NamedTuple, Protocol, Role, Span

Step = str | None
"""One part of an attribute path; None where it is computed."""

AttrPath = tuple[Step, ...]


class AliasOrigin(Enum):
    """The origin of a chain."""

    FILE = "file"
    """The value of a file, by `import`, `callPackage`, `importJSON` and the like."""
    ARGUMENT = "argument"
    """An argument of the file's function: `config`, `lib`, `ports`."""
    LOCAL = "local"
    """A name of this file whose value is no chain: a function or a set."""
    NOWHERE = "nowhere"
    """A name that nothing in the file binds, except perhaps a `with`."""


class Chain(NamedTuple):
    """A value as an origin and the attributes selected from it: `config.services.x.port`."""

    origin: AliasOrigin
    root: str
    """The file from the project's root, `lib/ports.nix` (a folder for its `default.nix`), or
    the name of the argument or local binding."""
    path: AttrPath
    """The selected attributes, in order."""


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
    """A value that is a chain."""

    chain: Chain
    span: Span


class Items(NamedTuple):
    """A list, with its known items."""

    items: tuple["Value", ...]
    complete: bool
    """Whether all items are known."""
    span: Span


class Opaque(NamedTuple):
    """A value that only an evaluation could tell."""

    span: Span


Value = IntValue | BoolValue | StringValue | Link | Items | Opaque


class Guard(NamedTuple):
    """A condition for a fact."""

    chain: Chain | None
    """The condition, `config.services.web.enable`; None where it is not a chain."""
    wanted: bool
    """The value that it must have."""


class Priority(Enum):
    """The priority of a definition in the module system; the lowest number wins."""

    FORCE = 50
    NORMAL = 100
    DEFAULT = 1000
    OPTION_DEFAULT = 1500


class OptionDefinition(NamedTuple):
    """A definition of an attribute."""

    setting: AttrPath
    value: Value
    guards: tuple[Guard, ...]
    priority: Priority
    span: Span
    """The attribute path in the text."""


class OptionDeclaration(NamedTuple):
    """An option that a file declares (`mkOption`, `mkEnableOption`, `mkPackageOption`)."""

    setting: AttrPath
    """Without `options`."""
    default: Value | None
    """None where it has no default."""
    is_port: bool
    """Whether its type is one for ports (`types.port`, `types.ints.u16`)."""
    span: Span


class ChainReference(NamedTuple):
    """A use of a chain that may lead to a registry."""

    chain: Chain
    span: Span
    """The selection in the text, without `or …`."""
    last: Span
    """Its last attribute, or the inherited name."""
    setting: AttrPath
    """The attribute path that gets the value."""
    fallback: IntValue | None
    """The value after `or`, where that is a number."""
    only_renames: bool
    """Whether it only gives the value another name (`let db = ports.databases;`, a passed
    argument): uses of that name are references of their own."""
    written_steps: int = 0
    """The number of steps of the chain, its last ones, that are in this text: the others are
    where its first name is bound, and their faults are reported there."""
    sure: bool = True
    """False where the name may also come from another `with`: it is a reference only if what
    it names exists then."""


class LiteralContext(Enum):
    """The kind of place that a literal is in."""

    ATTRIBUTE = "attribute"
    """The value of an attribute, a number or a string with nothing else: `port = 3000;`."""
    FIREWALL = "firewall"
    """An item of `allowedTCPPorts`, `allowedUDPPortRanges` and the like."""
    CONTAINER = "container"
    """The host's side of a container's ports: `ports = [ "8080:80" ]`."""
    ADDRESS = "address"
    """After a host, or after a colon alone, in a string: `127.0.0.1:3000`, a URL."""
    COMMAND = "command"
    """An argument of a command line: `--port 3000`."""
    DEFAULT = "default"
    """An option's own default in the module that declares it."""


class Literal(NamedTuple):
    """A number in a place that says that it is a port."""

    number: int
    last: int
    """The end of a range; the same as `number` for a single port."""
    protocol: Protocol | None
    """None where the place does not say which."""
    role: Role
    context: LiteralContext
    host: str | None
    """The host or address next to it, or None."""
    label: str
    """The word that says port: the attribute, variable or flag; empty where none does."""
    setting: AttrPath
    guards: tuple[Guard, ...]
    quoted: bool
    """Whether it is in a string, where a reference needs `${toString …}`."""
    span: Span
    """The place to show."""
    digits: Span | None
    """The digits alone, for an edit; None where they are not in one piece."""


class ScopedAlias(NamedTuple):
    """A name for a chain in a part of the file."""

    name: str
    chain: Chain
    scope: Span
    """A part of the file where the name has this meaning and nothing binds it again; perhaps
    not the whole part."""


class PathKind(Enum):
    """The meaning of a path in a file."""

    MODULE = "module"
    """An item of `imports`, `modules` or a list or set of modules."""
    IMPORT = "import"
    """The argument of `import` or `callPackage`."""
    TREE = "tree"
    """A folder whose whole contents are taken (`import-tree`, `listFilesRecursive`,
    `readDir`)."""
    OTHER = "other"


class PathDefinition(NamedTuple):
    """A path of the project that a file names."""

    target: str
    """Relative to the project's root, normalised; `*` for each computed part: `hosts/*`,
    `hosts/*.nix`; "." for the root itself."""
    kind: PathKind
    setting: AttrPath
    local: str
    """The `let` binding that it is in, where nothing is known to use it; otherwise empty, and
    `setting` is that of the use, once for each."""
    guards: tuple[Guard, ...]
    span: Span


class PassedArgument(NamedTuple):
    """An argument that is passed to an imported file: `import ./a.nix { x = …; }`."""

    target: str
    name: str
    chain: Chain


class InsertionPoint(NamedTuple):
    """A place for a binding whose scope is the whole body of the file."""

    at: Span
    """An empty span."""
    before: str
    """The text before `name = value;`."""
    after: str
    """The text after it."""


class Module(NamedTuple):
    """The facts of a file."""

    path: str
    parameters: tuple[str, ...]
    """The names that the file's function takes from its argument."""
    definitions: tuple[OptionDefinition, ...]
    options: tuple[OptionDeclaration, ...]
    references: tuple[ChainReference, ...]
    literals: tuple[Literal, ...]
    aliases: tuple[ScopedAlias, ...]
    paths: tuple[PathDefinition, ...]
    passed_arguments: tuple[PassedArgument, ...]
    annotations: tuple[Annotation, ...]
    """Comments that name an entry: `# Port from lib/ports.nix: databases.redis = 6379`."""
    insertion_point: InsertionPoint | None
    """None where a binding cannot be added safely."""
