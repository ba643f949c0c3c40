"""Rules of a firewall, whatever their language, and the verdict on a packet."""

from collections.abc import Callable, Mapping, Sequence
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


Criterion = Callable[[Packet], RuleMatch]
"""A condition of a rule: whether a packet meets it."""


def undecided(_packet: Packet) -> RuleMatch:
    """Return that a condition may be met or not."""
    return RuleMatch.MAYBE


def loopback(packet: Packet) -> RuleMatch:
    """Return whether it has an address of the loopback interface, as none from outside has."""
    return RuleMatch.MAYBE if packet.origin is PacketOrigin.HERE else RuleMatch.NO


def transport(names: frozenset[str]) -> Criterion:
    """Return the criterion that a packet is of one of the protocols `names`."""
    return lambda packet: _decided(packet.protocol in names)


def port_set(intervals: Sequence[tuple[int, int]]) -> Criterion:
    """Return the criterion that the destination port is in one of `intervals`."""
    return lambda packet: _decided(any(first <= packet.port <= last for first, last in intervals))


def connection_state(names: frozenset[str]) -> Criterion:
    """Return the criterion that the connection is in a state of `names`; at first it is `new`."""
    return lambda _packet: _decided("new" in names)


def version(family: Family) -> Criterion:
    """Return the criterion that a packet is of this version of IP."""
    return lambda packet: _decided(packet.family is family)


def interface(names: frozenset[str]) -> Criterion:
    """Return the criterion that a packet comes in through one of the interfaces `names`."""

    def criterion(packet: Packet) -> RuleMatch:
        if any(name[-1:] in ("+", "*") for name in names):
            return RuleMatch.MAYBE
        if packet.origin is PacketOrigin.HERE:
            return _decided(_LOOPBACK in names)
        return RuleMatch.MAYBE if names - {_LOOPBACK} else RuleMatch.NO

    return criterion


def negated(criterion: Criterion) -> Criterion:
    """Return the opposite of `criterion`; what is not decided stays so."""
    return lambda packet: RuleMatch(RuleMatch.YES.value - criterion(packet).value)


def _decided(fact: object) -> RuleMatch:
    return RuleMatch.YES if fact else RuleMatch.NO


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

    conditions: tuple[Criterion, ...]
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
        matches = [condition(packet) for condition in rule.conditions]
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
