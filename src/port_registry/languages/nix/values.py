"""Values of Nix expressions, with the span that each came from."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from itertools import takewhile
from typing import Protocol

from port_registry.languages.nix import tree
from port_registry.model import NamedTuple, Segment, Span, TracedText

COMPUTED = ("*", "()", "import()")
"""Parts of an external value's path that are not names."""

MAX_DEPTH = 4000
"""The greatest depth of nested evaluations."""

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
    """The value of any other attribute; None where there is no other (the usual case)."""


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


class ExternalValues(Protocol):
    """Values from outside the project, and placeholders for unknown ones.

    Without them, an argument that nothing in the project provides is unknown, and so is everything
    that depends on it: right for a registry, too little for a command line such as
    `"${pkgs.redis}/bin/redis-server --port 6379"`, of which only the first part is unknown.
    """

    def value_of(self, external: ExternalValue) -> Value | None:
        """Return the value of `external`; None where it is not known."""
        ...

    def placeholder(self, unknown: UnknownValue, span: Span) -> Segment:
        """Return the placeholder in a string for the unknown interpolation at `span`."""
        ...

    def embedded(self, text: TracedText, span: Span) -> TracedText:
        """Return `text` as a part of another string, interpolated at `span`."""
        ...


class UnknownValueError(Exception):
    """A needed value cannot be known; never raised by `Evaluator`."""

    def __init__(self, unknown: UnknownValue) -> None:
        super().__init__(unknown)
        self.unknown = unknown


class Interpreter(ABC):
    """The state of an evaluation: its budget, its access to files, and the forcing of thunks."""

    __slots__ = ("depth", "external", "import_path", "read_path", "steps", "text_at")

    def __init__(
        self,
        import_path: Callable[[PathValue, Span], Value],
        read_path: Callable[[PathValue, Span], Value],
        text_at: Callable[[Span], str],
        external: ExternalValues | None,
    ) -> None:
        self.import_path = import_path
        """Returns the value of the file at a path, which the span imports."""
        self.read_path = read_path
        """Returns the text of the file at a path, which the span reads."""
        self.text_at = text_at
        self.external = external
        """Values from outside the project; None where they are all unknown."""
        self.steps = 0
        """The number of steps that remain."""
        self.depth = 0

    @abstractmethod
    def evaluate(self, node: tree.Node, scope: "LazyScope") -> Value:
        """Return the value of `node`, with thunks for its parts; raises `UnknownValueError`."""

    @abstractmethod
    def call(self, function: Value, argument: "Thunk", span: Span) -> Value:
        """Return the result of `function` for `argument`; `span` is the whole call."""

    def resolve(self, external: ExternalValue) -> Value:
        """Return the known value of `external`, or `external` itself."""
        known = None if self.external is None else self.external.value_of(external)
        return external if known is None else known

    def spend(self, steps: int, span: Span) -> None:
        """Spend `steps` steps; raises `UnknownValueError` at `span` where none remain."""
        self.steps -= steps
        if self.steps < 0:
            raise UnknownValueError(UnknownValue("the evaluation takes too long", span))

    def enter_level(self, span: Span) -> None:
        """Enter a level of recursion; `leave_level` must follow."""
        if self.depth >= MAX_DEPTH:
            raise UnknownValueError(UnknownValue("the evaluation is nested too deeply", span))
        self.depth += 1

    def leave_level(self) -> None:
        """Leave a level of recursion."""
        self.depth -= 1

    def force(self, thunk: "Thunk") -> Value:
        """Return the value of `thunk`; raises `UnknownValueError` where it is not known."""
        value = self.force_or_external(thunk)
        if isinstance(value, ExternalValue):
            raise UnknownValueError(UnknownValue(value.reason, value.span))
        return value

    def force_or_external(self, thunk: "Thunk") -> Value:
        """Return the value of `thunk`, which may be external; raises `UnknownValueError`."""
        value = thunk.value
        if value is None:
            value = self._compute(thunk)
        if isinstance(value, UnknownValue):
            raise UnknownValueError(value)
        return value

    def _compute(self, thunk: "Thunk") -> Value:
        """Compute and store the value of `thunk`, which may be an `UnknownValue`."""
        node, scope, work = thunk.node, thunk.scope, thunk.work
        if thunk.forcing:
            span = node.span if node is not None else NOWHERE
            return UnknownValue("infinite recursion: it needs its own value", span, fails=True)
        thunk.forcing = True
        value: Value
        try:
            if node is not None and scope is not None:
                value = self.evaluate(node, scope)
            else:
                value = self._work(work)
        except UnknownValueError as error:
            value = error.unknown
        thunk.value = value
        thunk.forcing = False
        thunk.scope = thunk.work = None
        return value

    def _work(self, work: "Callable[[Interpreter], Value] | None") -> Value:
        if work is None:
            return UnknownValue("it has no value", NOWHERE)
        self.enter_level(NOWHERE)
        try:
            return work(self)
        finally:
            self.leave_level()


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


class LazyScope:
    """The names that one construct defines, and the enclosing scope."""

    __slots__ = ("attached", "folder", "names", "parent")

    def __init__(
        self,
        names: dict[str, Thunk],
        parent: "LazyScope | None",
        folder: str,
        attached: Thunk | None = None,
    ) -> None:
        self.names = names
        self.parent = parent
        self.folder = folder
        """The folder of the file, relative to the project's root."""
        self.attached = attached
        """The set of a `with`; such a scope has no names of its own."""

    def lexical(self, name: str) -> Thunk | None:
        """Return the value of `name`, unless a `with` binds it."""
        scope: LazyScope | None = self
        while scope is not None:
            thunk = scope.names.get(name)
            if thunk is not None:
                return thunk
            scope = scope.parent
        return None


def evaluated(value: Value) -> Thunk:
    """Return a thunk that holds `value`."""
    return Thunk(None, None, None, value)


def deferred(work: "Callable[[Interpreter], Value]") -> Thunk:
    """Return a thunk that `work` computes when it is needed."""
    return Thunk(None, None, work)
