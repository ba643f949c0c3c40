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


def _occupied(*ports: tuple[str, int], bound: frozenset[int] = frozenset()) -> OccupiedPorts:
    entries = [_entry(name, Endpoint(single(Port(port)), (_TCP,))) for name, port in ports]
    return OccupiedPorts(
        Registry(path="p.nix", entries=tuple(entries)), lambda port, _: port in bound
    )


def _range(first: int, last: int) -> PortRange:
    return PortRange(Port(first), Port(last))


def test_a_service_has_a_default_port() -> None:
    free = default_port(_occupied(), _CONVENTION, UnassignedEntry(("databases", "mysql")))
    assert free is not None
    assert (free.service.name, free.port, free.is_free()) == ("mysql", 3306, True)
    clashing = default_port(
        _occupied(("a.b", 3306)), _CONVENTION, UnassignedEntry(("databases", "mysql"))
    )
    assert clashing is not None
    assert [entry.name for entry in clashing.clashing] == [("a", "b")]
    assert not clashing.is_free()
    bound = default_port(
        _occupied(bound=frozenset({3306})), _CONVENTION, UnassignedEntry(("databases", "mysql"))
    )
    assert bound is not None
    assert bound.is_bound
    assert not bound.is_free()


def test_a_name_that_is_not_a_service_has_no_default_port() -> None:
    for name in (("web", "api"), ("databases", "shop-db"), ("web", "http")):
        assert default_port(_occupied(), _CONVENTION, UnassignedEntry(name)) is None
    system = default_port(_occupied(), _CONVENTION, UnassignedEntry(("system", "http")))
    assert system is not None
    assert system.port == 80


def test_a_default_port_has_the_protocol_of_the_entry() -> None:
    entry = UnassignedEntry(("infrastructure", "tailscale"))
    own = default_port(_occupied(), _CONVENTION, entry)
    assert own is not None
    assert entry.on(single(own.port)).protocols == (_UDP,)
    assert default_port(_occupied(), _CONVENTION, entry._replace(protocols=(_TCP,))) is None


def test_a_system_port_inside_a_container_is_not_a_default_port() -> None:
    match = services.match(("web", "activepieces"))
    assert match is not None
    assert match.ports[0].port == 80
    assert default_port(_occupied(), _CONVENTION, UnassignedEntry(("web", "activepieces"))) is None


def test_ranges() -> None:
    registry = _occupied(("mine.a", 7100), ("mine.b", 8200), ("other.c", 9300)).registry
    databases = ranges_for(registry, _CONVENTION, ("databases", "x"))
    assert databases == (_range(5000, 5999),)
    neighbours = ranges_for(registry, _CONVENTION, ("mine", "x"))
    assert neighbours[:2] == (_range(7000, 7999), _range(8000, 8999))
    isolated = ranges_for(registry, _CONVENTION, ("alone", "x"))
    assert isolated == (_range(3000, 9999), _range(1024, MAX_PORT))


def test_ranges_are_searched_in_order_and_ports_yielded_once() -> None:
    ranges = (_range(25003, 25004), _range(25001, 25005))
    ports = list(free_ports(_occupied(("a.b", 25004)), ranges, UnassignedEntry(("x", "y"))))
    assert ports == [25003, 25001, 25002, 25005]


def test_the_nearest_free_ranges() -> None:
    occupied = _occupied(("a.b", 25010), ("a.c", 25011), bound=frozenset({25009}))
    entry = UnassignedEntry(("x", "y"))
    inside = (_range(25000, 25020),)
    single_ports = islice(nearest_free_ranges(occupied, single(Port(25010)), inside, entry), 3)
    assert list(map(str, single_ports)) == ["25008", "25012", "25007"]
    ranges = islice(nearest_free_ranges(occupied, _range(25010, 25012), inside, entry), 3)
    assert list(map(str, ranges)) == ["25012-25014", "25013-25015", "25006-25008"]
    assert (
        list(nearest_free_ranges(occupied, single(Port(25010)), (_range(25009, 25011),), entry))
        == []
    )


_PORTS = st.integers(4990, 5030)


@given(
    used=st.lists(st.tuples(_PORTS, st.integers(0, 3), st.sampled_from([_TCP, _UDP]))),
    bound=st.frozensets(_PORTS),
    host=st.sampled_from([None, "a"]),
)
def test_only_available_ports_are_free(
    used: list[tuple[int, int, Protocol]], bound: frozenset[int], host: str | None
) -> None:
    entries = [
        _entry(f"t.e{at}", Endpoint(_range(port, port + more), (protocol,), host))
        for at, (port, more, protocol) in enumerate(used)
    ]
    registry = Registry(path="p.nix", entries=tuple(entries))
    occupied = OccupiedPorts(registry, lambda port, _: port in bound)
    unassigned = UnassignedEntry(("databases", "shop"), (_TCP,), "b" if host else None)
    ranges = (_range(5000, 5020),)
    free = list(free_ports(occupied, ranges, unassigned))
    assert free == sorted(set(free))
    for number in range(5000, 5021):
        port = Port(number)
        endpoint = unassigned.on(single(port))
        is_free = (
            not any(clash(entry.endpoint, endpoint) for entry in entries)
            and number not in bound
            and not services.by_port(port, _TCP)
            and restricted.browser_block(port) is None
        )
        assert (port in free) is is_free
