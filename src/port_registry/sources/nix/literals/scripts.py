"""Ports in commands: scripts, and lists of arguments."""

import re
from collections.abc import Iterator
from functools import cache

from port_registry.facts.words import word_list, word_set
from port_registry.languages.nix import tree
from port_registry.languages.nix.tree import Node
from port_registry.languages.provenance import UNKNOWN, UnknownTracker
from port_registry.languages.shell_variables import ShellVariables
from port_registry.model import Place, Role, Segment, Span, TracedText, Use, join_segments
from port_registry.sources.nix.literals.literal_site import LiteralSite
from port_registry.sources.nix.literals.names import parts
from port_registry.sources.nix.literals.roles import surroundings
from port_registry.sources.nix.literals.string_content import content_of, integer_of
from port_registry.sources.nix.literals.value_path import item_at, way_to
from port_registry.sources.shared.commands import Script, read_script, read_words
from port_registry.sources.shared.use_collector import UseCollector, UseDefaults
from port_registry.sources.shared.variables import EnvironmentOwner

_SCRIPTS = word_set("names", "scripts")
"""Words of attributes that hold commands."""
_LISTS = word_set("names", "argument-lists")
"""Words of attributes that hold the arguments of a command, one by one."""
_SHELL_SIGNS = (
    "#!",
    "set -e",
    "set -u",
    "if [",
    *(f"{program} " for program in word_list("programs", "script-beginnings")),
)
"""What lines of a shell script often begin with."""
_MOST_WORDS = 100
"""Longer lists of arguments are not read."""
UNNAMED = "unnamed"
"""Stands for a program whose arguments are given without its name."""
_CONTAINER_RUN = ("docker", "run")


def is_script(label: str, text: str) -> bool:
    """Return whether `text`, which the attribute `label` holds, is commands of a shell."""
    if not parts(label).isdisjoint(_SCRIPTS):
        return True
    if "\n" not in text:
        return False
    beginning = text[:2000]
    return any(line.lstrip().startswith(_SHELL_SIGNS) for line in beginning.splitlines()[:40])


@cache
def _likely() -> re.Pattern[str]:
    return re.compile(r"(?:(?<![\w.])|(?<=\s-[A-Za-z]))(?:[1-9]\d{2,4}|22|25|53|8\d)(?![\w.%])")


def uses_in_script(text: TracedText, leaf: LiteralSite) -> list[Use]:
    """Return the ports that a script names.

    One without a number that looks like a port is not taken apart, which takes time.
    """
    if _likely().search(text.text) is None:
        return []
    script = _script(leaf)
    read_script(text, script)
    return script.collector.uses


def uses_in_list(leaf: LiteralSite) -> Iterator[Use]:
    """Yield the ports that `leaf` names as one of a list of arguments."""
    if parts(leaf.label).isdisjoint(_LISTS):
        return
    way = way_to(leaf)
    holder = next(
        (node for node in reversed(way or ()) if isinstance(node, tree.ListLiteral)), None
    )
    if holder is None:
        return
    at = item_at(holder, leaf.node.span)
    if at is None or len(holder.items) > _MOST_WORDS:
        return
    given = tuple(map(_word, holder.items))
    given = (*_run_before(leaf, given), *given)
    script = _script(leaf)
    read_words(given, script)
    span = holder.items[at].span
    for use in script.collector.uses:
        if span.start <= use.span.start and use.span.end <= span.end:
            yield use


def _run_before(leaf: LiteralSite, given: tuple[TracedText, ...]) -> Iterator[TracedText]:
    """Yield the words of the program that takes arguments which are given without it."""
    if given and not given[0].text.startswith("-"):
        return
    named: tuple[str, ...] = (UNNAMED,)
    if "ssh" in parts(leaf.label):
        named = ("ssh",)
    elif surroundings(leaf.setting).container and "options" in parts(leaf.label):
        named = _CONTAINER_RUN
    for name in named:
        yield join_segments((Segment(name, Span("", 0, 0), verbatim=False),))


def _word(item: Node) -> TracedText:
    """Return an argument as a text."""
    if isinstance(item, tree.Str):
        return content_of(item).text
    number = integer_of(item)
    if number is None:
        return join_segments((Segment(UNKNOWN, item.span, verbatim=False),))
    text = str(number.value)
    verbatim = len(text) == number.span.end - number.span.start
    return join_segments((Segment(text, number.span, verbatim),))


def _script(leaf: LiteralSite) -> Script:
    doubts = UnknownTracker()
    probes = surroundings(leaf.setting).probes
    where = UseDefaults("", Place.COMMAND, Role.PROBES if probes else None)
    owner = EnvironmentOwner("", frozenset(), frozenset())
    return Script(ShellVariables({}, doubts), where, UseCollector(doubts), owner)
