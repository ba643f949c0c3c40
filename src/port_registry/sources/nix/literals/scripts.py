"""Ports in commands: scripts, and lists of arguments."""

from collections.abc import Iterator

from port_registry import model
from port_registry.facts.words import word_list, word_set
from port_registry.languages.nix.tree import ListLiteral, Node, Str
from port_registry.languages.provenance import UNKNOWN, UnknownTracker
from port_registry.languages.shell_variables import ShellVariables
from port_registry.sources.nix.literals.literal_site import LiteralSite, item_index, value_path
from port_registry.sources.nix.literals.names import name_words
from port_registry.sources.nix.literals.roles import path_context
from port_registry.sources.nix.literals.string_content import content_of, digits_segment, integer_of
from port_registry.sources.shared.commands import Script, read_script, read_words
from port_registry.sources.shared.use_collector import UseCollector, UseDefaults
from port_registry.sources.shared.variables import EnvironmentOwner

_SCRIPT_WORDS = word_set("names", "scripts")
"""Words of attributes that hold commands."""
_ARGUMENT_LISTS = word_set("names", "argument-lists")
"""Words of attributes that hold the arguments of a command, one by one."""
_SHELL_SIGNS = (
    "#!",
    "set -e",
    "set -u",
    "if [",
    *(f"{program} " for program in word_list("programs", "script-beginnings")),
)
"""The usual beginnings of lines of a shell script."""
_MAX_WORDS = 100
"""The maximum length of a list of arguments that is read."""
UNNAMED_PROGRAM = "unnamed"
"""The name of a program whose arguments are written without its name."""
_CONTAINER_RUN = ("docker", "run")


def is_script(label: str, text: str) -> bool:
    """Return whether `text`, the value of the attribute `label`, is a shell script."""
    if not name_words(label).isdisjoint(_SCRIPT_WORDS):
        return True
    if "\n" not in text:
        return False
    beginning = text[:2000]
    return any(line.lstrip().startswith(_SHELL_SIGNS) for line in beginning.splitlines()[:40])


_port_like_number = model.lazy_pattern(
    r"(?:(?<![\w.])|(?<=\s-[A-Za-z]))(?:[1-9]\d{2,4}|22|25|53|8\d)(?![\w.%])"
)


def uses_in_script(text: model.TracedText, site: LiteralSite) -> list[model.Use]:
    """Return the ports that a script names.

    One without a number that looks like a port is not parsed, to save time.
    """
    if _port_like_number().search(text.text) is None:
        return []
    script = _script(site)
    read_script(text, script)
    return script.collector.uses


def uses_in_list(site: LiteralSite) -> Iterator[model.Use]:
    """Yield the ports that the string at `site` names as an item of a list of arguments."""
    if name_words(site.label).isdisjoint(_ARGUMENT_LISTS):
        return
    path = value_path(site) or ()
    arguments = next((node for node in reversed(path) if isinstance(node, ListLiteral)), None)
    if arguments is None:
        return
    index = item_index(arguments, site.node.span)
    if index is None or len(arguments.items) > _MAX_WORDS:
        return
    words = tuple(map(_word, arguments.items))
    script = _script(site)
    read_words((*_missing_program(site, words), *words), script)
    span = arguments.items[index].span
    for use in script.collector.uses:
        if span.start <= use.span.start and use.span.end <= span.end:
            yield use


def _missing_program(
    site: LiteralSite, arguments: tuple[model.TracedText, ...]
) -> Iterator[model.TracedText]:
    """Yield the words of the program, if the arguments are written without it."""
    if arguments and not arguments[0].text.startswith("-"):
        return
    program: tuple[str, ...] = (UNNAMED_PROGRAM,)
    if "ssh" in name_words(site.label):
        program = ("ssh",)
    elif path_context(site.setting).container and "options" in name_words(site.label):
        program = _CONTAINER_RUN
    for word in program:
        yield model.join_segments((model.Segment(word, model.Span("", 0, 0), verbatim=False),))


def _word(item: Node) -> model.TracedText:
    """Return an argument as a text."""
    if isinstance(item, Str):
        return content_of(item).text
    number = integer_of(item)
    if number is None:
        return model.join_segments((model.Segment(UNKNOWN, item.span, verbatim=False),))
    return model.join_segments((digits_segment(number),))


def _script(site: LiteralSite) -> Script:
    """Return the context in which a script at `site` is read."""
    unknowns = UnknownTracker()
    is_probe = path_context(site.setting).probes
    return Script(
        scope=ShellVariables({}, unknowns),
        defaults=UseDefaults("", model.Place.COMMAND, model.Role.PROBES if is_probe else None),
        collector=UseCollector(unknowns),
        owner=EnvironmentOwner("", frozenset(), frozenset()),
    )
