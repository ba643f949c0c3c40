"""The rules that `nft -j list ruleset` prints (libnftables-json(5))."""

import json
from collections.abc import Iterator, Mapping

from port_registry.facts.words import word_set
from port_registry.system.machine.firewall.rules import (
    Action,
    ConnectionState,
    Criterion,
    Family,
    FirewallRule,
    HookChain,
    Interface,
    Loopback,
    PortSet,
    RuleCondition,
    Transport,
    Unclear,
    Version,
)

_Value = None | str | int | float | list["_Value"] | dict[str, "_Value"]
_Table = tuple[str, str]
"""A table, by its family and its name."""

_FAMILIES = {
    "ip": frozenset((Family.IPV4,)),
    "ip6": frozenset((Family.IPV6,)),
    "inet": frozenset((Family.IPV4, Family.IPV6)),
}
_VERDICTS = {
    "accept": Action.ACCEPT,
    "drop": Action.DROP,
    "reject": Action.DROP,
    "return": Action.RETURN,
    "jump": Action.JUMP,
    "goto": Action.GOTO,
}
_GOES_ON = word_set("firewall", "nft-passing-statements") | {"ct count"}
"""Statements behind which the rule goes on; `limit` and `quota` are conditions of their own."""
_TRANSPORTS = word_set("firewall", "nft-transports")


def hook_chains(text: str) -> tuple[HookChain, ...] | None:
    """Return a gate for each chain that looks at what comes in; None for what is no JSON."""
    try:
        read: _Value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    listed = read.get("nftables") if isinstance(read, dict) else None
    if not isinstance(listed, list):
        return None
    items = [item for item in listed if isinstance(item, dict)]
    sets = {(*_table(one), _text(one, "name")): one.get("elem") for one in _each(items, "set")}
    chains: dict[_Table, dict[str, list[FirewallRule]]] = {}
    for one in _each(items, "chain"):
        chains.setdefault(_table(one), {})[_text(one, "name")] = []
    for one in _each(items, "rule"):
        rules = chains.get(_table(one), {}).get(_text(one, "chain"))
        if rules is not None:
            rules += _Reader(_table(one), sets).rules(one.get("expr"))
    return tuple(
        HookChain(
            _FAMILIES[_text(one, "family")],
            {name: tuple(rules) for name, rules in chains[_table(one)].items()},
            _text(one, "name"),
            _VERDICTS.get(_text(one, "policy"), Action.ACCEPT),
        )
        for one in _each(items, "chain")
        if one.get("hook") == "input"
        and one.get("type") == "filter"
        and _text(one, "family") in _FAMILIES
    )


def has_xtables_rules(text: str) -> bool:
    """Return whether iptables wrote some of the rules, which it alone can show in full."""
    return '"xt"' in text


def _each(items: list[dict[str, _Value]], kind: str) -> Iterator[dict[str, _Value]]:
    for item in items:
        found = item.get(kind)
        if isinstance(found, dict):
            yield found


def _table(one: Mapping[str, _Value]) -> _Table:
    return _text(one, "family"), _text(one, "table")


def _text(one: Mapping[str, _Value], key: str) -> str:
    found = one.get(key)
    return found if isinstance(found, str) else ""


