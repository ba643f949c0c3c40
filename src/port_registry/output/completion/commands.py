"""Commands and options as completion needs them."""

from port_registry.model import NamedTuple

PROGRAMS = ("port-registry", "portreg")
LIST_NAMES = "port-registry get --names 2>/dev/null"
"""The shell command that prints the names of entries."""

_KINDS = {
    **dict.fromkeys(("NAME", "OLD", "NEW"), "names"),
    "CATEGORY": "categories",
    **dict.fromkeys(("RULE", "RULES"), "rules"),
    **dict.fromkeys(("PATH", "FILE"), "files"),
}
"""What completes a value, by its metavar."""


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
    words = value_name.strip("[]. ").replace("|", " ").split()
    return next((_KINDS[word] for word in words if word in _KINDS), "nothing")


def choice_words(value_name: str) -> str:
    """Return the choices of `{a,b}`, separated by spaces."""
    return " ".join(value_name.strip("{}").split(","))


def fill_template(template: str, values: dict[str, str]) -> str:
    """Return `template` with each `@KEY@` replaced by its value."""
    for key, value in values.items():
        template = template.replace(f"@{key}@", value)
    return template
