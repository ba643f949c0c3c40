"""What Nix expressions evaluate to: values that know the span they came from."""

from collections.abc import Callable
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from port_registry.languages.nix import tree
from port_registry.model import Span, TracedText

if TYPE_CHECKING:
    from port_registry.languages.nix.interpreter import Interpreter
    from port_registry.languages.nix.scope import LazyScope


COMPUTED = ("*", "()", "import()")
"""Parts of a way that are no names."""

NOWHERE = Span("", 0, 0)
"""The span of what no file of the project says: Nix's own functions and constants."""


class UnknownValue(NamedTuple):
    """What cannot be known, or what Nix itself would fail on; contagious where needed."""

    reason: str
    """Ends a sentence that begins with "cannot be known:"."""
    span: Span
    """The expression that stands in the way."""
    fails: bool = False
    """Whether Nix would fail here, too (a type error, `throw`, a failed assert)."""


class ExternalValue(NamedTuple):
    """What the project is given, known by the way that leads to it: `pkgs.redis`.

    Only evaluation with a `World` has such values; they are unknown in all but their way.
    """

    way: tuple[str, ...]
    """The argument's name, and what is selected from it: `("pkgs", "redis")`. A part that
    is computed is `*`, a call `()`, an import `import()`; see `COMPUTED`."""
    span: Span
    """The expression."""

    @property
    def reason(self) -> str:
        """Why it is not known, as an `UnknownValue` has it."""
        plain = list(takewhile(lambda part: part not in COMPUTED, self.way))
        shown = ".".join(plain)
        if len(plain) == len(self.way):
            return f"`{shown}` is given from outside the project"
        return f"what comes of `{shown}` is given from outside the project"


class Int(NamedTuple):
    """A 64-bit signed integer."""

    value: int
    span: Span
    """The literal, or the expression that computed it."""
    origins: tuple[Span, ...]
    """The literals it was computed from, in order; a literal's own span for a literal;
    empty where no literal of the project made it (a length, say)."""


class Float(NamedTuple):
    """A double."""

    value: float
    span: Span


class Bool(NamedTuple):
    """A Boolean."""

    value: bool
    span: Span


class Null(NamedTuple):
    """Null."""

    span: Span


class String(NamedTuple):
    """A string. Text that `toString` made of an integer literal is traced to its digits."""

    traced: TracedText
    span: Span


class PathValue(NamedTuple):
    """A path."""

    path: str
    """Relative to the project's root, normalised; begins with `..` for what is outside
    it, with `/` or `~` for what is written so."""
    span: Span


class List(NamedTuple):
    """A list."""

    items: "tuple[Thunk, ...]"
    span: Span


class Attr(NamedTuple):
    """An attribute of a set."""

    name: str
    name_span: Span
    """The part of the attribute path that names it."""
    binding_span: Span
    """The whole (first) binding, from its path to behind the `;`; equal to `name_span`
    where a function made the attribute."""
    thunk: "Thunk"


class AttrSet(NamedTuple):
    """An attribute set."""

    attrs: dict[str, Attr]
    """By name, in the order they are defined; never changed."""
    span: Span
    rest: UnknownValue | ExternalValue | None = None
    """What any other attribute is, or where it is to be found; None where there is no
    other (the usual case)."""


class Lambda(NamedTuple):
    """A function with the scope it was made in."""

    node: tree.LambdaExpression
    scope: "LazyScope"
    span: Span


class Builtin(NamedTuple):
    """A function of Nix itself or of nixpkgs' `lib`, perhaps with some of its arguments."""

    name: str
    arity: int
    run: "Callable[[Interpreter, tuple[Thunk, ...], Span], Value]"
    arguments: "tuple[Thunk, ...]"
    span: Span


Value = (
    UnknownValue
    | ExternalValue
    | Int
    | Float
    | Bool
    | Null
    | String
    | PathValue
    | List
    | AttrSet
    | Lambda
    | Builtin
)


class Thunk:
    """A value not computed yet, or already known. `Evaluator.force` gets at it."""

    __slots__ = ("forcing", "node", "scope", "value", "work")

    def __init__(
        self,
        node: "tree.Node | None",
        scope: "LazyScope | None",
        work: "Callable[[Interpreter], Value] | None" = None,
        value: Value | None = None,
    ) -> None:
        self.node = node
        self.scope = scope
        self.work = work
        self.value = value
        self.forcing = False


def known(value: Value) -> Thunk:
    """Return a thunk that holds `value`."""
    return Thunk(None, None, None, value)


def later(work: "Callable[[Interpreter], Value]") -> Thunk:
    """Return a thunk that is computed by `work` when it is needed."""
    return Thunk(None, None, work)
