from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from port_registry.facts import restricted, services
from port_registry.facts.ranges import default_convention
from port_registry.model import (
    MAX_PORT,
    Endpoint,
    Entry,
    Port,
    PortRange,
    Protocol,
    ProtocolSource,
    Registry,
    Span,
    single,
)
from port_registry.registry.allocate import (
    OccupiedPorts,
    UnassignedEntry,
    default_port,
    free_ports,
    nearest_free_ranges,
    ranges_for,
)
from port_registry.registry.clash import clash

_TCP, _UDP = Protocol.TCP, Protocol.UDP
_NOWHERE = Span("p.nix", 0, 0)
_CONVENTION = default_convention()


def _entry(name: str, endpoint: Endpoint) -> Entry:
    parts = tuple(name.split("."))
    return Entry(
        name=parts,
        endpoint=endpoint,
        protocol_source=ProtocolSource.STATED,
        description="",
        internal=False,
        name_span=_NOWHERE,
        value_span=_NOWHERE,
        digits=(_NOWHERE,),
    )


def _ledger(*taken: tuple[str, int], bound: frozenset[int] = frozenset()) -> OccupiedPorts:
    entries = [_entry(name, Endpoint(single(Port(port)), (_TCP,))) for name, port in taken]
    return OccupiedPorts(
        Registry(path="p.nix", entries=tuple(entries)), lambda port, _: port in bound
    )


def _range(first: int, last: int) -> PortRange:
    return PortRange(Port(first), Port(last))


def test_a_service_is_known_for_its_port() -> None:
    own = default_port(_ledger(), _CONVENTION, UnassignedEntry(("databases", "mysql")))
    assert own is not None
    assert (own.service.name, own.port, own.is_free()) == ("mysql", 3306, True)
    taken = default_port(
        _ledger(("a.b", 3306)), _CONVENTION, UnassignedEntry(("databases", "mysql"))
    )
    assert taken is not None
    assert [entry.name for entry in taken.clashing] == [("a", "b")]
    assert not taken.is_free()
    held = default_port(
        _ledger(bound=frozenset({3306})), _CONVENTION, UnassignedEntry(("databases", "mysql"))
    )
    assert held is not None
    assert held.is_bound
    assert not held.is_free()


def test_names_that_are_no_service() -> None:
    for name in (("web", "api"), ("databases", "shop-db"), ("web", "http")):
        assert default_port(_ledger(), _CONVENTION, UnassignedEntry(name)) is None
    system = default_port(_ledger(), _CONVENTION, UnassignedEntry(("system", "http")))
    assert system is not None
    assert system.port == 80


def test_the_protocol_decides_which_port_is_ones_own() -> None:
    seeker = UnassignedEntry(("infrastructure", "tailscale"))
    own = default_port(_ledger(), _CONVENTION, seeker)
    assert own is not None
    assert seeker.on(single(own.port)).protocols == (_UDP,)
    assert default_port(_ledger(), _CONVENTION, seeker._replace(protocols=(_TCP,))) is None


def test_a_containers_system_port_is_not_the_machines() -> None:
    found = services.match(("web", "activepieces"))
    assert found is not None
    assert found.ports[0].port == 80
    assert default_port(_ledger(), _CONVENTION, UnassignedEntry(("web", "activepieces"))) is None


def test_ranges() -> None:
    registry = _ledger(("mine.a", 7100), ("mine.b", 8200), ("other.c", 9300)).registry
    databases = ranges_for(registry, _CONVENTION, ("databases", "x"))
    assert databases == (_range(5000, 5999),)
    mine = ranges_for(registry, _CONVENTION, ("mine", "x"))
    assert mine[:2] == (_range(7000, 7999), _range(8000, 8999))
    alone = ranges_for(registry, _CONVENTION, ("alone", "x"))
    assert alone == (_range(3000, 9999), _range(1024, MAX_PORT))


def test_ranges_are_taken_in_order_and_ports_once() -> None:
    ranges = (_range(25003, 25004), _range(25001, 25005))
    found = list(free_ports(_ledger(("a.b", 25004)), ranges, UnassignedEntry(("x", "y"))))
    assert found == [25003, 25001, 25002, 25005]


def test_the_nearest() -> None:
    ledger = _ledger(("a.b", 25010), ("a.c", 25011), bound=frozenset({25009}))
    seeker = UnassignedEntry(("x", "y"))
    inside = (_range(25000, 25020),)
    near = islice(nearest_free_ranges(ledger, single(Port(25010)), inside, seeker), 3)
    assert list(map(str, near)) == ["25008", "25012", "25007"]
    wide = islice(nearest_free_ranges(ledger, _range(25010, 25012), inside, seeker), 3)
    assert list(map(str, wide)) == ["25012-25014", "25013-25015", "25006-25008"]
    assert (
        list(nearest_free_ranges(ledger, single(Port(25010)), (_range(25009, 25011),), seeker))
        == []
    )


_PORTS = st.integers(4990, 5030)


@given(
    taken=st.lists(st.tuples(_PORTS, st.integers(0, 3), st.sampled_from([_TCP, _UDP]))),
    bound=st.frozensets(_PORTS),
    host=st.sampled_from([None, "a"]),
)
def test_nothing_is_handed_out_that_is_somebodys(
    taken: list[tuple[int, int, Protocol]], bound: frozenset[int], host: str | None
) -> None:
    entries = [
        _entry(f"t.e{at}", Endpoint(_range(port, port + more), (protocol,), host))
        for at, (port, more, protocol) in enumerate(taken)
    ]
    registry = Registry(path="p.nix", entries=tuple(entries))
    ledger = OccupiedPorts(registry, lambda port, _: port in bound)
    seeker = UnassignedEntry(("databases", "shop"), (_TCP,), "b" if host else None)
    ranges = (_range(5000, 5020),)
    found = list(free_ports(ledger, ranges, seeker))
    assert found == sorted(set(found))
    for number in range(5000, 5021):
        port = Port(number)
        endpoint = seeker.on(single(port))
        is_free = (
            not any(clash(entry.endpoint, endpoint) for entry in entries)
            and number not in bound
            and not services.by_port(port, _TCP)
            and restricted.browser_block(port) is None
        )
        assert (port in found) is is_free
