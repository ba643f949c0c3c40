"""YAML tree of a stack's options, as the same configuration has it in a file."""

from collections.abc import Iterable

from port_registry.languages.nix import values as nix_values
from port_registry.languages.nix.functions.scripts import main_program, script_text
from port_registry.languages.provenance import UNKNOWN, UnknownTracker, with_default_span
from port_registry.languages.yaml import KeyValue, Mapping, Node, Scalar, ScalarStyle, Sequence
from port_registry.model import Segment, Span, TracedText, join_segments
from port_registry.sources.nix_stacks.flake_arguments import FlakeValues
from port_registry.sources.nix_stacks.modules import (
    OptionValue,
    StackModules,
    UnevaluatedOption,
    strongest,
)

_MAX_DEPTH = 30
_NOT_KNOWN = "it is not known without evaluating Nix"


class NodeBuilder:
    """Builds the nodes of one stack."""

    def __init__(self, modules: StackModules, flake: FlakeValues, unknowns: UnknownTracker) -> None:
        self._modules = modules
        self._flake = flake
        self._unknowns = unknowns

    def node(self, definitions: Iterable[UnevaluatedOption], span: Span, depth: int = 0) -> Node:
        """Return the node of the option at `span`, which has `definitions`."""
        values = strongest(self._modules.evaluate(definitions))
        sets = [option for option in values if _is_plain_set(option.value)]
        if sets and depth < _MAX_DEPTH:
            names = dict.fromkeys(
                name for option in sets for name in _attribute_names(option.value)
            )
            pairs = [
                self.pair(name, self._modules.definitions_of(sets, name), depth + 1)
                for name in names
            ]
            return mapping(pairs, span)
        lists = [option for option in values if isinstance(option.value, nix_values.List)]
        if lists and depth < _MAX_DEPTH:
            return Sequence(tuple(self._items(lists, depth + 1)), flow=True, span=span)
        return self.scalar(values[0]) if values else plain_scalar("null", span)

    def pair(self, name: str, definitions: list[UnevaluatedOption], depth: int = 0) -> KeyValue:
        """Return the key `name` with the value of its definitions."""
        span = definitions[0].name_span
        if name == "command":
            return key_value(name, self.command(definitions), span)
        return key_value(name, self.node(definitions, span, depth), span)

    def _items(self, lists: list[OptionValue], depth: int) -> Iterable[Node]:
        for option in lists:
            for item in option.value.items if isinstance(option.value, nix_values.List) else ():
                definition = UnevaluatedOption(item, option.span, option.certain)
                yield self.node((definition,), option.span, depth)

    def command(self, definitions: list[UnevaluatedOption]) -> Node:
        """Return a command: a text, a script, or a package, whose main program runs."""
        values = strongest(self._modules.evaluate(definitions))
        if not values:
            return plain_scalar("null", definitions[0].name_span)
        first = values[0]
        script = script_text(first.value)
        if script is not None:
            return self.scalar(first._replace(value=self._modules.force(script)))
        if isinstance(first.value, nix_values.ExternalValue):
            name = main_program(first.value)
            program = None if name is None else self._modules.force(name)
            if isinstance(program, nix_values.String):
                path = Segment(f"/bin/{program.traced.text}", first.span, verbatim=False)
                unknown = self._unknown_segment(first.value.reason, first.span)
                return self._text(join_segments((unknown, path)), first.span)
        return self.scalar(first)

    def scalar(self, option: OptionValue) -> Scalar:
        """Return the node of a value that is neither a set nor a list."""
        value, span = option.value, option.span
        if isinstance(value, nix_values.String):
            return self._text(value.traced, span)
        if isinstance(value, nix_values.Int):
            return self._number(value, span)
        if isinstance(value, nix_values.Bool):
            return plain_scalar("true" if value.value else "false", span)
        if isinstance(value, nix_values.Null):
            return plain_scalar("null", span)
        if isinstance(value, nix_values.Float):
            return plain_scalar(f"{value.value}", span)
        if isinstance(value, nix_values.PathValue):
            return self._text(join_segments((Segment(value.path, span, verbatim=False),)), span)
        reason = (
            value.reason
            if isinstance(value, (nix_values.UnknownValue, nix_values.ExternalValue))
            else _NOT_KNOWN
        )
        return self._text(join_segments((self._unknown_segment(reason, span),)), span)

    def number(self, value: nix_values.Int, span: Span) -> TracedText:
        """Return the digits of `value`, which is at `span`."""
        return self._flake.embedded(self._modules.text_of(value), span)

    def text(self, value: nix_values.String, span: Span) -> TracedText:
        """Return the text of `value`, which is at `span`."""
        text = self._flake.embedded(with_default_span(value.traced, span), span)
        for segment in text.segments:
            if UNKNOWN in segment.text:
                reason = self._flake.reasons.get(segment.span, _NOT_KNOWN)
                self._unknowns.unknown_segment(reason, segment.span)
        return text

    def _number(self, value: nix_values.Int, span: Span) -> Scalar:
        text = self.number(value, span)
        return Scalar(text.text, ScalarStyle.PLAIN, None, span, "", text)

    def _text(self, text: TracedText, span: Span) -> Scalar:
        embedded = self.text(nix_values.String(text, span), span)
        return Scalar(embedded.text, ScalarStyle.DOUBLE, None, span, "", embedded)

    def _unknown_segment(self, reason: str, span: Span) -> Segment:
        return self._flake.placeholder(nix_values.UnknownValue(reason, span), span)


def plain_scalar(text: str, span: Span) -> Scalar:
    """Return a plain scalar."""
    segment = Segment(text, span, verbatim=False)
    return Scalar(text, ScalarStyle.PLAIN, None, span, "", join_segments((segment,)))


def key_value(name: str, value: Node, span: Span) -> KeyValue:
    """Return the key `name`, which is at `span`, with its value."""
    shown_name = name.replace(UNKNOWN, "…")
    return KeyValue(Scalar(shown_name, ScalarStyle.DOUBLE, None, span, ""), value, span)


def mapping(pairs: Iterable[KeyValue], span: Span) -> Mapping:
    """Return a mapping."""
    return Mapping(tuple(pairs), flow=True, span=span)


def _attribute_names(value: nix_values.Value) -> Iterable[str]:
    return value.attrs if isinstance(value, nix_values.AttrSet) else ()


def _is_plain_set(value: nix_values.Value) -> bool:
    """Return whether `value` is a set, and not a package."""
    return isinstance(value, nix_values.AttrSet) and "outPath" not in value.attrs
