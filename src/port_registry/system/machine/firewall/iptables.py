"""Rules that `iptables -S` prints (iptables(8), iptables-extensions(8))."""

import shlex
from collections.abc import Iterator

from port_registry.facts.words import word_set
from port_registry.system.machine.firewall.rules import (
    Action,
    Criterion,
    Family,
    FirewallRule,
    HookChain,
    connection_state,
    interface,
    loopback,
    negated,
    port_set,
    transport,
    undecided,
)

PROGRAMS = (("iptables", Family.IPV4), ("ip6tables", Family.IPV6))

_ENTRY_CHAIN = "INPUT"
_TARGETS = {
    "ACCEPT": Action.ACCEPT,
    "DROP": Action.DROP,
    "REJECT": Action.DROP,
    "RETURN": Action.RETURN,
}
_NON_TERMINATING = word_set("firewall", "iptables-passing-targets")
"""Targets after which the next rule is applied."""

_PLAIN_MODULES = word_set("firewall", "iptables-plain-modules")
"""Modules without a condition beyond their options."""

_UNCONDITIONAL_OPTIONS = word_set("firewall", "iptables-silent-options")
"""Options that are not conditions."""


def hook_chains(listed: str, family: Family) -> tuple[HookChain, ...]:
    """Return the hook chain of the table `filter`; none where it is not there."""
    chains: dict[str, list[FirewallRule]] = {}
    policy = Action.ACCEPT
    lines = [_words(line) for line in listed.splitlines()]
    for words in lines:
        match words:
            case ["-P", chain, target]:
                chains[chain] = []
                if chain == _ENTRY_CHAIN:
                    policy = _TARGETS.get(target, Action.ACCEPT)
            case ["-N", chain]:
                chains[chain] = []
            case _:
                continue
    for words in lines:
        if words[:1] == ["-A"] and len(words) > 1 and words[1] in chains:
            chains[words[1]].append(_rule(words[2:], chains))
    if _ENTRY_CHAIN not in chains:
        return ()
    frozen = {name: tuple(rules) for name, rules in chains.items()}
    return (HookChain(frozenset((family,)), frozen, _ENTRY_CHAIN, policy),)


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:
        return []


def _rule(words: list[str], chains: dict[str, list[FirewallRule]]) -> FirewallRule:
    conditions: list[Criterion] = []
    action, target = Action.NOTHING, ""
    for option, values, is_negated in _options(words):
        if option in ("-j", "-g") and values:
            target = values[0]
            jump = Action.JUMP if option == "-j" else Action.GOTO
            action = _TARGETS.get(target, jump if target in chains else Action.NOTHING)
            if action is Action.NOTHING and target not in _NON_TERMINATING:
                # The target may pass the packet to a program, or to another machine.
                action = Action.ACCEPT
                conditions.append(undecided)
        else:
            parts = _conditions(option, values)
            conditions += map(negated, parts) if is_negated else parts
    return FirewallRule(tuple(conditions), action, target)


def _options(words: list[str]) -> Iterator[tuple[str, list[str], bool]]:
    """Yield each option with its values, and whether a `!` negates it."""
    index, is_negated = 0, False
    while index < len(words):
        option = words[index]
        index += 1
        if option == "!":
            is_negated = True
            continue
        start = index
        while index < len(words) and not (words[index].startswith("-") or words[index] == "!"):
            index += 1
        yield option, words[start:index], is_negated
        is_negated = False


def _conditions(option: str, values: list[str]) -> list[Criterion]:
    value = values[0] if values else ""
    match option:
        case "-p":
            return [transport(frozenset((value,)))]
        case "-i":
            return [interface(frozenset((value,)))]
        case "--dport" | "--dports":
            intervals = [_interval(part) for part in value.split(",")]
            known = [interval for interval in intervals if interval is not None]
            return [port_set(known) if len(known) == len(intervals) else undecided]
        case "--ctstate" | "--state":
            return [connection_state(frozenset(value.lower().split(",")))]
        case "-s" | "-d" if value.startswith(("127.", "::1/")):
            return [loopback]
        case "-m" if value in _PLAIN_MODULES:
            return []
        case _:
            return [] if option in _UNCONDITIONAL_OPTIONS else [undecided]


def _interval(text: str) -> tuple[int, int] | None:
    first, _, last = text.partition(":")
    last = last or first
    return (int(first), int(last)) if first.isdigit() and last.isdigit() else None
