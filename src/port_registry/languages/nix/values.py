"""Values of Nix expressions, with the span that each came from."""

from collections.abc import Callable
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from port_registry.languages.nix import tree
from port_registry.model import Span, TracedText

if TYPE_CHECKING:
    from port_registry.languages.nix.interpreter import Interpreter
    from port_registry.languages.nix.scope import LazyScope


COMPUTED = ("*", "()", "import()")
"""Parts of an external value's path that are not names."""

NOWHERE = Span("", 0, 0)
"""The span of values that are in no file of the project: Nix's functions and constants."""


class UnknownValue(NamedTuple):
    """A value that cannot be known, or whose evaluation fails."""

    reason: str
    """Ends a sentence that begins with "cannot be known:"."""
    span: Span
    """The expression that is the cause."""
    fails: bool = False
    """Whether Nix would fail here, too (a type error, `throw`, a failed assertion)."""


class ExternalValue(NamedTuple):
    """A value from outside the project, known only by its path: `pkgs.redis`.

    Only an evaluation with `ExternalValues` has such values.
    """

    path: tuple[str, ...]
    """The argument's name and the attributes selected from it: `("pkgs", "redis")`. A
    computed name is `*`, a call `()`, an import `import()`; see `COMPUTED`."""
    span: Span
    """The expression."""

    @property
    def reason(self) -> str:
        """The reason why it is unknown, as for an `UnknownValue`."""
        names = list(takewhile(lambda part: part not in COMPUTED, self.path))
        name = ".".join(names)
        if len(names) == len(self.path):
            return f"`{name}` comes from outside the project"
        return f"a value of `{name}` comes from outside the project"


class Int(NamedTuple):
    """A 64-bit signed integer."""

    value: int
    span: Span
    """The literal, or the expression that computed it."""
    origins: tuple[Span, ...]
    """The literals it was computed from, in order: for a literal, its own span; empty where
    there is no literal in the project (for a length, say)."""


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
    """A string. The text of an integer literal is traced to its digits."""

    traced: TracedText
    span: Span


class PathValue(NamedTuple):
    """A path."""

    path: str
    """Relative to the project's root, normalised; starts with `..` for a path outside it,
    with `/` or `~` for an absolute one."""
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
    """The whole (first) binding, from its path to the `;`; equal to `name_span` where a
    function computed the attribute."""
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
    """A function with the scope of its definition."""

    node: tree.LambdaExpression
    scope: "LazyScope"
    span: Span


class Builtin(NamedTuple):
    """A function of Nix or of nixpkgs' `lib`, which may have some of its arguments."""

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
    """A value that is computed when it is needed; see `Evaluator.force`."""

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


def evaluated(value: Value) -> Thunk:
    """Return a thunk that holds `value`."""
    return Thunk(None, None, None, value)


def deferred(work: "Callable[[Interpreter], Value]") -> Thunk:
    """Return a thunk that `work` computes when it is needed."""
    return Thunk(None, None, work)
