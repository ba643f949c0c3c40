"""Rules of a firewall, whatever their language, and the verdict on a packet."""

from collections.abc import Mapping
from enum import Enum

from port_registry.model import NamedTuple

_LOOPBACK = "lo"
_MAX_JUMPS = 64
"""How deep chains may be nested; the kernel allows 16."""


class Family(Enum):
    """A version of IP."""

    IPV4 = "IPv4"
    IPV6 = "IPv6"


class PacketOrigin(Enum):
    """The origin of a packet."""

    HERE = "here"
    """This machine itself, over the loopback interface."""
    ELSEWHERE = "elsewhere"


class Packet(NamedTuple):
    """The first packet of a connection to a port."""

    protocol: str
    port: int
    family: Family
    origin: PacketOrigin


class RuleMatch(Enum):
    """Whether a packet meets a condition."""

    NO = 0
    MAYBE = 1
    YES = 2


class Transport(NamedTuple):
    """The packet is of one of these protocols."""

    names: frozenset[str]


class PortSet(NamedTuple):
    """The destination port is in one of these intervals."""

    intervals: tuple[tuple[int, int], ...]


class ConnectionState(NamedTuple):
    """The connection is in one of these states, which is `new` for a first packet."""

    names: frozenset[str]


class Interface(NamedTuple):
    """The packet comes in through one of these interfaces."""

    names: frozenset[str]


class Loopback(NamedTuple):
    """The packet has an address of the loopback interface, which none from outside has."""


class Version(NamedTuple):
    """The packet is of this version of IP."""

    family: Family


class Unclear(NamedTuple):
    """Any other criterion, which is not decided."""


Criterion = Transport | PortSet | ConnectionState | Interface | Loopback | Version | Unclear


class RuleCondition(NamedTuple):
    """A condition of a rule."""

    criterion: Criterion
    negated: bool = False


UNDECIDED = RuleCondition(Unclear())
"""A condition that is not decided."""


class Action(Enum):
    """What a rule does with a packet that meets its conditions."""

    ACCEPT = "accept"
    DROP = "drop"
    """Silently, or with a reply (`reject`)."""
    RETURN = "return"
    """Go back to the rule that jumped here."""
    JUMP = "jump"
    GOTO = "goto"
    NOTHING = "nothing"
    """Count, mark or log it."""


class FirewallRule(NamedTuple):
    """One rule."""

    conditions: tuple[RuleCondition, ...]
    action: Action
    target: str = ""
    """The chain to jump to."""


class HookChain(NamedTuple):
    """Chains of rules, one of which every incoming packet enters."""

    families: frozenset[Family]
    chains: Mapping[str, tuple[FirewallRule, ...]]
    entry_chain: str
    policy: Action
    """The action for packets that no rule decides."""


def drops(chain: HookChain, packet: Packet) -> bool:
    """Return whether `packet` is dropped, however undecided conditions are read."""
    if packet.family not in chain.families:
        return False
    outcomes = _walk(chain, chain.entry_chain, packet, {}, 0)
    return (outcomes - {Action.RETURN}) <= {Action.DROP} and (
        Action.RETURN not in outcomes or chain.policy is Action.DROP
    )


def _walk(
    hook: HookChain, chain: str, packet: Packet, memo: dict[str, frozenset[Action]], depth: int
) -> frozenset[Action]:
    """Return the possible outcomes for `packet` in a chain: ACCEPT, DROP or RETURN."""
    if chain in memo:
        return memo[chain]
    if depth > _MAX_JUMPS or chain not in hook.chains:
        return frozenset((Action.ACCEPT,))
    outcomes: set[Action] = set()
    falls_through = True
    for rule in hook.chains[chain]:
        matches = [_match_condition(condition, packet) for condition in rule.conditions]
        result = min(matches, key=lambda match: match.value, default=RuleMatch.YES)
        if result is RuleMatch.NO or rule.action is Action.NOTHING:
            continue
        is_final = True
        if rule.action in (Action.JUMP, Action.GOTO):
            target_outcomes = _walk(hook, rule.target, packet, memo, depth + 1)
            if rule.action is Action.JUMP:
                is_final = Action.RETURN not in target_outcomes
                target_outcomes -= {Action.RETURN}
            outcomes |= target_outcomes
        else:
            outcomes.add(rule.action)
        if result is RuleMatch.YES and is_final:
            falls_through = False
            break
    if falls_through:
        outcomes.add(Action.RETURN)
    memo[chain] = frozenset(outcomes)
    return memo[chain]


def _match_condition(condition: RuleCondition, packet: Packet) -> RuleMatch:
    result = _match_criterion(condition.criterion, packet)
    if not condition.negated or result is RuleMatch.MAYBE:
        return result
    return RuleMatch.NO if result is RuleMatch.YES else RuleMatch.YES


def _match_criterion(criterion: Criterion, packet: Packet) -> RuleMatch:
    match criterion:
        case Transport(names):
            return _decided(packet.protocol in names)
        case PortSet(intervals):
            return _decided(any(first <= packet.port <= last for first, last in intervals))
        case ConnectionState(names):
            return _decided("new" in names)
        case Version(family):
            return _decided(packet.family is family)
        case Loopback():
            return RuleMatch.MAYBE if packet.origin is PacketOrigin.HERE else RuleMatch.NO
        case Interface(names):
            return _match_interface(names, packet)
        case Unclear():
            return RuleMatch.MAYBE


def _match_interface(names: frozenset[str], packet: Packet) -> RuleMatch:
    if any(name[-1:] in ("+", "*") for name in names):
        return RuleMatch.MAYBE
    if packet.origin is PacketOrigin.HERE:
        return _decided(_LOOPBACK in names)
    return RuleMatch.MAYBE if names - {_LOOPBACK} else RuleMatch.NO


def _decided(fact: object) -> RuleMatch:
    return RuleMatch.YES if fact else RuleMatch.NO
