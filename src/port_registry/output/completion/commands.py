"""Commands and options as completion needs them."""

from port_registry.model import NamedTuple

PROGRAMS = ("port-registry", "portreg")
LIST_NAMES = "port-registry get --names 2>/dev/null"
"""The shell command that prints the names of entries."""

_KINDS = {
    "names": frozenset(("NAME", "OLD", "NEW")),
    "categories": frozenset(("CATEGORY",)),
    "rules": frozenset(("RULE", "RULES")),
    "files": frozenset(("PATH", "FILE")),
}
"""What completes a value, and the metavars of such values."""


class CompletedOption(NamedTuple):
    """An option of a command."""

    names: tuple[str, ...]
    """`-n` and `--count`."""
    summary: str
    value_name: str
    """The metavar of its value; empty where it takes none."""


class CompletedCommand(NamedTuple):
    """A command with its options and arguments."""

    name: str
    summary: str
    options: tuple[CompletedOption, ...]
    arguments: tuple[str, ...]
    """Their metavars: `NAME`, `{bash,zsh,fish}`."""


def completion_kind(value_name: str) -> str:
    """Return what completes a value: names, categories, rules, files, words, or nothing."""
    if value_name.startswith("{"):
        return "words"
    for kind, value_names in _KINDS.items():
        if value_names.intersection(value_name.strip("[]. ").replace("|", " ").split()):
            return kind
    return "nothing"


def choice_words(value_name: str) -> str:
    """Return the choices of `{a,b}`, separated by spaces."""
    return " ".join(value_name.strip("{}").split(","))


def fill_template(template: str, values: dict[str, str]) -> str:
    """Return `template` with each `@KEY@` replaced by its value."""
    for key, value in values.items():
        template = template.replace(f"@{key}@", value)
    return template
