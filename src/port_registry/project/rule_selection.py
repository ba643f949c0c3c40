"""Every rule there is, and which of them a run uses."""

from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from port_registry.model import Severity, UsageError
from port_registry.project.config import DEFAULT_RULES, EVERY_RULE, Config
from port_registry.project.did_you_mean import suggest

if TYPE_CHECKING:
    from port_registry.rules.interface import Rule


class Selection(NamedTuple):
    """The rules that a run uses."""

    rules: "tuple[Rule, ...]"
    severity: tuple[tuple[str, Severity], ...]
    """Rules whose severity is not their own."""
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...]
    """Patterns of paths and the rules that are off in them."""


@cache
def all_rules() -> "tuple[Rule, ...]":
    """Return every rule, those that judge ports first."""
    # They take a while to import, and most commands do not need them.
    from port_registry.project import unknown_rule
    from port_registry.rules.table import RULES

    # What no rule can know: the rules themselves.
    return (*RULES, unknown_rule)


@cache
def rule_names() -> tuple[str, ...]:
    """Return the name of every rule."""
    return tuple(rule.NAME for rule in all_rules())


class RuleNames(Collection[str]):
    """The names of all rules, for those who seldom look at them: the rules are imported then."""

    def __contains__(self, name: object) -> bool:
        return name in rule_names()

    def __iter__(self) -> Iterator[str]:
        return iter(rule_names())

    def __len__(self) -> int:
        return len(rule_names())


def find_rule(name: str) -> "Rule":
    """Return the rule of that name, or raise `UsageError` with the nearest name."""
    found = {rule.NAME: rule for rule in all_rules()}.get(name)
    if found is not None:
        return found
    raise UsageError(f"there is no rule `{name}`", hint=suggest(name, rule_names()))


def choose_rules(config: Config, select: Iterable[str], ignore: Iterable[str]) -> Selection:
    """Return the rules that `config` and the command line's two lists choose.

    A `select` that is not empty stands in place of all that `config` selects and ignores;
    `ignore` comes on top. Raises `UsageError` for a name of no rule.
    """
    given = tuple(select)
    chosen = _names(given or config.select)
    refused = _names((*ignore, *(() if given else config.ignore)))
    rules = tuple(rule for rule in all_rules() if rule.NAME in chosen - refused)
    return Selection(rules, config.severity, config.per_file_ignores)


def _names(words: Iterable[str]) -> frozenset[str]:
    found: set[str] = set()
    for word in words:
        if word == EVERY_RULE:
            found.update(rule_names())
        elif word == DEFAULT_RULES:
            found.update(rule.NAME for rule in all_rules() if rule.ON_BY_DEFAULT)
        else:
            found.add(find_rule(word).NAME)
    return frozenset(found)
