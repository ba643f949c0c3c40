"""Selection of the rules for a run."""

from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from port_registry.model import NamedTuple, Severity, UsageError
from port_registry.project.config import DEFAULT_RULES, EVERY_RULE, Config
from port_registry.project.did_you_mean import suggest

if TYPE_CHECKING:
    from port_registry.rules.interface import Rule


class Selection(NamedTuple):
    """The rules that a run uses."""

    rules: "tuple[Rule, ...]"
    severity: tuple[tuple[str, Severity], ...]
    """Rules with a configured severity."""
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...]
    """Patterns of paths and the rules that are off in them."""


@cache
def all_rules() -> "tuple[Rule, ...]":
    """Return all rules, with those about ports first."""
    # Their import takes time, and most commands do not need them.
    from port_registry.project import unknown_rule
    from port_registry.rules.table import RULES

    # This one needs the list of rules and cannot be in it.
    return (*RULES, unknown_rule)


@cache
def rule_names() -> tuple[str, ...]:
    """Return the names of all rules."""
    return tuple(rule.NAME for rule in all_rules())


class RuleNames(Collection[str]):
    """The names of all rules, which are imported at the first use."""

    def __contains__(self, name: object) -> bool:
        return name in rule_names()

    def __iter__(self) -> Iterator[str]:
        return iter(rule_names())

    def __len__(self) -> int:
        return len(rule_names())


def find_rule(name: str) -> "Rule":
    """Return the rule `name`; raises `UsageError` with a suggestion where there is none."""
    rule = {rule.NAME: rule for rule in all_rules()}.get(name)
    if rule is not None:
        return rule
    raise UsageError(f"there is no rule `{name}`", hint=suggest(name, rule_names()))


def choose_rules(config: Config, select: Iterable[str], ignore: Iterable[str]) -> Selection:
    """Return the rules that `config` and the two lists of the command line select.

    A `select` that is not empty replaces the selection of `config`; `ignore` is added to its
    ignored rules. Raises `UsageError` for an unknown rule.
    """
    selected = tuple(select)
    chosen = _names(selected or config.select)
    ignored = _names((*ignore, *(() if selected else config.ignore)))
    rules = tuple(rule for rule in all_rules() if rule.NAME in chosen - ignored)
    return Selection(rules, config.severity, config.per_file_ignores)


def _names(words: Iterable[str]) -> frozenset[str]:
    names: set[str] = set()
    for word in words:
        if word == EVERY_RULE:
            names.update(rule_names())
        elif word == DEFAULT_RULES:
            names.update(rule.NAME for rule in all_rules() if rule.ON_BY_DEFAULT)
        else:
            names.add(find_rule(word).NAME)
    return frozenset(names)
