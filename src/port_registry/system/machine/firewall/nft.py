"""Rules that `nft -j list ruleset` prints (libnftables-json(5))."""

import json
from collections.abc import Callable, Iterator, Mapping

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
    version,
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
_NON_TERMINATING = word_set("firewall", "nft-passing-statements") | {"ct count"}
"""Statements after which the rule continues; `limit` and `quota` are conditions of their own."""
_TRANSPORTS = word_set("firewall", "nft-transports")


def hook_chains(text: str) -> tuple[HookChain, ...] | None:
    """Return a hook chain for each chain of incoming packets; None for invalid JSON."""
    try:
        document: _Value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    entries = document.get("nftables") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        return None
    items = [item for item in entries if isinstance(item, dict)]
    sets = {(*_table(item), _text(item, "name")): item.get("elem") for item in _each(items, "set")}
    chains: dict[_Table, dict[str, list[FirewallRule]]] = {}
    for item in _each(items, "chain"):
        chains.setdefault(_table(item), {})[_text(item, "name")] = []
    for item in _each(items, "rule"):
        rules = chains.get(_table(item), {}).get(_text(item, "chain"))
        if rules is not None:
            rules += _Reader(_table(item), sets).rules(item.get("expr"))
    return tuple(
        HookChain(
            _FAMILIES[_text(item, "family")],
            {name: tuple(rules) for name, rules in chains[_table(item)].items()},
            _text(item, "name"),
            _VERDICTS.get(_text(item, "policy"), Action.ACCEPT),
        )
        for item in _each(items, "chain")
        if item.get("hook") == "input"
        and item.get("type") == "filter"
        and _text(item, "family") in _FAMILIES
    )


def has_xtables_rules(text: str) -> bool:
    """Return whether iptables wrote some of the rules, which only it can print in full."""
    return '"xt"' in text


def _each(items: list[dict[str, _Value]], kind: str) -> Iterator[dict[str, _Value]]:
    for item in items:
        value = item.get(kind)
        if isinstance(value, dict):
            yield value


def _table(item: Mapping[str, _Value]) -> _Table:
    return _text(item, "family"), _text(item, "table")


def _text(item: Mapping[str, _Value], key: str) -> str:
    value = item.get(key)
    return value if isinstance(value, str) else ""


class _Reader:
    """Reader of the rules of one table."""

    def __init__(self, table: _Table, sets: Mapping[tuple[str, str, str], _Value]) -> None:
        self._table = table
        self._sets = sets

    def rules(self, expression: _Value) -> list[FirewallRule]:
        """Return the rules of an expression: several where it has a map of verdicts."""
        conditions: list[Criterion] = []
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
                    conditions.append(undecided)
                elif kind not in _NON_TERMINATING:
                    # An extension of iptables, or a queue for a program: it may accept.
                    return [FirewallRule((*conditions, undecided), Action.ACCEPT)]
        return [FirewallRule(tuple(conditions), Action.NOTHING)]

    def _mapped(self, conditions: list[Criterion], value: _Value) -> list[FirewallRule]:
        unclear = [FirewallRule((*conditions, undecided), Action.ACCEPT)]
        data = value.get("data") if isinstance(value, dict) else None
        pairs = data.get("set") if isinstance(data, dict) else None
        if not isinstance(value, dict) or not isinstance(pairs, list):
            return unclear
        rules: list[FirewallRule] = []
        for pair in pairs:
            match pair:
                case [key, dict(verdict)]:
                    asked = (*conditions, *self._conditions(value.get("key"), key))
                    for kind, target in verdict.items():
                        if kind not in _VERDICTS:
                            return unclear
                        rules.append(FirewallRule(asked, _VERDICTS[kind], _target(target)))
                case _:
                    return unclear
        return rules

    def _match(self, value: Mapping[str, _Value]) -> list[Criterion]:
        conditions = self._conditions(value.get("left"), value.get("right"))
        match value.get("op"):
            case "==" | "in":
                return conditions
            case "!=":
                # `tcp dport != 22` keeps the condition on the protocol, and negates the last.
                return [*conditions[:-1], negated(conditions[-1])]
            case _:
                return [undecided]

    def _conditions(self, left: _Value, right: _Value) -> list[Criterion]:
        """Return the conditions that `left` is one of `right`, after their prerequisites."""
        values = self._values(right)
        prerequisites: list[Criterion] = []
        criterion: Criterion = undecided
        match left:
            case {"meta": {"key": "iif" | "iifname"}}:
                criterion = _named(values, interface)
            case {"meta": {"key": "l4proto"}} | {
                "payload": {"protocol": "ip", "field": "protocol"}
                | {"protocol": "ip6", "field": "nexthdr"}
            }:
                criterion = _named(values, transport)
            case {"meta": {"key": "nfproto"}}:
                versions = {"ipv4": Family.IPV4, "ipv6": Family.IPV6}
                known = [versions.get(name) for name in values or () if isinstance(name, str)]
                if len(known) == 1 and known[0] is not None:
                    criterion = version(known[0])
            case {"ct": {"key": "state"}}:
                criterion = _named(values, connection_state)
            case {"ct": {"key": "status"}} if values == ["dnat"]:
                # A packet to the port itself was not redirected from another one.
                criterion = connection_state(frozenset())
            case {"payload": {"protocol": "th", "field": "dport"}}:
                criterion = _ports(values)
            case {"payload": {"protocol": str(protocol), "field": str(field)}}:
                if protocol in _TRANSPORTS:
                    prerequisites = [transport(frozenset((protocol,)))]
                    criterion = _ports(values) if field == "dport" else criterion
                elif protocol in ("ip", "ip6"):
                    prerequisites = [version(Family.IPV4 if protocol == "ip" else Family.IPV6)]
                    criterion = _address(values) if field in ("saddr", "daddr") else criterion
            case _:
                pass
        return [*prerequisites, criterion]

    def _values(self, right: _Value) -> list[_Value] | None:
        """Return the values of `right`; None where they are not known."""
        match right:
            case str(name) if name.startswith("@"):
                named = self._sets.get((*self._table, name[1:]))
                return list(map(_element_value, named)) if isinstance(named, list) else None
            case {"set": list(elements)} | list(elements):
                return list(map(_element_value, elements))
            case _:
                return [right]


def _element_value(element: _Value) -> _Value:
    """Return the value of a set's element, without its timeout and comment."""
    match element:
        case {"elem": {"val": value}}:
            return value
        case _:
            return element


def _target(value: _Value) -> str:
    return _text(value, "target") if isinstance(value, dict) else ""


def _named(
    values: list[_Value] | None, criterion: Callable[[frozenset[str]], Criterion]
) -> Criterion:
    names = [value for value in values or () if isinstance(value, str)]
    is_known = values is not None and len(names) == len(values)
    return criterion(frozenset(names)) if is_known else undecided


def _ports(values: list[_Value] | None) -> Criterion:
    intervals: list[tuple[int, int]] = []
    for value in values if values is not None else [None]:
        match value:
            case int(port):
                intervals.append((port, port))
            case {"range": [int(first), int(last)]}:
                intervals.append((first, last))
            case _:
                return undecided
    return port_set(intervals)


def _address(values: list[_Value] | None) -> Criterion:
    match values:
        case [str(address)] if address.startswith("127.") or address == "::1":
            return loopback
        case [{"prefix": {"addr": str(address)}}] if address.startswith("127."):
            return loopback
        case _:
            return undecided