class _Reader:
    """Reads the rules of one table."""

    def __init__(self, table: _Table, sets: Mapping[tuple[str, str, str], _Value]) -> None:
        self._table = table
        self._sets = sets

    def rules(self, expression: _Value) -> list[FirewallRule]:
        """Return what a rule comes to: several where it chooses by a map of verdicts."""
        conditions: list[RuleCondition] = []
        for statement in expression if isinstance(expression, list) else ():
            if not isinstance(statement, dict):
                continue
            for kind, value in statement.items():
                if kind in _VERDICTS:
                    return [FirewallRule(tuple(conditions), _VERDICTS[kind], _target(value))]
                if kind == "vmap":
                    return self._mapped(conditions, value)
                if kind == "match" and isinstance(value, dict):
                    conditions += self._match(value)
                elif kind in ("limit", "quota", "ct count"):
                    conditions.append(RuleCondition(Unclear()))
                elif kind not in _GOES_ON:
                    # An extension of iptables, or a queue for a program: it may accept.
                    maybe = (*conditions, RuleCondition(Unclear()))
                    return [FirewallRule(maybe, Action.ACCEPT)]
        return [FirewallRule(tuple(conditions), Action.NOTHING)]

    def _mapped(self, conditions: list[RuleCondition], value: _Value) -> list[FirewallRule]:
        unclear = [FirewallRule((*conditions, RuleCondition(Unclear())), Action.ACCEPT)]
        data = value.get("data") if isinstance(value, dict) else None
        pairs = data.get("set") if isinstance(data, dict) else None
        if not isinstance(value, dict) or not isinstance(pairs, list):
            return unclear
        found: list[FirewallRule] = []
        for pair in pairs:
            match pair:
                case [key, dict(verdict)]:
                    asked = [*conditions, *self._conditions(value.get("key"), key)]
                    for kind, target in verdict.items():
                        if kind not in _VERDICTS:
                            return unclear
                        found.append(FirewallRule(tuple(asked), _VERDICTS[kind], _target(target)))
                case _:
                    return unclear
        return found

    def _match(self, value: Mapping[str, _Value]) -> list[RuleCondition]:
        found = self._conditions(value.get("left"), value.get("right"))
        match value.get("op"):
            case "==" | "in":
                return found
            case "!=":
                # Of `tcp dport != 22` the protocol stays, the last condition is turned round.
                return [*found[:-1], found[-1]._replace(negated=True)]
            case _:
                return [RuleCondition(Unclear())]

    def _conditions(self, left: _Value, right: _Value) -> list[RuleCondition]:
        """Return the conditions that `left` is one of `right`; what is asked comes last."""
        values = self._values(right)
        before: list[Criterion] = []
        kind: Criterion = Unclear()
        match left:
            case {"meta": {"key": "iif" | "iifname"}}:
                kind = _named(values, Interface)
            case {"meta": {"key": "l4proto"}} | {
                "payload": {"protocol": "ip", "field": "protocol"}
                | {"protocol": "ip6", "field": "nexthdr"}
            }:
                kind = _named(values, Transport)
            case {"meta": {"key": "nfproto"}}:
                versions = {"ipv4": Family.IPV4, "ipv6": Family.IPV6}
                known = [versions.get(one) for one in values or () if isinstance(one, str)]
                if len(known) == 1 and known[0] is not None:
                    kind = Version(known[0])
            case {"ct": {"key": "state"}}:
                kind = _named(values, ConnectionState)
            case {"ct": {"key": "status"}} if values == ["dnat"]:
                # Nobody who wants the port itself was sent there from another one.
                kind = ConnectionState(frozenset())
            case {"payload": {"protocol": "th", "field": "dport"}}:
                kind = _ports(values)
            case {"payload": {"protocol": str(protocol), "field": str(field)}}:
                if protocol in _TRANSPORTS:
                    before = [Transport(frozenset((protocol,)))]
                    kind = _ports(values) if field == "dport" else kind
                elif protocol in ("ip", "ip6"):
                    before = [Version(Family.IPV4 if protocol == "ip" else Family.IPV6)]
                    kind = _address(values) if field in ("saddr", "daddr") else kind
            case _:
                pass
        return [RuleCondition(one) for one in (*before, kind)]

    def _values(self, right: _Value) -> list[_Value] | None:
        """Return what `right` holds; None where that cannot be told."""
        match right:
            case str(name) if name.startswith("@"):
                elements = self._sets.get((*self._table, name[1:]))
                return [_bare(one) for one in elements] if isinstance(elements, list) else None
            case {"set": list(elements)}:
                return [_bare(one) for one in elements]
            case list(elements):
                return [_bare(one) for one in elements]
            case _:
                return [right]


def _bare(element: _Value) -> _Value:
    """Return an element of a set without its timeout and comment."""
    match element:
        case {"elem": {"val": value}}:
            return value
        case _:
            return element


def _target(value: _Value) -> str:
    return _text(value, "target") if isinstance(value, dict) else ""


def _named(
    values: list[_Value] | None, kind: type[Interface | Transport | ConnectionState]
) -> Criterion:
    if values is None or not all(isinstance(one, str) for one in values):
        return Unclear()
    return kind(frozenset(one for one in values if isinstance(one, str)))


def _ports(values: list[_Value] | None) -> Criterion:
    intervals: list[tuple[int, int]] = []
    for one in values if values is not None else [None]:
        match one:
            case int(port):
                intervals.append((port, port))
            case {"range": [int(first), int(last)]}:
                intervals.append((first, last))
            case _:
                return Unclear()
    return PortSet(tuple(intervals))


def _address(values: list[_Value] | None) -> Criterion:
    match values:
        case [str(address)] if address.startswith("127.") or address == "::1":
            return Loopback()
        case [{"prefix": {"addr": str(address)}}] if address.startswith("127."):
            return Loopback()
        case _:
            return Unclear()
