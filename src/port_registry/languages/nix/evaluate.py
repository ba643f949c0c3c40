"""Public interface of the evaluator."""

import posixpath
import sys
from collections.abc import Callable

from port_registry.languages.nix import coerce, scope, tree
from port_registry.languages.nix.functions.builtins_table import library, packages, root_scope
from port_registry.languages.nix.interpreter import LazyInterpreter
from port_registry.languages.nix.parse import parse
from port_registry.languages.nix.values import (
    MAX_DEPTH,
    NOWHERE,
    Attr,
    AttrSet,
    Builtin,
    ExternalValue,
    ExternalValues,
    Int,
    Interpreter,
    Lambda,
    PathValue,
    String,
    Thunk,
    UnknownValue,
    UnknownValueError,
    Value,
    evaluated,
)
from port_registry.model import Reader, Segment, SourceError, Span, TracedText, join_segments

_STEPS_IN_ALL = 2_000_000
_STEPS_AT_ONCE = 500_000
_FRAMES = MAX_DEPTH * 10
"""The Python frames for an evaluation of the greatest depth, rounded up."""
_MAX_CURRIED = 8


class Evaluator:
    """Evaluator of the files of one project, without Nix.

    What cannot be known is an `UnknownValue`; only `file` raises. Time and depth are bounded:
    the result of an evaluation that exceeds the bounds is unknown, too.
    """

    def __init__(self, reader: Reader, external: ExternalValues | None = None) -> None:
        """Evaluate what `reader` reads; `external` knows what comes from outside."""
        self._reader = reader
        self._files: dict[str, tree.File] = {}
        self._values: dict[str, Thunk] = {}
        self._lib: Thunk | None = None
        self._interpreter = LazyInterpreter(self._import, self._read, self._text_at, external)
        self._steps = _STEPS_IN_ALL
        self._running = False

    def file(self, path: str) -> tree.File:
        """Return the parsed file at `path`; raises what the reader raises."""
        file = self._files.get(path)
        if file is None:
            file = parse(self._reader.read(path))
            self._files[path] = file
        return file

    def evaluate_file(self, path: str) -> Value:
        """Return the value of the file at `path`.

        A file that is a function, as modules are, is called with the known arguments: `lib`
        and `pkgs.lib`, and the defaults of others; the rest is unknown. An attribute that is
        defined twice has its first value.
        """
        try:
            return self._run(lambda _interpreter: self._applied(self._value_of(path)))
        except SourceError as error:
            reason = f"`{path}` cannot be read: {error.message}"
            return UnknownValue(reason, Span(path, 0, 0))

    def force(self, thunk: Thunk) -> Value:
        """Return the value of `thunk`, an `UnknownValue` where it cannot be known."""
        value = thunk.value
        if value is not None:
            return value
        return self._run(lambda interpreter: interpreter.force_or_external(thunk))

    def apply(self, function: Value, argument: AttrSet) -> Value:
        """Return the result of `function` for `argument`."""
        return self._run(
            lambda interpreter: interpreter.call(function, evaluated(argument), function.span)
        )

    def text_of(self, value: Int) -> TracedText:
        """Return `value` as a text."""
        return coerce.to_text(self._interpreter, value, value.span)

    def imported(self, path: PathValue) -> Value:
        """Return the value of the file at `path`, without calling it."""
        return self._run(lambda _interpreter: self._import(path, path.span))

    def select(self, value: Value, name: tuple[str, ...]) -> Value | None:
        """Return the attribute `name` below `value`; None where there is none.

        It is an `UnknownValue` where something on the path cannot be known.
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
        """Return the result of `work`, with a budget of its own unless inside another run."""
        interpreter = self._interpreter
        if self._running:
            try:
                return work(interpreter)
            except UnknownValueError as error:
                return error.unknown
        interpreter.steps = budget = min(_STEPS_AT_ONCE, self._steps)
        recursion_limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(recursion_limit, _FRAMES))
        self._running = True
        try:
            return work(interpreter)
        except UnknownValueError as error:
            return error.unknown
        finally:
            sys.setrecursionlimit(recursion_limit)
            self._running = False
            self._steps -= budget - max(0, interpreter.steps)

    def _value_of(self, path: str) -> Thunk:
        """Return the value of a file of the project, without calling it."""
        thunk = self._values.get(path)
        if thunk is None:
            file = self.file(path)
            if file.root is None or file.errors:
                problem = file.errors[0]
                reason = f"`{path}` cannot be read as Nix: {problem.message}"
                thunk = evaluated(UnknownValue(reason, problem.span, fails=True))
            else:
                thunk = Thunk(file.root, root_scope(posixpath.dirname(path)))
            self._values[path] = thunk
        return thunk

    def _applied(self, thunk: Thunk) -> Value:
        interpreter = self._interpreter
        value = interpreter.force(thunk)
        for _ in range(_MAX_CURRIED):
            if not isinstance(value, Lambda):
                break
            value = interpreter.call(value, evaluated(self._arguments(value)), value.span)
        return value

    def _arguments(self, function: Lambda) -> AttrSet:
        """Return the known arguments of `function`."""
        lib = self._library()
        attrs = {
            "lib": Attr("lib", NOWHERE, NOWHERE, lib),
            "pkgs": Attr("pkgs", NOWHERE, NOWHERE, packages(lib)),
        }
        formals = function.node.formals
        if formals is None:
            rest = UnknownValue("the argument is given by the caller", function.span)
            return AttrSet(attrs, function.span, rest)
        provided: dict[str, Attr] = {}
        for formal in formals.formals:
            if formal.name in attrs:
                provided[formal.name] = attrs[formal.name]
            elif formal.default is None:
                reason = f"the argument `{formal.name}` is given by the caller"
                unknown = evaluated(UnknownValue(reason, formal.span))
                provided[formal.name] = Attr(formal.name, formal.span, formal.span, unknown)
        return AttrSet(provided, function.span)

    def _library(self) -> Thunk:
        if self._lib is None:
            self._lib = library()
        return self._lib

    # Files of the project.

    def _import(self, value: PathValue, span: Span) -> Value:
        interpreter, path = self._interpreter, value.path
        if path == "<nixpkgs/lib>":
            return interpreter.force(self._library())
        if path == "<nixpkgs>":
            return Builtin("import <nixpkgs>", 1, self._nixpkgs, (), span)
        path = self._inside(path, span)
        if not self._reader.exists(path):
            inner = posixpath.join(path, "default.nix")
            if not self._reader.exists(inner):
                scope.raise_eval_error(f"there is no file `{path}` in the project", span)
            path = inner
        try:
            thunk = self._value_of(path)
        except SourceError as error:
            scope.raise_unknown(f"`{path}` cannot be read: {error.message}", span)
        if thunk.forcing:
            scope.raise_eval_error(f"infinite recursion: `{path}` imports itself", span)
        duplicates = self._files[path].duplicates
        if duplicates:
            scope.raise_eval_error(
                f"`{path}` defines `{'.'.join(duplicates[0].name)}` twice", duplicates[0].span
            )
        return interpreter.force(thunk)

    def _nixpkgs(
        self, interpreter: Interpreter, _arguments: tuple[Thunk, ...], _span: Span
    ) -> Value:
        return interpreter.force(packages(self._library()))

    def _read(self, value: PathValue, span: Span) -> Value:
        path = self._inside(value.path, span)
        try:
            source = self._reader.read(path)
        except SourceError as error:
            scope.raise_unknown(f"`{path}` cannot be read: {error.message}", span)
        whole = Span(source.path, 0, len(source.text))
        return String(join_segments((Segment(source.text, whole, verbatim=True),)), whole)

    def _inside(self, path: str, span: Span) -> str:
        """Return `path`, which must be in the project."""
        if path == ".." or path.startswith(("/", "~", "<", "../")):
            scope.raise_unknown(f"`{path}` is outside the project", span)
        return "" if path == "." else path

    def _text_at(self, span: Span) -> str:
        try:
            return self._reader.read(span.path).slice(span)
        except SourceError:
            return ""
