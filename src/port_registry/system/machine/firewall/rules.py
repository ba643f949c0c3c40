"""Rules of a firewall, in whichever language they were written, and what they come to."""

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

_LOOPBACK = "lo"
_MOST_JUMPS = 64
"""How deep chains may lie in one another; the kernel allows 16."""


class Family(Enum):
    """A version of IP."""

    IPV4 = "IPv4"
    IPV6 = "IPv6"


class PacketOrigin(Enum):
    """Where a packet comes from."""

    HERE = "here"
    """This machine itself, over the loopback interface."""
    ELSEWHERE = "elsewhere"


class Packet(NamedTuple):
    """The first packet of one who wants to reach a port."""

    protocol: str
    port: int
    family: Family
    origin: PacketOrigin


class RuleMatch(Enum):
    """Whether a newcomer is one of those that a condition is about."""

    NO = 0
    MAYBE = 1
    YES = 2


class Transport(NamedTuple):
    """It speaks one of these protocols."""

    names: frozenset[str]


class PortSet(NamedTuple):
    """It wants a port in one of these intervals."""

    intervals: tuple[tuple[int, int], ...]


class ConnectionState(NamedTuple):
    """The connection it belongs to is in one of these states; for a newcomer that is `new`."""

    names: frozenset[str]


class Interface(NamedTuple):
    """It comes in by one of these interfaces."""

    names: frozenset[str]


class Loopback(NamedTuple):
    """It has an address of the loopback interface, which nobody has from outside."""


class Version(NamedTuple):
    """It comes by this version of IP."""

    family: Family


class Unclear(NamedTuple):
    """Something else, which is not followed."""


Criterion = Transport | PortSet | ConnectionState | Interface | Loopback | Version | Unclear


class RuleCondition(NamedTuple):
    """What a rule asks of a packet."""

    criterion: Criterion
    negated: bool = False


class Action(Enum):
    """What is done with a packet that a rule is about."""

    ACCEPT = "accept"
    DROP = "drop"
    """Without a word, or with one (`reject`)."""
    RETURN = "return"
    """Back to the rule that jumped here."""
    JUMP = "jump"
    GOTO = "goto"
    NOTHING = "nothing"
    """It is counted, marked or logged."""


class FirewallRule(NamedTuple):
    """One rule."""

    conditions: tuple[RuleCondition, ...]
    action: Action
    target: str = ""
    """The chain that is jumped to."""


class HookChain(NamedTuple):
    """Chains of rules, and the one of them that everything meets that comes in."""

    families: frozenset[Family]
    chains: Mapping[str, tuple[FirewallRule, ...]]
    entry_chain: str
    policy: Action
    """What is done with what no rule speaks of."""


def drops(gate: HookChain, newcomer: Packet) -> bool:
    """Return whether `newcomer` cannot get through, however the rules are read."""
    if newcomer.family not in gate.families:
        return False
    outcomes = _walk(gate, gate.entry_chain, newcomer, {}, 0)
    return (outcomes - {Action.RETURN}) <= {Action.DROP} and (
        Action.RETURN not in outcomes or gate.policy is Action.DROP
    )


def _walk(
    gate: HookChain, chain: str, newcomer: Packet, known: dict[str, frozenset[Action]], depth: int
) -> frozenset[Action]:
    """Return all that may come of `newcomer` in a chain: ACCEPT, DROP or RETURN."""
    if chain in known:
        return known[chain]
    if depth > _MOST_JUMPS or chain not in gate.chains:
        return frozenset((Action.ACCEPT,))
    outcomes: set[Action] = set()
    passes = True
    for rule in gate.chains[chain]:
        meets = min((_meets(one, newcomer) for one in rule.conditions), key=_rank, default=_YES)
        if meets is RuleMatch.NO or rule.action is Action.NOTHING:
            continue
        settles = True
        if rule.action in (Action.JUMP, Action.GOTO):
            there = _walk(gate, rule.target, newcomer, known, depth + 1)
            if rule.action is Action.JUMP:
                settles = Action.RETURN not in there
                there -= {Action.RETURN}
            outcomes |= there
        else:
            outcomes.add(rule.action)
        if meets is RuleMatch.YES and settles:
            passes = False
            break
    if passes:
        outcomes.add(Action.RETURN)
    known[chain] = frozenset(outcomes)
    return known[chain]


_YES = RuleMatch.YES


def _rank(meets: RuleMatch) -> int:
    return meets.value


def _meets(condition: RuleCondition, newcomer: Packet) -> RuleMatch:
    met = _met(condition.criterion, newcomer)
    if not condition.negated or met is RuleMatch.MAYBE:
        return met
    return RuleMatch.NO if met is RuleMatch.YES else RuleMatch.YES


def _met(kind: Criterion, newcomer: Packet) -> RuleMatch:
    match kind:
        case Transport(names):
            return _told(newcomer.protocol in names)
        case PortSet(intervals):
            return _told(any(first <= newcomer.port <= last for first, last in intervals))
        case ConnectionState(names):
            return _told("new" in names)
        case Version(family):
            return _told(newcomer.family is family)
        case Loopback():
            return RuleMatch.MAYBE if newcomer.origin is PacketOrigin.HERE else RuleMatch.NO
        case Interface(names):
            return _came_by(names, newcomer)
        case Unclear():
            return RuleMatch.MAYBE


def _came_by(names: frozenset[str], newcomer: Packet) -> RuleMatch:
    if any(name[-1:] in ("+", "*") for name in names):
        return RuleMatch.MAYBE
    if newcomer.origin is PacketOrigin.HERE:
        return _told(_LOOPBACK in names)
    return RuleMatch.MAYBE if names - {_LOOPBACK} else RuleMatch.NO


def _told(fact: object) -> RuleMatch:
    return RuleMatch.YES if fact else RuleMatch.NO
