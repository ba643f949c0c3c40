"""The evaluator as the floors above see it."""

import posixpath
import sys
from collections.abc import Callable

from port_registry.languages.nix import tree
from port_registry.languages.nix.coerce import to_text
from port_registry.languages.nix.external_values import ExternalValues
from port_registry.languages.nix.functions.builtins_table import library, packages, root_scope
from port_registry.languages.nix.interpreter import MAX_DEPTH, Interpreter
from port_registry.languages.nix.parse import parse
from port_registry.languages.nix.scope import StuckError, fail, stuck
from port_registry.languages.nix.values import (
    NOWHERE,
    Attr,
    AttrSet,
    Builtin,
    ExternalValue,
    Int,
    Lambda,
    PathValue,
    String,
    Thunk,
    UnknownValue,
    Value,
    known,
)
from port_registry.model import Reader, Segment, SourceError, Span, TracedText, join_segments

_STEPS_IN_ALL = 2_000_000
_STEPS_AT_ONCE = 500_000
_FRAMES = MAX_DEPTH * 10
"""The Python frames that an evaluation of the greatest depth takes, rounded up."""
_MAX_CURRIED = 8


class Evaluator:
    """Evaluates the files of one project, without Nix.

    What cannot be known is an `UnknownValue`; nothing raises but `file`. Time and depth are
    bounded: evaluation that goes beyond the bounds is unknown, too.
    """

    def __init__(self, reader: Reader, world: ExternalValues | None = None) -> None:
        """Evaluate what `reader` reads; `world` knows what comes from outside."""
        self._reader = reader
        self._files: dict[str, tree.File] = {}
        self._values: dict[str, Thunk] = {}
        self._lib: Thunk | None = None
        self._machine = Interpreter(self._import, self._read, self._text_at, world)
        self._steps = _STEPS_IN_ALL
        self._running = False

    def file(self, path: str) -> tree.File:
        """Return the file at `path` as parsed; raises what the reader raises."""
        found = self._files.get(path)
        if found is None:
            found = parse(self._reader.read(path))
            self._files[path] = found
        return found

    def evaluate_file(self, path: str) -> Value:
        """Return the value of the file at `path`.

        A file that is a function, as modules are, is applied to what is known of its
        arguments: `lib` and `pkgs.lib`, and the defaults of others; the rest is unknown.
        An attribute that is defined twice has its first value here.
        """
        try:
            return self._run(lambda _machine: self._applied(self._value_of(path)))
        except SourceError as error:
            reason = f"`{path}` cannot be read: {error.message}"
            return UnknownValue(reason, Span(path, 0, 0))

    def force(self, thunk: Thunk) -> Value:
        """Return the value of `thunk`, an `UnknownValue` where it cannot be known."""
        value = thunk.value
        if value is not None:
            return value
        return self._run(lambda machine: machine.reach(thunk))

    def apply(self, function: Value, argument: AttrSet) -> Value:
        """Return what `function` gives for `argument`."""
        return self._run(lambda machine: machine.call(function, known(argument), function.span))

    def shown(self, value: Int) -> TracedText:
        """Return `value` as a text."""
        return to_text(self._machine, value, value.span)

    def imported(self, path: PathValue) -> Value:
        """Return the value of the file at `path`, before any argument."""
        return self._run(lambda machine: self._import(machine, path, path.span))

    def select(self, value: Value, name: tuple[str, ...]) -> Value | None:
        """Return the attribute `name` below `value`; None where there is none.

        An `UnknownValue` where something on the way cannot be known.
        """
        for part in name:
            if isinstance(value, (UnknownValue, ExternalValue)):
                return value
            if not isinstance(value, AttrSet):
                return None
            attr = value.attrs.get(part)
            if attr is None:
                return value.rest
            value = self.force(attr.thunk)
        return value

    def _run(self, work: Callable[[Interpreter], Value]) -> Value:
        """Return what `work` gives, with budgets of its own; inside another run, with its."""
        machine = self._machine
        if self._running:
            try:
                return work(machine)
            except StuckError as reason:
                return reason.unknown
        machine.steps = granted = min(_STEPS_AT_ONCE, self._steps)
        frames = sys.getrecursionlimit()
        sys.setrecursionlimit(max(frames, _FRAMES))
        self._running = True
        try:
            return work(machine)
        except StuckError as reason:
            return reason.unknown
        finally:
            sys.setrecursionlimit(frames)
            self._running = False
            self._steps -= granted - max(0, machine.steps)

    def _value_of(self, path: str) -> Thunk:
        """Return the value of a file of the project, before any argument."""
        found = self._values.get(path)
        if found is None:
            file = self.file(path)
            if file.root is None or file.errors:
                problem = file.errors[0]
                reason = f"`{path}` cannot be read as Nix: {problem.message}"
                found = known(UnknownValue(reason, problem.span, fails=True))
            else:
                found = Thunk(file.root, root_scope(posixpath.dirname(path)))
            self._values[path] = found
        return found

    def _applied(self, thunk: Thunk) -> Value:
        machine = self._machine
        value = machine.force(thunk)
        for _ in range(_MAX_CURRIED):
            if not isinstance(value, Lambda):
                break
            value = machine.call(value, known(self._arguments(value)), value.span)
        return value

    def _arguments(self, function: Lambda) -> AttrSet:
        """Return what is known of the arguments that `function` will get."""
        lib = self._library()
        attrs = {
            "lib": Attr("lib", NOWHERE, NOWHERE, lib),
            "pkgs": Attr("pkgs", NOWHERE, NOWHERE, packages(lib)),
        }
        formals = function.node.formals
        if formals is None:
            rest = UnknownValue("the argument is given by the caller", function.span)
            return AttrSet(attrs, function.span, rest)
        given: dict[str, Attr] = {}
        for formal in formals.formals:
            if formal.name in attrs:
                given[formal.name] = attrs[formal.name]
            elif formal.default is None:
                reason = f"the argument `{formal.name}` is given by the caller"
                unknown = known(UnknownValue(reason, formal.span))
                given[formal.name] = Attr(formal.name, formal.span, formal.span, unknown)
        return AttrSet(given, function.span)

    def _library(self) -> Thunk:
        if self._lib is None:
            self._lib = library()
        return self._lib

    # What evaluation asks of the project.

    def _import(self, machine: Interpreter, value: PathValue, span: Span) -> Value:
        path = value.path
        if path == "<nixpkgs/lib>":
            return machine.force(self._library())
        if path == "<nixpkgs>":
            return Builtin("import <nixpkgs>", 1, self._nixpkgs, (), span)
        path = self._inside(path, span)
        if not self._reader.exists(path):
            inner = posixpath.join(path, "default.nix")
            if not self._reader.exists(inner):
                fail(f"there is no file `{path}` in the project", span)
            path = inner
        try:
            thunk = self._value_of(path)
        except SourceError as error:
            stuck(f"`{path}` cannot be read: {error.message}", span)
        if thunk.forcing:
            fail(f"infinite recursion: `{path}` imports itself", span)
        twins = self._files[path].duplicates
        if twins:
            fail(f"`{path}` defines `{'.'.join(twins[0].name)}` twice", twins[0].span)
        return machine.force(thunk)

    def _nixpkgs(self, machine: Interpreter, _arguments: tuple[Thunk, ...], _span: Span) -> Value:
        return machine.force(packages(self._library()))

    def _read(self, value: PathValue, span: Span) -> Value:
        path = self._inside(value.path, span)
        try:
            source = self._reader.read(path)
        except SourceError as error:
            stuck(f"`{path}` cannot be read: {error.message}", span)
        place = Span(source.path, 0, len(source.text))
        return String(join_segments((Segment(source.text, place, verbatim=True),)), place)

    def _inside(self, path: str, span: Span) -> str:
        """Return `path` where it lies in the project."""
        if path == ".." or path.startswith(("/", "~", "<", "../")):
            stuck(f"`{path}` lies outside the project", span)
        return "" if path == "." else path

    def _text_at(self, span: Span) -> str:
        try:
            return self._reader.read(span.path).slice(span)
        except SourceError:
            return ""
