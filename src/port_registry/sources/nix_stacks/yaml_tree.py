"""Options of a stack as the tree that the same configuration has in YAML."""

from collections.abc import Iterable

from port_registry.languages.nix.functions.scripts import main_program, script_text
from port_registry.languages.nix.values import (
    AttrSet,
    Bool,
    ExternalValue,
    Float,
    Int,
    List,
    Null,
    PathValue,
    String,
    UnknownValue,
    Value,
)
from port_registry.languages.provenance import UNKNOWN, UnknownTracker, with_default_span
from port_registry.languages.yaml import KeyValue, Mapping, Node, Scalar, ScalarStyle, Sequence
from port_registry.model import Segment, Span, TracedText, join_segments
from port_registry.sources.nix_stacks.flake_arguments import Flake
from port_registry.sources.nix_stacks.modules import Given, HeldModule, StackModules, strongest

_MAX_DEPTH = 30
_NOT_KNOWN = "it is not known without evaluating Nix"


class Nodes:
    """Makes the nodes of one stack."""

    def __init__(self, modules: StackModules, flake: Flake, doubts: UnknownTracker) -> None:
        self._modules = modules
        self._flake = flake
        self._doubts = doubts

    def node(self, given: Iterable[Given], place: Span, depth: int = 0) -> Node:
        """Return the node of the option at `place` that is given `given`."""
        held = strongest(self._modules.open(given))
        sets = [one for one in held if _is_plain_set(one.value)]
        if sets and depth < _MAX_DEPTH:
            names = dict.fromkeys(name for one in sets for name in _attrs(one.value))
            return mapping(
                [self.pair(name, self._modules.below(sets, name), depth + 1) for name in names],
                place,
            )
        lists = [one for one in held if isinstance(one.value, List)]
        if lists and depth < _MAX_DEPTH:
            return Sequence(tuple(self._items(lists, depth + 1)), flow=True, span=place)
        return self.scalar(held[0]) if held else plain("null", place)

    def pair(self, name: str, given: list[Given], depth: int = 0) -> KeyValue:
        """Return the key `name` with what it is given."""
        place = given[0].place
        node = self.command(given) if name == "command" else self.node(given, place, depth)
        return pair(name, node, place)

    def _items(self, lists: list[HeldModule], depth: int) -> Iterable[Node]:
        for one in lists:
            for item in one.value.items if isinstance(one.value, List) else ():
                yield self.node((Given(item, one.place, one.sure),), one.place, depth)

    def command(self, given: list[Given]) -> Node:
        """Return a command: a text, a script, or a package, whose main program runs."""
        held = strongest(self._modules.open(given))
        if not held:
            return plain("null", given[0].place)
        first = held[0]
        script = script_text(first.value)
        if script is not None:
            return self.scalar(first._replace(value=self._modules.force(script)))
        if isinstance(first.value, ExternalValue):
            name = main_program(first.value)
            program = None if name is None else self._modules.force(name)
            if isinstance(program, String):
                path = Segment(f"/bin/{program.traced.text}", first.place, verbatim=False)
                unknown = self._stand_in(first.value.reason, first.place)
                return self._text(join_segments((unknown, path)), first.place)
        return self.scalar(first)

    def scalar(self, held: HeldModule) -> Scalar:
        """Return a value that is no set and no list."""
        value, place = held.value, held.place
        if isinstance(value, String):
            return self._text(value.traced, place)
        if isinstance(value, Int):
            return self._number(value, place)
        if isinstance(value, Bool):
            return plain("true" if value.value else "false", place)
        if isinstance(value, Null):
            return plain("null", place)
        if isinstance(value, Float):
            return plain(f"{value.value}", place)
        if isinstance(value, PathValue):
            return self._text(join_segments((Segment(value.path, place, verbatim=False),)), place)
        reason = value.reason if isinstance(value, (UnknownValue, ExternalValue)) else _NOT_KNOWN
        return self._text(join_segments((self._stand_in(reason, place),)), place)

    def number(self, value: Int, place: Span) -> TracedText:
        """Return the digits of `value`, which stands at `place`."""
        return self._flake.embedded(self._modules.shown(value), place)

    def text(self, value: String, place: Span) -> TracedText:
        """Return the text of `value`, which stands at `place`."""
        text = self._flake.embedded(with_default_span(value.traced, place), place)
        for piece in text.segments:
            if UNKNOWN in piece.text:
                self._doubts.unknown_segment(
                    self._flake.reasons.get(piece.span, _NOT_KNOWN), piece.span
                )
        return text

    def _number(self, value: Int, place: Span) -> Scalar:
        text = self.number(value, place)
        return Scalar(text.text, ScalarStyle.PLAIN, None, place, "", text)

    def _text(self, text: TracedText, place: Span) -> Scalar:
        made = self.text(String(text, place), place)
        return Scalar(made.text, ScalarStyle.DOUBLE, None, place, "", made)

    def _stand_in(self, reason: str, place: Span) -> Segment:
        return self._flake.placeholder(UnknownValue(reason, place), place)


def plain(text: str, place: Span) -> Scalar:
    """Return a plain scalar."""
    piece = Segment(text, place, verbatim=False)
    return Scalar(text, ScalarStyle.PLAIN, None, place, "", join_segments((piece,)))


def pair(name: str, value: Node, place: Span) -> KeyValue:
    """Return the key `name`, which stands at `place`, with its value."""
    shown = name.replace(UNKNOWN, "…")
    return KeyValue(Scalar(shown, ScalarStyle.DOUBLE, None, place, ""), value, place)


def mapping(pairs: Iterable[KeyValue], place: Span) -> Mapping:
    """Return a mapping."""
    return Mapping(tuple(pairs), flow=True, span=place)


def _attrs(value: Value) -> Iterable[str]:
    return value.attrs if isinstance(value, AttrSet) else ()


def _is_plain_set(value: Value) -> bool:
    """Return whether `value` is a set that stands for itself, and for no package."""
    return isinstance(value, AttrSet) and "outPath" not in value.attrs
