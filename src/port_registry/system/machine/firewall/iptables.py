"""The rules that `iptables -S` prints (iptables(8), iptables-extensions(8))."""

import shlex
from collections.abc import Iterator

from port_registry.facts.words import word_set
from port_registry.system.machine.firewall.rules import (
    Action,
    ConnectionState,
    Family,
    FirewallRule,
    HookChain,
    Interface,
    Loopback,
    PortSet,
    RuleCondition,
    Transport,
    Unclear,
)

PROGRAMS = (("iptables", Family.IPV4), ("ip6tables", Family.IPV6))

_ENTRANCE = "INPUT"
_TARGETS = {
    "ACCEPT": Action.ACCEPT,
    "DROP": Action.DROP,
    "REJECT": Action.DROP,
    "RETURN": Action.RETURN,
}
_GOES_ON = word_set("firewall", "iptables-passing-targets")
"""Targets behind which the next rule is looked at."""

_TAME = word_set("firewall", "iptables-plain-modules")
"""Modules that ask nothing beyond their options."""

_SAYS_NOTHING = word_set("firewall", "iptables-silent-options")
"""Options that leave open whom the rule is about."""


def hook_chains(listed: str, family: Family) -> tuple[HookChain, ...]:
    """Return the gate of the table `filter`."""
    chains: dict[str, list[FirewallRule]] = {}
    policy = Action.ACCEPT
    lines = [_words(line) for line in listed.splitlines()]
    for words in lines:
        match words:
            case ["-P", chain, target]:
                chains[chain] = []
                if chain == _ENTRANCE:
                    policy = _TARGETS.get(target, Action.ACCEPT)
            case ["-N", chain]:
                chains[chain] = []
            case _:
                continue
    for words in lines:
        if words[:1] == ["-A"] and len(words) > 1 and words[1] in chains:
            chains[words[1]].append(_rule(words[2:], chains))
    if _ENTRANCE not in chains:
        return ()
    frozen = {name: tuple(rules) for name, rules in chains.items()}
    return (HookChain(frozenset((family,)), frozen, _ENTRANCE, policy),)


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:
        return []


def _rule(words: list[str], chains: dict[str, list[FirewallRule]]) -> FirewallRule:
    conditions: list[RuleCondition] = []
    action, target = Action.NOTHING, ""
    for option, values, negated in _options(words):
        if option in ("-j", "-g") and values:
            target = values[0]
            jump = Action.JUMP if option == "-j" else Action.GOTO
            action = _TARGETS.get(target, jump if target in chains else Action.NOTHING)
            if action is Action.NOTHING and target not in _GOES_ON:
                # It may hand the packet to a program, or to another machine.
                action = Action.ACCEPT
                conditions.append(RuleCondition(Unclear()))
        else:
            conditions += [one._replace(negated=negated) for one in _conditions(option, values)]
    return FirewallRule(tuple(conditions), action, target)


def _options(words: list[str]) -> Iterator[tuple[str, list[str], bool]]:
    """Yield each option with its values, and whether a `!` stands before it."""
    at, negated = 0, False
    while at < len(words):
        option = words[at]
        at += 1
        if option == "!":
            negated = True
            continue
        start = at
        while at < len(words) and not (words[at].startswith("-") or words[at] == "!"):
            at += 1
        yield option, words[start:at], negated
        negated = False


def _conditions(option: str, values: list[str]) -> list[RuleCondition]:
    value = values[0] if values else ""
    match option:
        case "-p":
            return [RuleCondition(Transport(frozenset((value,))))]
        case "-i":
            return [RuleCondition(Interface(frozenset((value,))))]
        case "--dport" | "--dports":
            intervals = [_interval(part) for part in value.split(",")]
            known = tuple(one for one in intervals if one is not None)
            return [RuleCondition(PortSet(known) if len(known) == len(intervals) else Unclear())]
        case "--ctstate" | "--state":
            return [RuleCondition(ConnectionState(frozenset(value.lower().split(","))))]
        case "-s" | "-d" if value.startswith(("127.", "::1/")):
            return [RuleCondition(Loopback())]
        case "-m" if value in _TAME:
            return []
        case _ if option in _SAYS_NOTHING:
            return []
        case _:
            return [RuleCondition(Unclear())]


def _interval(text: str) -> tuple[int, int] | None:
    first, _, last = text.partition(":")
    last = last or first
    return (int(first), int(last)) if first.isdigit() and last.isdigit() else None
